"""Faults of what an analysis asks of an event before its mediator (light to import)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from ipdmediation.data.errors import listing
from ipdmediation.data.evidence_faults import covariate_faults
from ipdmediation.data.problems import Fault, Place
from ipdmediation.data.replicates import fewest_replicates
from ipdmediation.data.variables import Variable
from ipdmediation.vocabulary.families import FAMILIES


def death_faults(
    at: Callable[..., Place],
    analysis: Mapping[str, Any],
    *,
    declared: Collection[str],
    variables: Mapping[str, Variable],
    ruled: Collection[str],
) -> Iterator[Fault]:
    """Yield what is wrong with the section `evidence.death` of an analysis that asks for it.

    Parameters
    ----------
    at : callable
        From keys of the analysis to the place where they are stated.
    analysis : mapping
        With what it inherits.
    declared : collection of str
        Names of all variables.
    variables : mapping
        The sound ones.
    ruled : collection of str
        Variables that the analysis' eligibility rules are on.
    """
    stated = analysis["evidence"].get("death", {})
    if not stated.get("event"):
        return

    def here(key: str) -> Place:
        return at("evidence", "death", key)

    yield from _event_faults(here, stated, analysis, declared, variables)
    family = FAMILIES[analysis["outcome"]["family"]]
    if not family.levels:
        allowed = " or ".join(key for key, each in FAMILIES.items() if each.levels)
        yield Fault(
            here("event"),
            f"the event has to mean the worst level of the outcome, found family {family.key!r}; allowed: "
            f"{allowed}",
        )
    if analysis["mediator"].get("centred") is not None:
        yield Fault(
            here("event"), "who has no mediator has no difference from a mean; allowed: centred: null"
        )
    for name in stated["measurement"]:
        if name not in ruled:
            text = f"no rule of eligibility is on {name!r}; allowed: {listing(ruled, limit=99) or 'none'}"
            yield Fault(here("measurement"), text)
    yield from covariate_faults(here("covariates"), analysis, stated["covariates"])
    fewest = fewest_replicates(analysis["bootstrap"]["level"])
    if stated["replicates"] < fewest:
        text = (
            f"{stated['replicates']} are too few for an interval of level {analysis['bootstrap']['level']:g}"
        )
        yield Fault(here("replicates"), f"{text}; allowed: {fewest} or more")


def _event_faults(
    here: Callable[[str], Place],
    stated: Mapping[str, Any],
    analysis: Mapping[str, Any],
    declared: Collection[str],
    variables: Mapping[str, Variable],
) -> Iterator[Fault]:
    name = stated["event"]
    if name not in declared:
        yield Fault(here("event"), f"no variable {name!r}; allowed: {listing(declared, limit=99)}")
        return
    roles = {analysis["mediator"]["variable"]: "mediator", analysis["outcome"]["variable"]: "outcome"}
    if name in roles:
        yield Fault(here("event"), f"{name!r} is the {roles[name]}; allowed: a variable of the event itself")
        return
    variable = variables.get(name)
    if variable is None:
        return
    if variable.type == "continuous":
        yield Fault(here("event"), f"{name!r} is continuous; allowed: binary, ordinal, categorical")
        return
    known = variable.level_labels or {str(code): "" for code in variable.codes}
    unknown = [level for level in stated["levels"] if str(level) not in known]
    if unknown:
        text = f"{name!r} has no level {listing(unknown)}; allowed: {variable.allowed}"
        yield Fault(here("levels"), text)

"""Faults of what an analysis asks to have set beside its effects (light to import)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ipdmediation.data.covariates import all_covariate_names
from ipdmediation.data.errors import listing
from ipdmediation.data.formula import FormulaError
from ipdmediation.data.problems import Fault, Place
from ipdmediation.data.replicates import fewest_replicates
from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.terms import TREATMENT

#: Switches of `evidence.trials`, and the number of replicates of each.
_REPLICATES = {"two_stages": "replicates", "leave_one_out": "leave_one_out_replicates"}


def evidence_faults(
    at: Callable[..., Place], analysis: Mapping[str, Any], *, trials: Sequence[str]
) -> Iterator[Fault]:
    """Yield what is wrong with the section `evidence` of an analysis, as far as it is switched on.

    Parameters
    ----------
    at : callable
        From keys of the analysis to the place where they are stated.
    analysis : mapping
        With what it inherits.
    trials : sequence of str
        Ids of the study's trials.
    """
    stated = analysis["evidence"].get("trials", {})
    fewest = fewest_replicates(analysis["bootstrap"]["level"])
    for switch, key in _REPLICATES.items():
        if stated.get(switch) and stated[key] < fewest:
            yield Fault(at("evidence", "trials", key), _too_few(stated[key], analysis, fewest))
    cuts = analysis["evidence"].get("proportional_odds", {})
    if cuts.get("tests"):
        place = "evidence", "proportional_odds"
        if not FAMILIES[analysis["outcome"]["family"]].cuts:
            yield Fault(
                at(*place, "tests"),
                f"true needs an outcome with several cuts, found family {analysis['outcome']['family']!r}; "
                "allowed: false",
            )
        elif cuts["replicates"] < fewest:
            yield Fault(at(*place, "replicates"), _too_few(cuts["replicates"], analysis, fewest))
    if stated.get("leave_one_out") and len(trials) == 1:
        yield Fault(
            at("evidence", "trials", "leave_one_out"), "true needs two trials; allowed for one: false"
        )
    if stated.get("two_stages"):
        yield from _covariate_faults(at("evidence", "trials", "covariates"), analysis, stated["covariates"])


def _too_few(replicates: int, analysis: Mapping[str, Any], fewest: int) -> str:
    level = analysis["bootstrap"]["level"]
    return f"{replicates} are too few for an interval of level {level:g}; allowed: {fewest} or more"


def _covariate_faults(place: Place, analysis: Mapping[str, Any], stated: Any) -> Iterator[Fault]:
    try:
        names, known = all_covariate_names(stated), all_covariate_names(analysis["covariates"])
    except FormulaError as error:
        yield Fault(place, str(error))
        return
    for name in [name for name in names if name not in (*known, TREATMENT)]:
        text = f"{name!r} is no covariate of the analysis; allowed: {listing(known, limit=99) or 'none'}"
        yield Fault(place, text)

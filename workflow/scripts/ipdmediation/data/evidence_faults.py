"""Faults of what an analysis asks to have set beside its effects (light to import)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ipdmediation.data.covariates import all_covariate_names
from ipdmediation.data.errors import listing
from ipdmediation.data.formula import FormulaError
from ipdmediation.data.problems import Fault, Place
from ipdmediation.data.replicates import fewest_replicates
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
            text = f"{stated[key]} are too few for an interval of level {analysis['bootstrap']['level']:g}"
            yield Fault(at("evidence", "trials", key), f"{text}; allowed: {fewest} or more")
    if stated.get("leave_one_out") and len(trials) == 1:
        yield Fault(
            at("evidence", "trials", "leave_one_out"), "true needs two trials; allowed for one: false"
        )
    if stated.get("two_stages"):
        yield from covariate_faults(at("evidence", "trials", "covariates"), analysis, stated["covariates"])


def covariate_faults(place: Place, analysis: Mapping[str, Any], stated: Any) -> Iterator[Fault]:
    """Yield what is wrong with covariates that have to be among those of the analysis.

    Parameters
    ----------
    place : tuple
        Where they are stated.
    analysis : mapping
    stated : sequence of str, str or mapping
    """
    try:
        names, known = all_covariate_names(stated), all_covariate_names(analysis["covariates"])
    except FormulaError as error:
        yield Fault(place, str(error))
        return
    for name in [name for name in names if name not in (*known, TREATMENT)]:
        text = f"{name!r} is no covariate of the analysis; allowed: {listing(known, limit=99) or 'none'}"
        yield Fault(place, text)

"""Faults of what an analysis asks to have set beside its effects (light to import)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from ipdmediation.data.covariates import all_covariate_names, shared_covariate_names
from ipdmediation.data.errors import listing
from ipdmediation.data.formula import FormulaError
from ipdmediation.data.problems import Fault, Place
from ipdmediation.data.replicates import fewest_replicates
from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.proportional_odds import treatment_is_free
from ipdmediation.vocabulary.terms import TREATMENT

#: Pieces of evidence that take the treatment for one coefficient of the outcome, and the switch of each.
_OF_ONE_COEFFICIENT = {
    "confounding": "curve",
    "measurement_error": "error",
    "death": "event",
    "surrogacy": "panel",
}
#: Switches of `evidence.trials`, and the number of replicates of each.
_REPLICATES = {"two_stages": "replicates", "leave_one_out": "leave_one_out_replicates"}
#: What states another effect of the mediator than its slope, and the key that asks for it.
_SLOPES = {"confounding": "curve", "measurement_error": "error"}
#: What each of these switches needs of the standardisation.
_NEEDED = {
    "curve": {"population": "these_trials"},
    "error": {"mediator_distribution": "gaussian", "population": "these_trials"},
}
_ERRORS = ("reliability", "error_sd", "marginal_reliability")


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
        yield from covariate_faults(at("evidence", "trials", "covariates"), analysis, stated["covariates"])
    for topic, switch in _SLOPES.items():
        asked = analysis["evidence"].get(topic, {})
        if asked.get(switch):
            yield from _slope_faults(partial(at, "evidence", topic), analysis, asked, switch=switch)
    yield from _surrogacy_faults(at, analysis, fewest)
    yield from _free_treatment_faults(at, analysis)


def _free_treatment_faults(at: Callable[..., Place], analysis: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is made of one coefficient of the treatment, where it is free at every cut."""
    if not treatment_is_free(analysis["outcome"]):
        return
    for topic, switch in _OF_ONE_COEFFICIENT.items():
        if analysis["evidence"].get(topic, {}).get(switch):
            text = "cannot be had of a treatment that is free at every cut; allowed: proportional_odds: "
            yield Fault(at("evidence", topic, switch), f"{text}{{treatment: proportional}} of the outcome")


def _too_few(replicates: int, analysis: Mapping[str, Any], fewest: int) -> str:
    level = analysis["bootstrap"]["level"]
    return f"{replicates} are too few for an interval of level {level:g}; allowed: {fewest} or more"


def _slope_faults(
    at: Callable[..., Place], analysis: Mapping[str, Any], asked: Mapping[str, Any], *, switch: str
) -> Iterator[Fault]:
    """Yield faults of what states another effect of the mediator than its slope."""
    replicates, level = asked["replicates"], analysis["bootstrap"]["level"]
    if replicates < fewest_replicates(level):
        yield Fault(at("replicates"), _too_few(replicates, analysis, fewest_replicates(level)))
    knots, over = analysis["mediator"].get("spline_knots"), analysis["standardisation"]
    if knots and switch == "error":
        yield Fault(
            at(switch),
            f"cannot be had of a mediator with spline_knots: {knots}; allowed: spline_knots: null",
        )
    for key, allowed in _NEEDED[switch].items():
        if over[key] != allowed:
            yield Fault(at(switch), f"cannot be had with {key}: {over[key]}; allowed: {key}: {allowed}")
    error = asked.get("error")
    if error is not None and len([value for value in error.values() if value is not None]) != 1:
        found = listing([name for name, value in error.items() if value is not None]) or "none"
        yield Fault(at("error"), f"states {found}; allowed: one of {listing(_ERRORS)}, the others null")
    shared = shared_covariate_names(analysis["covariates"])
    for name in asked.get("benchmarks") or ():
        if name not in shared:
            text = f"{name!r} is no covariate of both models; allowed: {listing(shared, limit=99) or 'none'}"
            yield Fault(at("benchmarks"), text)


def _surrogacy_faults(at: Callable[..., Place], analysis: Mapping[str, Any], fewest: int) -> Iterator[Fault]:
    stated = analysis["evidence"].get("surrogacy", {})
    if not stated.get("panel"):
        return
    if stated["replicates"] < fewest:
        yield Fault(
            at("evidence", "surrogacy", "replicates"), _too_few(stated["replicates"], analysis, fewest)
        )
    yield from covariate_faults(at("evidence", "surrogacy", "covariates"), analysis, stated["covariates"])
    if any(_has_treatment(each) for each in (analysis["covariates"], stated["covariates"])):
        text = "true needs one effect of treatment; the covariates have a product of another with it"
        yield Fault(at("evidence", "surrogacy", "panel"), f"{text}; allowed: false")


def _has_treatment(stated: Any) -> bool:
    try:
        return TREATMENT in all_covariate_names(stated)
    except FormulaError:
        return False


def covariate_faults(place: Place, analysis: Mapping[str, Any], stated: Any) -> Iterator[Fault]:
    """Yield what is wrong with covariates that have to be among those of the analysis.

    Parameters
    ----------
    place : tuple
        Where they are stated.
    analysis : mapping
    stated : sequence of str, str or mapping
    """
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

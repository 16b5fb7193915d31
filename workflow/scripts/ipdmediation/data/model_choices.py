"""Faults of choices of an analysis's models that do not fit each other (light to import)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ipdmediation.data.problems import Fault, Place
from ipdmediation.data.variables import Variable
from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.proportional_odds import FREE, PROPORTIONAL, treatment_is_free
from ipdmediation.vocabulary.terms import TREATMENT, TRIAL
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS

#: Returns where a setting of an analysis stands, by its keys.
At = Callable[..., Place]


def model_faults(at: At, analysis: Mapping[str, Any], trials: Sequence[str]) -> Iterator[Fault]:
    """Yield a fault for each choice that needs other trial effects, or a mediator of another kind.

    Parameters
    ----------
    at : callable
        Where a setting of the analysis stands, by its keys.
    analysis : mapping
        With everything that it inherits.
    trials : sequence of str
        Those that are analysed.
    """
    effects = analysis["trial_effects"]
    if len(trials) == 1 and TRIAL_EFFECTS[effects].tell_apart and analysis["cluster"] == TRIAL:
        yield Fault(at("trial_effects"), f"{effects!r} needs two trials; allowed for one: 'none'")
    if analysis["bootstrap"]["resampling"] == "two_level" and not TRIAL_EFFECTS[effects].random:
        yield Fault(
            at("bootstrap", "resampling"),
            f"'two_level' needs random trial effects, found trial_effects {effects!r}; allowed: 'stratified'",
        )
    if analysis["estimation"] == "reml" and not TRIAL_EFFECTS[effects].random:
        yield Fault(
            _own(at, "estimation", "trial_effects"),
            f"'reml' is for random trial effects, found trial_effects {effects!r}, whose linear models are "
            "fitted by least squares; allowed: 'ml'",
        )
    distribution = analysis["standardisation"]["mediator_distribution"]
    if analysis["mediator"]["spline_knots"] is not None and distribution == "empirical":
        text = "a spline needs the mediator_distribution 'gaussian', not 'empirical'"
        yield Fault(at("mediator", "spline_knots"), text)


def centring_faults(at: At, analysis: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault for each choice that a mediator without a value of its own has no meaning for."""
    if analysis["mediator"]["centred"] is None:
        return
    beside = {
        ("mediator", "spline_knots"): (analysis["mediator"]["spline_knots"], "null"),
        ("interaction",): (analysis["interaction"], "false"),
        ("standardisation", "controlled_at"): (analysis["standardisation"]["controlled_at"], "[]"),
    }
    for keys, (stated, allowed) in beside.items():
        if stated:
            yield Fault(
                at("mediator", "centred"),
                f"a centred mediator is a difference from the mean of the trial, not a value, which "
                f"{'.'.join(keys)} needs; state `{keys[-1]}: {allowed}` beside it, or leave `centred` out",
            )


def free_treatment_faults(at: At, analysis: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault where a treatment that is free at every cut does not fit the outcome or the trials."""
    outcome, effects = analysis["outcome"], analysis["trial_effects"]
    if not treatment_is_free(outcome):
        return
    place = at("outcome", "proportional_odds", "treatment")
    if not FAMILIES[outcome["family"]].cuts:
        yield Fault(
            place,
            f"{FREE!r} needs an outcome with several cuts, found family {outcome['family']!r}; allowed: "
            f"{PROPORTIONAL!r}, or family 'ordinal'",
        )
    elif TREATMENT in TRIAL_EFFECTS[effects].random:
        allowed = ", ".join(repr(key) for key, each in TRIAL_EFFECTS.items() if TREATMENT not in each.random)
        yield Fault(
            place,
            f"{FREE!r} is supported without a random slope of the treatment, found trial_effects "
            f"{effects!r}; allowed beside it: {allowed}",
        )


def weights_faults(at: At, analysis: Mapping[str, Any], variables: Mapping[str, Variable]) -> Iterator[Fault]:
    """Yield a fault where a known variable cannot weigh patients."""
    name, place = analysis["weights"], at("weights")
    if name is None:
        return
    if name in (analysis["mediator"]["variable"], analysis["outcome"]["variable"]):
        yield Fault(place, f"{name!r} is the mediator or the outcome")
    variable = variables.get(name)
    if variable is not None and variable.type != "continuous":
        yield Fault(place, f"{name!r} is {variable.type}; allowed: a continuous variable, or null")


def cluster_faults(at: At, analysis: Mapping[str, Any], variables: Mapping[str, Variable]) -> Iterator[Fault]:
    """Yield a fault where a known variable cannot divide trials, or where clusters do not fit the rest."""
    effects, name, place = analysis["trial_effects"], analysis["cluster"], at("cluster")
    if name == TRIAL:
        return
    variable = variables.get(name)
    if variable is not None and variable.type != "categorical":
        yield Fault(place, f"{name!r} is {variable.type}; allowed: a categorical variable, or {TRIAL!r}")
    if not TRIAL_EFFECTS[effects].random:
        allowed = ", ".join(repr(key) for key, each in TRIAL_EFFECTS.items() if each.random)
        yield Fault(
            _own(at, "cluster", "trial_effects"),
            f"cluster {name!r} needs random effects, found trial_effects {effects!r}; allowed: {allowed}, or "
            f"cluster {TRIAL!r}; for an indicator per level, make the variable a covariate",
        )
    if analysis["bootstrap"]["resampling"] == "two_level":
        yield Fault(
            place,
            f"resampling 'two_level' draws trials and is not supported beside cluster {name!r}; allowed: "
            f"'stratified', or cluster {TRIAL!r}",
        )
    if analysis["standardisation"]["population"] == "new_trial":
        yield Fault(
            place,
            f"effects in a new trial need random effects of the trials, found cluster {name!r}; allowed: "
            f"population 'these_trials', or cluster {TRIAL!r}",
        )


def _own(at: At, *keys: str) -> Place:
    """Return the place of the first key that an analysis states itself, or else of the first one."""
    places = [at(key) for key in keys]
    return next((place for place in places if place[1] != "primary"), places[0])

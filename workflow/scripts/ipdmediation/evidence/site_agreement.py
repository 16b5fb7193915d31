"""What has to be the same at a site and in the study that pools its result (light to import)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ipdmediation.data.covariates import all_covariate_names, covariates_of
from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.terms import TREATMENT, TRIAL
from ipdmediation.vocabulary.transforms import TRANSFORMS

_LONGEST = 120


def agreed_settings(
    analysis: Mapping[str, Any],
    *,
    variables: Mapping[str, Mapping[str, Any]],
    rules: Sequence[Mapping[str, Any]],
    synthetic: bool,
) -> dict[str, Any]:
    """Return what the effects of a single trial depend on beside its patients, each under a name of its own.

    Labels, random numbers, the kind and the level of intervals, and how missing values are completed are no
    part of it; nor are rules that leave out whole trials.

    Parameters
    ----------
    analysis : mapping
        With what it inherits.
    variables : mapping
        The study's variables.
    rules : sequence of mapping
        The eligibility rules of the analysis, those of the study first.
    synthetic : bool
        Whether a model makes the patients.
    """
    mediator, outcome = analysis["mediator"], analysis["outcome"]
    stated = analysis["evidence"]["trials"]["covariates"]
    transform = TRANSFORMS[mediator["transform"]]
    covariates = {model: covariates_of(stated, model=model) for model in ("mediator", "outcome")}
    used = [name for name in all_covariate_names(stated) if name != TREATMENT]
    utility = analysis["standardisation"]["utility"]
    return {
        "synthetic": synthetic,
        "mediator.variable": mediator["variable"],
        "mediator.unit": variables[mediator["variable"]].get("unit"),
        "mediator.transform": transform.key,
        "mediator.offset": float(transform.added(mediator["offset"])),
        "mediator.spline_knots": mediator["spline_knots"],
        "mediator.centred": mediator["centred"],
        "outcome.variable": outcome["variable"],
        "outcome.unit": variables[outcome["variable"]].get("unit"),
        "outcome.family": outcome["family"],
        "outcome.link": outcome["link"] if FAMILIES[outcome["family"]].links else None,
        "outcome.better": outcome["better"],
        "outcome.levels": _levels(variables[outcome["variable"]]),
        "standardisation.mediator_distribution": analysis["standardisation"]["mediator_distribution"],
        "standardisation.utility": None if utility is None else [float(weight) for weight in utility],
        "interaction": analysis["interaction"],
        "weights": analysis["weights"],
        "evidence.trials.covariates": {
            model: names if isinstance(names, str) else sorted(names) for model, names in covariates.items()
        },
        **{f"variables.{name}": _measured(variables[name]) for name in sorted(used)},
        "eligibility": [
            {key: value for key, value in sorted(rule.items()) if key != "reason"}
            for rule in rules
            if rule["variable"] != TRIAL
        ],
    }


def disagreements(at_the_site: Mapping[str, Any], here: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each setting that is not the same at a site and here, both as `agreed_settings`."""
    for name in {**here, **at_the_site}:
        theirs, ours = (json.loads(json.dumps(each.get(name))) for each in (at_the_site, here))
        if theirs != ours:
            yield f"`{name}` is {_written(theirs)} at the site and {_written(ours)} here; allowed: the same"


def _levels(variable: Mapping[str, Any]) -> list[str]:
    return [str(level) for level in variable.get("levels", ())]


def _measured(variable: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": variable["type"], "unit": variable.get("unit"), "levels": _levels(variable)}


def _written(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."

"""An analysis of subgroups: one line and the analyses that it stands for (light to import)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ipdmediation.data.configuration import resolve_analysis
from ipdmediation.data.covariates import all_covariate_names
from ipdmediation.data.errors import listing
from ipdmediation.data.formula import FormulaError
from ipdmediation.data.problems import Fault, Place, shown
from ipdmediation.data.variables import Variable, trial_variable
from ipdmediation.vocabulary.terms import TRIAL
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS

KEY = "subgroups"
MOST_ANALYSES = 100
_LONGEST_NAME = 60
_LONGEST_LABEL = 120
_YES_NO = {0: "No", 1: "Yes"}


def with_subgroups(
    config: Mapping[str, Any], *, variables: Mapping[str, Variable], trials: Mapping[str, str]
) -> dict[str, Any]:
    """Return a configuration whose analyses of subgroups are an analysis for each level, in their place.

    An analysis of a subgroup inherits all of the analysis that states it, adds a rule of eligibility and has
    the level in its name and its label. Levels that a study does not have are left out, for they are faults.

    Parameters
    ----------
    config : mapping
        The study's configuration; it is not changed.
    variables : mapping
        Its variables by name.
    trials : mapping
        Id of each trial to its label.

    Examples
    --------
    >>> site = Variable(name="site", type="categorical", label="Site", levels={"m1": "M1", "ica": "ICA"})
    >>> by_site = {"label": "By site", "subgroups": {"variable": "site", "levels": ["ica"]}}
    >>> config = {"analyses": {"primary": {"eligibility": []}, "by_site": by_site}}
    >>> made = with_subgroups(config, variables={"site": site}, trials={})["analyses"]
    >>> made["by_site_ica"]["label"], made["by_site_ica"]["eligibility"]
    ('By site: ICA', [{'variable': 'site', 'one_of': ['ica'], 'reason': 'Site other than ICA, or unknown'}])
    """
    analyses: dict[str, Any] = {}
    for name, stated in config.get("analyses", {}).items():
        variable = _variable(stated, variables, trials)
        if variable is None:
            analyses[name] = stated
            continue
        rules = resolve_analysis(config, name)["eligibility"]
        labels = _labels(variable)
        for level in _levels(stated, variable):
            reason = f"{variable.label} other than {labels[level]}, or unknown"
            rule = {"variable": variable.name, "one_of": [level], "reason": reason}
            own = {key: value for key, value in stated.items() if key != KEY}
            analyses[_name(name, level)] = {
                **own,
                "label": _label(stated, variable, level),
                "eligibility": [*rules, rule],
            }
    return {**config, "analyses": analyses} if analyses else {**config}


def subgroup_faults(
    config: Mapping[str, Any],
    *,
    variables: Mapping[str, Variable],
    declared: Collection[str],
    trials: Mapping[str, str],
    taken: Collection[str] = (),
) -> Iterator[Fault]:
    """Yield what is wrong with the analyses of subgroups.

    Parameters
    ----------
    config, variables, trials
        As for `with_subgroups`.
    declared : collection of str
        Names of all variables, sound or not.
    taken : collection of str
        Names that no analysis may have.
    """
    analyses = config.get("analyses", {})
    names = {name for name, stated in analyses.items() if KEY not in stated}
    for analysis, stated in analyses.items():
        if KEY not in stated:
            continue
        place: Place = ("analyses", analysis, KEY)
        if analysis == "primary":
            yield Fault(place, "the primary analysis is of all; give the subgroups an analysis of their own")
            continue
        used = stated[KEY]["variable"]
        if used not in (*declared, TRIAL):
            yield Fault(
                (*place, "variable"),
                f"no variable {used!r}; allowed: {listing([*declared, TRIAL], limit=99)}",
            )
        settings = resolve_analysis(config, analysis)
        yield from _misused((*place, "variable"), used, settings)
        variable = _variable(stated, variables, trials)
        if variable is None:
            continue
        if variable.type == "continuous":
            yield Fault(
                (*place, "variable"),
                f"{used!r} is continuous and has no levels; allowed: a categorical, binary or ordinal "
                "variable, or trial; for ranges, write an analysis for each of them with a rule `between`",
            )
        known = {str(level) for level in _labels(variable)}
        for level in stated[KEY].get("levels", ()):
            if str(level) not in known:
                text = f"{level!r} is no level of {used!r}; allowed: {variable.allowed}"
                yield Fault((*place, "levels"), text)
        for level in _levels(stated, variable):
            name, label = _name(analysis, level), _label(stated, variable, level)
            if name in names or name in taken:
                yield Fault(
                    place,
                    f"the subgroup {shown(str(level))} is the analysis {name!r}, a name that is taken; "
                    "give one of the two another name",
                )
            if len(name) > _LONGEST_NAME or len(label) > _LONGEST_LABEL:
                yield Fault(
                    place,
                    f"the name or label of the subgroup {shown(str(level))} is too long; allowed: "
                    f"{_LONGEST_NAME} and {_LONGEST_LABEL} letters; shorten those of the analysis",
                )
            names.add(name)
    if len(names) > MOST_ANALYSES:
        yield Fault(
            ("analyses",), f"{len(names)} analyses with those of subgroups; allowed: at most {MOST_ANALYSES}"
        )


def _misused(place: Place, used: str, settings: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault where the variable has another part in the analysis already."""
    if used in (settings["mediator"]["variable"], settings["outcome"]["variable"]):
        yield Fault(
            place, f"{used!r} is the mediator or the outcome, whose levels are no subgroups of patients"
        )
    try:
        adjusted = all_covariate_names(settings["covariates"])
    except FormulaError:  # a fault of its own
        adjusted = []
    if used in adjusted:
        yield Fault(
            place,
            f"{used!r} is a covariate, which is the same for everybody in a subgroup; state `covariates` "
            "without it beside `subgroups`",
        )
    effects = settings["trial_effects"]
    if used == TRIAL and TRIAL_EFFECTS[effects].tell_apart and settings["cluster"] == TRIAL:
        yield Fault(
            place,
            f"each subgroup is one trial, which trial_effects {effects!r} cannot tell from others; state "
            "`trial_effects: none` beside `subgroups`",
        )


def _variable(
    stated: Mapping[str, Any], variables: Mapping[str, Variable], trials: Mapping[str, str]
) -> Variable | None:
    """Return the variable of an analysis of subgroups; None of another, or where it is not known."""
    if KEY not in stated:
        return None
    used = stated[KEY]["variable"]
    if used == TRIAL:
        return replace(trial_variable(trials), levels=dict(trials.items()))
    return variables.get(used)


def _labels(variable: Variable) -> dict[Any, str]:
    return dict(variable.levels or (_YES_NO if variable.type == "binary" else {}))


def _levels(stated: Mapping[str, Any], variable: Variable) -> list[Any]:
    """Return the levels that are analysed, in the order of the variable."""
    wanted = {str(level) for level in stated[KEY].get("levels", _labels(variable))}
    return [level for level in _labels(variable) if str(level) in wanted]


def _name(analysis: str, level: Any) -> str:
    return f"{analysis}_{re.sub(r'[^a-z0-9]+', '_', str(level).lower()).strip('_')}"


def _label(stated: Mapping[str, Any], variable: Variable, level: Any) -> str:
    # the answer alone does not say to which question
    within = f"{variable.label}, " if variable.type == "binary" else ""
    return f"{stated['label']}: {within}{_labels(variable)[level]}"

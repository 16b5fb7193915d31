"""The words for effects and terms; nothing reads them back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.printed_units import printed_unit
from ipdmediation.present.scales import levels_reached, mediator_scale_unit
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.effects import (
    DIRECT_AT,
    HEADLINE,
    MEDIATOR_EFFECT_IN,
    OF_THE_MEDIATOR,
    ON_THE_MEDIATOR,
    PROPORTION_MEDIATED,
    SHARE_BY_DIFFERENCE,
    SHARE_ON_ONE_SCALE,
    EffectKey,
)
from ipdmediation.vocabulary.terms import TRIAL, Term, TermKind, threshold_term
from ipdmediation.vocabulary.withheld import Withheld

EFFECTS = {
    "total": "Treatment, not adjusted for the mediator (total)",
    "direct": "Treatment, adjusted for the mediator (direct)",
    ON_THE_MEDIATOR: "Treatment on the mediator (a)",
    "mediator_effect": "Mediator on the outcome at the same treatment (b)",
    SHARE_BY_DIFFERENCE.effect: "Proportion mediated, difference of coefficients",
    "log_or_product": "Proportion mediated, product of coefficients",
    "khb_total": "Treatment, on the scale of the direct effect (Karlson-Holm-Breen)",
    "khb_indirect": "Part of it that runs through the mediator",
    SHARE_ON_ONE_SCALE.effect: "Proportion mediated, Karlson-Holm-Breen",
    PROPORTION_MEDIATED: "Proportion mediated, of the effect on the {average}",
}

#: The natural effects that are shown, in the order in which they are.
NATURAL = {
    "te": "Total effect",
    "pnde": "Direct effect",
    "tnie": "Indirect effect",
    PROPORTION_MEDIATED: "Proportion mediated",
}
#: Parts of the total effect that the natural effects above do not show, and the direct effect beside them.
FOUR_WAY = {
    "pnie": "Pure indirect effect",
    "int_med": "Mediated interaction",
    "tnde": "Total direct effect",
}
#: With the mediator held at a value.
CONTROLLED, REFERENCE = "Controlled direct effect", "Reference interaction"
SHARES = {
    HEADLINE: "Share of the effect on the {average}",
    SHARE_ON_ONE_SCALE: "Share on one scale (KHB)",
    SHARE_BY_DIFFERENCE: "Share by difference of coefficients",
}
QUARTILES = {"q1": "lower quartile", "median": "median", "q3": "upper quartile"}
WITHHELD = {
    Withheld.TOTAL_UNCERTAIN: "the interval of the total effect includes the value of no effect",
    Withheld.OPPOSITE_DIRECTIONS: (
        "the effect through {mediator} and the total effect have opposite directions"
    ),
    Withheld.NO_INTERVAL: "the total effect has no interval",
    Withheld.TOO_MANY_UNDEFINED: "too many bootstrap replicates have no such share",
    Withheld.UNDEFINED: "this analysis has no such share",
}

#: In what an analysis may differ from the primary one, by the beginning of the setting's key, in their order.
CHOICES = {
    "eligibility": "Who is analysed",
    "missing": "Missing data",
    "mediator.variable": "Mediator",
    "mediator.spline": "Curve of the mediator",
    "mediator": "Scale of the mediator",
    "interaction": "Interaction",
    "outcome.variable": "Outcome",
    "outcome.proportional_odds": "Treatment by cut",
    "outcome": "Outcome model",
    "covariates": "Covariates",
    "trial_effects": "Trial effects",
    "cluster": "Clusters",
    "estimation": "Estimation",
    "weights": "Weights",
    "standardisation": "Standardisation",
    "bootstrap": "Resampling, interval",
}

TIMES = " \N{MULTIPLICATION SIGN} "
LABEL = "label"  # column that `labelled` adds
RANDOM_EFFECTS = {
    TermKind.INTERCEPT: "intercept",
    TermKind.TREATMENT: "treatment effect",
    TermKind.MEDIATOR: "mediator effect",
}


def effect_name(row: Mapping[Any, Any], *, study: Study) -> str:
    """Name an effect of the effects table.

    Parameters
    ----------
    row
        Its row; `effect` and, where it is one at a value of the mediator, `at` are read.
    study
        Words of the study.
    """
    effect = str(row["effect"])
    if effect in DIRECT_AT:
        value = study.amount(study.mediator, row["at"])
        return f"Treatment at the {quartile(effect)} of the mediator, {value} (direct)"
    if arm := arm_of(effect):
        return f"Mediator on the outcome, {study.short(arm)} (b)"
    return EFFECTS[effect].format(average=study.average)


def coefficient_name(row: Mapping[Any, Any], *, study: Study) -> str:
    """Name what a coefficient of the treatment or the mediator compares, beside those of the covariates.

    Parameters
    ----------
    row
        Its row in the effects table; `effect` and, where it is one at a value of the mediator, `at` are read.
    study
        Words of the study.
    """
    effect = str(row["effect"])
    if effect in DIRECT_AT:
        return f"{study.arm('treated')}, at {study.amount(study.mediator, row['at'])} ({quartile(effect)})"
    if effect in OF_THE_MEDIATOR:
        label = f"{study.label(study.mediator)}, per {mediator_scale_unit(study)}"
        arm = arm_of(effect)
        return f"{label}, {study.short(arm)}" if arm else label
    return _compared_arms(study)


def choice_label(key: str) -> str:
    """Name what an analysis chooses otherwise by a dotted key of its settings; the key where it has no name.

    Examples
    --------
    >>> choice_label("mediator.spline_knots"), choice_label("mediator.transform")
    ('Curve of the mediator', 'Scale of the mediator')
    """
    return next((label for start, label in CHOICES.items() if key.startswith(start)), key)


def quartile(effect: str) -> str:
    """Name the quartile of the mediator that a direct effect is at."""
    return QUARTILES[DIRECT_AT[effect]]


def arm_of(effect: str) -> str:
    """Return the arm that an effect of the mediator is one in, empty for other effects."""
    return next((arm for arm, of_arm in MEDIATOR_EFFECT_IN.items() if of_arm == effect), "")


def share_label(key: EffectKey, study: Study) -> str:
    """Name a share of the total effect; that of the answer by what the effect is on."""
    return SHARES[key].format(average=study.average)


def why_no_share(why: Withheld, *, mediator: str) -> str:
    """Say why a share of the total effect is not given; `mediator` is what the sentence calls it."""
    return WITHHELD[why].format(mediator=mediator)


def labelled(table: pd.DataFrame, terms: Iterable[Term], *, study: Study) -> pd.DataFrame:
    """Return a table of a model with a column `LABEL`, by its column `term`.

    Parameters
    ----------
    table
        As `model_table` makes it.
    terms
        Those of all its rows.
    study
        Words of the study.
    """
    labels = {term.id: _label(term, study) for term in terms}
    return table.assign(**{LABEL: [labels[str(term)] for term in table["term"]]})


def term_label(row: Mapping[Any, Any]) -> str:
    """Label of a model's term with the unit that its coefficient is per.

    Parameters
    ----------
    row
        Its row of the model table; `label` and `unit` are read.
    """
    label, unit = str(row[LABEL]), printed_unit(notation.text_of(row["unit"]))
    return f"{label}, per {unit}" if unit else label


def _label(term: Term, study: Study) -> str:
    """Return what a term is called, without its unit."""
    if term.parts:
        return _of_parts(term, study)
    if term.kind in (TermKind.TRIAL, TermKind.COVARIATE):
        return _of_level(term, study)
    if term.kind is TermKind.TREATMENT and term.level:
        reached = levels_reached(study)[term.level]
        return f"{_compared_arms(study)}: {study.label(study.outcome)} of {reached}"
    if term.kind is TermKind.THRESHOLD:
        return _of_threshold(term, study)
    mediator = study.label(study.mediator)
    known = {
        TermKind.TREATMENT: _compared_arms(study),
        TermKind.MEDIATOR: mediator,
        TermKind.MEDIATOR_DOUBLING: mediator,
        TermKind.SPLINE: f"{mediator}, spline term {term.level}: coefficient",
        TermKind.INTERCEPT: "Intercept",
        TermKind.RESIDUAL: "Residual SD",
    }
    # what a formula computes has no label but its own text
    return known.get(term.kind, term.id)


def _of_threshold(term: Term, study: Study) -> str:
    """Name the levels beside a threshold, the worse one first: by code, of a binary outcome by label."""
    levels = study.levels_better_first()
    between = {
        threshold_term(worse, better, outcome=term.variable).id: (worse, better)
        for better, worse in combinations(levels, 2)  # a level that nobody has is no neighbour
    }
    worse, better = (
        f"“{levels[level]}”" if study.family.event else notation.stated(int(level))
        for level in between[term.id]
    )
    return f"Threshold between {worse} and {better}"


def _compared_arms(study: Study) -> str:
    return f"{study.arm('treated')} vs {study.named_arm('control')}"


def _of_parts(term: Term, study: Study) -> str:
    if term.kind is TermKind.RANDOM:
        statistic = "SD" if len(term.parts) == 1 else "correlation"
        named = " and ".join(RANDOM_EFFECTS[part.kind] for part in term.parts)
        return f"Between {'clusters' if study.cluster else 'trials'}: {statistic} of {named}"
    labels = [
        study.arm("treated") if part.kind is TermKind.TREATMENT else _label(part, study)
        for part in term.parts
    ]
    if term.kind is TermKind.INTERACTION:
        return TIMES.join([labels[0], notation.lower(labels[1])])
    return TIMES.join(labels)


def _of_level(term: Term, study: Study) -> str:
    # a formula may use the trial, which is no variable of the configuration
    if term.variable == TRIAL:
        return f"Trial: {study.trial(term.level)}"
    label = study.label(term.variable)
    return f"{label}: {study.levels(term.variable).get(term.level, term.level)}" if term.level else label

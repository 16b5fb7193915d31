"""Coefficients of treatment and mediator at every cut of the outcome, beside the one that serves all cuts.

Three forms of each: `proportional`, one coefficient; `binary`, a binary regression at the cut alone;
`partial`, one model of all cuts in which this variable is free and the others are proportional
(`models.partial_odds`; Peterson & Harrell 1990, J R Stat Soc C 39:205).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from ipdmediation.evidence.columns import BY_CUT_COLUMNS, with_words
from ipdmediation.evidence.cut_tests import OF_THE_OUTCOME, BuildModels
from ipdmediation.inference.pooling import pool_estimates
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.binary import BinaryModel
from ipdmediation.models.errors import ModelError
from ipdmediation.models.partial_odds import PartialOdds
from ipdmediation.models.results import ModelFit
from ipdmediation.models.specification import AnalysisSpecification, MediationModels
from ipdmediation.vocabulary.scales import cut_name
from ipdmediation.vocabulary.terms import MEDIATOR, TREATMENT

PROPORTIONAL, BINARY, PARTIAL = "proportional", "binary", "partial"
FORMS = (PROPORTIONAL, BINARY, PARTIAL)
#: What is shown: the treatment without the mediator (total) and beside it (direct), and the mediator.
SHOWN = (("total", TREATMENT), ("outcome", TREATMENT), ("outcome", MEDIATOR))


@dataclass(frozen=True)
class _Values:
    """(T,) estimates and variances of one column, missing where `reasons` says why."""

    estimates: FloatArray
    variances: FloatArray
    reasons: tuple[str, ...]


def coefficients_by_cut(
    specification: AnalysisSpecification, build: BuildModels, *, level: float, minimum_count: int
) -> pd.DataFrame:
    """Return the coefficients cut by cut, pooled over completed data sets by Rubin's rules.

    The models have a linear mediator and no interaction, whatever the analysis has: one coefficient for each
    cut.

    Parameters
    ----------
    specification : AnalysisSpecification
        As `cut_tests.form_of_tests` returns it.
    build : callable
        Makes of a specification the models of each completed data set.
    level : float
        Coverage of the Wald intervals.
    minimum_count : int
        Smallest number of patients of an arm that may be on one side of a cut whose coefficient is shown.

    Returns
    -------
    DataFrame
        `BY_CUT_COLUMNS`: by `model`, `term`, `form` and `cut` (its key as of `scales.cut_name`; empty for the
        form `proportional`). A coefficient above 0 is for a better outcome.
    """
    plain = replace(specification, free_treatment=False, interaction=False, spline_knots=0)
    every = build(plain)
    rows: list[dict[str, object]] = []
    for name in OF_THE_OUTCOME:
        fits = [models.fit(name) for models in every]
        for term in (term for model, term in SHOWN if model == name):
            row = {"model": name, "term": term}
            column = fits[0].names.index(term)
            whole = [
                _Values(fit.estimates[[column]], np.diag(fit.covariance)[[column]], ("",)) for fit in fits
            ]
            rows += [row | {"form": PROPORTIONAL, "cut": ""} | each for each in _pooled(whole, level)]
            for form, values in (
                (BINARY, [_binary(models, name, term, minimum_count) for models in every]),
                (
                    PARTIAL,
                    [
                        _partial(each, fit, name, term, minimum_count)
                        for each, fit in zip(every, fits, strict=True)
                    ],
                ),
            ):
                cuts = _cuts(every[0])
                rows += [
                    row | {"form": form, "cut": cut} | each
                    for cut, each in zip(cuts, _pooled(values, level), strict=True)
                ]
    return with_words(pd.DataFrame(rows).reindex(columns=list(BY_CUT_COLUMNS)))


def _cuts(models: MediationModels) -> list[str]:
    """Return the cuts between levels that patients have, in the order of the model."""
    present = np.unique(np.asarray(models.outcome_values, dtype=np.int64))
    codes = [int(models.outcome_levels[level]) for level in present]
    rising = codes[0] < codes[-1]
    return [cut_name(lower if rising else upper) for lower, upper in pairwise(codes)]


def _levels(models: MediationModels) -> tuple[IntArray, IntArray]:
    levels = np.asarray(models.outcome_values, dtype=np.int64)
    return levels, np.unique(levels)


def _small(models: MediationModels, minimum_count: int) -> list[str]:
    """Say of each cut whether too few patients of an arm are on one side of it."""
    levels, present = _levels(models)
    treated = models.total_design.matrix[:, models.total_design.treatment_position] == 1
    reasons = []
    for level in present[1:]:
        sides = [int((levels[arm] >= level).sum()) for arm in (treated, ~treated)]
        sides += [int((levels[arm] < level).sum()) for arm in (treated, ~treated)]
        reason = "an arm has nobody on one side of it" if 0 in sides else ""
        if 0 < min(filter(None, sides)) < minimum_count:
            reason = f"fewer than {minimum_count} patients of an arm on one side of it"
        reasons.append(reason)
    return reasons


def _binary(models: MediationModels, name: str, term: str, minimum_count: int) -> _Values:
    levels, present = _levels(models)
    design = getattr(models, f"{name}_design")
    estimates, variances = np.full((2, present.size - 1), np.nan)
    reasons = _small(models, minimum_count)
    for k, level in enumerate(present[1:]):
        if reasons[k]:
            continue
        try:
            fit = BinaryModel(
                (levels >= level).astype(np.int64),
                design.matrix,
                names=design.names,
                link=models.specification.link,
            ).fit(weights=models.weights)
        except ModelError:
            reasons[k] = "no estimate at this cut alone"
            continue
        if not fit.converged:
            reasons[k] = "no finite estimate at this cut alone"
            continue
        at = fit.names.index(term)
        estimates[k], variances[k] = fit.estimates[at], fit.covariance[at, at]
    return _Values(estimates, variances, tuple(reasons))


def _partial(models: MediationModels, fit: ModelFit, name: str, term: str, minimum_count: int) -> _Values:
    levels, present = _levels(models)
    design = getattr(models, f"{name}_design")
    column = design.names.index(term)
    n = len(design.matrix)
    weights = np.ones(n) if models.weights is None else models.weights
    model = PartialOdds(levels, design.matrix, free=[column], link=models.specification.link, weights=weights)
    thresholds = fit.thresholds[present[:-1]]
    reasons = _small(models, minimum_count)
    none = np.full(present.size - 1, np.nan)
    found = None
    if "an arm has nobody on one side of it" not in reasons or term != TREATMENT:
        found = model.fit(model.from_proportional(thresholds, fit.coefficients))
    if found is None:
        why = "no maximum at which every probability is above 0"
        return _Values(none, none, tuple(reason or why for reason in reasons))
    estimates, covariance = found
    at = model.at_cuts(column)
    hidden = np.array([bool(reason) for reason in reasons])
    own, variances = (np.where(hidden, np.nan, values[at]) for values in (estimates, np.diag(covariance)))
    return _Values(own, variances, tuple(reasons))


def _pooled(values: Sequence[_Values], level: float) -> Iterator[dict[str, object]]:
    pooled = pool_estimates([each.estimates for each in values], [each.variances for each in values])
    half = stdtrit(pooled.degrees_of_freedom, 0.5 + level / 2) * pooled.se
    for k in range(pooled.estimate.size):
        reason = next(filter(None, (each.reasons[k] for each in values)), "")
        if reason:
            yield {"reason": reason}
            continue
        estimate = float(pooled.estimate[k])
        yield {
            "estimate": estimate,
            "se": float(pooled.se[k]),
            "ci_low": estimate - float(half[k]),
            "ci_high": estimate + float(half[k]),
        }

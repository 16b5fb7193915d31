"""Tests of proportional odds: whether a coefficient of a cumulative link model is the same at every cut.

With the fit under proportional odds, T cuts, and U and I the score and the observed information of the model
in which a variable's p columns are free (`models.partial_odds`), the score statistic is U' I^-1 U with (T -
1) p degrees of freedom; nothing is fitted again. McCullagh 1980, J R Stat Soc B 42:109; Peterson & Harrell
1990, J R Stat Soc C 39:205. The treatment, free, is thresholds by arm and has a likelihood ratio as well.
Brant's test (1990, Biometrics 46:1171) compares logistic regressions at every cut by the joint covariance of
their coefficients. (R's `brant` leaves out a transposition in it: its omnibus statistic is another one, its
single ones are these.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import linalg

from ipdmediation.data.arms import ARM_CODES
from ipdmediation.evidence.columns import CUT_TEST_COLUMNS, with_words
from ipdmediation.inference.pooling import pool_chi_squares
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.binary import BinaryModel
from ipdmediation.models.design import Design
from ipdmediation.models.errors import ModelError
from ipdmediation.models.partial_odds import PartialOdds
from ipdmediation.models.specification import AnalysisSpecification, MediationModels
from ipdmediation.vocabulary.links import LINKS
from ipdmediation.vocabulary.terms import MEDIATOR, TREATMENT, Term, TermKind, covariate_term
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS

ALL = "all"
SCORE, LIKELIHOOD_RATIO, BRANT = "score", "likelihood_ratio", "brant"
#: The models that have the outcome.
OF_THE_OUTCOME = ("total", "outcome")

BuildModels = Callable[[AnalysisSpecification], Sequence[MediationModels]]


@dataclass(frozen=True)
class _Fitted:
    """One model with proportional odds, of one completed data set."""

    levels: IntArray
    design: Design
    weights: FloatArray
    thresholds: FloatArray
    coefficients: FloatArray
    log_likelihood: float
    link: str

    @property
    def cuts(self) -> int:
        return int(np.unique(self.levels).size) - 1


def form_of_tests(specification: AnalysisSpecification, *, trials: int) -> AnalysisSpecification:
    """Return the analysis that is tested: trials have indicators, for a score needs no integral then.

    ASSUME: whether odds are proportional is asked given indicators of the trials, of models with random
    effects as well.
    """
    apart = TRIAL_EFFECTS[specification.trial_effects].tell_apart and trials > 1
    return replace(
        specification, trial_effects="fixed" if apart else "none", cluster="trial", estimation="ml"
    )


def cut_tests(specification: AnalysisSpecification, build: BuildModels) -> pd.DataFrame:
    """Return the tests of the total and the outcome model, pooled over completed data sets.

    Parameters
    ----------
    specification : AnalysisSpecification
        As `form_of_tests` returns it.
    build : callable
        Makes of a specification the models of each completed data set.

    Returns
    -------
    DataFrame
        `CUT_TEST_COLUMNS`: by `model`, `test` and `term` (a variable's id, or `all` of these together) the
        statistic with its degrees of freedom and p-value, or the `reason` why there is none. Indicators of
        trials are proportional and not tested.
    """
    proportional = build(replace(specification, free_treatment=False))
    free = build(replace(specification, free_treatment=True))
    rows: list[dict[str, object]] = []
    for name in OF_THE_OUTCOME:
        fitted = [_fitted(models, name) for models in proportional]
        groups = _groups(fitted[0].design)
        for term, columns in groups.items():
            tested: dict[str, object] = {"model": name, "test": SCORE, "term": term}
            scores = [_score(each, columns) for each in fitted]
            rows.append(tested | _pooled(scores, fitted[0], len(columns)))
        row: dict[str, object] = {"model": name, "test": LIKELIHOOD_RATIO, "term": TREATMENT}
        try:
            ratios = [
                2 * (models.fit(name).log_likelihood - each.log_likelihood)
                for models, each in zip(free, fitted, strict=True)
            ]
        except ModelError as error:
            rows.append(row | {"reason": str(error).partition(",")[0]})
        else:
            rows.append(row | _pooled(ratios, fitted[0], 1))
        rows += [{"model": name, "test": BRANT, **row} for row in _brant_rows(fitted, groups)]
    return with_words(pd.DataFrame(rows).reindex(columns=list(CUT_TEST_COLUMNS)))


def _fitted(models: MediationModels, name: str) -> _Fitted:
    fit = models.fit(name)
    design: Design = getattr(models, f"{name}_design")
    n = len(design.matrix)
    finite = np.isfinite(fit.thresholds)
    thresholds = fit.thresholds[finite]
    return _Fitted(
        levels=np.asarray(models.outcome_values, dtype=np.int64),
        design=design,
        weights=np.ones(n) if models.weights is None else models.weights,
        # a level that nobody has shares its neighbour's
        thresholds=thresholds[np.append(True, np.diff(thresholds) > 0)],
        coefficients=fit.coefficients,
        log_likelihood=fit.log_likelihood,
        link=fit.link,
    )


def _groups(design: Design) -> dict[str, list[int]]:
    """Return the columns of each variable, then those of all together."""
    groups: dict[str, list[int]] = {}
    for position, term in enumerate(design.terms):
        if term.kind is not TermKind.TRIAL:
            groups.setdefault(_variable(term), []).append(position)
    return groups | {ALL: [position for columns in groups.values() for position in columns]}


def _variable(term: Term) -> str:
    if term.kind in (TermKind.SPLINE, TermKind.INTERACTION):
        return f"{TREATMENT}:{MEDIATOR}" if term.parts else MEDIATOR
    return covariate_term(term.variable).id if term.kind is TermKind.COVARIATE else term.id


def _score(fitted: _Fitted, columns: Sequence[int]) -> float:
    model = PartialOdds(
        fitted.levels, fitted.design.matrix, free=columns, link=fitted.link, weights=fitted.weights
    )
    at = model.derivatives(model.from_proportional(fitted.thresholds, fitted.coefficients))
    try:
        return float(at.score @ linalg.solve(at.information, at.score, assume_a="sym"))
    except linalg.LinAlgError:
        return np.nan


def _pooled(statistics: Sequence[float], fitted: _Fitted, columns: int) -> dict[str, object]:
    df = (fitted.cuts - 1) * columns
    if df == 0:
        return {"reason": "the outcome has one cut only"}
    # an information that is not definite gives no chi-squared
    if not np.isfinite(statistics).all() or min(statistics) < -1e-6:
        return {"reason": "too few patients at some cuts for a test of so many coefficients"}
    statistic, p_value = pool_chi_squares(statistics, df=df)
    return {"chi_square": statistic, "df": df, "p_value": p_value}


def _brant_rows(fitted: Sequence[_Fitted], groups: dict[str, list[int]]) -> Iterator[dict[str, object]]:
    if not LINKS[fitted[0].link].odds:
        yield {"term": ALL, "reason": "it compares logistic regressions, and the link is another one"}
        return
    reason = next(filter(None, map(_not_in_every_arm, fitted)), "")
    try:
        found = [] if reason else [_logistic(each) for each in fitted]
    except ModelError:
        reason = "a logistic regression at one of the cuts has no estimate"
    for term, columns in groups.items() if not reason else [(ALL, [])]:
        if reason:
            yield {"term": term, "reason": reason}
        else:
            statistics = [_contrast(*each, columns) for each in found]
            yield {"term": term, **_pooled(statistics, fitted[0], len(columns))}


def _not_in_every_arm(fitted: _Fitted) -> str:
    """Say why there is no Brant test: at every cut there have to be patients of each arm on both sides."""
    arm = fitted.design.matrix[:, fitted.design.treatment_position]
    levels = np.unique(fitted.levels)
    for code in ARM_CODES:
        own = fitted.levels[arm == code]
        if own.min() > levels[0] or own.max() < levels[-1]:
            return f"not every cut has {'treated patients' if code else 'controls'} on both sides"
    return ""


def _logistic(fitted: _Fitted) -> tuple[FloatArray, FloatArray]:
    """Return the (T, p) coefficients at the cuts and their (T, p, T, p) covariance."""
    matrix, names, w = fitted.design.matrix, fitted.design.names, fitted.weights
    with_intercept = np.hstack([np.ones((len(matrix), 1)), matrix])
    coefficients, above, bread = [], [], []
    for level in np.unique(fitted.levels)[1:]:
        fit = BinaryModel((fitted.levels >= level).astype(np.int64), matrix, names=names).fit(weights=w)
        if not fit.converged:
            raise ModelError("no estimate")
        chance = 1 / (1 + np.exp(fit.thresholds[0] - matrix @ fit.coefficients))
        information = with_intercept.T @ ((w * chance * (1 - chance))[:, None] * with_intercept)
        coefficients.append(fit.coefficients)
        above.append(chance)
        bread.append(linalg.inv(information))
    cuts, p = len(above), matrix.shape[1]
    covariance = np.empty((cuts, p, cuts, p))
    for k in range(cuts):
        for m in range(k, cuts):
            # being above the higher cut is being above both
            joint = w * above[m] * (1 - above[k])
            both = bread[k] @ (with_intercept.T @ (joint[:, None] * with_intercept)) @ bread[m]
            covariance[k, :, m], covariance[m, :, k] = both[1:, 1:], both[1:, 1:].T
    return np.array(coefficients), covariance


def _contrast(coefficients: FloatArray, covariance: FloatArray, columns: Sequence[int]) -> float:
    cuts, size = len(coefficients), len(columns)
    values = coefficients[:, columns].ravel()
    own = covariance[:, columns][:, :, :, columns].reshape(cuts * size, cuts * size)
    contrasts = np.kron(np.hstack([np.ones((cuts - 1, 1)), -np.eye(cuts - 1)]), np.eye(size))
    difference = contrasts @ values
    return float(difference @ linalg.solve(contrasts @ own @ contrasts.T, difference))

"""Completing a cohort: chained equations with predictive mean matching."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import KDTree

from ipdmediation.data.arms import ARMS
from ipdmediation.data.errors import ImputationError, ImputationWarning, raise_all
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import Variable
from ipdmediation.kernels.arrays import FloatArray

#: Directions of the regression with less than this share of the largest eigenvalue are left out as collinear.
COLLINEAR = 1e-8


def impute(
    cohort: pd.DataFrame,
    *,
    variables: Mapping[str, Variable],
    targets: Sequence[str],
    predictors: Sequence[str],
    imputations: int,
    iterations: int,
    donors: int,
    rng: np.random.Generator,
    scales: Mapping[str, Callable[[FloatArray], FloatArray]] | None = None,
) -> pd.DataFrame:
    """Return completed copies of a cohort, stacked, with a column `imputation`.

    Chained equations within each arm, so that whatever differs between the arms, the effect of the mediator
    among it, may differ in the completed data too. A variable with missing values is regressed on all others
    and on the trial; each missing value is taken from one of the `donors` patients with the nearest
    prediction, where the donors are predicted with the estimated coefficients and the missing with a draw of
    them (type 1 matching). Every type goes the same way: an unordered variable is regressed as indicators of
    its levels, and nearness is measured in the metric of the residual covariance, which is plain distance for
    one column. So every imputed value is one that a patient of that arm had, and a level that a trial never
    has (everybody was given the drug) breaks no regression, as it would a logistic one.

    Variables without missing values stay as they are. Where no target has a missing value, one data set is
    returned (`imputation` 0): copies of it would only feign uncertainty.

    Each imputation has a stream of its own, spawned from `rng`: more imputations leave the earlier ones as
    they were.

    Parameters
    ----------
    cohort : DataFrame
        Patients of an analysis, in the contract's columns.
    variables : mapping
        The study's variables by name.
    targets : sequence of str
        Variables to complete.
    predictors : sequence of str
        Variables that help to predict beside the targets, without missing values: the outcome, the mediator.
        An ordinal one enters as its code.
    imputations, iterations, donors : int
        Completed data sets; cycles before one is taken; patients to draw a value from.
    rng : numpy.random.Generator
        Root of the streams.
    scales : mapping, optional
        Variable to a function that brings it to the scale on which it predicts and is predicted, such as the
        logarithm of a mediator. Imputed values are on the natural scale all the same.

    Returns
    -------
    DataFrame
        The cohort's columns and `imputation` (int, from 0), `imputations` times the cohort's rows or once.

    Raises
    ------
    ImputationError
        For an unknown variable, a predictor with missing values that is no target, or a target that nobody
        of an arm has.

    Warns
    -----
    ImputationWarning
        Where nobody of a trial has a target.

    References
    ----------
    van Buuren & Groothuis-Oudshoorn 2011, J Stat Softw 45(3): chained equations. van Buuren 2018, Flexible
    Imputation of Missing Data, 2nd ed., sections 3.4 (matching, type 1) and 4.5 (fully conditional
    specification). Little 1988, J Bus Econ Stat 6:287 (several columns at once). Morris, White & Royston
    2014, BMC Med Res Methodol 14:75 (number of donors).
    """
    _check(cohort, targets, predictors)
    missing = {name: int(cohort[name].isna().sum()) for name in targets}
    # The least incomplete first: what is imputed later then leans on little that was imputed before.
    incomplete = sorted((name for name in missing if missing[name]), key=lambda name: missing[name])
    if not incomplete:
        return cohort.assign(imputation=0)
    _warn_of_unrecorded(cohort, incomplete)
    used = list(dict.fromkeys([*targets, *predictors]))
    blocks = {name: _block(cohort[name], variables[name], (scales or {}).get(name)) for name in used}
    arms = [np.flatnonzero(cohort["treatment"].to_numpy() == code) for code in ARMS.values()]
    completed = []
    for number, stream in enumerate(rng.spawn(imputations)):
        # Row number of the patient from whom each value is taken: their own where it is known.
        taken = {name: np.arange(len(cohort)) for name in incomplete}
        for rows in arms:
            if len(rows):
                _complete_arm(cohort, rows, blocks, taken, iterations=iterations, donors=donors, rng=stream)
        values = {name: cohort[name].array.take(source) for name, source in taken.items()}
        completed.append(cohort.assign(**values, imputation=number))
    return conform(pd.concat(completed, ignore_index=True), variables)


def _warn_of_unrecorded(cohort: pd.DataFrame, targets: Sequence[str]) -> None:
    for name in targets:
        known = cohort.groupby("trial", sort=False)[name].count()
        for trial in known.index[known == 0]:
            patients = int((cohort["trial"] == trial).sum())
            warnings.warn(
                ImputationWarning(
                    f"{name!r} is known of nobody in trial {trial!r}: all its {patients} values are imputed "
                    "from the other trials",
                    kind="variable_not_recorded",
                ),
                stacklevel=3,
            )


@dataclass(frozen=True)
class _Block:
    """A variable as the columns that stand for it in a regression."""

    columns: FloatArray
    missing: npt.NDArray[np.bool_]


def _block(
    values: pd.Series[Any], variable: Variable, scale: Callable[[FloatArray], FloatArray] | None
) -> _Block:
    missing = values.isna().to_numpy(dtype=bool)
    if variable.type == "categorical":
        codes = values.cat.codes.to_numpy()
        levels = np.arange(1, len(values.cat.categories))
        return _Block((codes[:, None] == levels).astype(np.float64), missing)
    column = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return _Block((column if scale is None else scale(column))[:, None], missing)


def _complete_arm(
    cohort: pd.DataFrame,
    rows: npt.NDArray[np.intp],
    blocks: Mapping[str, _Block],
    taken: dict[str, npt.NDArray[np.intp]],
    *,
    iterations: int,
    donors: int,
    rng: np.random.Generator,
) -> None:
    """Run the chain of one arm; writes the donors' row numbers into `taken`."""
    missing = {name: rows[blocks[name].missing[rows]] for name in taken}
    known = {name: rows[~blocks[name].missing[rows]] for name in taken}
    missing = {name: where for name, where in missing.items() if len(where)}
    current = {name: block.columns.copy() for name, block in blocks.items()}
    for name, where in missing.items():
        taken[name][where] = rng.choice(known[name], size=len(where))
        current[name][where] = blocks[name].columns[taken[name][where]]
    designs = {name: _trial_columns(cohort["trial"].to_numpy(), rows, known[name]) for name in missing}
    position = np.full(len(cohort), -1)
    position[rows] = np.arange(len(rows))
    # With one incomplete variable nothing changes between cycles.
    for _ in range(iterations if len(missing) > 1 else 1):
        for name, where in missing.items():
            others = [current[other][rows] for other in blocks if other != name]
            predictors = np.column_stack([*others, designs[name]])
            donor = _match(
                predictors[position[known[name]]],
                blocks[name].columns[known[name]],
                predictors[position[where]],
                donors=donors,
                rng=rng,
            )
            taken[name][where] = known[name][donor]
            current[name][where] = blocks[name].columns[taken[name][where]]


def _trial_columns(
    trial: npt.NDArray[Any], rows: npt.NDArray[np.intp], known: npt.NDArray[np.intp]
) -> FloatArray:
    """Return deviations from the mean trial.

    ASSUME: a trial that did not record a variable is, given everything else, like the mean of those that did.
    """
    recorded = np.unique(trial[known])
    indicators: FloatArray = (trial[rows][:, None] == recorded).astype(np.float64)
    deviations: FloatArray = indicators[:, 1:] - indicators[:, :1]
    return deviations


def _match(
    known: FloatArray, values: FloatArray, missing: FloatArray, *, donors: int, rng: np.random.Generator
) -> npt.NDArray[np.intp]:
    """Return, for each missing row, the position of a known row drawn from those with the nearest prediction.

    Parameters
    ----------
    known, missing : ndarray (n, p), (m, p)
        Predictors of the patients with and without a value.
    values : ndarray (n, d)
        The known values.
    """
    centre, spread = known.mean(axis=0), known.std(axis=0)
    varying = spread > 0
    x = (known[:, varying] - centre[varying]) / spread[varying]
    x_missing = (missing[:, varying] - centre[varying]) / spread[varying]
    varies = values.std(axis=0) > 0
    if not varies.any():
        return rng.integers(len(known), size=len(missing))
    y = values[:, varies] - values[:, varies].mean(axis=0)

    eigenvalues, directions = np.linalg.eigh(x.T @ x)
    used = eigenvalues > COLLINEAR * max(float(eigenvalues.max(initial=0.0)), 1.0)
    # The symmetric root of the inverse of x'x: unlike the eigenvectors, it has no arbitrary sign.
    root = (directions[:, used] / np.sqrt(eigenvalues[used])) @ directions[:, used].T
    estimate = root @ (root @ (x.T @ y))
    residual = y - x @ estimate
    freedom = max(len(x) - int(used.sum()) - 1, 1)
    covariance = residual.T @ residual / freedom
    covariance[np.diag_indices_from(covariance)] += 1e-12 * np.maximum(np.diag(y.T @ y) / len(y), 1e-300)
    factor = np.linalg.cholesky(covariance)
    noise = rng.standard_normal((x.shape[1], y.shape[1]))
    # ASSUME: the residual scale is drawn as in the one-column case, freedom / chi-squared, its shape is not.
    inflation = np.sqrt(freedom / rng.chisquare(freedom))
    drawn = estimate + inflation * root @ noise @ factor.T

    # Centred, the intercept is a draw of its own.
    intercept = inflation * rng.standard_normal(y.shape[1]) / np.sqrt(len(x)) @ factor.T
    whiten = np.linalg.inv(factor).T
    scores, sought = x @ estimate @ whiten, (x_missing @ drawn + intercept) @ whiten
    # Equal predictions are common with few predictors: without a jitter the same donors would always win.
    scores = scores + rng.uniform(-1e-7, 1e-7, scores.shape)
    nearest = min(donors, len(scores))
    _, found = KDTree(scores).query(sought, k=[*range(1, nearest + 1)])
    chosen = rng.integers(nearest, size=len(sought))
    return np.asarray(found[np.arange(len(sought)), chosen], dtype=np.intp)


def _check(cohort: pd.DataFrame, targets: Sequence[str], predictors: Sequence[str]) -> None:
    problems = [f"no variable {name!r}" for name in [*targets, *predictors] if name not in cohort.columns]
    raise_all(problems, ImputationError, "imputation:")
    for name in predictors:
        missing = int(cohort[name].isna().sum())
        if missing and name not in targets:
            problems.append(
                f"predictor {name!r} is missing in {missing} of {len(cohort)} rows and is no target"
            )
    for name in targets:
        for arm, code in ARMS.items():
            values = cohort.loc[cohort["treatment"] == code, name]
            if len(values) and values.isna().all():
                problems.append(f"target {name!r} is missing in all {len(values)} rows of arm {arm!r}")
    raise_all(problems, ImputationError, "imputation:")

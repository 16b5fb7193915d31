"""The causal truth of the generating model: natural effects without patients and without a fitted model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.special import expit, logit

from ipdmediation.data.arms import CELLS
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.synthetic.errors import SyntheticDataError
from ipdmediation.synthetic.generate import potential_predictors
from ipdmediation.synthetic.outcome import Parameters, outcome_distribution, outcome_thresholds
from ipdmediation.vocabulary.scales import LOG_OR, LOG_WIN_ODDS, MEAN, UTILITY, WIN, cut, cut_name

Table = dict[str, dict[str, float]]

EFFECTS: Mapping[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "te": ((1, 1), (0, 0)),
    "pnde": ((1, 0), (0, 0)),
    "tnie": ((1, 1), (1, 0)),
    "tnde": ((1, 1), (0, 1)),
    "pnie": ((0, 1), (0, 0)),
}


def causal_truth(
    parameters: Parameters, *, patients: int, rng: np.random.Generator, batches: int = 50
) -> dict[str, Any]:
    """Natural effects that hold in the generating model, by simulation over its covariates and trials.

    Every simulated patient has both potential mediators M(0), M(1), made from one residual, and for each of
    the four cells (a, a') the outcome distribution P(Y | A = a, M = M(a'), C), which the model gives exactly:
    the thresholds of arm a, the mediator of arm a'.
    The cells' distributions are averaged over patients, the trials in their randomised proportions (mediation
    formula: Pearl 2001; VanderWeele & Vansteelandt 2009). A scale s compares a cell's distribution with the
    untreated one, s(0, 0) = 0, and on every scale::

        te = s(1, 1)    pnde = s(1, 0)            pnie = s(0, 1)
        pm = tnie / te  tnie = s(1, 1) - s(1, 0)  tnde = s(1, 1) - s(0, 1)

    so that te = pnde + tnie = tnde + pnie. `pm` is NaN where te is 0.

    Parameters
    ----------
    parameters
        The generating model; ``utility`` holds one weight for each outcome level.
    patients
        Size of the simulation, all trials and batches together.
    rng
        Source of every random number.
    batches
        Independent parts of the simulation, from which the Monte-Carlo standard errors are computed.

    Returns
    -------
    dict
        `population`, in words; `effects` and `standard_errors`, each ``{effect: {scale: value}}``;
        `log_or_by_cut` with `values` and `standard_errors`, each ``{effect: {cut: value}}``;
        `distributions`, the outcome's by cell; `patients` and `batches`.

        Scales: `mean`, `utility` (difference in mean level, in mean weight), `prob_le_k` (difference in
        P(Y <= k)), `win` (probability of a better outcome than an untreated patient's, ties half, minus one
        half), `log_win_odds`, `log_or` (common log odds ratio of a better outcome: what proportional odds
        make of the two distributions, whether or not they hold).

    Raises
    ------
    SyntheticDataError
        If a batch would leave a trial empty, or an arm's thresholds do not increase.
    """
    sizes = {trial: sum(arms.values()) for trial, arms in parameters["patients"].items()}
    share = {trial: size / sum(sizes.values()) for trial, size in sizes.items()}
    per_batch = {trial: round(patients / batches * fraction) for trial, fraction in share.items()}
    if min(per_batch.values()) < 1:
        raise SyntheticDataError(f"{patients} patients in {batches} batches leave a trial empty")
    cells = np.array(
        [
            sum(
                share[trial] * _cell_distributions(parameters, trial, size, rng)
                for trial, size in per_batch.items()
            )
            for _ in range(batches)
        ]
    )
    utility = np.asarray(parameters["utility"], dtype=float)
    effects, effect_errors = _with_errors(lambda each: effects_of_cells(each, utility), cells)
    by_cut, by_cut_errors = _with_errors(log_or_by_cut, cells)
    return {
        "population": "all randomised patients, the trials in their randomised proportions",
        "effects": effects,
        "standard_errors": effect_errors,
        "log_or_by_cut": {"values": by_cut, "standard_errors": by_cut_errors},
        "distributions": {
            f"treatment_{a}_mediator_{m}": [float(p) for p in cells.mean(axis=0)[row]]
            for row, (a, m) in enumerate(CELLS)
        },
        "patients": batches * sum(per_batch.values()),
        "batches": batches,
    }


def _cell_distributions(parameters: Parameters, trial: str, n: int, rng: np.random.Generator) -> FloatArray:
    """Average the outcome distributions over n patients of a trial; shape (cells, levels), as in CELLS."""
    thresholds = outcome_thresholds(parameters, trial)
    predictors = potential_predictors(parameters, trial, patients=n, rng=rng)
    return np.array([outcome_distribution(thresholds[a], predictors[m]) for a, m in CELLS])


def _with_errors(compute: Callable[[FloatArray], Table], batches: FloatArray) -> tuple[Table, Table]:
    """Compute from the mean over batches, and the Monte-Carlo standard errors from their spread."""
    whole, parts = compute(batches.mean(axis=0)), [compute(batch) for batch in batches]
    errors = {
        row: {
            column: float(np.std([part[row][column] for part in parts], ddof=1) / np.sqrt(len(parts)))
            for column in columns
        }
        for row, columns in whole.items()
    }
    return whole, errors


def log_or_by_cut(cells: FloatArray) -> Table:
    """Compute every effect as the log odds ratio of P(Y <= k) at each cut; positive where it is a benefit.

    Proportional odds within patients would make the cuts of an effect nearly equal; here each has its own.

    Parameters
    ----------
    cells : ndarray of shape (cells, levels)
        Outcome distributions, as in `CELLS`.

    Returns
    -------
    dict
        ``{effect: {"le_0": ..., "le_1": ...}}``, one entry per cut.
    """
    log_odds = dict(zip(CELLS, logit(np.cumsum(cells, axis=1)[:, :-1]), strict=True))
    return {
        effect: {cut_name(k): float(value) for k, value in enumerate(log_odds[to] - log_odds[start])}
        for effect, (to, start) in EFFECTS.items()
    }


def effects_of_cells(cells: FloatArray, utility: FloatArray) -> Table:
    """Compute every effect on every scale from the four cells' outcome distributions.

    Parameters
    ----------
    cells : ndarray of shape (cells, levels)
        Outcome distributions, as in `CELLS`; a higher level is worse.
    utility : ndarray of shape (levels,)
        Weight of each level.

    Returns
    -------
    dict
        ``{effect: {scale: value}}`` as `causal_truth` describes it.
    """
    scales = {
        cell: _scales(distribution, cells[0], utility)
        for cell, distribution in zip(CELLS, cells, strict=True)
    }
    effects = {
        effect: {scale: scales[to][scale] - scales[start][scale] for scale in scales[to]}
        for effect, (to, start) in EFFECTS.items()
    }
    effects["pm"] = {
        scale: effects["tnie"][scale] / te if te else float("nan") for scale, te in effects["te"].items()
    }
    return effects


def _scales(distribution: FloatArray, reference: FloatArray, utility: FloatArray) -> dict[str, float]:
    """Compare an outcome distribution with a reference one; a higher level is worse."""
    difference = distribution - reference
    win = float(distribution @ (1 - np.cumsum(reference) + reference / 2))
    probabilities = {cut(k).key: float(value) for k, value in enumerate(np.cumsum(difference)[:-1])}
    return {
        MEAN.key: float(difference @ np.arange(difference.size)),
        UTILITY.key: float(difference @ utility),
        **probabilities,
        WIN.key: win - 0.5,
        LOG_WIN_ODDS.key: float(logit(win)),
        LOG_OR.key: _common_log_odds_ratio(distribution, reference),
    }


def _common_log_odds_ratio(
    distribution: FloatArray, reference: FloatArray, tolerance: float = 1e-12
) -> float:
    """Proportional-odds maximum likelihood for two equal groups; positive where `distribution` is better."""
    levels = reference.size
    thresholds, effect = logit(np.cumsum(reference + distribution)[:-1] / 2), 0.0
    for _ in range(100):
        score, information = np.zeros(levels), np.zeros((levels, levels))
        for weights, shift in ((reference, 0.0), (distribution, effect)):
            cumulative = np.concatenate([[0.0], expit(thresholds + shift), [1.0]])
            slope = cumulative * (1 - cumulative)
            # One row per level: the derivative of its probability by each threshold, then by the effect.
            derivative = np.zeros((levels, levels))
            rows = np.arange(levels - 1)
            derivative[rows, rows] = slope[1:-1]
            derivative[rows + 1, rows] = -slope[1:-1]
            derivative[:, -1] = np.diff(slope) * (weights is distribution)
            probability = np.diff(cumulative)
            score += derivative.T @ (weights / probability)
            information += derivative.T @ (derivative / probability[:, None])
        step = np.linalg.solve(information, score)
        thresholds, effect = thresholds + step[:-1], effect + float(step[-1])
        if np.abs(step).max() < tolerance:
            return effect
    raise SyntheticDataError("the common odds ratio of the standardised distributions did not converge")

"""Adaptive Gauss-Hermite quadrature (Pinheiro & Bates 1995): a check of the Laplace approximation.

For models with one random effect. Slow, and independent of the search that it checks.
"""

import math

import numpy as np
from numba import njit
from scipy import optimize

from ipdmediation.kernels.laplace import MAX_PASSES, evaluate
from ipdmediation.kernels.mixed_rows import cell_log_likelihood
from ipdmediation.kernels.modes import trial_predictor
from ipdmediation.models.results import Refit


@njit(error_model="numpy")
def criterion(  # noqa: PLR0917
    rows, work, thresholds, slopes, factor, modes, nodes, log_weights, link
):
    """The log-likelihood; modes (start values) are replaced."""
    evaluate(rows, work, thresholds, slopes, factor, modes, link, 1e-9, MAX_PASSES)
    total = 0.0
    effects = np.empty(1)
    parts = np.empty(nodes.shape[0])
    for t in range(modes.shape[0]):
        start, stop = rows.trial_start[t], rows.trial_start[t + 1]
        width = math.sqrt(2.0 * work.inverse[t, 0, 0])
        largest = -math.inf
        for m in range(nodes.shape[0]):
            u = modes[t, 0] + width * nodes[m]
            effects[0] = factor[0, 0] * u
            trial_predictor(rows.z, work.fixed_eta, effects, start, stop, work.eta)
            parts[m] = log_weights[m] + nodes[m] ** 2 - 0.5 * u * u
            parts[m] += cell_log_likelihood(work.eta, rows, thresholds, link, start, stop)
            largest = max(largest, parts[m])
        summed = 0.0
        for m in range(nodes.shape[0]):
            summed += math.exp(parts[m] - largest)
        total += largest + math.log(summed) + math.log(width) - 0.5 * math.log(2.0 * math.pi)
    return total


def fit_by_quadrature(model, nodes=10, *, weights=None) -> Refit:
    """Maximise the likelihood of a CumulativeLinkMixedModel with one random effect."""
    weights = np.ones(model.n_rows) if weights is None else np.asarray(weights, dtype=float)
    abscissae, node_weights = np.polynomial.hermite.hermgauss(nodes)
    laplace = model.refit(weights)
    rows, work, (thresholds, slopes, factor, modes) = model._at(laplace, weights)
    cuts = thresholds.size
    if factor.shape[1] == 0:
        factor, modes = np.zeros((1, 1)), np.zeros((model.n_trials, 1))

    def negative(vector):
        candidate = np.cumsum(np.concatenate([vector[:1], np.exp(vector[1:cuts])]))
        return -criterion(
            rows,
            work,
            candidate,
            vector[cuts:-1],
            vector[-1:, None],
            modes,
            abscissae,
            np.log(node_weights),
            model._link,
        )

    start = np.concatenate([thresholds[:1], np.log(np.diff(thresholds)), slopes, [max(factor[0, 0], 0.1)]])
    optimum = optimize.minimize(negative, start, method="BFGS", jac="3-point", options={"gtol": 1e-5})
    best = optimum.x
    slopes, sd = best[cuts:-1], best[-1]
    shift = float(np.sum(slopes * model._centre / model._scale))
    natural = model._inverse_transform * sd
    return Refit(
        np.concatenate(
            [np.cumsum(np.concatenate([best[:1], np.exp(best[1:cuts])])) + shift, slopes / model._scale]
        ),
        natural @ natural.T,
        modes @ natural.T,
        np.nan,
        -float(optimum.fun),
        0,
        int(optimum.nit),
    )

"""Adaptive Gauss-Hermite quadrature (Pinheiro & Bates 1995): a check of the Laplace approximation.

For models with a logit and one random effect. Slow, and independent of the search that it checks: from the
kernels it takes where each trial's mode is and how curved its likelihood is there, which only places nodes.
"""

import numpy as np
from scipy import optimize, special

from ipdmediation.kernels.laplace import laplace_criterion
from ipdmediation.models.results import Refit


def criterion(  # noqa: PLR0917
    rows, work, thresholds, slopes, factor, modes, nodes, log_weights, link
):
    """The log-likelihood; modes (start values) are replaced."""
    laplace_criterion(rows, work, thresholds, slopes, factor, modes, link)
    bounds = np.concatenate([[-np.inf], thresholds, [np.inf]])
    level = np.repeat(rows.cell_level, np.diff(rows.cell_start))
    trial = np.repeat(np.arange(len(modes)), np.diff(rows.trial_start))
    width = np.sqrt(2.0 * work.inverse[:, :1, 0])
    effects = modes + width * nodes  # trials by nodes
    eta = (rows.offset + slopes @ rows.x)[:, None] + factor[0, 0] * rows.z[0][:, None] * effects[trial]
    probability = special.expit(bounds[level + 1, None] - eta) - special.expit(bounds[level, None] - eta)
    of_rows = rows.weights[:, None] * np.log(probability)
    of_trials = np.add.reduceat(of_rows, rows.trial_start[:-1], axis=0)
    parts = of_trials + log_weights + nodes**2 - 0.5 * effects**2
    return float(np.sum(special.logsumexp(parts, axis=1) + np.log(width[:, 0]) - 0.5 * np.log(2.0 * np.pi)))


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

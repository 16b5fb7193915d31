"""Adaptive Gauss-Hermite quadrature of a cumulative link mixed model with one random effect."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.compiling import kernel
from ipdmediation.kernels.laplace import MAX_PASSES, evaluate, trial_predictor
from ipdmediation.kernels.mixed_rows import MixedRows, MixedWork, cell_log_likelihood


@kernel
def quadrature_criterion(
    rows: MixedRows,
    work: MixedWork,
    thresholds: FloatArray,
    slopes: FloatArray,
    factor: FloatArray,
    modes: FloatArray,
    nodes: FloatArray,
    log_weights: FloatArray,
    link: Any,
) -> float:
    """Log-likelihood with one random effect by adaptive Gauss-Hermite quadrature (Pinheiro & Bates 1995)."""
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

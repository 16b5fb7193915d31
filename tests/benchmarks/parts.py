"""Where the time of a warm refit goes, and how far each part is from what its arithmetic costs at least.

The cost of a part is that of a call, measured in a compiled loop at the optimum of a resample, times the
calls of a fit, which `calls` counts in a process whose kernels are plain Python.

The limit of a part is its arithmetic (exponentials, multiply-adds on columns, columns gathered) at the rates
that minimal loops of the same length reach on this machine.
"""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray

from ipdmediation.inference.bootstrap import draw_replicates
from ipdmediation.kernels import fixed, laplace, links, mixed, newton, rows
from ipdmediation.kernels.mixed_rows import mixed_rows
from ipdmediation.models.cumulative_link_mixed import CumulativeLinkMixedModel
from ipdmediation.models.results import Model, Refit
from ipdmediation.models.specification import MODEL_NAMES
from tests.benchmarks.fits import timed
from tests.benchmarks.study import Study

COLUMNS = ["model", "part", "calls", "microseconds_a_call", "microseconds", "limit_microseconds"]
_NEVER = -1.0  # a tolerance that no step is below


def mixed_parts(
    model: CumulativeLinkMixedModel, weights: Sequence[NDArray[np.float64]], name: str
) -> pd.DataFrame:
    """Parts of a warm refit of a mixed ordinal model, on average over resamples."""
    start = model.fit().start()
    calls = _calls(model, weights, start)
    drawn = weights[0]
    drawn_rows, work, (thresholds, slopes, *_) = model._at(model.refit(drawn, start), drawn)
    q, n_trials = len(model.random_names), model.n_trials
    # of full rank, wherever the resample's optimum is
    factor, modes = 0.3 * np.eye(q), np.zeros((n_trials, q))
    n, p = drawn_rows.weights.size, slopes.size
    data = (*_mixed_data(model), model.n_trials, model.n_levels, 1, drawn)
    steps = np.empty_like(work.gradient), np.empty_like(factor), np.empty_like(modes)
    logit = links.LINKS["logit"]
    point = (drawn_rows, work, thresholds, slopes, factor, modes, logit)
    one_pass = _microseconds(laplace.evaluate, (*point, _NEVER, 1))
    inner = (_microseconds(laplace.evaluate, (*point, _NEVER, 5)) - one_pass) / 4
    a_call = {
        "compaction": _microseconds(mixed_rows, data),
        "inner pass": inner,
        "derivatives": one_pass - inner,
        "Hessian": _microseconds(newton.mixed_information, (drawn_rows, work, thresholds, logit)),
        "Newton step": _microseconds(newton.mixed_step, (work, factor, modes, 0.1, *steps)),
    }
    counts = {
        "compaction": 1.0,
        "inner pass": calls["pass"],
        "derivatives": calls["evaluate"],
        "Hessian": calls["information"],
        "Newton step": calls["step"],
    }
    rates = _rates(n)
    pairs = q * (q + 1) / 2
    limits = {
        "compaction": rates["gather"] * (p + q + 2),
        "inner pass": rates["exponential"] + rates["multiply-add"] * (2 * q + pairs),
        "derivatives": rates["multiply-add"] * (2 * p + 2 * pairs + 4 * q),
        "Hessian": rates["multiply-add"] * (p * (p + 1) / 2 + 2 * p + q * p + 2 * q),
        "Newton step": np.nan,
    }
    return _with_whole(_table(name, counts, a_call, limits), model, weights)


def fixed_parts(model: Any, weights: Sequence[NDArray[np.float64]], name: str) -> pd.DataFrame:
    """Parts of a warm refit of an ordinal model without random effects."""
    start = model.fit().start()
    calls = _calls(model, weights, start)
    drawn = weights[0]
    kept = drawn[model._order] > 0
    fit = model.refit(drawn, start)
    n, p = int(kept.sum()), model._columns.shape[0]
    x = np.ascontiguousarray(model._columns[:, kept])
    slopes = fit.estimates[model.n_thresholds :] * model._scale
    thresholds = fit.estimates[: model.n_thresholds] - float(np.sum(slopes * model._centre / model._scale))
    levels, kept_weights = model._levels[kept], drawn[model._order][kept]
    first_row = np.searchsorted(levels, np.arange(model.n_levels + 1)).astype(np.int64)
    level_weight = np.bincount(levels, weights=kept_weights, minlength=model.n_levels)
    columns = np.zeros((8, n))
    eta, upper, lower, above, below, cross_a, cross_b, work = columns
    for k in range(model.n_levels):
        upper[first_row[k] : first_row[k + 1]] = np.exp(-thresholds[k]) if k < thresholds.size else 0.0
        lower[first_row[k] : first_row[k + 1]] = np.exp(-thresholds[k - 1]) if k > 0 else 1e200
    eta[:] = slopes @ x
    logit = links.LINKS["logit"]
    size = model.n_thresholds + p
    top, bottom = np.append(np.arange(model.n_thresholds), -1), np.arange(-1, model.n_thresholds)
    derivative = (x, thresholds, first_row, top, bottom, level_weight, above, below, logit, np.empty(size))
    second = (
        x,
        kept_weights,
        thresholds,
        first_row,
        top,
        bottom,
        level_weight,
        above,
        below,
        cross_a,
        cross_b,
        logit,
        work,
    )
    row_quantities = (logit, eta, kept_weights, upper, lower, above, below, cross_a, cross_b, 0, n)
    a_call = {
        "rows": _microseconds(_rows, row_quantities),
        "predictor": _microseconds(rows.linear_predictor, (x, np.zeros(n), slopes, eta.copy())),
        "gradient": _microseconds(fixed._gradient, derivative),
        "Hessian": _microseconds(fixed._information, (*second, np.empty((size, size)))),
    }
    counts = {
        "rows": calls["rows"],
        "predictor": calls["predictor"],
        "gradient": calls["gradient"],
        "Hessian": calls["fixed information"],
    }
    rates = _rates(n)
    limits = {
        "rows": rates["exponential"],
        "predictor": rates["multiply-add"] * p,
        "gradient": rates["multiply-add"] * p,
        "Hessian": rates["multiply-add"] * (p * (p + 1) / 2 + 2 * p),
    }
    return _with_whole(_table(name, counts, a_call, limits), model, weights)


def replicate_parts(study: Study, replicates: int) -> pd.DataFrame:
    """Parts of a whole replicate inside a chunk, of which the refits are three."""
    prepared = study.prepared().first
    (analysis,) = prepared.analyses
    models = analysis.models
    members = [getattr(models, name) for name in MODEL_NAMES]
    starts = [model.fit().start() for model in members]
    drawn = [study.weights(number) for number in range(replicates)]
    rng = study.stream(0)

    def smallest(run: Callable[[], object]) -> float:
        return min(timed(run, 3))

    def refits(model: Model, start: Refit) -> Callable[[], object]:
        return lambda: [model.refit(weights, start) for weights in drawn]

    def chunk(length: int) -> Callable[[], object]:
        return lambda: draw_replicates(prepared, replicates=range(length), stream=study.stream)

    seconds = {
        "random stream": smallest(lambda: [study.stream(number) for number in range(replicates)]),
        "weights": smallest(lambda: [study.plan.weights(rng) for _ in range(replicates)]),
    }
    for name, model, start in zip(MODEL_NAMES, members, starts, strict=True):
        seconds[f"{name} refit"] = smallest(refits(model, start))
    fits = [
        [model.refit(weights, start) for model, start in zip(members, starts, strict=True)]
        for weights in drawn
    ]
    seconds[f"{len(analysis.effects)} effects"] = smallest(
        lambda: [analysis.evaluate(*each) for each in zip(fits, drawn, strict=True)]
    )
    whole = smallest(chunk(replicates)) - smallest(chunk(0))
    seconds["table, changing models"] = whole - sum(seconds.values())
    seconds["whole"] = whole
    rows = [
        ["replicate", part, 1.0, spent / replicates * 1e6, spent / replicates * 1e6, np.nan]
        for part, spent in seconds.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _mixed_data(model: CumulativeLinkMixedModel) -> tuple[Any, ...]:
    """Arguments of `mixed_rows` that belong to the model: without centre and scale."""
    return model._data()[:-2]


def _table(
    name: str, counts: dict[str, float], a_call: dict[str, float], limits: dict[str, float]
) -> pd.DataFrame:
    return pd.DataFrame(
        [
            [name, part, counts[part], cost, counts[part] * cost, counts[part] * limits[part]]
            for part, cost in a_call.items()
        ],
        columns=COLUMNS,
    )


def _with_whole(table: pd.DataFrame, model: Any, weights: Sequence[NDArray[np.float64]]) -> pd.DataFrame:
    """Add what is left of the compiled fit, the Python around it, and the whole refit."""
    start = model.fit().start()
    kernel = np.mean([_kernel_microseconds(model, drawn, start) for drawn in weights])
    refit = (
        np.mean([min(timed(lambda drawn=drawn: model.refit(drawn, start), 25)) for drawn in weights]) * 1e6
    )
    rest = kernel - table["microseconds"].sum()
    name = table["model"].iloc[0]
    further = [
        [name, "rest of the compiled fit", 1.0, rest, rest, np.nan],
        [name, "Python around it", 1.0, refit - kernel, refit - kernel, np.nan],
        [name, "whole", 1.0, refit, refit, table["limit_microseconds"].sum()],
    ]
    return pd.concat([table, pd.DataFrame(further, columns=COLUMNS)], ignore_index=True)


def _looped(kernel: Callable[..., Any]) -> Callable[[int, tuple[Any, ...]], None]:
    """A compiled loop of calls, so that the cost of entering compiled code is not in the time of a call."""

    @njit
    def loop(times, arguments):
        for _ in range(times):
            kernel(*arguments)

    return loop


_LOOPS: dict[str, Callable[[int, tuple[Any, ...]], None]] = {}


def _microseconds(kernel: Callable[..., Any], arguments: tuple[Any, ...]) -> float:
    """Time of a call of a compiled function: the smallest of many, as other processes only add to it."""
    loop = _LOOPS.setdefault(kernel.__name__, _looped(kernel))
    loop(1, arguments)
    once = min(timed(lambda: loop(1, arguments), 5))
    # windows of about a millisecond, so that other processes leave some of them alone
    times = max(1, int(1e-3 / once))
    return min(timed(lambda: loop(times, arguments), 41)) / times * 1e6


def _kernel_microseconds(model: Any, weights: NDArray[np.float64], start: Any) -> float:
    """Time of the compiled fit alone: its arguments are caught from a refit."""
    module, name = (
        (mixed, "fit_mixed") if isinstance(model, CumulativeLinkMixedModel) else (fixed, "fit_fixed")
    )
    kernel, caught = getattr(module, name), []

    def catching(*arguments: Any) -> Any:
        caught.append(arguments)
        return kernel(*arguments)

    with patch.object(module, name, catching):
        model.refit(weights, start)
    return _microseconds(kernel, caught[0])


def _calls(model: Any, weights: Sequence[NDArray[np.float64]], start: Any) -> dict[str, float]:
    """Average calls of the kernels in a warm refit."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.calls"],
        input=pickle.dumps((model, list(weights), start)),
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        check=True,
    )
    counted: dict[str, float] = json.loads(done.stdout)
    return counted


@njit(error_model="numpy")
def _rows(link, eta, weights, upper, lower, above, below, cross_a, cross_b, start, stop):  # noqa: PLR0917
    links.rows(link, eta, weights, upper, lower, above, below, cross_a, cross_b, start, stop)


@njit(fastmath=True)
def _exponentials(values, result):
    for i in range(values.size):
        result[i] = np.exp(values[i])


@njit(fastmath=True)
def _multiply_adds(left, right):
    total = 0.0
    for i in range(left.size):
        total += left[i] * right[i]
    return total


@njit(fastmath=True)
def _ten_multiply_adds(columns, right, result):
    for j in range(columns.shape[0]):
        result[j] = _multiply_adds(columns[j], right)


@njit
def _gathers(values, kept, result):
    for i in range(kept.size):
        result[i] = values[kept[i]]


def _rates(n: int) -> dict[str, float]:
    """Microseconds of the minimal loops over n rows."""
    rng = np.random.default_rng(0)
    values, result = rng.normal(size=n), np.empty(n)
    kept = np.sort(rng.choice(int(1.6 * n), size=n, replace=False))
    columns, sums = rng.normal(size=(10, n)), np.empty(10)
    return {
        "exponential": _microseconds(_exponentials, (values, result)),
        "multiply-add": _microseconds(_ten_multiply_adds, (columns, values, sums)) / 10,
        "gather": _microseconds(_gathers, (rng.normal(size=int(1.6 * n)), kept, result)),
    }

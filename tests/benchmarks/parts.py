"""Where the time of a warm refit goes, and how far each part is from what its arithmetic costs at least.

The cost of a part is that of a call, measured in a compiled loop at the optimum of a resample, times the
calls of a fit, counted by running the compiled drivers as plain Python with counters around the kernels.

The limit of a part is its arithmetic (exponentials, multiply-adds on columns, columns gathered) at the rates
that minimal loops of the same length reach on this machine.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray

from ipdmediation.inference.bootstrap import draw_replicates
from ipdmediation.kernels import cumulative_link as kernels
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
    rows, work, (thresholds, slopes, factor, modes) = model._at(
        model.refit(drawn, start), drawn, full_rank=True
    )
    q, n_trials = len(model.random_names), model.n_trials
    n, p = rows.weights.size, slopes.size
    data = (*_mixed_data(model), model.n_trials, model.n_levels, drawn)
    steps = np.empty_like(work.gradient), np.empty_like(factor), np.empty_like(modes)
    point = (rows, work, thresholds, slopes, factor, modes, False)
    one_pass = _microseconds(kernels._evaluate, (*point, _NEVER, 1))
    inner = (_microseconds(kernels._evaluate, (*point, _NEVER, 5)) - one_pass) / 4
    a_call = {
        "compaction": _microseconds(kernels.mixed_rows, data),
        "inner pass": inner,
        "derivatives": one_pass - inner,
        "Hessian": _microseconds(kernels._mixed_information, (rows, work, thresholds, False)),
        "Newton step": _microseconds(kernels._mixed_step, (work, factor, modes, 0.1, *steps)),
    }
    counts = {
        "compaction": 1.0,
        "inner pass": calls["_trial_sums"] / n_trials,
        "derivatives": calls["_evaluate"],
        "Hessian": calls["_mixed_information"],
        "Newton step": calls["_mixed_step"],
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
    kernels._fill_bounds(thresholds, first_row, False, upper, lower)
    kernels._linear_predictor(x, np.zeros(n), slopes, eta)
    size = model.n_thresholds + p
    derivative = (x, thresholds, first_row, level_weight, above, below, False, np.empty(size))
    second = (
        x,
        kept_weights,
        thresholds,
        first_row,
        level_weight,
        above,
        below,
        cross_a,
        cross_b,
        False,
        work,
    )
    rows = (eta, kept_weights, upper, lower, above, below, cross_a, cross_b, 0, n)
    a_call = {
        "rows": _microseconds(kernels._logit_rows, rows),
        "predictor": _microseconds(kernels._linear_predictor, (x, np.zeros(n), slopes, eta.copy())),
        "gradient": _microseconds(kernels._fixed_gradient, derivative),
        "Hessian": _microseconds(kernels._fixed_information, (*second, np.empty((size, size)))),
    }
    counts = {
        "rows": calls["_logit_rows"],
        "predictor": calls["_linear_predictor"],
        "gradient": calls["_fixed_gradient"],
        "Hessian": calls["_fixed_information"],
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
    name = "fit_mixed" if isinstance(model, CumulativeLinkMixedModel) else "fit_fixed"
    kernel, caught = getattr(kernels, name), []

    def catching(*arguments: Any) -> Any:
        caught.append(arguments)
        return kernel(*arguments)

    with patch.object(kernels, name, catching):
        model.refit(weights, start)
    return _microseconds(kernel, caught[0])


def _calls(model: Any, weights: Sequence[NDArray[np.float64]], start: Any) -> dict[str, float]:
    """Average calls of the kernels in a warm refit."""
    mixed = isinstance(model, CumulativeLinkMixedModel)
    drivers = ("fit_mixed", "_maximise_laplace", "_evaluate") if mixed else ("fit_fixed",)
    leaves = ("_trial_sums", "_mixed_information", "_mixed_step") if mixed else (
        "_logit_rows", "_linear_predictor", "_fixed_gradient", "_fixed_information"
    )  # fmt: skip
    counts: Counter[str] = Counter()

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            counts[name] += 1
            return function(*arguments)

        return call

    with ExitStack() as stack:
        for name in drivers:
            plain = getattr(kernels, name).py_func
            stack.enter_context(patch.object(kernels, name, counted(name, plain)))
        for name in leaves:
            stack.enter_context(patch.object(kernels, name, counted(name, getattr(kernels, name))))
        for drawn in weights:
            model.refit(drawn, start)
    return {name: counts[name] / len(weights) for name in (*drivers, *leaves)}


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

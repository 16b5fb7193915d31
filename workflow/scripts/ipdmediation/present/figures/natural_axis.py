"""The axis of a variable in its own unit, spaced as the analysis transforms it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from ipdmediation.data.transforms import from_analysis_scale, to_analysis_scale
from ipdmediation.present import notation
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.transforms import IDENTITY, Transform


def axis_label(study: Study, variable: str) -> str:
    """Label of a variable with its unit."""
    unit = study.unit(variable)
    return f"{study.label(variable)}, {unit}" if unit else study.label(variable)


def natural_axis(axes: Axes, transform: Transform, offset: float, values: Sequence[float]) -> None:
    """Space an axis in natural units as the analysis transforms them, over values of either sign."""
    finite = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    if transform == IDENTITY:
        low, high = min(finite), max(finite)
        pad = 0.03 * (high - low or 1.0)
        axes.set_xlim(low - pad, high + pad)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: notation.measure(value)))
        return
    scale: dict[str, Any] = {"transform": transform.key, "offset": offset}
    # A smoothed curve may reach to where the logarithm ends, the data do not.
    places = to_analysis_scale(finite, **scale)
    places = places[np.isfinite(places)]
    first, last = float(places.min()), float(places.max())
    bound = transform.above(offset)

    def forward(value: Any) -> Any:
        number = np.asarray(value, dtype=float)
        return to_analysis_scale(number if bound is None else np.maximum(number, 1e-12 + bound), **scale)

    def backward(value: Any) -> Any:
        return from_analysis_scale(value, **scale)

    axes.set_xscale("function", functions=(forward, backward))
    pad = 0.03 * (last - first or 1.0)
    axes.set_xlim(*(float(end) for end in backward(np.array([first - pad, last + pad]))))
    ends = backward(np.array([first, last]))
    ticks = _apart(_round_numbers(float(ends[0]), float(ends[1])), forward, 0.09 * (last - first))
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: notation.measure(value)))


def _round_numbers(low: float, high: float) -> list[float]:
    """Return 0, then 1 and then 3 times the powers of ten of either sign, the large ones first."""
    sizes = [lead * 10.0**power for lead in (1.0, 3.0) for power in range(6, -5, -1)]
    return [
        tick for tick in (0.0, *(sign * size for size in sizes for sign in (1, -1))) if low <= tick <= high
    ]


def _apart(ticks: Sequence[float], forward: Callable[[float], Any], room: float) -> list[float]:
    """Leave out ticks whose place on the axis is too near to that of an earlier one."""
    kept: list[tuple[float, float]] = []
    for tick in ticks:
        place = float(forward(tick))
        if all(abs(place - other) >= room for _, other in kept):
            kept.append((tick, place))
    return sorted(tick for tick, _ in kept)

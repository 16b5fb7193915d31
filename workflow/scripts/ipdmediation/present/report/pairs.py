"""Two numbers of a row beside each other, as the page draws them: where they stand on the row's own axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ipdmediation.present import notation


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A number of this run with its interval, and the one that it is held against."""

    other: float
    estimate: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """The drawing beside a table.

    Parameters
    ----------
    head
        What its marks are.
    places
        Of each row, in percent of the axis: `other`, `estimate`, and `low` and `width` of the interval; None
        where nothing is drawn.
    note
        How they are drawn.
    """

    head: str
    places: Sequence[dict[str, float] | None]
    note: str = "Every row is drawn on a scale of its own, on which all intervals are equally long."


def drawn(pairs: Sequence[Pair], *, other: str) -> Drawn:
    """Place the numbers of each row on an axis that has the other number in its middle.

    Parameters
    ----------
    pairs
        One for each row. Nothing is drawn of one without an interval, or with one of no length.
    other
        What this run is held against.
    """
    apart = [_lengths_apart(pair) for pair in pairs]
    reach = max((abs(end) for ends in apart if ends for end in ends), default=1.0)
    return Drawn(
        head=f"\N{WHITE CIRCLE} {other} \N{BLACK CIRCLE} this run",
        places=[_placed(ends, reach) if ends else None for ends in apart],
    )


def published_pairs(comparison: pd.DataFrame) -> list[Pair]:
    """Return what a table of published figures holds against each other, row by row."""
    return [
        Pair(
            other=row["published"],
            estimate=row["this_run"],
            low=row["this_run_low"],
            high=row["this_run_high"],
        )
        for row in comparison.to_dict("records")
    ]


def _lengths_apart(pair: Pair) -> tuple[float, float, float] | None:
    """Return how far estimate and ends are from the other number, in lengths of the interval."""
    numbers = (pair.estimate, pair.low, pair.high)
    if not all(map(notation.known, (pair.other, *numbers))) or pair.low >= pair.high:
        return None
    length = pair.high - pair.low
    estimate, low, high = ((number - pair.other) / length for number in numbers)
    return estimate, low, high


def _placed(ends: tuple[float, float, float], reach: float) -> dict[str, Any]:
    estimate, low, high = (50 + 50 * end / reach for end in ends)
    return {
        "other": 50,
        "estimate": round(estimate, 1),
        "low": round(low, 1),
        "width": round(high - low, 1),
    }

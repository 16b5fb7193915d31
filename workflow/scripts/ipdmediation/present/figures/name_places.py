"""Where the names of points stand, so that none covers a point or another name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from ipdmediation.present.figures.sheet import text_height, text_width
from ipdmediation.present.style import SMALL_SIZE

_DISTANCES = tuple(2.0 + 1.5 * step for step in range(16))  # mm, from the point to the name
_ANGLES = tuple(math.pi / 8 * step for step in (0, 8, 1, 7, 15, 9, 2, 6, 14, 10, 4, 12, 3, 5, 13, 11))

#: Left, lower, right and upper edge in mm.
Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Named:
    """A point with a name: its place and radius in mm."""

    name: str
    x: float
    y: float
    radius: float


def place_names(points: Sequence[Named], *, width: float, height: float) -> list[tuple[float, float]]:
    """Return the middle of each name, as near to its point as others leave room.

    Parameters
    ----------
    points
        In the order in which names are placed.
    width, height
        Of the area in mm; names stay inside.

    Returns
    -------
    list of (float, float)
        Where no place is free, the one that covers least.
    """
    taken: list[Box] = [
        (each.x - each.radius, each.y - each.radius, each.x + each.radius, each.y + each.radius)
        for each in points
    ]
    found = []
    for each in points:
        half = (text_width(each.name, SMALL_SIZE) / 2 + 0.5, text_height(["x"], size=SMALL_SIZE) / 2)
        best, least = (each.x, each.y), math.inf
        for distance, angle in product(_DISTANCES, _ANGLES):
            across, up = math.cos(angle), math.sin(angle)
            x = each.x + (each.radius + distance) * across + half[0] * across
            y = each.y + (each.radius + distance) * up + half[1] * up
            box = (x - half[0], y - half[1], x + half[0], y + half[1])
            if box[0] < 0 or box[1] < 0 or box[2] > width or box[3] > height:
                continue
            covered = sum(_overlap(box, other) for other in taken)
            if covered < least:
                best, least = (x, y), covered
            if covered == 0:
                break
        x, y = best
        taken.append((x - half[0], y - half[1], x + half[0], y + half[1]))
        found.append(best)
    return found


def _overlap(first: Box, second: Box) -> float:
    across = min(first[2], second[2]) - max(first[0], second[0])
    up = min(first[3], second[3]) - max(first[1], second[1])
    return max(across, 0.0) * max(up, 0.0)

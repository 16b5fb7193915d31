"""One edit of a study, and what has to be said about it."""

from __future__ import annotations

from typing import NamedTuple

CONFIG, NORTH, SOUTH, EAST = "config.yaml", "north.yaml", "south.yaml", "east.yaml"


class Slip(NamedTuple):
    file: str
    old: str
    new: str
    said: str
    line: int | None = None
    at: str | None = None  # the file that the problem is in, where that is another one

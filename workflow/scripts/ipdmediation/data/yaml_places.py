"""On which line of a YAML file each value stands (light)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import yaml

from ipdmediation.data.problems import Place

_MERGE = "tag:yaml.org,2002:merge"


@dataclass
class _Stand:
    line: int
    parts: dict[Hashable, _Stand] = field(default_factory=dict)


class Places:
    """The lines of one file.

    Parameters
    ----------
    file : str
        Its name as a person gave it.
    root : yaml.Node or None
        What it holds.
    key : callable
        Makes of the node of a key the key itself.
    """

    def __init__(self, file: str, root: yaml.Node | None, *, key: Callable[[yaml.Node], Hashable]) -> None:
        self.file = file
        self._key = key
        self._known: dict[int, dict[Hashable, _Stand]] = {}
        self._root = _Stand(1, {} if root is None else self._parts(root))

    def holds(self, place: Place) -> bool:
        """Return whether something stands at a place."""
        return self._walk(place)[1] == len(place)

    def line(self, place: Place) -> int:
        """Return the line of a place, or of as much of it as stands here."""
        return self._walk(place)[0].line

    def depth(self, place: Place) -> int:
        """Return how many of the parts of a place stand here."""
        return self._walk(place)[1]

    def _walk(self, place: Place) -> tuple[_Stand, int]:
        stand = self._root
        for depth, part in enumerate(place):
            if part not in stand.parts:
                return stand, depth
            stand = stand.parts[part]
        return stand, len(place)

    def _parts(self, node: yaml.Node) -> dict[Hashable, _Stand]:
        """Return what stands inside a node; an anchor is gone through once, wherever it is used."""
        if id(node) in self._known:
            return self._known[id(node)]
        parts = self._known[id(node)] = {}
        if isinstance(node, yaml.SequenceNode):
            for position, item in enumerate(node.value):
                parts[position] = _Stand(_line(item), self._parts(item))
        elif isinstance(node, yaml.MappingNode):
            own = [pair for pair in node.value if pair[0].tag != _MERGE]
            for _, merged in [pair for pair in node.value if pair[0].tag == _MERGE]:
                sources = merged.value if isinstance(merged, yaml.SequenceNode) else [merged]
                for source in reversed(sources):
                    parts |= self._parts(source)
            for name, value in own:
                parts[self._key(name)] = _Stand(_line(name), self._parts(value))
        return parts


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1

"""What a YAML file may not hold although it is YAML (light)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

LARGEST_FILE = 2_000_000  # bytes; the default study with 45 published figures has 14,000
DEEPEST = 40  # levels; a configuration has 8
MOST_NODES = 200_000  # after anchors are written out; the default study has 3,000
LONGEST_NUMBER = 25  # digits; a whole number of 64 bits has 19

_PREFIX = "tag:yaml.org,2002:"
_KINDS = {"int": "a number", "float": "a number", "timestamp": "a date"}

#: A line and a sentence.
LineFault = tuple[int, str]


class AnchorError(Exception):
    """Anchors that stand inside one another so often that writing them out would fill the memory."""


def check_anchors(node: yaml.Node) -> None:
    """Raise for a document that is small as it is written, and huge or endless with its anchors written out.

    Raises
    ------
    AnchorError
        With a sentence that says so.
    """
    try:
        nodes, depth = _extent(node, {}, set())
    except RecursionError:
        nodes, depth = 0, DEEPEST + 1
    if depth > DEEPEST:
        raise AnchorError(f"anchors that stand inside one another, more than {DEEPEST} deep")
    if nodes > MOST_NODES:
        shown = f"{nodes:,}" if nodes < 1_000_000_000 else "more than a billion"
        raise AnchorError(f"anchors that stand inside one another: {shown} values when written out")


def hard_faults(node: yaml.Node) -> Iterator[LineFault]:
    """Yield what keeps a document from being built at all, with its line."""
    for mapping in _nodes(node):
        for key, _ in mapping.value if isinstance(mapping, yaml.MappingNode) else ():
            if not isinstance(key, yaml.ScalarNode):
                yield _line(key), "a list or a mapping in the place of a key"
    for scalar in _scalars(node):
        kind = scalar.tag.removeprefix(_PREFIX)
        if kind in ("int", "float") and len(scalar.value) > LONGEST_NUMBER:
            yield _line(scalar), f"a number of {len(scalar.value)} digits; allowed: {LONGEST_NUMBER}"


def faults(node: yaml.Node, *, read_elsewhere: bool) -> Iterator[LineFault]:
    """Yield what a document that can be built may not hold, with its line.

    Parameters
    ----------
    node : yaml.Node
        The document.
    read_elsewhere : bool
        Whether somebody else, who knows YAML 1.1 only and runs templates, reads the file too.
    """
    yield from _repeated_keys(node)
    if read_elsewhere:
        yield from _changed_words(node)
        yield from _templates(node)


def nested_too_deeply(text: str, loader: Any) -> LineFault | None:
    """Return where brackets or indents go deeper than a configuration does; reads without recursion."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST and event.start_mark is not None:
            return event.start_mark.line + 1, f"more than {DEEPEST} lists or mappings inside one another"
    return None


def _extent(node: yaml.Node, known: dict[int, tuple[int, int]], above: set[int]) -> tuple[int, int]:
    """Return how many values a node holds with its anchors written out, and how deep they go."""
    if id(node) in above:
        raise AnchorError("an anchor that holds itself")
    if id(node) not in known:
        above.add(id(node))
        inner = [_extent(part, known, above) for part in _inside(node)]
        above.discard(id(node))
        known[id(node)] = (
            1 + sum(count for count, _ in inner),
            1 + max((depth for _, depth in inner), default=0),
        )
    return known[id(node)]


def _inside(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _nodes(node: yaml.Node) -> Iterator[yaml.Node]:
    """Go through a document's nodes, each once: an anchor may stand in several places."""
    waiting, seen = [node], set[int]()
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += reversed(_inside(current))


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    return (each for each in _nodes(node) if isinstance(each, yaml.ScalarNode))


def _repeated_keys(node: yaml.Node) -> Iterator[LineFault]:
    for mapping in _nodes(node):
        if not isinstance(mapping, yaml.MappingNode):
            continue
        first: dict[object, yaml.Node] = {}
        for key, _ in mapping.value:
            if key.tag == f"{_PREFIX}merge":
                continue
            same = first.setdefault(_key(key), key)
            if same is not key:
                before = f"{same.value!r} in line {_line(same)}"
                yield _line(key), f"the key {key.value!r} was given before, {before}"


def _key(node: yaml.ScalarNode) -> object:
    """Return something that is equal for two keys that Python takes for one, such as 1, 1.0 and yes."""
    kind = node.tag.removeprefix(_PREFIX)
    if kind == "bool":
        return node.value.lower() in ("yes", "true", "on")
    if kind == "null":
        return None
    if kind in ("int", "float"):
        try:
            return float(node.value.replace(".inf", "inf").replace(".nan", "nan"))
        except ValueError:  # a tag says that it is a number
            return (node.tag, node.value)
    return (node.tag, node.value)


def _changed_words(node: yaml.Node) -> Iterator[LineFault]:
    resolver = yaml.resolver.Resolver()
    for scalar in _scalars(node):
        if scalar.tag != f"{_PREFIX}str" or scalar.style:
            continue
        tag = resolver.resolve(yaml.ScalarNode, scalar.value, (True, False))  # type: ignore[no-untyped-call]
        kind = _KINDS.get(str(tag).removeprefix(_PREFIX))
        if kind is not None:
            yield (
                _line(scalar),
                f"{scalar.value!r} is {kind} to YAML, and not the one that it looks like; write it in quotes "
                "where it is text, or as a plain decimal number",
            )


def _templates(node: yaml.Node) -> Iterator[LineFault]:
    """Yield what Snakemake would take for a template: it runs the Python in one."""
    for mapping in _nodes(node):
        for key, _ in mapping.value if isinstance(mapping, yaml.MappingNode) else ():
            if key.value == "__use_yte__":
                yield _line(key), "'__use_yte__' makes a program of a configuration; leave it out"


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1

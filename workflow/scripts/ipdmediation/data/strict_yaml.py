"""YAML in which nothing gets lost: no key twice, and codes and dates as they are written (light)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from ipdmediation.data.errors import ConfigurationError, raise_all

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the compiled one takes a tenth of the time

_PREFIX = "tag:yaml.org,2002:"


class StrictLoader(_Base):  # type: ignore[misc]
    """A safe loader to which 010, 1:30, 0x1F, 1_000 and 2014-03-01 are text, which YAML 1.1 would change."""


StrictLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in (f"{_PREFIX}int", f"{_PREFIX}float", f"{_PREFIX}timestamp")
    ]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}
StrictLoader.add_implicit_resolver(
    f"{_PREFIX}int", re.compile(r"[-+]?(0|[1-9][0-9]*)$", re.ASCII), list("-+0123456789")
)
StrictLoader.add_implicit_resolver(
    f"{_PREFIX}float",
    re.compile(
        r"([-+]?(0|[1-9][0-9]*)?\.[0-9]+([eE][-+][0-9]+)?|[-+]?(0|[1-9][0-9]*)\.([eE][-+][0-9]+)?"
        r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$",
        re.ASCII,
    ),
    list("-+.0123456789"),
)


def read_yaml(path: str | Path) -> Any:
    """Return the content of a YAML file.

    Raises
    ------
    ConfigurationError
        Where the file is missing or not YAML, or where a key is given twice, with the lines.
    """
    with _loader(path) as loader:
        node = loader.get_single_node()
        raise_all(list(_repeated_keys(node)), ConfigurationError, f"{path}: a key is given twice:")
        return None if node is None else loader.construct_document(node)


def check_yaml(path: str | Path) -> None:
    """Raise where a YAML file that somebody else reads would lose a key or read a word as another value.

    Raises
    ------
    ConfigurationError
        Names keys that are given twice, and plain words that YAML 1.1 takes for an octal or sexagesimal
        number or for a date, with their lines.
    """
    with _loader(path) as loader:
        node = loader.get_single_node()
        problems = [*_repeated_keys(node), *_changed_words(node)]
        raise_all(problems, ConfigurationError, f"{path}: not read as it is written:")


@contextmanager
def _loader(path: str | Path) -> Iterator[Any]:
    try:
        loader = StrictLoader(Path(path).read_bytes())
        try:
            yield loader
        finally:
            loader.dispose()
    except (OSError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{path}: {error}") from None


def _nodes(node: yaml.Node | None) -> Iterator[yaml.Node]:
    """Go through a document's nodes, each once: an anchor may stand in several places."""
    waiting, seen = [node], set[int]()
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, yaml.MappingNode):
            waiting += [part for pair in reversed(current.value) for part in reversed(pair)]
        elif isinstance(current, yaml.SequenceNode):
            waiting += reversed(current.value)


def _repeated_keys(node: yaml.Node | None) -> Iterator[str]:
    for mapping in _nodes(node):
        if not isinstance(mapping, yaml.MappingNode):
            continue
        first: dict[object, yaml.Node] = {}
        for key, _ in mapping.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == f"{_PREFIX}merge":
                continue
            same = first.setdefault(_key(key), key)
            if same is not key:
                yield f"{_shown(same)} and {_shown(key)} are one key"


def _key(node: yaml.ScalarNode) -> object:
    """Return something that is equal for two keys that Python takes for one, such as 1, 1.0 and yes."""
    kind = node.tag.removeprefix(_PREFIX)
    if kind == "bool":
        return node.value.lower() in ("yes", "true", "on")
    if kind == "null":
        return None
    if kind in ("int", "float"):
        return (
            float(node.value.replace(".inf", "inf").replace(".nan", "nan"))
            if kind == "float"
            else int(node.value)
        )
    return (node.tag, node.value)


def _changed_words(node: yaml.Node | None) -> Iterator[str]:
    resolver = yaml.resolver.Resolver()
    for scalar in _nodes(node):
        if isinstance(scalar, yaml.ScalarNode) and scalar.tag == f"{_PREFIX}str" and not scalar.style:
            tag = resolver.resolve(yaml.ScalarNode, scalar.value, (True, False))  # type: ignore[no-untyped-call]
            kinds = {"int": "a number", "float": "a number", "timestamp": "a date"}
            if (kind := kinds.get(str(tag).removeprefix(_PREFIX))) is not None:
                yield f"{_shown(scalar)} is {kind} to YAML; write it in quotes"


def _shown(node: yaml.Node) -> str:
    return f"line {node.start_mark.line + 1}: {node.value!r}"

"""YAML in which nothing gets lost: no key twice, codes and dates as they are written, no traps (light)."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ipdmediation.data.errors import ConfigurationError
from ipdmediation.data.open_decisions import open_decisions
from ipdmediation.data.problems import Problem
from ipdmediation.data.yaml_faults import (
    LARGEST_FILE,
    AnchorError,
    check_anchors,
    faults,
    hard_faults,
    nested_too_deeply,
)
from ipdmediation.data.yaml_places import Places

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


@dataclass(frozen=True)
class Document:
    """One YAML file.

    Attributes
    ----------
    content : what it holds; None where it could not be read.
    places : where that stands.
    problems : what is wrong with the file as YAML; `content` may then have lost something.
    """

    content: Any
    places: Places
    problems: tuple[Problem, ...] = ()


def read_document(path: str | Path, *, name: str | None = None, read_elsewhere: bool = False) -> Document:
    """Read a YAML file, whatever it is; nothing is raised.

    Parameters
    ----------
    path : str or Path
        The file.
    name : str or None
        What it is called in problems; None for the path.
    read_elsewhere : bool
        Whether somebody else, who knows YAML 1.1 only and runs templates, reads the file too: then words
        that would be read as another value, and templates, are problems.
    """
    name = str(path) if name is None else name
    try:
        text = _text(Path(path))
        try:
            return _document(text, name, read_elsewhere=read_elsewhere)
        except yaml.MarkedYAMLError as error:
            raise _marked(error, text) from None
        except yaml.reader.ReaderError as error:
            raise _UnreadableError(f"the character {error.character!r}, which YAML cannot hold") from None
        except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
            raise _UnreadableError(f"not readable as YAML ({type(error).__name__})") from None
    except _UnreadableError as error:
        return Document(None, Places(name, None, key=str), (Problem(name, error.line, "", str(error)),))


def _document(text: str, name: str, *, read_elsewhere: bool) -> Document:
    deep = nested_too_deeply(text, _Base)
    if deep is not None:
        raise _UnreadableError(deep[1], deep[0])
    loader = StrictLoader(text)

    def key(node: yaml.Node) -> Hashable:
        made: Hashable = loader.construct_object(node, deep=True)
        return made

    try:
        node = loader.get_single_node()
        if node is None:
            raise _UnreadableError("the file is empty")
        check_anchors(node)
        hard = list(hard_faults(node))
        found = hard or list(faults(node, read_elsewhere=read_elsewhere))
        found += open_decisions(text, _Base)
        problems = tuple(Problem(name, line, "", said) for line, said in found)
        if hard:
            return Document(None, Places(name, None, key=str), problems)
        places = Places(name, node, key=key)
        return Document(loader.construct_document(node), places, problems)
    except AnchorError as error:
        raise _UnreadableError(str(error), 1) from None
    finally:
        loader.dispose()


class _UnreadableError(Exception):
    """A file that cannot be read as YAML; `line` is 0 where there is none."""

    def __init__(self, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.line = line


def read_yaml(path: str | Path) -> Any:
    """Return the content of a YAML file.

    Raises
    ------
    ConfigurationError
        Where the file is missing or not YAML, or where a key is given twice, with the lines.
    """
    document = read_document(path)
    if document.problems:
        raise ConfigurationError("\n".join(map(str, document.problems)))
    return document.content


def _text(path: Path) -> str:
    """Return what a file holds."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise _UnreadableError("there is no such file") from None
    except IsADirectoryError:
        raise _UnreadableError("a folder, not a file") from None
    except PermissionError:
        raise _UnreadableError("it may not be read: no permission") from None
    except (OSError, ValueError) as error:
        raise _UnreadableError(f"it cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > LARGEST_FILE:
        raise _UnreadableError(
            f"more than {LARGEST_FILE // 1_000_000} MB; a configuration is a few pages of text"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        byte = content[error.start]
        raise _UnreadableError(f"not UTF-8 (byte 0x{byte:02x}); save it in this encoding", line) from None


def _marked(error: yaml.MarkedYAMLError, text: str) -> _UnreadableError:
    mark = error.problem_mark or error.context_mark
    said = " ".join(part for part in (error.context, error.problem) if part)
    if mark is not None and "cannot start any token" in said:
        lines = text.splitlines()
        if mark.line < len(lines) and "\t" in lines[mark.line][: mark.column + 1]:
            said = "a tab; lines of YAML are indented by blanks"
    return _UnreadableError(f"not readable as YAML: {said}", 0 if mark is None else int(mark.line) + 1)

"""What an expression over a trial's columns consists of, once it has been read (imports nothing heavy)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar


class Kind(Enum):
    """What a part of an expression gives for a patient."""

    NUMBER = "a number"
    CODE = "a text or code"
    TRUTH = "true or false"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Column:
    """A column of the file, as numbers or as codes; without a kind, only whether something stands there."""

    name: str
    kind: Kind | None


@dataclass(frozen=True)
class Literal:
    """A number or text of the expression itself; None is a missing value, of any kind."""

    value: float | str | None

    @property
    def kind(self) -> Kind | None:
        """What it is."""
        if self.value is None:
            return None
        return Kind.CODE if isinstance(self.value, str) else Kind.NUMBER


@dataclass(frozen=True)
class Elapsed:
    """The time from one column of stamps to another one, in days or hours."""

    kind: ClassVar[Kind] = Kind.NUMBER
    start: str
    end: str
    unit: str


@dataclass(frozen=True)
class IsText:
    """Whether cells are the code that a text of the expression is, or with `equal` False, another one."""

    kind: ClassVar[Kind] = Kind.TRUTH
    part: Node
    text: str
    equal: bool


@dataclass(frozen=True)
class Choice:
    """One value where a condition holds, another one where it does not."""

    test: Node
    yes: Node
    no: Node
    kind: Kind


@dataclass(frozen=True)
class Step:
    """An operator or function and what it is applied to.

    Attributes
    ----------
    name : key of the operator or function.
    text : as it is written, for messages.
    """

    name: str
    parts: tuple[Node, ...]
    kind: Kind
    text: str


Node = Column | Literal | Elapsed | IsText | Choice | Step


@dataclass(frozen=True)
class Derivation:
    """An expression that was read.

    Attributes
    ----------
    tree : its outermost part.
    """

    tree: Node

    @property
    def kind(self) -> Kind:
        """What it gives for a patient."""
        assert (
            self.tree.kind is not None
        )  # neither a missing value nor an unread column is a whole expression
        return self.tree.kind

    @property
    def uses(self) -> dict[str, set[Kind | None]]:
        """Each column that is not one of stamps, and as what it is read."""
        found: dict[str, set[Kind | None]] = {}
        for node in nodes(self.tree):
            if isinstance(node, Column):
                found.setdefault(node.name, set()).add(node.kind)
        return found

    @property
    def stamps(self) -> set[str]:
        """Columns of stamps."""
        return {name for node in nodes(self.tree) if isinstance(node, Elapsed) for name in column_names(node)}

    @property
    def outcomes(self) -> list[Node]:
        """What the expression can come to, without the conditions that decide which."""
        return list(_outcomes(self.tree))


def nodes(tree: Node) -> Iterator[Node]:
    """Go through a tree, the outermost part first."""
    yield tree
    for part in parts_of(tree):
        yield from nodes(part)


def parts_of(node: Node) -> tuple[Node, ...]:
    """Return what a part consists of, from left to right."""
    match node:
        case Choice():
            return (node.yes, node.test, node.no)
        case Step():
            return node.parts
        case IsText():
            return (node.part,)
        case _:
            return ()


def column_names(tree: Node) -> list[str]:
    """Return the columns of a part, each once, in the order of their first appearance."""
    found: list[str] = []
    for node in nodes(tree):
        if isinstance(node, Elapsed):
            found += [node.start, node.end]
        elif isinstance(node, Column):
            found.append(node.name)
    return list(dict.fromkeys(found))


def _outcomes(node: Node) -> Iterator[Node]:
    match node:
        case Choice():
            yield from (*_outcomes(node.yes), *_outcomes(node.no))
        case Step(name="first_known"):
            for part in node.parts:
                yield from _outcomes(part)
        case _:
            yield node

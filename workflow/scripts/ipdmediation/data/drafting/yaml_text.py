"""Values as YAML that reads back as what they were: no library that is here keeps comments beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import yaml

from ipdmediation.data.codes import number
from ipdmediation.data.open_decisions import MARK
from ipdmediation.data.strict_yaml import StrictLoader

# Text that stands without quotes everywhere: a letter first, and no mark that means something in YAML.
_PLAIN = re.compile(r"[^\W\d_](?:[\w/.()+<>?-]| (?=[\w/.()+<>?-]))*")
_ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_WIDTH = 110


def scalar(value: object) -> str:
    r"""Return a value as it stands in YAML, on one line.

    Parameters
    ----------
    value : str, bool, int, float or None

    Examples
    --------
    >>> print(scalar("yes"), scalar("007"), scalar("a: b"), scalar("Größe"), scalar(1.5), scalar(None))
    "yes" "007" "a: b" Größe 1.5 null
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        text = format(Decimal(repr(value)), "f")
        return text if "." in text else f"{text}.0"
    text = str(value)
    if _PLAIN.fullmatch(text) and all(
        _read(text, loader) == text for loader in (StrictLoader, yaml.SafeLoader)
    ):
        return text
    return quoted(text)


def quoted(text: str) -> str:
    """Return a text in quotes."""
    inside = "".join(map(_escaped, text))
    # also where it stands in a comment nobody takes it for an open decision
    return '"' + (inside.replace("#", "\\x23") if MARK in text else inside) + '"'


def _read(text: str, loader: Any) -> object:
    try:
        return yaml.load(text, Loader=loader)
    except (yaml.YAMLError, ValueError):
        return None


def _escaped(mark: str) -> str:
    if mark in _ESCAPED:
        return _ESCAPED[mark]
    if mark.isprintable():
        return mark
    code = ord(mark)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def flow(value: Any) -> str:
    """Return a mapping, list or value on one line.

    Examples
    --------
    >>> print(flow({"column": "Pat: Nr", "missing": [-9, "NA"]}))
    {column: "Pat: Nr", missing: [-9, NA]}
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def entry(key: str, value: Any, *, indent: int = 0, decide: Iterable[str] = ()) -> list[str]:
    """Return the lines of a key and its value, below the questions that are open about it.

    Parameters
    ----------
    key : str
    value : mapping, list or value
    indent : int
        Blanks before each line.
    decide : iterable of str
        Questions.
    """
    blanks = " " * indent
    lines = [f"{blanks}# {MARK}: {one_line(question)}" for question in decide]
    whole = f"{blanks}{scalar(key)}: {flow(value)}"
    if len(whole) <= _WIDTH or not isinstance(value, (Mapping, list)) or not value:
        return [*lines, whole]
    lines.append(f"{blanks}{scalar(key)}:")
    if isinstance(value, Mapping):
        for name, inner in value.items():
            lines += entry(name, inner, indent=indent + 2)
    else:
        lines += [f"{blanks}  - {flow(item)}" for item in value]
    return lines


def comment(text: str, *, indent: int = 0) -> str:
    """Return a line of a comment."""
    return f"{' ' * indent}# {one_line(text)}"


def one_line(text: str) -> str:
    """Return a text of a comment without marks that would end its line or that YAML cannot hold."""
    return "".join(mark if mark.isprintable() else _escaped(mark) for mark in text)


def code_of(cell: object) -> str | int | float:
    """Return a cell of a file as the code that a mapping writes for it.

    Examples
    --------
    >>> code_of("1"), code_of("01"), code_of(" usual "), code_of(2.0), code_of(True)
    (1, '01', 'usual', 2, 'true')
    """
    if isinstance(cell, str):
        text = cell.strip()
        return int(text) if re.fullmatch(r"-?(0|[1-9]\d{0,14})", text, re.ASCII) and text != "-0" else text
    value = None if isinstance(cell, bool) or type(cell).__name__ == "bool" else number(cell)
    if value is None:
        return str(cell).lower() if str(cell) in ("True", "False") else str(cell)
    whole = value.is_finite() and value == value.to_integral_value()
    return int(value) if whole and abs(value) < 10**15 else float(value)

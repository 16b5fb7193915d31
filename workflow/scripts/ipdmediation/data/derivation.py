"""Expressions that derive a variable from a trial's columns: read against a list, never run (light).

An expression is Python's syntax without all that is not named here. What is read becomes a tree of the
project's own, which `derived` computes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

from ipdmediation.data.derivation_source import Source
from ipdmediation.data.derivation_tree import (
    Choice,
    Column,
    Derivation,
    Elapsed,
    IsText,
    Kind,
    Literal,
    Node,
    Step,
    column_names,
)
from ipdmediation.data.restricted_syntax import (
    RefusedSyntaxError,
    number_of,
    why_refused,
)

MOST_DIGITS = 10  # after the decimal point, for `round`

#: What may be called: the fewest and the most values that it takes.
FUNCTIONS: dict[str, tuple[int, int]] = {
    "abs": (1, 1),
    "days_between": (2, 2),
    "first_known": (2, 200),
    "hours_between": (2, 2),
    "is_missing": (1, 1),
    "log": (1, 1),
    "max": (2, 200),
    "mean": (2, 200),
    "min": (2, 200),
    "round": (1, 2),
    "sqrt": (1, 1),
    "sum": (2, 200),
}
#: The word for a value that is not there.
MISSING = "missing"

_ELAPSED = {"days_between": "day", "hours_between": "hour"}
_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARISONS = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="
}  # fmt: skip
#: What other programs call these.
_ELSEWHERE = {
    "average": "mean",
    "avg": "mean",
    "coalesce": "first_known",
    "datediff": "days_between",
    "if_else": "`a if condition else b`",
    "ifelse": "`a if condition else b`",
    "iif": "`a if condition else b`",
    "is_na": "is_missing",
    "is_null": "is_missing",
    "isna": "is_missing",
    "ln": "log",
}
_ALLOWED = "allowed: columns, numbers, texts in quotes, + - * / and brackets, comparisons, and, or, not, "
_ALLOWED += f"`a if condition else b`, {', '.join(FUNCTIONS)}"
_HINTS = {
    ast.BitXor: "^ is no operator here; a square is written A * A",
    ast.Pow: "** is no operator here; a square is written A * A",
    ast.BitAnd: "& is no operator here; two conditions are joined by `and`",
    ast.BitOr: "| is no operator here; two conditions are joined by `or`",
    ast.Tuple: "a comma outside of a function; a number has a decimal point",
    ast.In: "`in` is no comparison here; write X == 'a' or X == 'b'",
    ast.NotIn: "`not in` is no comparison here; write X != 'a' and X != 'b'",
    ast.Is: "`is` is no comparison here; write == or is_missing(X)",
    ast.IsNot: "`is not` is no comparison here; write != or not is_missing(X)",
}


class DerivationError(RefusedSyntaxError):
    """An expression that cannot be read, or that holds what none may."""


def parse_derivation(text: str, *, numbers: bool) -> Derivation:
    """Read an expression.

    Parameters
    ----------
    text : str
        Columns of the file, numbers, texts in quotes, and what `FUNCTIONS` and the operators make of them.
    numbers : bool
        Whether it has to give a number; otherwise it may as well give a code or true and false.

    Raises
    ------
    DerivationError
        Says what is not allowed, and what is.

    Examples
    --------
    >>> parse_derivation("a * `b (cm)` / 2", numbers=True).kind
    <Kind.NUMBER: 'a number'>
    """
    nothing = "no column of the file; one value for every patient is `constant`"
    return Derivation(_parsed(text, Kind.NUMBER if numbers else Kind.CODE, nothing=nothing))


def parse_condition(text: str) -> Node:
    """Read a condition on a study's variables, which an expression calls as it calls columns of a file.

    Raises
    ------
    DerivationError
        As `parse_derivation`, and where it is no comparison.

    Examples
    --------
    >>> column_names(parse_condition("scanned >= randomised or is_missing(volume)"))
    ['scanned', 'randomised', 'volume']
    """
    return _parsed(text, Kind.TRUTH, nothing="no variable of the study; a rule compares one with something")


def _parsed(text: str, wanted: Kind, *, nothing: str) -> Node:
    try:
        source = Source.of(text)
        tree = _Reader(source).read(source.tree, wanted)
        if not column_names(tree):
            raise RefusedSyntaxError(nothing)
    except RefusedSyntaxError as error:
        shown = " ".join(text.split())
        shown = shown if len(shown) <= 60 else f"{shown[:60]}..."
        raise DerivationError(f"{shown!r}: {error}") from None
    return tree


@cache
def derivation_columns(text: str) -> tuple[str, ...]:
    """Return the columns that an expression names, each once, in the order of their first appearance.

    Raises
    ------
    DerivationError
        Where it cannot be read.

    Examples
    --------
    >>> derivation_columns("first_known(MRS_C, MRS_L) if `left early` != 'yes' else missing")
    ('MRS_C', 'MRS_L', 'left early')
    """
    return tuple(column_names(parse_derivation(text, numbers=False).tree))


class _Reader:
    """Turns the tree of Python's syntax into the project's own, part by part."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def read(self, node: ast.expr, wanted: Kind) -> Node:
        """Read a part that has to give what is wanted; where a code is, a number or a truth value may do."""
        found = self._node(node, wanted)
        if found.kind is not wanted and wanted is not Kind.CODE:
            needed = "a comparison, as in X == 1" if wanted is Kind.TRUTH else wanted
            hint = "; what true and false count says `1 if ... else 0`" if found.kind is Kind.TRUTH else ""
            raise RefusedSyntaxError(
                f"`{self._written(node)}` is {found.kind}; allowed there: {needed}{hint}"
            )
        return found

    def _node(self, node: ast.expr, wanted: Kind) -> Node:
        found: Node
        match node:
            case ast.Name():
                found = self._column(node, wanted)
            case ast.Constant():
                found = _literal(node)
            case ast.UnaryOp(op=ast.USub()):
                part = self.read(node.operand, Kind.NUMBER)
                minus = self._step("negative", [part], Kind.NUMBER, node)
                found = Literal(-float(part.value or 0)) if isinstance(part, Literal) else minus
            case ast.UnaryOp(op=ast.Not()):
                found = self._step("not", [self.read(node.operand, Kind.TRUTH)], Kind.TRUTH, node)
            case ast.BinOp() if type(node.op) in _ARITHMETIC:
                parts = [self.read(part, Kind.NUMBER) for part in (node.left, node.right)]
                found = self._step(_ARITHMETIC[type(node.op)], parts, Kind.NUMBER, node)
            case ast.BoolOp():
                parts = [self.read(part, Kind.TRUTH) for part in node.values]
                name = "and" if isinstance(node.op, ast.And) else "or"
                found = self._step(name, parts, Kind.TRUTH, node)
            case ast.Compare():
                found = self._comparison(node)
            case ast.IfExp():
                yes, no = (self._value_or_missing(part, wanted) for part in (node.body, node.orelse))
                found = Choice(self.read(node.test, Kind.TRUTH), yes, no, self._common([yes, no], node))
            case ast.Call():
                found = self._call(node, wanted)
            case _:
                raise RefusedSyntaxError(_refused(node, getattr(node, "op", None)))
        return found

    def _column(self, node: ast.Name, wanted: Kind) -> Column:
        name = self._name_of(node)
        if name is None:
            raise RefusedSyntaxError(
                f"`{MISSING}` is one of the two values of a choice; whether X is missing says is_missing(X) "
                "(a column of that name stands in backticks)"
            )
        if wanted is Kind.TRUTH:
            raise RefusedSyntaxError(f"the column {name!r} is no condition; compare it, as in {name} == 1")
        return Column(name, wanted)

    def _name_of(self, node: ast.Name) -> str | None:
        """Return the column that a word is; None for that of a missing value."""
        quoted = self._source.quoted.get(self._source.position(node.col_offset))
        if quoted is not None:
            return quoted
        return None if node.id == MISSING else node.id

    def _value_or_missing(self, node: ast.expr, wanted: Kind) -> Node:
        if isinstance(node, ast.Name) and self._name_of(node) is None:
            return Literal(None)
        return self.read(node, wanted)

    def _comparison(self, node: ast.Compare) -> Node:
        values = [node.left, *node.comparators]
        pairs = [self._pair(*pair, node) for pair in zip(values[:-1], node.ops, values[1:], strict=True)]
        return pairs[0] if len(pairs) == 1 else self._step("and", pairs, Kind.TRUTH, node)

    def _pair(self, left: ast.expr, operator: ast.cmpop, right: ast.expr, node: ast.Compare) -> Node:
        if type(operator) not in _COMPARISONS:
            raise RefusedSyntaxError(_refused(node, operator))
        name = _COMPARISONS[type(operator)]
        texts = [
            part for part in (left, right) if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        if not texts:
            parts = [self.read(part, Kind.NUMBER) for part in (left, right)]
            return self._step(name, parts, Kind.TRUTH, node)
        other = self._node(left if texts[0] is right else right, Kind.CODE)
        said = self._written(node)
        if name not in ("==", "!="):
            raise RefusedSyntaxError(f"`{said}`: texts have no order; allowed: == and !=")
        if isinstance(other, Literal) or other.kind is not Kind.CODE:
            raise RefusedSyntaxError(f"`{said}` compares {other.kind} with a text; allowed: a column")
        return IsText(other, str(texts[0].value), equal=name == "==")

    def _call(self, node: ast.Call, wanted: Kind) -> Node:
        name = self._function(node)
        if name in _ELAPSED:
            start, end = (self._stamps(part, name) for part in node.args)
            return Elapsed(start, end, _ELAPSED[name])
        if name == "first_known":
            parts = [self.read(part, wanted) for part in node.args]
            return self._step(name, parts, self._common(parts, node), node)
        if name == "is_missing":
            return self._step(name, [self._asked(node.args[0])], Kind.TRUTH, node)
        if name == "round" and len(node.args) == 2:
            _check_digits(node.args[1])
        return self._step(name, [self.read(part, Kind.NUMBER) for part in node.args], Kind.NUMBER, node)

    def _function(self, node: ast.Call) -> str:
        """Return what is called, where it is known and takes as many values as it is given."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS:
            word = name.lower()
            near = [_ELSEWHERE[word]] if word in _ELSEWHERE else get_close_matches(word, FUNCTIONS, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            said = f"no function {self._written(node.func)[:60]!r}{hint}"
            raise RefusedSyntaxError(f"{said}; allowed: {', '.join(FUNCTIONS)}")
        fewest, most = FUNCTIONS[name]
        if node.keywords or any(isinstance(part, ast.Starred) for part in node.args):
            raise RefusedSyntaxError(f"{name}() takes values one by one, without a name or *")
        if not fewest <= len(node.args) <= most:
            allowed = f"{fewest}" if fewest == most else f"{fewest} to {most}"
            raise RefusedSyntaxError(f"{name}() has {len(node.args)} values; allowed: {allowed}")
        return name

    def _stamps(self, node: ast.expr, function: str) -> str:
        name = self._name_of(node) if isinstance(node, ast.Name) else None
        if name is None:
            raise RefusedSyntaxError(
                f"`{self._written(node)}`: {function}() takes two columns of stamps, and nothing else"
            )
        return name

    def _asked(self, node: ast.expr) -> Node:
        """Read what may be missing: of a column alone it does not matter what stands in it."""
        found = self._node(node, Kind.CODE)
        return Column(found.name, None) if isinstance(found, Column) else found

    def _common(self, parts: Iterable[Node], node: ast.expr) -> Kind:
        """Return what a choice among some parts gives."""
        kinds = {part.kind for part in parts if part.kind is not None}
        if not kinds:
            raise RefusedSyntaxError(f"`{self._written(node)}` is missing either way")
        if Kind.TRUTH in kinds and len(kinds) > 1:
            raise RefusedSyntaxError(f"`{self._written(node)}` gives true or false in one case only")
        return kinds.pop() if len(kinds) == 1 else Kind.CODE

    def _step(self, name: str, parts: Iterable[Node], kind: Kind, node: ast.expr) -> Step:
        return Step(name, tuple(parts), kind, self._written(node))

    def _written(self, node: ast.expr) -> str:
        return self._source.written(node)


def _literal(node: ast.Constant) -> Literal:
    if isinstance(node.value, str):
        return Literal(node.value)
    if node.value is None or isinstance(node.value, bool):
        raise RefusedSyntaxError(f"{node.value} is no value here; one that is not there is `{MISSING}`")
    return Literal(float(number_of(node)))


def _check_digits(node: ast.expr) -> None:
    digits = number_of(node, largest=MOST_DIGITS)
    if not isinstance(digits, int) or digits < 0:
        raise RefusedSyntaxError(f"round(x, digits): allowed: 0 to {MOST_DIGITS} digits after the point")


def _refused(node: ast.AST, operator: ast.AST | None) -> str:
    hint = _HINTS.get(type(operator)) or _HINTS.get(type(node))
    return f"{hint or why_refused(node)}; {_ALLOWED}"

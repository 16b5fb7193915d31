"""Formulas of covariates, read against a list of what is allowed; nothing of them is looked up or run here.

A formula is terms joined by operators. Between operators stand columns, numbers and calls of named functions;
what a call computes is Python's syntax without attributes, subscripts and all else that is not named here.
formulaic runs what is called as Python, so it may only be given a formula that `parse_formula` has read.
"""

from __future__ import annotations

import ast
import itertools
import keyword
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from ipdmediation.data.restricted_syntax import (
    RefusedSyntaxError,
    is_plain_number,
    number_of,
    parsed,
    tokens_of,
    why_refused,
)

#: What may be called, with the keywords that each knows beside the column.
FUNCTIONS: dict[str, tuple[str, ...]] = {
    "C": ("contrasts",),
    "I": (),
    "bs": ("df", "degree", "knots", "include_intercept", "lower_bound", "upper_bound"),
    "cc": ("df", "knots", "constraints", "lower_bound", "upper_bound"),
    "center": (),
    "cr": ("df", "knots", "constraints", "lower_bound", "upper_bound"),
    "cs": ("df", "knots", "constraints", "lower_bound", "upper_bound"),
    "exp": (),
    "log": (),
    "log10": (),
    "log2": (),
    "poly": ("degree", "raw"),
    "scale": ("center", "scale", "ddof"),
    "sqrt": (),
    "standardize": ("center", "rescale", "ddof"),
}
#: How the levels of a column are compared: second argument of `C`, and nowhere else.
CONTRASTS: dict[str, tuple[str, ...]] = {
    "Treatment": ("reference",),
    "Sum": (),
    "Helmert": (),
    "Diff": (),
}
LONGEST = 500  # letters; 40 columns of 10 letters take fewer
DEEPEST = 10  # brackets inside one another
MOST_TERMS = 200  # more columns than any pooled trials determine
HIGHEST_POWER = 6  # of a column; an interaction of as many sets of terms

_JOINED_BY = "terms are joined by + - * / : ** ^ only"
_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, ":": 3, "**": 5, "^": 5}
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_LEVEL = re.compile(r"[\w .,+/<>=%()-]{1,60}")
_QUOTED = re.compile(r"""(['"])([^'"\\]*)\1""")
_FOREIGN_MARKS = "`{}\\$;?!"
_FOREIGN_OPERATORS = ("|", "@", "%", "//", ">>", "<<", "&", ":=", "->", "...")
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_POWER = "^ is no operator inside of a function; a power is **"

Term = frozenset[str]


class FormulaError(RefusedSyntaxError):
    """A formula that cannot be read, or that holds what no formula may."""


@dataclass(frozen=True)
class Formula:
    """A formula that was read.

    Attributes
    ----------
    names : tuple of str
        Columns that it uses, each once, in the order of their first appearance.
    terms : tuple of frozenset of str
        Its terms after expansion, each the set of its factors as they are written.
    functions : frozenset of str
        What it calls.
    """

    names: tuple[str, ...]
    terms: tuple[Term, ...]
    functions: frozenset[str]


def parse_formula(text: str) -> Formula:
    """Read the right-hand side of a formula.

    Parameters
    ----------
    text : str
        Columns, numbers and calls of `FUNCTIONS`, joined by ``+ - * / : ** ^`` and round brackets as
        formulaic takes them. Inside a call: columns, numbers, ``+ - * / **``, one comparison, further calls;
        for `C` a level in quotes.

    Raises
    ------
    FormulaError
        Says what is not allowed, and what is.

    Examples
    --------
    >>> parse_formula("age * bs(nihss, df=4) + I(age**2)").names
    ('age', 'nihss')
    >>> [sorted(term) for term in parse_formula("a / (b + c)").terms]
    [['a'], ['a', 'b'], ['a', 'c']]
    """
    try:
        return _Reader(text).read()
    except RefusedSyntaxError as error:
        shown = text if len(text) <= 60 else f"{text[:60]}..."
        raise FormulaError(f"{shown!r}: {error}") from None


class _Reader:
    """Goes through the tokens of one formula, an operator's left side first."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise FormulaError(f"{len(text)} letters; allowed: {LONGEST}")
        self._tokens = list(_tokens(text))
        self._at = 0
        self._names: dict[str, None] = {}
        self._functions: set[str] = set()

    def read(self) -> Formula:
        terms = self._expression(0)
        if self._at < len(self._tokens):
            raise FormulaError(f"not readable as a formula at {self._tokens[self._at]!r}; {_JOINED_BY}")
        return Formula(tuple(self._names), tuple(terms), frozenset(self._functions))

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._next()
        if not token:
            raise FormulaError("not readable as a formula: it ends too early")
        self._at += 1
        return token

    def _expression(self, binding: int) -> list[Term]:
        if self._next() in ("+", "-"):
            # a sign in front: what is taken away from nothing leaves nothing
            sign = self._take()
            if self._next() in ("+", "-"):
                raise FormulaError("two signs in a row")
            left = self._expression(_BINDING[sign])
            left = left if sign == "+" else []
        else:
            left = self._operand()
        while (operator := self._next()) in _BINDING and _BINDING[operator] > binding:
            self._take()
            if operator in ("**", "^"):
                left = _power(left, self._take())
            else:
                left = _joined(operator, left, self._expression(_BINDING[operator]))
            if len(left) > MOST_TERMS:
                raise FormulaError(f"more than {MOST_TERMS} terms when multiplied out")
        return left

    def _operand(self) -> list[Term]:
        token = self._take()
        if token == "(":
            terms = self._expression(0)
            if self._take() != ")":
                raise FormulaError(f"not readable as a formula: a bracket is not closed; {_JOINED_BY}")
            return terms
        if is_plain_number(token):
            if token not in ("0", "1"):
                raise FormulaError(f"{token} is no term; inside of a function it may stand, as in I(age**2)")
            return []
        if not _COLUMN.fullmatch(token):
            raise FormulaError(f"not readable as a formula at {token!r}; {_JOINED_BY}")
        if self._next() == "(":
            return [frozenset([self._call(token)])]
        self._name(token)
        return [frozenset([token])]

    def _name(self, name: str) -> None:
        if keyword.iskeyword(name):
            raise FormulaError(f"the word {name!r} of Python has no place in a formula")
        self._names.setdefault(name)

    def _call(self, function: str) -> str:
        """Read a call from its function to the bracket that ends it; return it as it is written."""
        start, depth = self._at - 1, 0
        while True:
            depth += {"(": 1, ")": -1}.get(self._take(), 0)
            if depth == 0:
                break
        text = " ".join(self._tokens[start : self._at])
        tree = parsed(text, what=f"{function}(...)")
        if not isinstance(tree, ast.Call):
            raise FormulaError(f"{function}(...) is no plain call")
        self._check_call(tree)
        return text

    def _check_call(self, call: ast.Call) -> None:
        if not isinstance(call.func, ast.Name):
            raise FormulaError(f"only a named function can be called; allowed: {', '.join(FUNCTIONS)}")
        name = call.func.id
        if name not in FUNCTIONS:
            raise FormulaError(f"no function {name!r}; allowed: {', '.join(FUNCTIONS)}")
        self._functions.add(name)
        if not call.args:
            raise FormulaError(f"{name}() needs a column first")
        self._check_value(call.args[0])
        contrasts = list(call.args[1:])
        for option in call.keywords:
            if option.arg not in FUNCTIONS[name]:
                known = ", ".join(FUNCTIONS[name]) or "none"
                raise FormulaError(f"{name}() has no option {option.arg!r}; allowed: {known}")
            if option.arg == "contrasts":
                contrasts.append(option.value)
            else:
                _check_option(name, option.arg, option.value)
        if contrasts and (name != "C" or len(contrasts) > 1):
            raise FormulaError(f"{name}() takes one column; an option is written with its name, as df=4")
        for contrast in contrasts:
            _check_contrast(contrast)

    def _check_value(self, node: ast.expr) -> None:
        """Check what is computed from columns."""
        match node:
            case ast.Name():
                self._name(node.id)
            case ast.Constant():
                number_of(node)
            case ast.Call():
                self._check_call(node)
            case ast.UnaryOp(op=ast.UAdd() | ast.USub()):
                self._check_value(node.operand)
            case ast.BinOp(op=ast.Pow()):
                if not any(isinstance(part, ast.Name) for part in ast.walk(node.left)):
                    raise FormulaError("a power of numbers alone; write the number that it is")
                self._check_value(node.left)
                number_of(node.right, largest=HIGHEST_POWER)
            case ast.BinOp() if isinstance(node.op, _ARITHMETIC):
                self._check_value(node.left)
                self._check_value(node.right)
            case ast.Compare(ops=[op], comparators=[right]) if isinstance(op, _COMPARISONS):
                self._check_value(node.left)
                if isinstance(right, ast.Constant) and isinstance(right.value, str):
                    _check_level(right.value)
                else:
                    self._check_value(right)
            case _:
                raise FormulaError(_refused(node))


def _tokens(text: str) -> Iterator[str]:
    """Go through the words, numbers and marks of a formula; raise for one that no formula may have."""
    for mark in _FOREIGN_MARKS:
        if mark in text:
            raise FormulaError(f"the mark {mark!r} has no place in a formula")
    for token in tokens_of(" ".join(text.split()), kind="a formula", deepest=DEEPEST):
        _check_token(token.type, token.string)
        yield token.string


def _check_token(kind: int, word: str) -> None:
    shown = word[:40]
    if kind == tokenize.STRING:
        quoted = _QUOTED.fullmatch(word)
        if quoted is None:
            raise FormulaError(f"{shown}: a level is written in plain quotes, with no letter in front")
        _check_level(quoted[2])
    elif kind == tokenize.NAME:
        if not _COLUMN.fullmatch(word):
            raise FormulaError(f"the name {shown!r}; allowed: letters a to z, digits and _")
    elif kind not in (tokenize.OP, tokenize.NUMBER):
        raise FormulaError(f"{shown!r} has no place in a formula")
    elif word == "~":
        raise FormulaError("covariates are the right-hand side only")
    elif word in _FOREIGN_OPERATORS:
        raise FormulaError(f"{_JOINED_BY}, found {word}")


def _joined(operator: str, left: list[Term], right: list[Term]) -> list[Term]:
    if operator == "+":
        return _once([*left, *right])
    if operator == "-":
        return [term for term in left if term not in right]
    if operator == "/":
        return _once([*left, *(frozenset().union(*left, term) for term in right)])
    if len(left) * len(right) > MOST_TERMS:
        raise FormulaError(f"more than {MOST_TERMS} terms when multiplied out")
    products = [a | b for a, b in itertools.product(left, right)]
    return _once([*left, *right, *products] if operator == "*" else products)


def _power(terms: list[Term], exponent: str) -> list[Term]:
    if not exponent.isdecimal() or not 1 <= int(exponent) <= HIGHEST_POWER:
        raise FormulaError(f"the power {exponent}; allowed: a whole number from 1 to {HIGHEST_POWER}")
    power = terms
    for _ in range(int(exponent) - 1):
        power = _joined(":", power, terms)
    return power


def _once(terms: list[Term]) -> list[Term]:
    return list(dict.fromkeys(terms))


def _check_option(function: str, option: str, value: ast.expr) -> None:
    """Check an option: a number, true or false, a list of numbers, or the one word that formulaic knows."""
    if isinstance(value, ast.Constant) and isinstance(value.value, bool):
        return
    if option == "constraints" and isinstance(value, ast.Constant) and value.value == "center":
        return
    if option == "knots":
        if not isinstance(value, ast.List) or not 1 <= len(value.elts) <= 20:
            raise FormulaError(f"{function}(knots=...): allowed: a list of 1 to 20 numbers")
        for number in value.elts:
            number_of(number)
        return
    number_of(value) if option.endswith("bound") else number_of(value, largest=20)


def _check_contrast(node: ast.expr) -> None:
    function, values = node, list[ast.expr]()
    if isinstance(node, ast.Call):
        function, values = node.func, [*node.args, *(option.value for option in node.keywords)]
        if any(option.arg != "reference" for option in node.keywords):
            values.append(node)
    if not isinstance(function, ast.Name) or function.id not in CONTRASTS:
        known = ", ".join(CONTRASTS)
        raise FormulaError(f"C(..., contrasts): allowed: {known}, as in C(site, Treatment('m1'))")
    if len(values) > len(CONTRASTS[function.id]):
        raise FormulaError(f"{function.id}() has too many or unknown options")
    for value in values:
        if not isinstance(value, ast.Constant) or not isinstance(value.value, str | int):
            raise FormulaError(f"{function.id}(...): a level, in quotes where it is text")
        _check_level(str(value.value))


def _check_level(text: str) -> None:
    if not _LEVEL.fullmatch(text):
        raise FormulaError(f"the text {text[:40]!r}; allowed: a level, at most 60 letters or digits")


def _refused(node: ast.AST) -> str:
    reason = _POWER if isinstance(getattr(node, "op", None), ast.BitXor) else why_refused(node)
    return f"{reason}; inside of a function stand columns, numbers, + - * / **, one comparison and functions"

"""Python's syntax as far as a text of a configuration may use it: read, never run (light to import)."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

LARGEST_NUMBER = 1e9

_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{0,12})?|\.[0-9]{1,12}", re.ASCII)
_BETWEEN_LINES = (tokenize.NEWLINE, tokenize.NL, tokenize.ENDMARKER, tokenize.INDENT, tokenize.DEDENT)
_WORDS = {
    ast.Attribute: "a point looks something up in something else",
    ast.Subscript: "square brackets look something up",
    ast.Lambda: "lambda makes a function",
    ast.JoinedStr: "an f-string runs what stands in it",
    ast.BitOr: "| is no operator here",
    ast.BitAnd: "& is no operator here",
    ast.Mod: "% is no operator here",
    ast.FloorDiv: "// is no operator here",
}


class RefusedSyntaxError(ValueError):
    """A text that cannot be read, or that holds what it may not."""


def tokens_of(text: str, *, kind: str, deepest: int) -> Iterator[tokenize.TokenInfo]:
    """Go through the words, numbers and marks of one line.

    Parameters
    ----------
    text : str
    kind : str
        What the text is, in messages: "a formula".
    deepest : int
        Brackets that may stand inside one another.

    Raises
    ------
    RefusedSyntaxError
        Where there are no tokens, a number is no plain decimal one, or brackets are too deep.
    """
    try:
        found = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        raise RefusedSyntaxError(f"not readable as {kind}") from None
    depth = 0
    for token in found:
        if token.type in _BETWEEN_LINES:
            continue
        if token.type == tokenize.NUMBER and not is_plain_number(token.string):
            raise RefusedSyntaxError(
                f"the number {token.string[:40]!r}; allowed: plain decimal numbers up to {LARGEST_NUMBER:g}"
            )
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.string, 0)
        if depth > deepest:
            raise RefusedSyntaxError(f"more than {deepest} brackets inside one another")
        yield token


def is_plain_number(word: str) -> bool:
    """Return whether a word is a decimal number without sign and exponent.

    Examples
    --------
    >>> [is_plain_number(word) for word in ("1.5", ".5", "0x3E8", "1e9", "1_000")]
    [True, True, False, False, False]
    """
    return _NUMBER.fullmatch(word) is not None


def parsed(text: str, *, what: str) -> ast.expr:
    """Return the syntax tree of a text of which the tokens are known to be harmless; nothing is computed.

    Parameters
    ----------
    text : str
    what : str
        What the text is, in the message.

    Raises
    ------
    RefusedSyntaxError
        Where it has none.
    """
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        rest = text[max((error.offset or 1) - 1, 0) :][:20].strip()
        raise RefusedSyntaxError(f"{what} is not readable" + (f" at {rest!r}" if rest else "")) from None
    except (ValueError, MemoryError, RecursionError):
        raise RefusedSyntaxError(f"{what} is not readable") from None


def number_of(node: ast.expr, *, largest: float = LARGEST_NUMBER) -> float:
    """Return the number that stands in a tree, with or without a sign.

    Raises
    ------
    RefusedSyntaxError
        Where something else stands there, or the number is larger than `largest`.
    """
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        sign = -1 if isinstance(node.op, ast.USub) else 1
        node = node.operand
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RefusedSyntaxError(why_refused(node))
    if abs(value) > largest:
        raise RefusedSyntaxError(f"the number {value:g}; allowed here: at most {largest:g}")
    return sign * value


def why_refused(node: ast.AST) -> str:
    """Return what is wrong with a part of a tree."""
    operator = getattr(node, "op", None)
    words = _WORDS.get(type(node)) or _WORDS.get(type(operator))
    return words or f"{type(node).__name__} is not allowed"

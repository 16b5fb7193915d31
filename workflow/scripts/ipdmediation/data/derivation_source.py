"""The text of an expression over a trial's columns, as Python reads it: names in backticks, texts in quotes.

Nothing of it is run. What the parts of its tree may be is for `derivation` to say (imports nothing heavy).
"""

from __future__ import annotations

import ast
import re
import tokenize
import unicodedata
from dataclasses import dataclass

from ipdmediation.data.restricted_syntax import RefusedSyntaxError, parsed, tokens_of

LONGEST = 2000  # letters; 40 items with names of 40 letters take fewer
DEEPEST = 20  # brackets inside one another
MOST_STEPS = 80  # steps inside one another; that of `a + b + c` are two
LONGEST_TEXT = 200  # as a code

_PIECE = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`""")
# those with a meaning, and those of which is said what to write instead
_FOREIGN_MARK = re.compile(r"[^\w\s+\-*/(),.<>=!^&|%\[\]]")


@dataclass(frozen=True)
class Source:
    """An expression as it is written, and as Python reads it.

    Attributes
    ----------
    text : as it is written.
    plain : the same number of letters, with a word of underscores for each name in backticks.
    quoted : name in backticks by the position at which it begins.
    tree : of `plain`.
    """

    text: str
    plain: str
    quoted: dict[int, str]
    tree: ast.expr

    @classmethod
    def of(cls, text: str) -> Source:
        """Read a text as far as its tree."""
        if len(text) > LONGEST:
            raise RefusedSyntaxError(f"{len(text)} letters; allowed: {LONGEST}")
        text = text.strip()
        plain, end = "", 0
        quoted: dict[int, str] = {}
        for piece in _PIECE.finditer(text):
            plain += _outside(text[end : piece.start()])
            end = piece.end()
            if piece[0].startswith("`"):
                beside = text[: piece.start()][-1:] + text[end:][:1]
                quoted[piece.start()] = _name(piece[0][1:-1], beside=beside)
                plain += "_" * len(piece[0])
            else:
                _check_text(piece[0][1:-1])
                plain += piece[0]
        plain += _outside(text[end:])
        _check_tokens(plain)
        tree = parsed(plain, what="the whole")
        _check_depth(tree)
        return cls(text, plain, quoted, tree)

    def position(self, column_offset: int) -> int:
        """Return which letter a byte of the plain text is."""
        return len(self.plain.encode()[:column_offset].decode())

    def written(self, node: ast.expr) -> str:
        """Return a part as it is written."""
        start, end = self.position(node.col_offset), self.position(node.end_col_offset or 0)
        return " ".join(self.text[start:end].split())


def _outside(text: str) -> str:
    """Return what stands outside of quotes, on one line."""
    for mark in "'\"`":
        if mark in text:
            raise RefusedSyntaxError(f"the mark {mark} is not closed")
    line = re.sub(r"\s", " ", text)
    if unicodedata.normalize("NFKC", line) != line:
        raise RefusedSyntaxError(
            f"{line.strip()[:40]!r} has letters that Python reads as others; put the name in backticks"
        )
    if foreign := _FOREIGN_MARK.search(line):
        raise RefusedSyntaxError(
            f"the mark {foreign[0]!r} has no place here; allowed: + - * / ( ) , < > = != (and any mark in a "
            "column's name in backticks)"
        )
    return line


def _name(name: str, *, beside: str) -> str:
    if not name.strip():
        raise RefusedSyntaxError("backticks without a column's name")
    if re.search(r"[\w`]", beside):
        raise RefusedSyntaxError(f"an operator is missing beside `{name}`")
    return name


def _check_text(text: str) -> None:
    if not text.strip():
        raise RefusedSyntaxError("a text of nothing; whether a cell is empty says is_missing(X)")
    if len(text) > LONGEST_TEXT or "\\" in text or not text.isprintable():
        raise RefusedSyntaxError(
            f"the text {text[:40]!r}; allowed: {LONGEST_TEXT} letters on one line, without \\"
        )


def _check_tokens(plain: str) -> None:
    """Raise for words and marks that no expression has."""
    before: tokenize.TokenInfo | None = None
    for token in tokens_of(plain, kind="an expression", deepest=DEEPEST):
        if token.string[-1:] in "'\"" and token.string[:1] not in "'\"":
            raise RefusedSyntaxError(f"{token.string[:40]}: a text has no letter in front of its quotes")
        if before is not None and tokenize.OP not in (token.type, before.type):
            touching = token.start == before.end
            both_texts = token.type == before.type == tokenize.STRING
            if touching or both_texts:
                raise RefusedSyntaxError(
                    f"an operator or a blank is missing in {before.string}{token.string}"[:120]
                )
        before = token
        if token.string == "=":
            raise RefusedSyntaxError("= gives a name to something; a comparison is ==")
    if re.search(r"\bif\b", plain) and not re.search(r"\belse\b", plain):
        raise RefusedSyntaxError("a choice is written `a if condition else b`")


def _check_depth(tree: ast.expr) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(MOST_STEPS):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise RefusedSyntaxError(
        f"more than {MOST_STEPS} steps inside one another; items are added by sum(A, B, ...)"
    )

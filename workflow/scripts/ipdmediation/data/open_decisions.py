"""Decisions that a drafted YAML file leaves to a person: its comments `# DECIDE: <question>` (light)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

#: How such a comment begins, after its `#`.
MARK = "DECIDE"

_COMMENT = re.compile(rf"(?:^|(?<=\s))#\s*{MARK}\b:?\s*(.*)")


def open_decisions(text: str, loader: type) -> Iterator[tuple[int, str]]:
    r"""Yield each decision that is still open, with its line.

    What looks like such a comment and stands in a value is none.

    Parameters
    ----------
    text : str
        A YAML file.
    loader : type
        Of PyYAML.

    Raises
    ------
    yaml.YAMLError
        Where it is no YAML.

    Examples
    --------
    >>> list(open_decisions('a: "# DECIDE: no"\nb: 1 # DECIDE: is b 1?', yaml.SafeLoader))
    [(2, 'to be decided: is b 1?; delete the comment when it is')]
    """
    if MARK not in text:
        return
    values = list(_values(text, loader))
    for number, line in enumerate(re.split(r"\r\n|[\n\r\x85\u2028\u2029]", text), start=1):
        for found in _COMMENT.finditer(line):
            place = (number, found.start())
            if not any(begin <= place < end for begin, end in values):
                question = f": {found[1].strip()}" if found[1].strip() else ""
                yield number, f"to be decided{question}; delete the comment when it is"


def _values(text: str, loader: type) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield from where to where a value stands, by lines (from 1) and columns."""
    for token in yaml.scan(text, Loader=loader):
        if isinstance(token, yaml.ScalarToken):
            begin, end = token.start_mark, token.end_mark
            # a comment may stand behind the mark of a folded text
            first = (begin.line + 2, 0) if token.style in ("|", ">") else (begin.line + 1, begin.column)
            yield first, (end.line + 1, end.column)

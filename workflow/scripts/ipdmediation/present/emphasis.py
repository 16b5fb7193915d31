"""Italics inside a text: marked where it is made, and turned into the mark-up of what it is written to."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

# Of Unicode's private use: no text of a study has them, and no output may.
_BEGIN, _END = "\ue000", "\ue001"


def italic(text: str) -> str:
    """Mark a text as italic.

    Examples
    --------
    >>> str(in_html(f"{italic('P')} < .001")), in_markdown(italic("P")), without(italic("P"))
    ('<i>P</i> &lt; .001', '*P*', 'P')
    """
    return f"{_BEGIN}{text}{_END}"


def without(text: str) -> str:
    """Return a text without the marks, for what has no mark-up."""
    return text.replace(_BEGIN, "").replace(_END, "")


def in_html(text: str) -> Markup:
    """Return a text as HTML."""
    return Markup(str(escape(text)).replace(_BEGIN, "<i>").replace(_END, "</i>"))


def in_markdown(text: str) -> str:
    """Return a text as Markdown."""
    return text.replace(_BEGIN, "*").replace(_END, "*")


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """Go through the parts of a text that are alike, each with whether it is italic.

    Examples
    --------
    >>> list(runs(f"Its {italic('P')} value"))
    [('Its ', False), ('P', True), (' value', False)]
    """
    for part in text.split(_BEGIN):
        marked, closed, rest = part.partition(_END)
        if closed:
            yield marked, True
        if plain := rest if closed else marked:
            yield plain, False

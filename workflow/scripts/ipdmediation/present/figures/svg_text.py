"""Texts of SVG files: they stay texts that can be edited, and each file brings the letters that it shows."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from html import unescape
from xml.sax.saxutils import escape

from ipdmediation.present.directions import is_right_to_left

#: As matplotlib writes them.
_TEXT = re.compile(r'<text style="(?P<style>[^"]*)"(?P<place>[^>]*)>(?P<words>[^<]*)</text>')
_ANCHOR = re.compile(r"; text-anchor: (start|middle|end)")
_ROOT = re.compile(r"<svg [^>]*>\n")
_OTHER_END = {"start": "end", "middle": "middle", "end": "start"}
#: Letters stand where they were measured: neither moved to whole pixels nor spaces left out.
_AS_MEASURED = "text{text-rendering:geometricPrecision;white-space:pre}"


def with_fonts(svg: str, fonts: Mapping[tuple[str, int], bytes], *, description: str) -> str:
    """Return an SVG file with the fonts that its texts name and with a description.

    Parameters
    ----------
    svg : str
        As matplotlib writes it, its texts as texts.
    fonts : mapping
        Packed fonts by family and weight.
    description : str
        What is below the title, for readers who cannot see the figure.
    """
    rules = [
        f"@font-face{{font-family:'{family}';font-weight:{weight};"
        f"src:url(data:font/woff;base64,{b64encode(font).decode()})}}"
        for (family, weight), font in fonts.items()
    ]
    added = f" <desc>{escape(description)}</desc>\n <style>{_AS_MEASURED}{''.join(rules)}</style>\n"
    title = svg.index("</title>\n") + len("</title>\n")
    return svg[:title] + added + _TEXT.sub(_in_its_direction, svg[title:])


def _in_its_direction(text: re.Match[str]) -> str:
    """Return a text that begins at its right end where its letters do, else as it is."""
    if not is_right_to_left(unescape(text["words"])):
        return text[0]
    anchor = _ANCHOR.search(text["style"])
    stated = text["style"] if anchor is None else text["style"].replace(anchor[0], "")
    end = _OTHER_END[anchor[1] if anchor else "start"]
    return f'<text style="{stated}; direction: rtl; text-anchor: {end}"{text["place"]}>{text["words"]}</text>'

"""The style: sizes, fonts and colours of every figure, and the columns of journals (light to import)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FONT = "DejaVu Sans"  # comes with matplotlib


@dataclass(frozen=True, kw_only=True)
class Page:
    """The columns of a journal, and the font that it asks for in figures.

    Attributes
    ----------
    single, double
        Width of one column and of two, in millimetres.
    font
        Name of the font, empty where any will do.
    """

    single: float
    double: float
    font: str = ""


PLAIN = "plain"
#: By the name that a configuration gives; all type is 7 pt or larger at these widths.
PAGES = {
    PLAIN: Page(single=89.0, double=183.0),
    "jama": Page(single=86.0, double=178.0, font="Arial"),
    # It prints columns of 75 and 154 mm, and asks for figures a fifth larger.
    "lancet": Page(single=90.0, double=183.0, font="Times New Roman"),
    "nejm": Page(single=85.0, double=175.0, font="Arial"),
}
#: Fonts whose letters are as wide, the likeliest first.
AS_WIDE_AS = {
    "Arial": ("Helvetica", "Liberation Sans", "Arimo", "Nimbus Sans", "TeX Gyre Heros"),
    "Times New Roman": ("Times", "Liberation Serif", "Tinos", "Nimbus Roman", "TeX Gyre Termes"),
}

TEXT_SIZE = 7.5
SMALL_SIZE = 7.0
TITLE_SIZE = 8.5

INK = "#1b1f24"
MUTED = "#59636e"
LINE = "#8c959f"
PALE = "#f3f5f7"
WARNING = "#a3195b"
ARM_COLOURS = {"treated": "#0b5fa5", "control": "#b35900"}
# In grey print the colours are alike: this arm has hollow dots and dashed lines.
HOLLOW_ARM = "control"
# Blue to brown stays ordered for red-green colour blindness, and in grey the middle is the lightest.
BETTER_TO_WORSE = ("#084a91", "#3f8fc5", "#a6cfe3", "#f1ede6", "#f6c48a", "#d9762b", "#7a2e05")

SYNTHETIC_NOTE = "Synthetic data"

RC: Any = {
    "font.family": FONT,
    "font.size": TEXT_SIZE,
    "text.color": INK,
    "text.parse_math": False,
    "text.usetex": False,
    "axes.edgecolor": LINE,
    "axes.facecolor": "white",
    "axes.labelcolor": INK,
    "axes.labelsize": TEXT_SIZE,
    "axes.linewidth": 0.6,
    "axes.unicode_minus": True,
    "xtick.color": LINE,
    "xtick.labelcolor": INK,
    "xtick.labelsize": SMALL_SIZE,
    "xtick.major.size": 2.5,
    "xtick.major.width": 0.6,
    "ytick.labelsize": SMALL_SIZE,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.bbox": "standard",
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "ipdmediation",
}


def of(fonts: Sequence[str]) -> Any:
    """Return the settings of figures whose letters are of these families."""
    return {**RC, "font.family": list(fonts)}

"""The style: sizes, fonts and colours of every figure."""

from __future__ import annotations

from typing import Any

SINGLE_COLUMN = 89.0  # mm, one column of a journal page
DOUBLE_COLUMN = 183.0  # mm, the full width of a journal page

FONT = "DejaVu Sans"
TEXT_SIZE = 7.5
SMALL_SIZE = 7.0
TITLE_SIZE = 8.5

INK = "#1b1f24"
MUTED = "#59636e"
LINE = "#8c959f"
PALE = "#f3f5f7"
WARNING = "#a3195b"
ARM_COLOURS = {"treated": "#0b5fa5", "control": "#b35900"}
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

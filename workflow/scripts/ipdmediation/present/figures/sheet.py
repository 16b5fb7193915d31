"""Page of a figure in millimetres: texts of known size and a key."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.textpath import text_to_path

from ipdmediation.present import style
from ipdmediation.present.directions import balanced
from ipdmediation.present.emphasis import without
from ipdmediation.present.fonts import know
from ipdmediation.present.study import Study
from ipdmediation.present.style import INK, MUTED, SMALL_SIZE, TEXT_SIZE

_MM_PER_INCH = 25.4
_MM_PER_POINT = _MM_PER_INCH / 72
_LEADING = 1.3
MARGIN = 2.0
_ENDS = ("Pe", "Pf", "Po")  # kinds of marks that no line begins with
_Words = ParamSpec("_Words")


def in_style(draw: Callable[_Words, Figure]) -> Callable[_Words, Figure]:
    """Draw a figure of a `study`, or of several `studies`, in its fonts and in the style of all figures."""

    @wraps(draw)
    def drawn(*tables: _Words.args, **words: _Words.kwargs) -> Figure:
        given: Any = words
        study: Study = given["study"] if "study" in given else given["studies"][0]
        know(study.fonts)
        with mpl.rc_context(style.of(study.fonts)):
            return draw(*tables, **words)

    return drawn


def wrap(text: str, width: float, *, size: float = TEXT_SIZE, weight: str = "normal") -> list[str]:
    """Break a text into lines that are no wider than `width` millimetres; a longer word is cut.

    Parameters
    ----------
    text
        Text without line breaks.
    width
        Room in millimetres.
    size, weight
        Font size in points, font weight.
    """
    lines: list[str] = []
    current = ""
    for word in text.split(" "):
        rest = word
        if current and text_width(f"{current} {rest}", size, weight) <= width:
            current = f"{current} {rest}"
            continue
        if current:
            lines.append(current)
        while text_width(rest, size, weight) > width and len(rest) > 1:
            ends = [end for end in range(len(rest) - 1, 0, -1) if not _belongs(rest[end])] or [1]
            cut = next((end for end in ends if text_width(_cut(rest, end), size, weight) <= width), ends[-1])
            lines.append(_cut(rest, cut))
            rest = rest[cut:]
        current = rest
    return balanced([*lines, current] if current or not lines else lines)


def _belongs(character: str) -> bool:
    """Say whether a character cannot begin a line: it is written onto the one before, or ends a phrase."""
    kind = unicodedata.category(character)
    return kind.startswith("M") or (_is_wide(character) and kind in _ENDS)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _cut(word: str, end: int) -> str:
    """Return the first part of a cut word, with a hyphen but in scripts that set no spaces between words."""
    return word[:end] if _is_wide(word[end - 1]) or _is_wide(word[end]) else f"{word[:end]}-"


@dataclass(frozen=True)
class Sheet:
    """A figure with one invisible pair of axes in millimetres, y downward from the top."""

    figure: Figure
    page: Axes
    width: float
    height: float

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        ha: str = "left",
        size: float = TEXT_SIZE,
        color: str = INK,
        weight: str = "normal",
    ) -> None:
        """Write one line, centred vertically on `y`."""
        self.page.text(
            x, y, without(text), ha=ha, va="center_baseline", fontsize=size, color=color, fontweight=weight
        )

    def upright(self, x: float, y: float, text: str, *, size: float = TEXT_SIZE, color: str = INK) -> None:
        """Write one line from `y` upwards."""
        self.page.text(x, y, text, ha="center", va="bottom", rotation=90, fontsize=size, color=color)

    def lines(
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        *,
        ha: str = "left",
        size: float = TEXT_SIZE,
        color: str = INK,
        weight: str = "normal",
        weight_first: str | None = None,
    ) -> None:
        """Write lines beneath each other from the top edge `y`."""
        step = size * _MM_PER_POINT * _LEADING
        for index, line in enumerate(lines):
            used = weight_first if weight_first and index < max(1, len(lines) - 1) else weight
            self.text(x, y + (index + 0.5) * step, line, ha=ha, size=size, color=color, weight=used)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        lines: Sequence[str],
        *,
        fill: str = "white",
        edge: str = style.LINE,
        align: str = "center",
        bold: int = 0,
        muted: int = 0,
        dashed: bool = False,
    ) -> None:
        """Draw a box around its centre with lines in it."""
        self.page.add_patch(
            FancyBboxPatch(
                (x - width / 2, y - height / 2),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=1",
                facecolor=fill,
                edgecolor=edge,
                linewidth=0.9,
                linestyle="--" if dashed else "-",
                zorder=2,
            )
        )
        step = TEXT_SIZE * _MM_PER_POINT * _LEADING
        start = y - step * len(lines) / 2
        at = x if align == "center" else x - width / 2 + 3
        for index, line in enumerate(lines):
            self.text(
                at,
                start + (index + 0.5) * step,
                line,
                ha=align,
                weight="bold" if index < bold else "normal",
                color=MUTED if index >= len(lines) - muted else INK,
            )

    def line(
        self,
        points: Sequence[tuple[float, float]],
        *,
        color: str = style.LINE,
        width: float = 0.9,
        dashed: bool = False,
    ) -> None:
        """Draw a line through points."""
        xs, ys = zip(*points, strict=True)
        self.page.plot(
            xs,
            ys,
            color=color,
            linewidth=width,
            linestyle="--" if dashed else "-",
            solid_capstyle="butt",
            zorder=1,
        )

    def arrow(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        width: float = 0.9,
        dashed: bool = False,
    ) -> None:
        """Draw an arrow."""
        self.page.add_patch(
            FancyArrowPatch(
                start,
                end,
                arrowstyle="-|>",
                mutation_scale=7,
                shrinkA=0,
                shrinkB=0,
                color=style.LINE,
                linewidth=width,
                linestyle="--" if dashed else "-",
                zorder=1,
            )
        )

    def band(self, x: float, y: float, width: float, height: float) -> None:
        """Shade a row."""
        self.page.add_patch(
            Rectangle((x, y), width, height, facecolor=style.PALE, edgecolor="none", zorder=-1)
        )

    def axes_at(self, x: float, y: float, width: float, height: float) -> Axes:
        """Add axes with only a horizontal spine, their top left corner at `x`, `y`."""
        axes = self.figure.add_axes(
            (x / self.width, 1 - (y + height) / self.height, width / self.width, height / self.height),
            facecolor="none",
        )
        for side in ("top", "left", "right"):
            axes.spines[side].set_visible(False)
        return axes


def new_sheet(width: float, height: float, study: Study) -> Sheet:
    """Return an empty page, with room below for the note on synthetic data."""
    note = 5.0 if study.synthetic else 0.0
    whole = height + note
    figure = Figure(figsize=(width / _MM_PER_INCH, whole / _MM_PER_INCH))
    FigureCanvasAgg(figure)
    page = figure.add_axes((0, 0, 1, 1))
    page.set_axis_off()
    page.set_xticks([])
    page.set_yticks([])
    page.set_xlim(0, width)
    page.set_ylim(whole, 0)
    sheet = Sheet(figure=figure, page=page, width=width, height=whole)
    if study.synthetic:
        sheet.text(
            width - MARGIN,
            whole - 2.5,
            style.SYNTHETIC_NOTE,
            ha="right",
            color=style.WARNING,
            weight="bold",
            size=SMALL_SIZE,
        )
    return sheet


def shorten(text: str, width: float, *, lines: int, size: float = TEXT_SIZE) -> list[str]:
    """Break a text into at most so many lines; what is left over becomes an ellipsis."""
    broken = wrap(text, width, size=size)
    if len(broken) <= lines:
        return broken
    last = broken[lines - 1]
    while len(last) > 1 and text_width(f"{last}…", size) > width:
        last = last[:-1].rstrip()
    return [*broken[: lines - 1], f"{last}…"]


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of a line in millimetres."""
    font = FontProperties(size=size, weight=weight)  # of the families in whose context a figure is drawn
    width, _, _ = text_to_path.get_text_width_height_descent(without(text), font, ismath=False)
    return float(width) * _MM_PER_POINT


def text_height(lines: Sequence[str], *, size: float = TEXT_SIZE) -> float:
    """Height of lines in millimetres."""
    return len(lines) * size * _MM_PER_POINT * _LEADING


def draw_key(
    sheet: Sheet, x: float, y: float, text: str, colour: str, *, hollow: bool = False, dashed: bool = False
) -> float:
    """Draw a line with a dot and its name; return where the next one may start."""
    sheet.line([(x, y), (x + 5, y)], color=colour, width=1.4, dashed=dashed)
    sheet.page.plot(
        [x + 2.5],
        [y],
        marker="o",
        markersize=4.5,
        color="white" if hollow else colour,
        markeredgecolor=colour,
        markeredgewidth=1,
    )
    sheet.text(x + 6.5, y, text)
    return x + 6.5 + text_width(text, TEXT_SIZE) + 6

"""Saving figures: the same bytes each time, in PDFs with fonts of no more than the figures' characters."""

from __future__ import annotations

import string
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import matplotlib as mpl
from fontTools import subset
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont
from matplotlib.text import Text

from ipdmediation.present import style

#: A date or a version in the file would make an unchanged figure look new to the workflow.
_NAMELESS: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}
#: What numbers at an axis are written with.
_OF_NUMBERS = {*string.printable, "\N{MINUS SIGN}"}


def save_all(figures: Sequence[Figure], paths: Mapping[str, Sequence[Path]]) -> None:
    """Write figures in several formats, with the same bytes every time.

    Parameters
    ----------
    figures : sequence of Figure
        Figures of this package, which cannot be saved again: their fonts are gone.
    paths : mapping
        Target of each figure by format: svg, png, pdf.
    """
    with TemporaryDirectory() as folder:
        # Last, because only what was painted has all its texts, those at the ticks of the axes among them.
        for kind in sorted(paths, key="pdf".__eq__):
            if kind == "pdf":
                _narrow_fonts(figures, Path(folder))
            for figure, path in zip(figures, paths[kind], strict=True):
                save(figure, path)


def save(figure: Figure, path: Path) -> None:
    """Write one figure in one format, with the same bytes every time.

    Parameters
    ----------
    figure : Figure
        A figure of this package.
    path : Path
        Target; its suffix (.svg, .png or .pdf) names the format.
    """
    kind = path.suffix.removeprefix(".")
    with mpl.rc_context(style.RC):
        figure.savefig(path, format=kind, dpi=300, metadata=_NAMELESS[kind])


def _narrow_fonts(figures: Iterable[Figure], folder: Path) -> None:
    """Give texts a font with their characters only; a PDF looks for its own ones in all that there are."""
    texts = defaultdict(list)
    for figure in figures:
        for text in figure.findobj(Text):
            assert isinstance(text, Text)
            texts[str(findfont(text.get_fontproperties()))].append(text)
    for number, (font, those) in enumerate(texts.items()):
        narrow = folder / f"{number}.ttf"
        _write_subset(font, _OF_NUMBERS.union(*(text.get_text() for text in those)), narrow)
        for text in those:
            text.get_fontproperties().set_file(narrow)


def _write_subset(font: str, characters: Iterable[str], narrow: Path) -> None:
    """Write a font's characters as they are, and all that says how they stand beside each other."""
    options = subset.Options(
        layout_features=["*"], legacy_kern=True, glyph_names=True, recommended_glyphs=True
    )
    options.drop_tables += ["FFTM"]  # when the font was made
    whole = subset.load_font(font, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=map(ord, characters))
    subsetter.subset(whole)
    subset.save_font(whole, narrow, options)

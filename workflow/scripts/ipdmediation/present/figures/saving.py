"""Saving figures: the same bytes each time, with a title, and with fonts of no more than their characters."""

from __future__ import annotations

import string
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.font_manager import FontEntry, FontPath, fontManager
from matplotlib.text import Text

from ipdmediation.present import style
from ipdmediation.present.figures.narrow_fonts import Face, cut_out, faces
from ipdmediation.present.figures.svg_text import with_fonts
from ipdmediation.present.study import Study

#: A date or a version in the file would make an unchanged figure look new to the workflow.
_NAMELESS: dict[str, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}
#: What a format calls the description below a title.
_BELOW_TITLE = {"svg": "Description", "pdf": "Subject", "png": "Description"}
#: What most texts are written with: few figures need a font of their own, which would take time to cut.
_COMMON = frozenset(
    string.printable + "\N{NO-BREAK SPACE}\N{MINUS SIGN}\N{EN DASH}\N{GREATER-THAN OR EQUAL TO}"
)
#: How a font begins whose outlines are not those of TrueType.
_CUBIC = b"OTTO"
#: Characters by the face that writes them.
_Written = Mapping[Face, set[str]]
#: A font of some characters by the font that it was cut out of.
_Narrow = Mapping[FontPath, bytes]


def save_all(figures: Sequence[Figure], paths: Mapping[str, Sequence[Path]], *, study: Study) -> None:
    """Write figures in several formats, with the same bytes every time.

    Parameters
    ----------
    figures : sequence of Figure
        Figures of this package, which cannot be saved again where a PDF is among the formats: their fonts are
        gone.
    paths : mapping
        Target of each figure by format: svg, png, pdf. Its name is the figure's.
    study : Study
        What they were drawn with.
    """
    with mpl.rc_context(style.of(study.fonts)), mpl.rc_context({"svg.fonttype": "none"}):
        for place, figure in enumerate(figures):
            if "png" in paths:
                path = paths["png"][place]
                figure.savefig(path, dpi=300, metadata=_named(path, study))
            else:
                figure.draw_without_rendering()  # which makes the texts at the ticks of axes
        written = [_written(figure) for figure in figures]
        narrow = _narrow_fonts(written) if {"svg", "pdf"} & set(paths) else {}
        if "svg" in paths:
            for figure, faces_of, path in zip(figures, written, paths["svg"], strict=True):
                _save_svg(figure, faces_of, path, narrow, study)
        if "pdf" in paths:
            with TemporaryDirectory() as folder, _narrow_families(narrow, figures, Path(folder)):
                for figure, faces_of, path in zip(figures, written, paths["pdf"], strict=True):
                    with mpl.rc_context({"pdf.fonttype": _kind_in_pdf(faces_of, narrow)}):
                        figure.savefig(path, metadata=_named(path, study))


def save(figure: Figure, path: Path, *, study: Study) -> None:
    """Write one figure in the format that the suffix of its path names, as `save_all` does."""
    save_all([figure], {path.suffix.removeprefix("."): [path]}, study=study)


def _named(path: Path, study: Study) -> dict[str, str | None]:
    """Return what a file says about itself."""
    kind = path.suffix.removeprefix(".")
    return {**_NAMELESS[kind], "Title": _title(path), _BELOW_TITLE[kind]: _description(study)}


def _title(path: Path) -> str:
    return path.stem.replace("_", " ").capitalize()


def _description(study: Study) -> str:
    analysis = str(study.analysis.get("label", ""))
    said = [study.title, analysis, style.SYNTHETIC_NOTE if study.synthetic else ""]
    return ". ".join(filter(None, said)) + "."


def _texts(figure: Figure) -> list[Text]:
    found = figure.findobj(Text)
    return [text for text in found if isinstance(text, Text) and text.get_text().strip()]


def _written(figure: Figure) -> _Written:
    """Return what each face has to write, the first one of a text before those that it falls back to."""
    written: dict[Face, set[str]] = defaultdict(set)
    for text in _texts(figure):
        left = set(text.get_text())
        for face in faces(text.get_fontproperties()):
            written[face] |= left & face.characters
            left -= face.characters
    return {face: characters for face, characters in written.items() if characters}


def _narrow_fonts(written: Sequence[_Written]) -> _Narrow:
    """Return the figures' fonts with their characters only: to look for some in all is slow."""
    together: dict[FontPath, set[str]] = defaultdict(set)
    for of_figure in written:
        for face, characters in of_figure.items():
            together[face.file] |= characters
    return {file: cut_out(file, characters | _COMMON) for file, characters in together.items()}


@lru_cache(maxsize=8)
def _for_web(font: bytes, characters: frozenset[str]) -> bytes:
    return cut_out(font, characters, for_web=True)


def _save_svg(figure: Figure, written: _Written, path: Path, narrow: _Narrow, study: Study) -> None:
    file = StringIO()
    figure.savefig(file, format="svg", metadata=_named(path, study))
    fonts = {
        (face.family, face.weight): _for_web(
            narrow[face.file], _COMMON | characters if _COMMON & characters else frozenset(characters)
        )
        for face, characters in written.items()
    }
    path.write_text(with_fonts(file.getvalue(), fonts, description=_description(study)), encoding="utf-8")


def _kind_in_pdf(written: _Written, narrow: _Narrow) -> int:
    """Return how the fonts are embedded: as they are, or as drawings where matplotlib cannot do that."""
    return 3 if any(narrow[face.file].startswith(_CUBIC) for face in written) else 42


@contextmanager
def _narrow_families(narrow: _Narrow, figures: Sequence[Figure], folder: Path) -> Iterator[None]:
    """Let texts be written with the narrow fonts, which nobody can look for but by the name of their file."""
    files = {}
    for number, (file, font) in enumerate(narrow.items()):
        files[file] = folder / f"{number}.ttf"
        files[file].write_bytes(font)
    entries: dict[Face, FontEntry] = {}
    for text in [text for figure in figures for text in _texts(figure)]:
        properties = text.get_fontproperties()
        cut = [face for face in faces(properties) if face.file in files]
        for face in cut:
            name = f"{files[face.file]} {face.weight}"
            entries[face] = FontEntry(
                fname=str(files[face.file]), name=name, weight=face.weight, size="scalable"
            )
        if cut:
            properties.set_family([entries[face].name for face in cut])
    known = len(fontManager.ttflist)
    fontManager.ttflist += entries.values()
    try:
        yield
    finally:
        del fontManager.ttflist[known:]

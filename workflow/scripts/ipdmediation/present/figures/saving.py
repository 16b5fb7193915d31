"""Saving figures: the same bytes each time, with a title, and with fonts of no more than their characters."""

from __future__ import annotations

import string
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.font_manager import FontPath
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
#: What numbers at an axis are written with.
_OF_NUMBERS = {*string.printable, "\N{MINUS SIGN}"}
#: How a font begins whose outlines are not those of TrueType.
_CUBIC = b"OTTO"
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
        narrow = _narrow_fonts(figures) if {"svg", "pdf"} & set(paths) else {}
        if "svg" in paths:
            for figure, path in zip(figures, paths["svg"], strict=True):
                _save_svg(figure, path, narrow, study)
        if "pdf" in paths:
            kinds = [_kind_in_pdf(figure, narrow) for figure in figures]
            with TemporaryDirectory() as folder:
                _use(narrow, figures, Path(folder))
                for figure, path, kind in zip(figures, paths["pdf"], kinds, strict=True):
                    with mpl.rc_context({"pdf.fonttype": kind}):
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


def _texts(figures: Iterable[Figure]) -> list[Text]:
    found = [text for figure in figures for text in figure.findobj(Text)]
    return [text for text in found if isinstance(text, Text) and text.get_text().strip()]


def _written(texts: Iterable[Text]) -> dict[Face, set[str]]:
    """Return what each face has to write, the first one of a text before those that it falls back to."""
    written: dict[Face, set[str]] = defaultdict(set)
    for text in texts:
        left = set(text.get_text())
        for face in faces(text.get_fontproperties()):
            written[face] |= left & face.characters
            left -= face.characters
    return {face: characters for face, characters in written.items() if characters}


def _narrow_fonts(figures: Sequence[Figure]) -> _Narrow:
    """Return the figures' fonts with their characters only: to look for some in all is slow."""
    together: dict[FontPath, set[str]] = defaultdict(set)
    for face, characters in _written(_texts(figures)).items():
        together[face.file] |= characters
    return {file: cut_out(file, characters | _OF_NUMBERS) for file, characters in together.items()}


def _save_svg(figure: Figure, path: Path, narrow: _Narrow, study: Study) -> None:
    file = StringIO()
    figure.savefig(file, format="svg", metadata=_named(path, study))
    fonts = {
        (face.family, face.weight): cut_out(narrow[face.file], characters, for_web=True)
        for face, characters in _written(_texts([figure])).items()
    }
    path.write_text(with_fonts(file.getvalue(), fonts, description=_description(study)), encoding="utf-8")


def _kind_in_pdf(figure: Figure, narrow: _Narrow) -> int:
    """Return how the fonts are embedded: as they are, or as drawings where matplotlib cannot do that."""
    drawn = any(narrow[face.file].startswith(_CUBIC) for face in _written(_texts([figure])))
    return 3 if drawn else 42


def _use(narrow: _Narrow, figures: Sequence[Figure], folder: Path) -> None:
    """Let texts be written with the narrow fonts, but those that need several."""
    files = {}
    for number, (file, font) in enumerate(narrow.items()):
        files[file] = folder / f"{number}.ttf"
        files[file].write_bytes(font)
    for text in _texts(figures):
        properties = text.get_fontproperties()
        (first, *others) = faces(properties)
        if not others or set(text.get_text()) <= first.characters:
            properties.set_file(files[first.file])

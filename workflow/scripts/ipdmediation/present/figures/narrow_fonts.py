"""Fonts of no more than some characters: what figures are written with, cut out of what is installed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from fontTools import subset
from matplotlib.font_manager import FontPath, FontProperties, findfont, get_font, weight_dict


@dataclass(frozen=True)
class Face:
    """A family in one weight, and the file that has it.

    Attributes
    ----------
    family : str
    weight : int
        400 of plain text.
    file : FontPath
    """

    family: str
    weight: int
    file: FontPath

    @property
    def characters(self) -> frozenset[str]:
        """All that it can write."""
        return _characters(self.file)


def faces(properties: FontProperties) -> list[Face]:
    """Return the faces of a text: a later one has the characters that those before it lack."""
    stated = properties.get_weight()
    weight = weight_dict[stated] if isinstance(stated, str) else stated
    found = []
    for family in properties.get_family():
        of_family = properties.copy()
        of_family.set_family(family)
        file = findfont(of_family)
        assert isinstance(file, FontPath)
        found.append(Face(family, weight, file))
    return found


@cache
def _characters(file: FontPath) -> frozenset[str]:
    return frozenset(map(chr, get_font(file).get_charmap()))


def cut_out(source: FontPath | bytes, characters: Iterable[str], *, for_web: bool = False) -> bytes:
    """Return a font of some characters as they are, and all that says how they stand beside each other.

    Parameters
    ----------
    source : FontPath or bytes
        Where the font lies, or what this function made of it before.
    characters : iterable of str
    for_web : bool
        Whether it is packed, without names of its shapes and without what fits these to few pixels.
    """
    options = subset.Options(
        layout_features=["*"],
        legacy_kern=True,
        recommended_glyphs=True,
        glyph_names=not for_web,
        hinting=not for_web,
        flavor="woff" if for_web else None,
    )
    options.drop_tables += ["FFTM"]  # when the font was made
    if isinstance(source, FontPath):
        options.font_number = source.face_index
    font = subset.load_font(BytesIO(source) if isinstance(source, bytes) else source.path, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=map(ord, characters))
    subsetter.subset(font)
    file = BytesIO()
    subset.save_font(font, file, options)
    font.close()
    return file.getvalue()

"""Figures that are saved together are those that are saved one by one, with less work for each PDF."""

import re
from io import BytesIO

import matplotlib as mpl
import pytest
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont
from matplotlib.backends import _backend_pdf_ps as fonts_of_pdfs
from matplotlib.figure import Figure
from matplotlib.font_manager import FontPath
from PIL import Image

from ipdmediation.present import style
from ipdmediation.present.figures.narrow_fonts import Face
from ipdmediation.present.figures.outcome_by_arm import outcome_by_arm
from ipdmediation.present.figures.outcome_by_trial import outcome_by_trial
from ipdmediation.present.figures.saving import _kind_in_pdf, save, save_all

FORMATS = ("pdf", "png", "svg")


@pytest.fixture(scope="module")
def draw(examples):
    """Figures with characters of their own: some move together, some stand at ticks only once painted."""
    study = examples.study()
    odd = examples.study(trials={trial: f"Größe Ωσ ≥ ÅVATA {name}" for trial, name in study.trials.items()})
    return lambda: [
        outcome_by_arm(examples.outcome(), study=study, effects=examples.effects()),
        outcome_by_trial(examples.outcome(), study=odd),
        with_ticks("Ψ", "ø"),
    ]


@mpl.rc_context(style.RC)
def with_ticks(*labels):
    figure = Figure(figsize=(2, 1))
    figure.add_subplot().set_xticks(range(len(labels)), labels)
    return figure


@pytest.fixture(scope="module")
def saved(draw, examples, tmp_path_factory):
    """The files of each format, saved one by one from figures of their own, and all together."""
    folder = tmp_path_factory.mktemp("figures")
    alone, together = (
        {kind: [folder / how / f"figure_{number}.{kind}" for number in range(3)] for kind in FORMATS}
        for how in ("alone", "together")
    )
    for how in ("alone", "together"):
        (folder / how).mkdir()
    with mpl.rc_context({"pdf.compression": 0}):
        for paths in alone.values():
            for figure, path in zip(draw(), paths, strict=True):
                save(figure, path, study=examples.study())
        save_all(draw(), together, study=examples.study())
    return alone, together


def test_a_file_says_what_it_shows(saved):
    title, said = b"Figure 0", b"Primary analysis"
    for paths in saved:
        with Image.open(paths["png"][0]) as picture:
            assert picture.text["Title"].encode() == title
            assert said in picture.text["Description"].encode()
        pdf = paths["pdf"][0].read_bytes()
        assert b"/Title (" + title + b")" in pdf
        assert said in pdf


def streams(path):
    return re.findall(rb"stream\r?\n(.*?)\r?\nendstream", path.read_bytes(), flags=re.DOTALL)


def outlines(path):
    """What each font of a PDF draws for each of its glyphs."""
    drawn = []
    for stream in streams(path):
        if stream[:4] == b"\0\1\0\0":
            glyphs = TTFont(BytesIO(stream)).getGlyphSet()
            for name in glyphs.font.getGlyphOrder():
                pen = RecordingPen()
                glyphs[name].draw(pen)
                drawn.append((pen.value, glyphs[name].width))
    return drawn


def test_pictures_are_the_same(saved):
    alone, together = saved
    for kind in ("png", "svg"):
        for one, other in zip(alone[kind], together[kind], strict=True):
            assert one.read_bytes() == other.read_bytes()


def test_a_pdf_paints_the_same_shapes_at_the_same_places(saved):
    alone, together = saved
    for one, other in zip(alone["pdf"], together["pdf"], strict=True):
        whole, narrow = ([page for page in streams(path) if b" Tf" in page] for path in (one, other))
        assert whole == narrow != []
        assert outlines(one) == outlines(other) != []


def test_a_pdf_looks_for_its_characters_in_few(draw, examples, tmp_path, monkeypatch):
    searched = []
    subset = fonts_of_pdfs.get_glyphs_subset

    def watched(font, glyphs):
        searched.append(TTFont(font.path)["maxp"].numGlyphs)
        return subset(font, glyphs)

    monkeypatch.setattr(fonts_of_pdfs, "get_glyphs_subset", watched)
    save_all(
        draw(),
        {"svg": [tmp_path / f"{i}.svg" for i in range(3)], "pdf": [tmp_path / f"{i}.pdf" for i in range(3)]},
        study=examples.study(),
    )
    assert max(searched) < 300


@pytest.mark.parametrize(("begins", "kind"), [(b"\0\1\0\0", 42), (b"OTTO", 3)])
def test_fonts_that_matplotlib_cannot_embed_are_drawn(begins, kind):
    plain, other = (Face(name, 400, FontPath(f"{name}.otf", 0)) for name in ("plain", "other"))
    narrow = {plain.file: b"\0\1\0\0", other.file: begins}
    assert _kind_in_pdf({plain: {"a"}, other: {"b"}}, narrow) == kind

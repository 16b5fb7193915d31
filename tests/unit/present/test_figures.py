"""What holds for every figure: nothing is cut or overlaps, and the same numbers give the same bytes."""

import matplotlib as mpl
import pytest
from matplotlib.patches import FancyBboxPatch

from ipdmediation.data.result_tables import read_table
from ipdmediation.present import style
from ipdmediation.present.figures.mediator_by_arm import mediator_by_arm
from ipdmediation.present.figures.path_diagram import path_diagram
from ipdmediation.present.figures.saving import save
from ipdmediation.present.figures.sheet import text_width, wrap
from tests.unit.present.boxes import assert_nothing_overlaps, texts
from tests.unit.present.drawn_figures import ALL, ORDINARY, draw, drawn, words


@pytest.mark.parametrize("name", ALL)
def test_no_text_is_cut_or_runs_into_another(examples, name):
    assert_nothing_overlaps(drawn(examples, name))


@pytest.mark.parametrize("name", ["patient_flow", "framing flow", "path_diagram", "long names on paths"])
def test_words_stay_inside_their_boxes(examples, name):
    figure = drawn(examples, name)
    renderer = figure.canvas.get_renderer()
    boxes = [patch.get_window_extent(renderer) for patch in figure.findobj(FancyBboxPatch)]
    assert boxes
    inside = 0
    for item in texts(figure):
        text = item.get_window_extent(renderer)
        for box in boxes:
            if box.contains((text.x0 + text.x1) / 2, (text.y0 + text.y1) / 2):
                inside += 1
                assert box.x0 < text.x0 < text.x1 < box.x1, item.get_text()
                assert box.y0 - 1 < text.y0 < text.y1 < box.y1 + 1, item.get_text()
    assert inside >= len(boxes)


@pytest.mark.parametrize("name", ORDINARY)
def test_synthetic_data_are_marked_and_real_data_are_not(examples, name):
    assert style.SYNTHETIC_NOTE in words(drawn(examples, name))
    assert style.SYNTHETIC_NOTE not in words(drawn(examples, "framing outcome"))


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
@pytest.mark.parametrize("name", ["mediator_by_arm", "outcome_by_arm"])
def test_the_same_figure_has_the_same_bytes(examples, name, suffix, tmp_path):
    written = []
    for turn in ("1", "2"):
        path = tmp_path / turn / f"figure.{suffix}"
        path.parent.mkdir()
        save(draw(examples, name), path, study=examples.study())
        written.append(path.read_bytes())
    assert written[0] == written[1]
    if suffix == "pdf":
        assert b"/Subtype /Type3" not in written[0]
        assert b"CreationDate" not in written[0]


def test_a_users_settings_do_not_change_a_figure(examples, tmp_path):
    path = tmp_path / "figure.svg"
    save(draw(examples, "mediator_by_arm"), path, study=examples.study())
    plain = path.read_bytes()
    with mpl.rc_context({"font.family": "serif", "axes.facecolor": "black", "svg.fonttype": "path"}):
        save(draw(examples, "mediator_by_arm"), path, study=examples.study())
    assert path.read_bytes() == plain


def test_wrapping_never_exceeds_the_width():
    text = "An outcome with a word of Donaudampfschifffahrtselektrizitätenhauptbetriebswerk length"
    lines = wrap(text, 20)
    assert len(lines) > 3
    assert all(text_width(line, style.TEXT_SIZE) <= 20 for line in lines)
    assert wrap("", 20) == [""]


def test_tables_read_back_from_files_give_the_same_figures(examples, tmp_path):
    def again(frame):
        frame.to_csv(tmp_path / "t.csv", index=False)
        return read_table(tmp_path / "t.csv")

    study = examples.study()
    mediator = mediator_by_arm(again(examples.mediator()), study=study)
    assert words(mediator) == words(drawn(examples, "mediator_by_arm"))
    paths = path_diagram(again(examples.effects()), study=study)
    assert words(paths) == words(drawn(examples, "path_diagram"))

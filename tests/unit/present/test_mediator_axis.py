# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
"""The mediator's axis: natural units, spaced as the analysis transforms them."""

import numpy as np
import pandas as pd
import pytest

from ipdmediation.present import notation
from ipdmediation.present.figures.mediator_by_arm import mediator_by_arm
from ipdmediation.vocabulary.transforms import TRANSFORMS
from tests.unit.present.drawn_figures import drawn, words


def test_mediator_axis_is_in_natural_units_and_starts_at_nothing(examples):
    shown = words(drawn(examples, "mediator_by_arm"))
    assert {"0", "10", "100", "Follow-up infarct volume, mL"} <= set(shown)
    assert any("32.8 mL (9.52–88.3)" in text for text in shown)
    assert any("P\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}.007" in text for text in shown)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_every_transformation_has_an_axis(examples, transform):
    study = examples.study()
    mediator = {"variable": "fiv", "transform": transform}
    study = examples.study(analysis={**study.analysis, "mediator": mediator})
    figure = mediator_by_arm(examples.mediator(), study=study)
    assert "Follow-up infarct volume, mL" in words(figure)


@pytest.mark.parametrize(
    ("transform", "offset"), [("identity", 0), ("cube_root", 0), ("log", 60), ("log1p", 0)]
)
def test_the_mediators_axis_holds_all_data_whatever_their_sign(examples, transform, offset):
    low = -0.9 if transform == "log1p" else -55.0
    values = np.array([low, low / 2, 0.0, 20.0, 45.0])
    position = np.linspace(low, 45.0, 50)
    rows = [("fiv", "", "all", arm, "n", "", 100, np.nan, np.nan) for arm in ("treated", "control")]
    for arm, shift in (("treated", 0), ("control", 1)):
        quartiles = dict(zip(("q1", "median", "q3"), values[1 + shift : 4 + shift], strict=True))
        rows += [
            ("fiv", "", "all", arm, name, "", value, np.nan, np.nan) for name, value in quartiles.items()
        ]
        rows += [("fiv", "", "all", arm, "density", f"{x:.6g}", 1.0, np.nan, np.nan) for x in position]
    study = examples.study()
    mediator = {"variable": "fiv", "transform": transform, "offset": offset}
    study = examples.study(analysis={**study.analysis, "mediator": mediator})
    figure = mediator_by_arm(pd.DataFrame(rows, columns=examples.DESCRIBE), study=study)
    left, right = figure.axes[1].get_xlim()
    assert left <= low
    assert right >= 45.0
    figure.canvas.draw()
    assert any(notation.MINUS in text for text in words(figure)), "a negative tick"

# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
"""The forest of the models' coefficients."""

import itertools

import numpy as np
import pytest

from ipdmediation.present.figures.model_coefficients import _forest_limits, model_coefficients
from tests.unit.present.boxes import texts
from tests.unit.present.drawn_figures import drawn, words


def test_forest_shows_both_models_and_skips_the_second_unit(examples):
    shown = words(drawn(examples, "model_coefficients"))
    assert {"2.48 (1.77–3.53)", "2.22 (1.52–3.22)", "0.46 (0.39–0.54)"} <= set(shown)
    assert "Follow-up infarct volume, per ln mL" in shown
    assert "Intervals: bootstrap for treatment and mediator, Wald for covariates." in shown
    assert not any("doubling" in text for text in shown)
    assert not any("ESCAPE" in text for text in shown)


def test_the_forest_of_an_interaction_has_no_coefficient_at_zero(examples):
    shown = words(drawn(examples, "interaction in the forest"))
    assert "3.74 (2.01–6.96)" not in shown
    assert {"2.48 (1.77–3.53)", "2.48 (1.65–3.67)", "2.14 (1.49–3.00)", "1.82 (1.22–2.72)"} <= set(shown)
    assert "Endovascular therapy, at 14 mL (lower quartile)" in " ".join(shown)
    assert "Follow-up infarct volume, per ln mL, EVT" in " ".join(shown)


def test_a_covariate_may_be_called_as_an_effect_is(examples):
    models = examples.models()
    for frame in models.values():
        frame.loc[frame["term"] == "age", "term"] = "treatment"
    shown = words(
        model_coefficients(models["total"], models["outcome"], examples.effects(), study=examples.study())
    )
    assert {"2.48 (1.77–3.53)", "Age, per year"} <= set(shown)


def test_a_nearly_separated_coefficient_does_not_squeeze_the_others(examples):
    models = examples.models()
    columns = ["ratio", "ratio_low", "ratio_high"]
    for frame in (models["total"], models["outcome"]):
        frame.loc[frame["term"] == "alteplase", columns] = [1e6, 1e-3, 1e12]
    figure = model_coefficients(
        models["total"], models["outcome"], examples.effects(), study=examples.study()
    )
    low, high = figure.axes[1].get_xlim()
    assert low > 0.01
    assert high < 100


@pytest.mark.parametrize(
    ("ends", "ratios", "limits"),
    [
        ([-1.0, 3.0, np.nan], False, (-1.2, 3.2)),
        ([1.0, 4.0], False, (-0.2, 4.2)),
        ([0.5, 4.0, np.inf], True, (0.5 * 8**-0.05, 4.0 * 8**0.05)),
        ([1.0], True, (np.exp(-0.22), np.exp(0.22))),
        ([1e-9, 1e9], True, (0.02 * 2500**-0.05, 50.0 * 2500**0.05)),
    ],
)
def test_the_forest_is_a_twentieth_wider_than_its_intervals_and_shows_the_null(ends, ratios, limits):
    assert _forest_limits(np.array(ends), ratios=ratios) == pytest.approx(limits)


def test_the_forest_of_a_binary_outcome_names_what_is_better(examples):
    study, models = examples.study(), examples.models()
    label = "Dead, or living in an institution because of the index event, at 12 months after randomisation"
    variables = {**study.variables, "dead": {"type": "binary", "label": label}}
    outcome = {"variable": "dead", "family": "binary", "better": "low"}
    binary = examples.study(variables=variables, analysis={**study.analysis, "outcome": outcome})
    figure = model_coefficients(models["total"], models["outcome"], examples.effects(), study=binary)
    said = " ".join(words(figure))
    assert f"Odds ratio of a better outcome ({label}: No)" in said
    renderer = figure.canvas.get_renderer()
    boxes = [item.get_window_extent(renderer) for item in texts(figure)]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.width and box.y0 >= 0 for box in boxes)
    assert "Common odds ratio of a better outcome" in words(drawn(examples, "model_coefficients"))

# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
"""Paths from treatment to outcome: their numbers, scales and arms."""

from ipdmediation.present.figures.model_coefficients import model_coefficients
from ipdmediation.present.figures.path_diagram import path_diagram
from tests.unit.present.drawn_figures import drawn, words


def test_paths_say_number_and_scale(examples):
    shown = words(drawn(examples, "path_diagram"))
    assert "a: 0.66 (0.57–0.76)" in shown
    assert "b: 0.46 (0.39–0.54)" in shown
    assert "total: 2.48 (1.77–3.53)" in shown
    assert "direct: 2.22 (1.52–3.22)" in shown
    joined = " ".join(shown)
    assert "common odds ratio of a better outcome" in joined
    assert "per ln mL" in joined
    assert "ratio of geometric means" in joined
    assert "Of effects on the outcome, above 1 is better. 95% bootstrap CI in parentheses." in shown


def test_paths_of_an_interaction_name_arm_and_value(examples):
    shown = " ".join(words(drawn(examples, "interaction on paths")))
    assert "direct: 2.14 (1.49–3.00)" in shown
    assert "mediator at its median (41\N{NO-BREAK SPACE}mL)" in shown
    assert "b: 0.43 (0.35–0.52)" in shown
    assert "EVT; Control 0.50 (0.41–0.61)" in shown


def test_paths_of_a_linear_outcome_are_differences(examples):
    study = examples.study()
    outcome = {"variable": "nihss", "family": "continuous", "better": "low"}
    study = examples.study(analysis={**study.analysis, "outcome": outcome})
    paths = words(path_diagram(examples.effects(), study=study))
    assert "total: 0.91 (0.57–1.26)" in paths
    assert "Of effects on the outcome, below 0 is better. 95% bootstrap CI in parentheses." in paths
    assert any("difference in NIHSS at baseline" in text for text in paths)
    models = examples.models()
    forest = words(model_coefficients(models["total"], models["outcome"], examples.effects(), study=study))
    assert "Difference in NIHSS at baseline, points" in forest
    assert any(text.startswith("\N{LEFTWARDS ARROW} better") for text in forest)


def test_a_spline_is_named_in_words_not_numbers(examples):
    paths = words(drawn(examples, "spline on paths"))
    assert {"b: a curve", "restricted cubic spline, 4 knots", "direct: 2.22 (1.52–3.22)"} <= set(paths)
    forest = words(drawn(examples, "spline in the forest"))
    assert any(
        "Follow-up infarct volume is a restricted cubic spline: no single estimate." in text
        for text in forest
    )
    assert "2.22 (1.52–3.22)" in forest
    assert not any("spline term" in text for text in forest)


def test_a_value_of_the_mediator_keeps_its_unit_on_its_line(examples):
    said = words(drawn(examples, "interaction on paths"))
    assert any(line.endswith("\N{NO-BREAK SPACE}mL)") for line in said)

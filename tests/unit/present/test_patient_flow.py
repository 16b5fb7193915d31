# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
"""The patients' flow as it is drawn."""

import pytest
from matplotlib.patches import FancyBboxPatch

from ipdmediation.present.figures.patient_flow import patient_flow
from tests.unit.present.drawn_figures import drawn, words


def test_patient_flow_counts_an_arm_that_is_not_compared_apart(examples):
    flow = examples.flow().iloc[:2].copy()
    flow.loc[flow["step"] == 0, "remaining"] += 30
    flow.loc[flow["step"] == 1, ["reason", "excluded"]] = ["Not in a compared arm", 30]
    flow.loc[flow["step"] == 1, ["excluded_treated", "excluded_control"]] = 0
    shown = " ".join(words(patient_flow(flow, study=examples.study())))
    assert shown.count("other arms 30") == 2
    assert "other arms" not in " ".join(words(drawn(examples, "patient_flow")))


def test_patient_flow_stands_in_the_middle_where_nobody_is_excluded(examples):
    figure = patient_flow(examples.flow().iloc[:1], study=examples.study())
    boxes = [patch.get_bbox() for patch in figure.findobj(FancyBboxPatch)]
    left, right = min(box.x0 for box in boxes), max(box.x1 for box in boxes)
    assert (left + right) / 2 == pytest.approx(examples.study().page.double / 2)


def test_patient_flow_shows_every_number(examples):
    text = " ".join(words(drawn(examples, "patient_flow")))
    for row in examples.flow().to_dict("records")[1:]:
        assert f"{row['reason']} (n = {row['excluded']})" in text
        assert f"EVT {row['excluded_treated']}, Control {row['excluded_control']}" in text
    assert "Randomised (n = 1764)" in text
    assert "Analysed (n = 1665)" in text
    assert "n = 821" in text
    assert "n = 844" in text


def test_a_study_without_rules_has_a_flow(examples):
    shown = words(patient_flow(examples.flow().iloc[:1], study=examples.study()))
    assert "Analysed (n = 1764)" in shown


def test_numbers_that_are_withheld_are_dashes_and_explained(examples):
    said = words(drawn(examples, "withheld flow"))
    assert "EVT –, Control –" in said
    assert any(line.startswith("–: withheld") for line in said)
    assert not any(line.startswith("–") for line in words(drawn(examples, "patient_flow")))

# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
"""Tables of the effects, on every scale."""

import numpy as np

from ipdmediation.present.tables.effects import effects as effects_table
from ipdmediation.present.tables.natural_effects import natural_effects
from tests.unit.present.made_tables import every, row


def test_effects_are_in_words(examples):
    table = every(examples)["effects"]
    assert row(table, "Proportion mediated, difference of coefficients")[1:5] == [
        "share of the total effect", "12.2% (1.2% to 18.9%)", "0", "",
    ]  # fmt: skip
    assert row(table, "Treatment, not adjusted for the mediator (total)")[1:6] == [
        "common odds ratio of a better outcome", "2.48 (1.77–3.53)", "1", "above 1", "<.002",
    ]  # fmt: skip
    assert set(table.cells["Replicates"]) == {"998"}
    assert "Failed bootstrap replicates: 2 of 1000." in table.notes
    assert any(note.startswith("In 40 replicates the trials' random effects") for note in table.notes)


def test_replicates_without_an_effect_are_counted(examples):
    effects = examples.changed("khb", "proportion", undefined=3)
    table = effects_table(effects, study=examples.study())
    assert row(table, "Proportion mediated, Karlson-Holm-Breen")[7] == "995"
    assert any("Up to 3 replicates have no value" in note for note in table.notes)
    assert any("; the column of replicates counts" in note for note in table.notes)
    # the other table has neither such a replicate nor such a column
    assert not any("no value" in note for note in natural_effects(effects, study=examples.study()).notes)
    natural = examples.changed("pm", "mean", undefined=3)
    told = " ".join(natural_effects(natural, study=examples.study()).notes)
    assert "Up to 3 replicates have no value" in told
    assert "column of replicates" not in told
    assert not any("no value" in note for note in effects_table(natural, study=examples.study()).notes)


def test_what_has_no_interval_has_no_kind_of_interval(examples):
    study, _, effects = examples.interaction()
    cells = effects_table(effects, study=study).cells.set_index("Effect")["Interval"]
    assert cells["Proportion mediated, difference of coefficients"] == ""
    assert cells["Proportion mediated, Karlson-Holm-Breen"] == "percentile"


def test_an_effect_that_an_analysis_has_not_is_no_ratio_without_denominator(examples):
    study, _, effects = examples.interaction()
    effects.loc[effects["withheld"] == "undefined", "undefined"] = 1000
    assert (effects["withheld"] == "undefined").any()
    table = effects_table(effects, study=study)
    assert not any("replicates have no value" in note for note in table.notes)
    assert row(table, "Proportion mediated, difference of coefficients")[2] == "not defined"


def test_a_bound_of_a_p_value_is_never_shown_as_its_value(examples):
    known = examples.changed("total", "coefficient", p_value=0.012, p_bound=False)
    cells = effects_table(known, study=examples.study()).cells
    assert list(cells["P"])[:2] == [".01", "<.002"]


def test_effects_with_an_interaction_name_arm_and_value(examples):
    study, _, effects = examples.interaction()
    names = set(effects_table(effects, study=study).cells["Effect"])
    assert "Treatment at the median of the mediator, 41 mL (direct)" in names
    assert "Mediator on the outcome, EVT (b)" in names


def test_a_withheld_effect_says_so(examples):
    table = effects_table(examples.withheld(("log_or_difference", "proportion")), study=examples.study())
    cells = row(table, "Proportion mediated, difference of coefficients")
    assert cells[2] == "withheld"
    assert cells[-1] == "withheld: total_uncertain"


def test_natural_effects_have_unit_null_and_direction(examples):
    table = every(examples)["natural_effects"]
    assert row(table, "Mean of the modified Rankin Scale at 90 days, points")[1] == "below 0"
    odds = row(table, "Common odds ratio of a better outcome, averaged over the participants")
    assert odds[1:3] == ["above 1", "2.05 (1.75–2.39)"]


def test_natural_effects_count_failures_and_explain_missing_intervals(examples):
    note = "no BCa interval: all replicates are above the estimate"
    effects = examples.changed("pm", "mean", ci_low=np.nan, ci_high=np.nan, note=note)
    table = natural_effects(effects, study=examples.study())
    assert "Failed bootstrap replicates: 2 of 1000." in table.notes
    assert "No BCa interval: all replicates are above the estimate." in table.notes
    assert table.cells.iloc[0, -1] == "24.4%"


def test_a_label_that_begins_with_an_abbreviation_stays_as_it_is(examples):
    study = examples.study()
    name = study.analysis["outcome"]["variable"]
    variables = {**study.variables, name: {**study.variables[name], "label": "mRS", "in_text": ""}}
    table = natural_effects(examples.effects(), study=examples.study(variables=variables))
    assert row(table, "mRS of 0–2, percentage points")
    assert row(table, "Mean of mRS, points")


def test_effects_on_a_binary_outcome_are_differences_of_probabilities(examples):
    study = examples.study()
    variables = {**study.variables, "dead": {"type": "binary", "label": "Dead at 90 days"}}
    outcome = {"variable": "dead", "family": "binary", "better": "low"}
    study = examples.study(variables=variables, analysis={**study.analysis, "outcome": outcome})
    effects = examples.effects().replace({"scale": {"prob_le_2": "prob_le_0"}})
    table = natural_effects(effects, study=study)
    assert row(table, "Dead at 90 days: Yes, percentage points")[1:3] == ["below 0", "−76.0 (−90.0 to −61.0)"]
    assert row(table, "Dead at 90 days: No, percentage points")[1:3] == ["above 0", "17.0 (13.7–20.1)"]


def test_a_column_of_notes_stands_where_there_are_notes(examples):
    study, given = examples.study(), examples.effects()
    assert "Note" not in effects_table(given.assign(note=""), study=study).cells
    noted = effects_table(given.assign(note=["", "said", *[""] * (len(given) - 2)]), study=study).cells
    assert noted["Note"].tolist().count("said") == 1

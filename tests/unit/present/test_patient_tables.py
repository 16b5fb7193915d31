# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
"""Tables of the patients: their flow, how well they were read, and what they were like before treatment."""

import re

import numpy as np
import pytest

from ipdmediation.present.tables.baseline import baseline
from ipdmediation.present.tables.flow import flow
from ipdmediation.present.tables.quality import quality
from tests.unit.present.made_tables import every, row


def test_baseline_rows(examples):
    table = every(examples)["baseline"]
    assert list(table.cells.columns) == [
        "Characteristic", "All (n = 1665)", "Control (n = 844)", "EVT (n = 821)", "SMD", "Missing",
    ]  # fmt: skip
    assert row(table, "Age, years, median (IQR)")[1] == "68 (57–76)"
    assert row(table, "Female sex, n (%)")[1] == "781 (46.9)"
    assert row(table, "ASPECTS at baseline, points, median (IQR)")[-1] == "12"
    assert row(table, "Occlusion site, n (%)")[1] == ""
    names = list(table.cells["Characteristic"])
    start = names.index("Occlusion site, n (%)")
    assert names[start + 1 : start + 4] == ["M1 segment", "Internal carotid artery", "M2 segment"]
    assert table.indented == {start + 1, start + 2, start + 3}


def test_baseline_explains_what_it_has_and_nothing_else(examples):
    frame = examples.baseline()
    made = {name: baseline(frame[frame["variable"] == name], examples.flow(), study=examples.study())
            for name in ("age", "female")}  # fmt: skip
    age, female = (" ".join(made[name].notes) for name in ("age", "female"))
    assert "IQR, interquartile range; SMD" in age
    assert "SD, standard deviation" not in age + female
    assert "Percentages" not in age
    assert "IQR" not in female
    assert "Percentages are of the participants" in female


def test_a_level_whose_label_ends_like_a_summary_is_none(examples):
    """What is explained is what was written, not how a label happens to end."""
    frame, study = examples.baseline(), examples.study()
    occlusion = {
        **study.variables["occlusion"],
        "levels": {"m1": "Stem (SD)", "ica": "Carotid, median (IQR)"},
    }
    study = examples.study(variables={**study.variables, "occlusion": occlusion})
    table = baseline(frame[frame["variable"] == "occlusion"], examples.flow(), study=study)
    assert [name for name in table.cells["Characteristic"] if name.endswith("(SD)")] == ["Stem (SD)"]
    assert not re.search("standard deviation|interquartile", " ".join(table.notes))


def test_baseline_falls_back_to_the_mean(examples):
    frame = examples.baseline()
    frame = frame[frame["variable"] == "age"].replace({"statistic": {"median": "mean", "q1": "sd"}})
    frame = frame[frame["statistic"] != "q3"]
    table = baseline(frame, examples.flow(), study=examples.study())
    assert row(table, "Age, years, mean (SD)")[1] == "68 (57)"


def test_what_nobody_has_a_value_of_is_a_dash(examples):
    frame = examples.baseline()
    frame.loc[frame["variable"].isin(["age", "female"]) & (frame["statistic"] != "missing"), "estimate"] = (
        np.nan
    )
    table = baseline(frame, examples.flow(), study=examples.study())
    assert row(table, "Age, years, median (IQR)")[1:5] == ["–", "–", "–", "–"]
    assert not table.cells.isin(["nan", "– (––)", "– (–––)"]).any().any()


def test_a_flow_without_rules_speaks_of_none(examples):
    study = examples.study()
    assert (
        "A participant is counted under the first rule that is not met."
        in flow(examples.flow(), study=study).notes
    )
    assert not any("rule" in note for note in flow(examples.flow().iloc[:1], study=study).notes)


def test_quality_names_variables_unrecorded_columns_and_idle_codes(examples):
    table = every(examples)["quality"]
    rows = table.cells.set_index("Variable")
    assert rows.loc["Hypertension", "Column in the file"] == "not recorded"
    assert rows.loc["Age", "Codes not found"] == "999"
    counts = examples.quality()["mr_clean"].iloc[:1].assign(variable="treatment")
    assert quality(counts, study=examples.study()).cells.iloc[0, 0] == "Treatment"


def test_quality_says_from_which_unit_to_which_a_column_was_converted(examples):
    counts = examples.quality()["mr_clean"].set_index("variable").loc[["fiv"]].reset_index()
    origin = quality(counts, study=examples.study(), units={"fiv": "mm3"}).cells["Column in the file"].item()
    assert origin == "fiv_cl, mm³ to mL"


def test_quality_says_how_a_rule_of_the_study_is_counted(examples):
    counts = examples.quality()["mr_clean"].iloc[:1]
    said = "who breaks it is out of range"
    assert not any(said in note for note in quality(counts, study=examples.study()).notes)
    table = quality(counts.assign(variable="contract"), study=examples.study())
    assert any(said in note for note in table.notes)


def test_flow_adds_up(examples):
    cells = every(examples)["flow"].cells
    assert cells["Excluded, all"].astype(int).sum() == 1764 - 1665
    assert list(cells.iloc[-1])[4:] == ["1665", "821", "844"]


@pytest.mark.parametrize("short", ["all", "All", "Control"])
def test_arms_may_be_called_anything(examples, short):
    study = examples.study(
        arms={"control": {"label": "C", "short": short}, "treated": {"label": "T", "short": "EVT"}}
    )
    for table in (
        flow(examples.flow(), study=study),
        baseline(examples.baseline(), examples.flow(), study=study),
    ):
        assert table.cells.columns.is_unique


def test_counts_that_are_withheld_are_dashes_with_a_note(examples):
    study = examples.study()
    table = flow(examples.withheld_flow(), study=study)
    assert table.cells.iloc[2].tolist()[1:] == ["10", "–", "–", "1706", "–", "–"]
    assert any(note.startswith("–: withheld") for note in table.notes)
    described = examples.baseline()
    rows = (described["variable"] == "occlusion") & described["level"].isin(["ica", "m2"])
    described.loc[rows & (described["arm"] != "all"), "estimate"] = np.nan
    table = baseline(described, examples.flow(), study=study)
    site = table.cells[table.cells["Characteristic"].isin(["Internal carotid artery", "M2 segment"])]
    assert (site.iloc[:, 2:4] == "–").all(axis=None)
    assert (site.iloc[:, 1] != "–").all()
    assert any(note.startswith("–: withheld") for note in table.notes)
    for ordinary in (
        flow(examples.flow(), study=study),
        baseline(examples.baseline(), examples.flow(), study=study),
    ):
        assert not any("withheld" in note for note in ordinary.notes)

"""The trials and the outcome in numbers: what adds up, what is withheld, and every kind of outcome."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

from ipdmediation.data.description import describe_outcome
from ipdmediation.data.disclosure import public_description
from ipdmediation.data.variables import Variable
from ipdmediation.present.study import Study
from ipdmediation.present.tables.outcome import outcome
from ipdmediation.present.tables.table import Table
from ipdmediation.present.tables.trials import trials
from tests.unit.present import examples


def numbers(table: Table, first: int) -> pd.DataFrame:
    """Counts of a table from a column on, without percentages."""
    return table.cells.iloc[:, first:].map(lambda text: int(str(text).split(" ")[0].replace(",", "")))


def changed(frame: pd.DataFrame, estimate: float, **cells: str) -> pd.DataFrame:
    """A description with another estimate in the rows that have these cells."""
    found = pd.concat([frame[name] == value for name, value in cells.items()], axis=1).all(axis=1)
    assert found.any()
    made = frame.copy()
    made.loc[found, "estimate"] = estimate
    return made


def of_outcome(variable: str, family: str) -> Study:
    stated = {"variable": variable, "family": family, "better": "low"}
    return examples.study(analysis={**examples.study().analysis, "outcome": stated})


def test_numbers_of_the_trials_add_up_to_those_of_all() -> None:
    table = trials(examples.pooled(), examples.outcome(), study=examples.study())
    assert list(table.cells.columns) == [
        "Trial", "Randomised, EVT", "Randomised, Control", "Mediator measured", "Outcome known",
        "Analysed, EVT", "Analysed, Control",
    ]  # fmt: skip
    assert list(table.cells["Trial"]) == [*examples.TRIALS.values(), "All trials"]
    counts = numbers(table, 1)
    assert list(counts.iloc[:-1].sum()) == list(counts.iloc[-1])
    assert list(counts.iloc[0]) == [238, 271, 499, 509, 233, 266]
    assert not any("withheld" in note or "neither arm" in note for note in table.notes)


def test_a_trial_that_is_not_analysed_and_one_that_sent_its_result_have_rows() -> None:
    left_out = examples.outcome()[examples.outcome()["trial"] != "thrace"]
    said = examples.study(sent={"far": "FAR"})
    study = replace(said, analysis={**said.analysis, "sent": ["far"]})
    table = trials(examples.pooled(), left_out, study=study)
    rows = table.cells.set_index("Trial")
    assert list(rows.loc["THRACE"])[-2:] == ["0", "0"]
    assert list(rows.loc["FAR (result only)"]) == [""] * 6
    assert rows.index[-1] == "All trials"
    assert any(note.startswith("Result only: ") for note in table.notes)


def test_counts_of_few_are_dashes_and_other_arms_are_named() -> None:
    pooled = changed(examples.pooled(), math.nan, trial="piste", level="control")
    table = trials(pooled, examples.outcome(), study=examples.study())
    assert table.cells.set_index("Trial").loc["PISTE"].iloc[1] == "\N{EN DASH}"
    assert any("withheld" in note for note in table.notes)
    for excluded in (7.0, math.nan):
        other = changed(examples.pooled(), excluded, trial="all", level="excluded")
        table = trials(other, examples.outcome(), study=examples.study())
        assert table.notes[0].endswith(" all participants of a trial, those in neither arm among them.")


def test_one_trial_has_one_row_of_its_own_name() -> None:
    study = examples.study(trials={"mr_clean": "MR CLEAN"})
    pooled, found = (
        frame[frame["trial"].isin(["all", "mr_clean"])] for frame in (examples.pooled(), examples.outcome())
    )
    table = trials(pooled, found, study=study)
    assert list(table.cells["Trial"]) == ["MR CLEAN"]
    assert table.title == "The trial"
    counted = outcome(found, study=study)
    assert list(counted.cells["Trial"]) == ["MR CLEAN"] * 2
    assert counted.title == "Modified Rankin Scale at 90 days, by arm"


def test_levels_are_counted_by_code_and_add_up() -> None:
    table = outcome(examples.outcome(), study=examples.study())
    assert list(table.cells.columns) == ["Trial", "Arm", "n", *(f"{code}, n (%)" for code in range(7))]
    assert list(table.cells["Arm"]) == ["EVT", "Control"] * 8
    counts = numbers(table, 2)
    assert (counts.iloc[:, 1:].sum(axis=1) == counts["n"]).all()
    assert list(counts.iloc[:2].sum()) == list(counts.iloc[2:].sum())
    assert table.cells.iloc[2, 3] == "7 (3.0)"
    assert table.notes[0].startswith("Levels: 0, No symptoms; 1, No significant disability; ")


def test_levels_that_are_withheld_are_dashes() -> None:
    table = outcome(examples.withheld_levels(), study=examples.study())
    row = table.cells.iloc[2]
    assert [name for name in table.cells if row[name] == "\N{EN DASH}"] == ["0, n (%)", "5, n (%)"]
    assert any("withheld" in note for note in table.notes)
    whole = outcome(examples.outcome(), study=examples.study())
    assert not any("withheld" in note for note in whole.notes)


def test_eleven_levels_of_thirty_trials_are_all_there() -> None:
    study, found, _ = examples.eleven_levels()
    table = outcome(found, study=study)
    assert table.cells.shape == (62, 14)


@pytest.mark.parametrize("better", ["low", "high"])
def test_levels_stand_in_the_order_of_better_ones(better: str) -> None:
    said = of_outcome("mrs", "ordinal")
    study = replace(
        said, analysis={**said.analysis, "outcome": {**said.analysis["outcome"], "better": better}}
    )
    heads = list(outcome(examples.outcome(), study=study).cells.columns)[3:]
    assert heads == [f"{code}, n (%)" for code in (range(7) if better == "low" else range(6, -1, -1))]


def described(name: str, kind: str, values: list[float], *, minimum: int = 1) -> pd.DataFrame:
    """What a run says of an outcome of two trials, in each arm of which patients have these values."""
    groups = [(trial, arm) for trial in ("mr_clean", "escape") for arm in (0, 1)]
    rows = [(trial, arm, value) for trial, arm in groups for value in values]
    cohort = pd.DataFrame(rows, columns=["trial", "treatment", name])
    variables = {name: Variable(name=name, type=kind, label=name)}
    found = describe_outcome(cohort, variables=variables, outcome=name, minimum=minimum)
    return public_description(found, variables=variables, minimum=minimum)


def test_of_a_binary_outcome_the_event_is_counted() -> None:
    found = described("female", "binary", [1] * 10 + [0] * 30)
    table = outcome(found, study=of_outcome("female", "binary"))
    assert list(table.cells.columns) == ["Trial", "Arm", "n", "Yes, n (%)"]
    assert list(table.cells["Yes, n (%)"]) == ["20 (25.0)"] * 2 + ["10 (25.0)"] * 4
    assert list(table.cells["Trial"][::2]) == ["All trials", "MR CLEAN", "ESCAPE"]
    assert not any("Levels" in note for note in table.notes)
    few = described("female", "binary", [1] * 3 + [0] * 30, minimum=5)
    table = outcome(few, study=of_outcome("female", "binary"))
    assert set(table.cells["Yes, n (%)"][2:]) == {"\N{EN DASH}"}
    assert any("withheld" in note for note in table.notes)


def test_a_continuous_outcome_has_mean_and_quartiles() -> None:
    found = described("nihss", "continuous", [10.0, 14.0, 18.0, 22.0, 26.0])
    table = outcome(found, study=of_outcome("nihss", "continuous"))
    assert list(table.cells.iloc[2])[2:] == ["5", "18 (6.33)", "18 (14\N{EN DASH}22)"]
    assert list(table.cells.columns[-2:]) == ["Mean (SD)", "Median (IQR)"]
    assert table.title == "NIHSS at baseline, points, by trial and arm"
    assert table.notes[0] == "IQR, interquartile range; SD, standard deviation."

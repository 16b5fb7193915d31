"""The checks of each trial: what is heaped, uneven or too alike is notable, what chance makes is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ipdmediation.data.described import INTEGRITY_COLUMNS, arm_variable
from ipdmediation.data.description import describe_trials
from ipdmediation.data.disclosure import public_description
from ipdmediation.data.integrity import check_integrity
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config

VARIABLES = variables_from_config(
    {
        "pressure": {"type": "continuous", "label": "Pressure", "unit": "mmHg"},
        "glucose": {"type": "continuous", "label": "Glucose", "unit": "mg/dL"},
        "female": {"type": "binary", "label": "Female"},
    }
)


def pooled(seed: int = 1, sizes: tuple[int, ...] = (400, 400)) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = sum(sizes)
    return pd.DataFrame(
        {
            "trial": np.repeat([f"t{number}" for number in range(len(sizes))], sizes),
            "patient": [f"P{row}" for row in range(n)],
            "treatment": np.concatenate([rng.permutation(size) % 2 for size in sizes]).astype(float),
            "pressure": rng.normal(150, 25, n).round(),
            "glucose": rng.normal(120, 30, n).round(),
            "female": rng.integers(0, 2, n),
        }
    )


def checked(
    frame: pd.DataFrame, *, minimum: int = 5, converted: tuple[str, ...] = (), allocated: float = 0.5
) -> pd.DataFrame:
    patients = conform(frame, VARIABLES, excluded_arms=True)
    table = describe_trials(patients, variables=VARIABLES, minimum=minimum)
    counts = pd.DataFrame(
        [(trial, name) for trial in frame["trial"].unique() for name in VARIABLES],
        columns=["trial", "variable"],
    ).assign(recoded=0)
    found = check_integrity(
        patients,
        variables=VARIABLES,
        baseline=list(VARIABLES),
        counts=counts.assign(converted=counts["variable"].isin(converted).astype(int) * 9),
        distributions=public_description(
            table, variables=VARIABLES | {"treatment": arm_variable()}, minimum=minimum
        ),
        treated_shares=dict.fromkeys(frame["trial"].unique(), allocated),
        minimum=minimum,
    )
    assert list(found.columns) == list(INTEGRITY_COLUMNS)
    return found


def notable(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    return list(
        table.loc[table["notable"], ["trial", "check", "variable"]].itertuples(index=False, name=None)
    )


@pytest.mark.parametrize("seed", range(4))
def test_what_chance_makes_is_not_notable(seed: int) -> None:
    table = checked(pooled(seed))
    assert notable(table) == []
    assert table.groupby("check").size().to_dict() == {
        "allocation": 2,
        "baseline": 6,
        "baseline_together": 2,
        "last_digit": 4,
    }


def test_a_heaped_variable_is_found_in_its_trial() -> None:
    frame = pooled()
    heaped = (frame["trial"] == "t1") & (frame.index % 2 == 0)
    frame.loc[heaped, "glucose"] = (frame["glucose"] / 5).round() * 5
    table = checked(frame)
    assert notable(table) == [("t1", "last_digit", "glucose")]
    share = table.loc[table["notable"], "estimate"].item()
    inner = frame.loc[frame["trial"] == "t1", "glucose"]
    inner = inner[(inner > inner.min()) & (inner < inner.max())]
    assert share == pytest.approx(100 * (inner % 5 == 0).mean(), abs=0.01)


def test_a_slight_unevenness_of_very_many_values_is_not_notable() -> None:
    """The skewed shape of a distribution makes some, by itself."""
    frame = pooled(sizes=(40_000,))
    frame["glucose"] = np.random.default_rng(2).exponential(15, len(frame)).round()
    rows = checked(frame).query("check == 'last_digit' and variable == 'glucose'")
    assert rows["p_value"].item() < 1e-10
    assert not rows["notable"].item()


def test_what_was_converted_has_other_digits_than_the_file() -> None:
    table = checked(pooled(), converted=("glucose",))
    assert set(table.loc[table["check"] == "last_digit", "variable"]) == {"pressure"}


@pytest.mark.parametrize(("allocated", "other"), [(1 / 2, "t0"), (2 / 3, "t1")])
def test_the_allocation_is_held_against_its_ratio(allocated: float, other: str) -> None:
    """One trial was randomised two to one, the other one to one."""
    frame = pooled()
    frame.loc[frame["trial"] == "t0", "treatment"] = (np.arange(400) % 3 > 0).astype(float)
    table = checked(frame, allocated=allocated)
    assert notable(table) == [(other, "allocation", "treatment")]
    rows = table[table["check"] == "allocation"].set_index("trial")
    assert rows["expected"].tolist() == pytest.approx([100 * allocated] * 2, rel=1e-3)
    assert rows["estimate"].tolist() == pytest.approx([100 * 266 / 400, 50])
    tested = [stats.binomtest(treated, 400, allocated).pvalue for treated in (266, 200)]
    assert rows["p_value"].tolist() == pytest.approx(tested, rel=1e-3)


def test_no_allocation_where_a_count_of_the_arms_is_withheld() -> None:
    """Two patients in no compared arm: with the P value the withheld arm would follow, and with it they."""
    frame = pooled()
    frame.loc[:1, "treatment"] = np.nan
    table = checked(frame)
    assert set(table.loc[table["check"] == "allocation", "trial"]) == {"t1"}
    everybody = checked(frame, minimum=1)
    assert set(everybody.loc[everybody["check"] == "allocation", "trial"]) == {"t0", "t1"}


def test_arms_that_are_too_alike_and_arms_that_differ_are_notable() -> None:
    frame = pooled()
    own = frame["trial"] == "t0"
    pairs = frame[own].iloc[:200]
    copies = pd.concat([pairs.assign(treatment=0.0), pairs.assign(treatment=1.0)])
    frame.loc[own, ["treatment", *VARIABLES]] = copies[["treatment", *VARIABLES]].to_numpy()
    frame.loc[(frame["trial"] == "t1") & (frame["treatment"] == 1), "pressure"] += 10
    table = checked(
        frame, converted=("pressure", "glucose")
    )  # no digits: the copies double what chance makes
    assert notable(table) == [("t0", "baseline_together", ""), ("t1", "baseline", "pressure")]
    assert table.loc[table["check"] == "baseline_together", "estimate"].iloc[0] == 1


def test_a_sign_is_weighed_by_the_number_of_tests_of_its_kind() -> None:
    """P about .01 in one of two trials is notable, in one of eight it is not."""
    few, many = (pooled(sizes=sizes) for sizes in ((400,) * 2, (400,) * 8))
    for frame in (few, many):
        frame["treatment"] = (np.arange(len(frame)) % 2).astype(float)
        own = frame.index[frame["trial"] == "t0"]
        frame.loc[own, "treatment"] = (np.arange(400) < 226).astype(float)
    assert 0.05 / 8 < stats.binomtest(226, 400).pvalue < 0.05 / 2
    assert ("t0", "allocation", "treatment") in notable(checked(few))
    assert ("t0", "allocation", "treatment") not in notable(checked(many))


def test_too_few_patients_for_any_check_make_an_empty_table_of_the_same_columns() -> None:
    table = checked(pooled(sizes=(4, 4)))
    assert len(table) == 0

"""Public tables: no small cell, none that the others give away, and no number that is a patient's."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipdmediation.data.cohort import select_cohort
from ipdmediation.data.description import describe_baseline, describe_mediator, describe_outcome
from ipdmediation.data.disclosure import (
    hidden_cells,
    public_description,
    public_flow,
    public_quality,
    rounded,
)
from tests.unit.data.conftest import VARIABLES, a_cohort

NUMBERS = ["estimate", "ci_low", "ci_high"]


def test_by_hand_a_small_cell_takes_its_neighbours_along() -> None:
    """Levels 0, 1, 2 and their sum, of two arms and both: the 3 goes, and with it what would give it back."""
    counts = np.array([[3.0, 20, 30, 53], [9, 18, 25, 52], [12, 38, 55, 105]])
    place = np.arange(12).reshape(3, 4)
    hidden = hidden_cells(counts, [*place, *place.T], minimum=5)
    expected = [[True, True, False, False], [True, True, False, False], [False] * 4]
    assert hidden.tolist() == expected


def test_two_hidden_cells_of_one_patient_each_are_too_few_together() -> None:
    counts = np.array([1.0, 1, 40, 60, 102])
    assert hidden_cells(counts, [np.arange(5)], minimum=5).tolist() == [True, True, True, False, False]


def test_a_minimum_of_1_hides_nothing_and_0_is_nobody_s() -> None:
    counts = np.array([1.0, 0, 7, 8])
    assert not hidden_cells(counts, [np.arange(4)], minimum=1).any()
    assert hidden_cells(counts, [np.arange(4)], minimum=5).tolist() == [True, False, True, False]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 12), min_size=12, max_size=12), st.integers(2, 6))
def test_no_small_cell_can_be_had_from_the_others(numbers: list[int], minimum: int) -> None:
    """Of a table of 3 levels, 2 arms and 2 trials with all sums: no line determines what it hides."""
    inner = np.array(numbers).reshape(2, 2, 3).astype(float)
    counts = inner
    for axis in range(3):
        counts = np.concatenate([counts, counts.sum(axis=axis, keepdims=True)], axis=axis)
    place = np.arange(counts.size).reshape(counts.shape)
    lines = [
        line for axis in range(3) for line in np.moveaxis(place, axis, -1).reshape(-1, counts.shape[axis])
    ]
    hidden = hidden_cells(counts, lines, minimum=minimum)
    assert hidden[(counts > 0) & (counts < minimum)].all()
    for line in lines:
        there = hidden.ravel()[line]
        others = counts.ravel()[line][~there]
        if there.any() and (others > 0).any():
            assert there.sum() > 1
            assert counts.ravel()[line][there].sum() >= minimum


@pytest.mark.parametrize(
    ("value", "spread", "shown"),
    [(41.37, 90, 41), (14.25, 90, 14), (118.64, 90, 119), (5.123, 90, 5.1), (0.00123, 90, 0.001),
     (67.62, 13, 68), (37.442, 0.7, 37.4), (7.3812, 0.05, 7.38), (12345.6, 4000, 12300),
     (-41.37, 90, -41), (0.0, 1, 0.0)],
)  # fmt: skip
def test_digits_by_hand(value: float, spread: float, shown: float) -> None:
    assert rounded(value, spread=spread) == shown


@pytest.fixture(scope="module")
def cohort() -> pd.DataFrame:
    """One treated patient in trial t0, and values to all decimals."""
    full, _ = a_cohort(300, 5)
    rng = np.random.default_rng(1)
    kept = ~(
        (full["trial"] == "t0") & (full["treatment"] == 1) & (full["patient"] != full["patient"].iloc[0])
    )
    full.loc[0, ["trial", "treatment"]] = ["t0", 1]
    kept.iloc[0] = True
    cohort = full[kept].reset_index(drop=True)
    cohort["volume"] = rng.lognormal(3, 1, len(cohort))
    cohort["age"] = rng.uniform(40, 90, len(cohort))
    assert ((cohort["trial"] == "t0") & (cohort["treatment"] == 1)).sum() == 1
    return cohort


def described(cohort: pd.DataFrame, minimum: int = 5) -> dict[str, pd.DataFrame]:
    shared = {"variables": VARIABLES, "minimum": minimum}
    tables = {
        "baseline": describe_baseline(cohort, rows=["age", "female", "site"], **shared),
        "outcome": describe_outcome(cohort, outcome="mrs", **shared),
        "mediator": describe_mediator(cohort, mediator="volume", transform="log", offset=1, **shared),
    }
    return {name: public_description(table, **shared) for name, table in tables.items()}


def test_no_number_of_any_table_is_a_patient_s_value(cohort: pd.DataFrame) -> None:
    values = np.concatenate([cohort["volume"], cohort["age"]])
    for table in described(cohort).values():
        levels = pd.to_numeric(table["level"], errors="coerce")
        for numbers in (*(table[name] for name in NUMBERS), levels):
            known = numbers[(numbers != numbers.round()) & numbers.notna()].to_numpy()
            assert np.abs(known[:, None] - values).min(initial=1) > 1e-6
            for end in (cohort["volume"].min(), cohort["volume"].max()):
                assert not np.isclose(known, end, rtol=1e-4).any()


def test_curves_end_where_at_least_so_many_patients_lie_beyond(cohort: pd.DataFrame) -> None:
    density = described(cohort)["mediator"].query("statistic == 'density'")
    places = density["level"].astype(float)
    for beyond in (cohort["volume"] <= places.min(), cohort["volume"] >= places.max()):
        assert beyond.sum() >= 4  # rounded, an end may pass over one of them
    few = described(cohort.iloc[:30])["mediator"]
    assert few.query("statistic == 'density'").empty


def test_a_trial_with_one_patient_in_an_arm_shows_nothing_of_that_patient(cohort: pd.DataFrame) -> None:
    for name in ("outcome", "mediator"):
        table = described(cohort)[name].query("trial == 't0'")
        assert table.query("arm == 'treated'")[NUMBERS].isna().all(axis=None)
        assert table.query("arm == 'difference'")[NUMBERS].isna().all(axis=None)
        # Nor do the others give it away: all but the controls, or all but the other trials.
        assert table.query("arm == 'control'")[NUMBERS].isna().all(axis=None)
        others = described(cohort)[name].query("arm == 'treated' and trial != 'all' and statistic == 'n'")
        assert others["estimate"].isna().sum() == 2


def test_levels_that_are_hidden_take_what_follows_from_them_along() -> None:
    cohort, _ = a_cohort(200, 3)
    first = (cohort["trial"] == "t1") & (cohort["treatment"] == 0)
    cohort.loc[first, "mrs"] = np.where(np.arange(first.sum()) < 2, 0, 1 + np.arange(first.sum()) % 2)
    table = (
        described(cohort)["outcome"]
        .query("trial == 't1' and arm == 'control'")
        .set_index(["statistic", "level"])
    )
    hidden = table.loc["count"]["estimate"].isna()
    assert hidden["0"]
    assert hidden.sum() >= 2
    assert table.loc["percent"]["estimate"].isna().tolist() == hidden.tolist()
    assert np.isnan(table.loc[("cumulative_percent", "0"), "estimate"])
    assert table.loc[("cumulative_percent", "2"), "estimate"] == 100
    assert table.loc["mean"]["estimate"].isna().all()
    shown = described(cohort, minimum=1)["outcome"]
    assert shown.query("statistic == 'count'")["estimate"].notna().all()
    assert shown.query("statistic == 'mean'")["estimate"].notna().all()


@pytest.mark.parametrize(("patients", "shown"), [(4, False), (5, True)])
def test_one_patient_more_and_a_level_is_shown(patients: int, shown: bool) -> None:
    """As counts of both arms: 4 or 5 of either are dead, all others well."""
    cohort, _ = a_cohort(80, 2)
    cohort["mrs"] = cohort["mrs"].mask(cohort["mrs"].notna(), 0)
    for arm in (0, 1):
        cohort.loc[cohort.index[cohort["treatment"] == arm][:patients], "mrs"] = 2
    cohort["trial"] = "t0"
    rows = described(cohort)["outcome"].query("arm == 'control' and statistic == 'count' and level == '2'")
    assert rows["estimate"].notna().all() == shown
    assert len(rows) == 2


def test_a_rare_binary_value_is_hidden_either_way() -> None:
    cohort, _ = a_cohort(100, 4)
    for rare in (0, 1):
        cohort["female"] = cohort["female"].mask(cohort["female"].notna(), 1 - rare)
        control = cohort.index[cohort["treatment"] == 0]
        cohort.loc[control[:2], "female"] = rare
        cohort.loc[cohort.index[cohort["treatment"] == 1][:20], "female"] = rare
        found = (
            described(cohort)["baseline"]
            .query("variable == 'female'")
            .set_index(["arm", "statistic"])["estimate"]
        )
        assert found[[("control", "count"), ("control", "percent"), ("treated", "count")]].isna().all()
        assert found["difference", "smd"] != found["difference", "smd"]
        assert found["all", "count"] > 0


def a_flow(numbers: list[tuple[int, int]], kind: str = "eligibility") -> pd.DataFrame:
    """Exclude so many treated and controls, of 100 and 100, a step."""
    pooled = pd.DataFrame({"treatment": [1] * 100 + [0] * 100, "trial": "a", "x": 1.0})
    places, rules = {1: 0, 0: 100}, []
    variables = {"x": VARIABLES["volume"]}
    for step, by_arm in enumerate(numbers, start=1):
        for arm, count in zip((1, 0), by_arm, strict=True):
            pooled.loc[places[arm] : places[arm] + count - 1, "x"] = 100.0 + step
            places[arm] += count
        rules.append({"variable": "x", "none_of": [100.0 + step], "reason": f"step {step}"})
    flow = select_cohort(pooled, rules=rules, variables=variables).flow
    return flow.assign(kind=["randomised", *[kind] * len(numbers)])


def test_a_flow_by_hand() -> None:
    """2 treated leave in step 2: not what remains by arm after it nor the next exclusion gives them away."""
    public = public_flow(a_flow([(10, 10), (2, 12), (8, 9), (10, 7)]), minimum=5)
    treated = public[["excluded_treated", "remaining_treated"]].isna().to_numpy().tolist()
    assert treated == [[False, False], [False, False], [True, True], [True, False], [False, False]]
    assert public["remaining"].notna().all()
    assert public["excluded"].tolist() == [0, 20, 14, 17, 17]
    assert public.iloc[-1][["remaining", "remaining_treated", "remaining_control"]].tolist() == [132, 70, 62]
    assert public_flow(a_flow([(2, 1)]), minimum=1)["excluded_treated"].tolist() == [0, 2]


def test_counts_of_missing_values_stay() -> None:
    public = public_flow(a_flow([(2, 1)], kind="missing"), minimum=5)
    assert public[["excluded", "excluded_treated", "remaining"]].notna().all(axis=None)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=5))
def test_no_small_exclusion_follows_from_its_neighbours(numbers: list[tuple[int, int]]) -> None:
    """But for the sums: the first and the last number are always known."""
    exact = a_flow(numbers)
    public = public_flow(exact, minimum=5)
    kept = public.notna() & (public == exact)
    assert (kept | public.isna()).all(axis=None)
    for arm, step in product(("_treated", "_control"), range(1, len(exact))):
        count = exact[f"excluded{arm}"].iloc[step]
        if not 0 < count < 5:
            continue
        assert pd.isna(public[f"excluded{arm}"].iloc[step])
        ends = public[f"remaining{arm}"].iloc[[step - 1, step]]
        if ends.notna().all():  # nobody else left that could hide them
            assert exact[f"excluded{arm}"].drop(index=step).sum() == 0


def counts(**numbers: int) -> pd.DataFrame:
    none = dict.fromkeys(
        ("missing", "missing_coded", "recoded", "converted", "incomplete", "out_of_range"), 0
    )
    return pd.DataFrame([{"trial": "a", "variable": "age", "n": 90} | none | numbers])


QUALITY = {
    # 7 missing: 3 out of range, and 4 by a code or blank, which would say that.
    "few out of range": (
        {"missing": 7, "missing_coded": 4, "out_of_range": 3},
        {"missing_coded", "out_of_range"},
    ),
    "and many blank": ({"missing": 30, "missing_coded": 4, "out_of_range": 3}, {"out_of_range"}),
    "many out of range": ({"missing": 9, "missing_coded": 4, "out_of_range": 5}, set()),
    "only missing": ({"missing": 2, "missing_coded": 1}, set()),
    "few beyond a limit of detection": ({"recoded": 4, "converted": 90}, {"recoded"}),
    "few completed stamps": ({"incomplete": 1, "converted": 3}, {"incomplete", "converted"}),
}


@pytest.mark.parametrize("case", QUALITY)
def test_what_harmonising_did_to_few_is_not_counted_nor_what_gives_it_away(case: str) -> None:
    given, hidden = QUALITY[case]
    made = counts(**given)
    public = public_quality(made, minimum=5)
    assert {name for name in public if public[name].isna().any()} == hidden
    shown = [name for name in made if name not in hidden]
    assert public[shown].to_numpy().tolist() == made[shown].to_numpy().tolist()
    assert public_quality(made, minimum=1).notna().all(axis=None)

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipdmediation.data.cohort import (
    FLOW_COLUMNS,
    select_cohort,
    warn_of_mixed_trials,
    with_reasons,
    without_reasons,
)
from ipdmediation.data.errors import CohortError, CohortWarning, ContractError
from ipdmediation.data.missing import MissingData
from ipdmediation.data.pooling import pool_trials
from ipdmediation.data.schema import check_contract, conform, harmonised_schema
from ipdmediation.data.variables import Variable
from tests.unit.data.conftest import VARIABLES


def a_trial(trial: str, rows: int, rng: np.random.Generator, missing: float = 0.2) -> pd.DataFrame:
    def column(values: Any) -> pd.Series[Any]:
        return pd.Series(values, dtype="object").mask(pd.Series(rng.random(rows) < missing), None)

    return conform(
        pd.DataFrame(
            {
                "trial": trial,
                "patient": [f"{row}" for row in range(rows)],
                "treatment": [row % 2 for row in range(rows)],
                "age": column(rng.uniform(18, 100, rows)),
                "female": column(rng.integers(0, 2, rows)),
                "delay": column(rng.uniform(0, 24, rows)),
                "site": column(rng.choice(["m1", "ica", "none"], rows)),
                "volume": column(rng.lognormal(3, 1, rows).clip(0, 900)),
                "mrs": column(rng.integers(0, 3, rows)),
            }
        ),
        VARIABLES,
    )


@pytest.fixture
def pooled(variables: dict[str, Variable]) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pool_trials([a_trial("a", 60, rng), a_trial("b", 40, rng)], variables=variables)


RULES: list[dict[str, Any]] = [
    {"variable": "site", "none_of": ["none"], "reason": "No occlusion"},
    {"variable": "age", "between": [None, 90], "reason": "Too old"},
    {"variable": "mrs", "one_of": [0, 1], "reason": "Dead or unknown"},
    {"variable": "volume", "measured": True, "reason": "No volume"},
    {"variable": "delay", "between": [1, 20], "missing": "keep", "reason": "Late"},
    {"variable": "trial", "none_of": ["b"], "reason": "Trial b"},
]


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    rules=st.lists(st.sampled_from(RULES), max_size=6),
)
def test_the_flow_adds_up(seed: int, rules: list[dict[str, Any]]) -> None:
    rng = np.random.default_rng(seed)
    frame = pool_trials([a_trial("a", 80, rng, missing=0.05), a_trial("b", 80, rng)], variables=VARIABLES)
    cohort = select_cohort(frame, variables=VARIABLES, rules=rules)
    flow = cohort.flow
    assert tuple(flow.columns) == FLOW_COLUMNS
    assert flow["step"].tolist() == list(range(len(rules) + 1))
    assert flow["remaining"].iloc[0] == len(frame)
    assert flow["remaining"].iloc[-1] == len(cohort.frame)
    for part in ("", "_treated", "_control"):
        assert (
            flow[f"excluded{part}"].sum() + flow[f"remaining{part}"].iloc[-1]
            == flow[f"remaining{part}"].iloc[0]
        )
    for count in ("excluded", "remaining"):
        assert (flow[count] == flow[f"{count}_treated"] + flow[f"{count}_control"]).all()
    assert (cohort.frame.dtypes == frame.dtypes).all()
    # Rules applied once more exclude nobody.
    assert (select_cohort(cohort.frame, variables=VARIABLES, rules=rules).flow["excluded"] == 0).all()


def test_each_rule_keeps_whom_it_says(pooled: pd.DataFrame) -> None:
    def kept(**rule: Any) -> pd.DataFrame:
        return select_cohort(pooled, variables=VARIABLES, rules=[{"reason": "r", **rule}]).frame

    assert kept(variable="age", between=[30, 60])["age"].between(30, 60).all()
    assert (
        kept(variable="age", between=[30, None], missing="keep")["age"].isna().sum()
        == pooled["age"].isna().sum()
    )
    assert set(kept(variable="site", one_of=["m1"])["site"]) == {"m1"}
    assert kept(variable="site", none_of=["m1"])["site"].isna().sum() == pooled["site"].isna().sum()
    assert kept(variable="site", none_of=["m1"], missing="exclude")["site"].notna().all()
    assert set(kept(variable="mrs", one_of=[2])["mrs"]) == {2}
    assert kept(variable="volume", measured=True)["volume"].notna().all()
    assert set(kept(variable="trial", none_of=["a"])["trial"]) == {"b"}
    assert set(kept(variable="trial", one_of=["a"])["trial"]) == {"a"}


def test_bounds_are_inclusive(pooled: pd.DataFrame) -> None:
    low, high = pooled["age"].min(), pooled["age"].max()
    rule = {"variable": "age", "between": [low, high], "reason": "r"}
    assert len(select_cohort(pooled, variables=VARIABLES, rules=[rule]).frame) == pooled["age"].notna().sum()


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"variable": "x", "measured": True}, "no variable 'x'"),
        ({"variable": "site", "one_of": ["m7"]}, "no level 'm7'; allowed: m1, ica, none"),
        ({"variable": "mrs", "none_of": [6]}, "no level 6; allowed: 0, 1, 2"),
        ({"variable": "site", "between": [0, 1]}, "is categorical"),
        (
            {"variable": "age", "between": [200, 300]},
            "leaves no patient in arm 'control': of 50 randomised, .* 50",
        ),
        ({"variable": "age"}, "exactly one of"),
        ({"variable": "age", "between": [0, 1], "measured": True}, "exactly one of"),
    ],
)
def test_a_rule_that_cannot_be_is_named(pooled: pd.DataFrame, rule: dict[str, Any], message: str) -> None:
    rule["reason"] = "Because"
    with pytest.raises(CohortError, match=rf"rule 1 \('Because'.*{message}"):
        select_cohort(pooled, variables=VARIABLES, rules=[rule])


def test_an_empty_trial_or_arm_is_a_warning(pooled: pd.DataFrame) -> None:
    pooled.loc[pooled["trial"] == "b", "mrs"] = 2
    with pytest.warns(CohortWarning, match="trial 'b' has no eligible patient"):
        select_cohort(pooled, variables=VARIABLES, rules=[RULES[2]])
    pooled.loc[(pooled["trial"] == "a") & (pooled["treatment"] == 1), "mrs"] = 2
    pooled.loc[pooled["trial"] == "b", "mrs"] = 1
    with pytest.warns(CohortWarning, match="trial 'a' has no eligible patient in arm 'treated'"):
        select_cohort(pooled, variables=VARIABLES, rules=[RULES[2]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        select_cohort(pooled, variables=VARIABLES, rules=[])


def test_a_trial_with_one_arm_is_a_warning_and_its_other_arm_is_not_called_empty(
    pooled: pd.DataFrame,
) -> None:
    pooled = pooled[(pooled["trial"] != "b") | (pooled["treatment"] == 1)]
    with pytest.warns(CohortWarning) as found:
        select_cohort(pooled, variables=VARIABLES, rules=[])
    (warning,) = found
    assert str(warning.message).startswith("trial 'b' has patients in arm 'treated' only")
    assert warning.message.kind == "one_arm_trial"


def test_who_is_in_no_compared_arm_leaves_first_and_counts_in_neither_arm(pooled: pd.DataFrame) -> None:
    pooled = pooled.astype({"treatment": "Int8"})
    third = (pooled["trial"] == "a") & (np.arange(len(pooled)) % 3 == 0)
    pooled.loc[third, "treatment"] = pd.NA
    cohort = select_cohort(pooled, variables=VARIABLES, rules=RULES[3:4], missing=COMPLETE)
    assert cohort.flow["kind"].tolist() == ["randomised", "arm", "eligibility", "missing"]
    assert cohort.flow["step"].tolist() == [0, 1, 2, 3]
    first, second = cohort.flow.iloc[0], cohort.flow.iloc[1]
    assert first["remaining"] == len(pooled)
    assert first["remaining_treated"] + first["remaining_control"] == len(pooled) - third.sum()
    assert second[["excluded", "excluded_treated", "excluded_control"]].tolist() == [third.sum(), 0, 0]
    assert cohort.frame["treatment"].dtype == "int8"


def test_a_trial_without_a_compared_arm_is_a_warning(pooled: pd.DataFrame) -> None:
    pooled = pooled.astype({"treatment": "Int8"})
    pooled.loc[pooled["trial"] == "b", "treatment"] = pd.NA
    with pytest.warns(CohortWarning, match="trial 'b' has no eligible patient$"):
        select_cohort(pooled, variables=VARIABLES, rules=[])


def test_an_arm_that_no_trial_has_is_an_error(pooled: pd.DataFrame) -> None:
    with pytest.raises(
        CohortError, match="no trial has a patient in arm 'control'; in the other arm are a 30, b 20: see"
    ):
        select_cohort(pooled[pooled["treatment"] == 1], variables=VARIABLES, rules=[])


def test_several_trials_that_are_not_told_apart_are_a_warning(pooled: pd.DataFrame) -> None:
    with pytest.warns(CohortWarning, match="the 2 trials are not told apart"):
        warn_of_mixed_trials(pooled, trial_effects="none")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_mixed_trials(pooled, trial_effects="fixed")
        warn_of_mixed_trials(pooled[pooled["trial"] == "a"], trial_effects="none")


NEEDED = {"covariates": "age + C(site)", "mediator": "volume", "outcome": "mrs", "variables": VARIABLES}
COMPLETE = MissingData.of(method="complete_case", **NEEDED)
IMPUTED = MissingData.of(method="impute", **NEEDED)


@pytest.mark.filterwarnings("ignore::ipdmediation.data.errors.CohortWarning")
@pytest.mark.parametrize("rules", [[], RULES[:2], RULES])
def test_complete_cases_are_the_last_step_of_the_flow(
    pooled: pd.DataFrame, rules: list[dict[str, Any]]
) -> None:
    eligible = select_cohort(pooled, variables=VARIABLES, rules=rules).frame
    cohort = select_cohort(pooled, variables=VARIABLES, rules=rules, missing=COMPLETE)
    needed = ["age", "site", "volume", "mrs"]
    assert cohort.frame.equals(eligible.dropna(subset=needed).reset_index(drop=True))
    assert cohort.flow["kind"].tolist() == ["randomised", *["eligibility"] * len(rules), "missing"]
    last = cohort.flow.iloc[-1]
    assert last["reason"] == "A variable of the models missing"
    assert last["excluded"] == len(eligible) - len(cohort.frame) > 0
    assert last["remaining"] == len(cohort.frame)
    # Somebody may lack two of them.
    lacking = eligible[needed].isna().sum()
    all_trials = cohort.missing[cohort.missing["trial"] == "all"].set_index("variable")
    assert all_trials["missing"].to_dict() == lacking[lacking > 0].to_dict()
    assert set(all_trials["n"]) == {len(eligible)}
    assert set(cohort.missing["handled"]) == {"excluded"}


def test_the_step_of_complete_cases_is_shown_where_nobody_leaves(pooled: pd.DataFrame) -> None:
    full = pooled.dropna()
    cohort = select_cohort(full, variables=VARIABLES, rules=[], missing=COMPLETE)
    assert cohort.flow["excluded"].tolist() == [0, 0]
    assert cohort.missing.empty
    assert select_cohort(full, variables=VARIABLES, rules=[], missing=IMPUTED).flow["step"].tolist() == [0]


def test_with_imputation_only_who_has_no_outcome_leaves(pooled: pd.DataFrame) -> None:
    cohort = select_cohort(pooled, variables=VARIABLES, rules=[], missing=IMPUTED)
    unknown = int(pooled["mrs"].isna().sum())
    assert cohort.flow.iloc[-1][["kind", "reason", "excluded"]].tolist() == [
        "missing",
        "Outcome unknown",
        unknown,
    ]
    assert len(cohort.frame) == len(pooled) - unknown
    assert cohort.frame["volume"].isna().any()
    rows = cohort.missing.set_index(["variable", "trial"])
    assert rows.loc[("mrs", "all")].tolist() == [len(pooled), unknown, "excluded"]
    for trial, patients in [("all", cohort.frame), *cohort.frame.groupby("trial")]:
        for name in ("age", "site", "volume"):
            expected = [len(patients), patients[name].isna().sum(), "imputed"]
            assert rows.loc[(name, trial)].tolist() == expected


def test_a_trial_without_a_complete_case_is_a_warning_and_an_arm_without_an_error(
    pooled: pd.DataFrame,
) -> None:
    full = pooled.dropna().copy()
    full.loc[full["trial"] == "b", "age"] = np.nan
    with pytest.warns(CohortWarning, match="trial 'b' has no patient with every value needed$"):
        select_cohort(full, variables=VARIABLES, rules=[], missing=COMPLETE)
    full.loc[full["treatment"] == 1, "age"] = np.nan
    with pytest.raises(
        CohortError, match=r"eligible patients: age: \d+.* leaves no patient in arm 'treated'"
    ):
        select_cohort(full, variables=VARIABLES, rules=[], missing=COMPLETE)


def test_pooling_refuses_what_comes_twice(variables: dict[str, Variable]) -> None:
    trial = a_trial("a", 10, np.random.default_rng(1))
    with pytest.raises(ContractError, match="trials 'a' come in more than one frame"):
        pool_trials([trial, trial], variables=variables)
    with pytest.raises(ContractError, match="no trial"):
        pool_trials([], variables=variables)
    trial.loc[1, "patient"] = "0"
    with pytest.raises(ContractError, match=r"rows 1, 2 share an id"):
        pool_trials([trial], variables=variables)


def test_parquet_keeps_what_conform_restores(
    pooled: pd.DataFrame, variables: dict[str, Variable], tmp_path: Any
) -> None:
    pooled.to_parquet(tmp_path / "pooled.parquet", index=False)
    pd.testing.assert_frame_equal(conform(pd.read_parquet(tmp_path / "pooled.parquet"), variables), pooled)
    pooled.to_csv(tmp_path / "pooled.csv", index=False)
    from_text = pd.read_csv(tmp_path / "pooled.csv", dtype={"patient": "str", "site": "str"})
    pd.testing.assert_frame_equal(conform(from_text, variables), pooled)


def test_conform_keeps_columns_it_does_not_know(pooled: pd.DataFrame, variables: dict[str, Variable]) -> None:
    assert list(conform(pooled.assign(imputation=1), variables))[-1] == "imputation"


@pytest.mark.parametrize(
    ("column", "value", "parts"),
    [
        ("age", 300.0, ["'age'", "1 rows", "300.0", "from 18 to 105 year"]),
        ("age", np.inf, ["'age'", "finite"]),
        ("mrs", 7, ["'mrs'", "7", "allowed: 0, 1, 2"]),
        ("female", 2, ["'female'", "2", "allowed: 0, 1"]),
        ("treatment", 3, ["'treatment'", "3", "0 control, 1 treated"]),
        ("patient", "", ["'patient'"]),
    ],
)
def test_the_contract_names_what_breaks_it(
    pooled: pd.DataFrame, variables: dict[str, Variable], column: str, value: Any, parts: list[str]
) -> None:
    pooled.loc[4, column] = value
    with pytest.raises(ContractError) as error:
        check_contract(pooled, variables, file="a.parquet")
    for part in ["a.parquet", *parts]:
        assert part in str(error.value)


def test_the_contract_names_a_wrong_column_or_dtype(
    pooled: pd.DataFrame, variables: dict[str, Variable]
) -> None:
    with pytest.raises(ContractError, match=r"a\.parquet.*\n.*extra"):
        check_contract(pooled.assign(extra=1), variables, file="a.parquet")
    with pytest.raises(ContractError, match=r"a\.parquet.*\n.*float64"):
        check_contract(pooled.assign(age="x"), variables, file="a.parquet")
    with pytest.raises(ContractError, match=r"'site'.*1 row holds 'm9'; allowed: m1, ica, none"):
        conform(pooled.assign(site=pooled["site"].astype("str").where(pooled.index != 3, "m9")), variables)
    with pytest.raises(ContractError, match="'mrs' are missing"):
        conform(pooled.drop(columns="mrs"), variables)


def test_every_column_has_a_sentence(variables: dict[str, Variable]) -> None:
    for column in harmonised_schema(variables).columns.values():
        assert column.description
        assert column.description.endswith(".")


def test_an_arm_that_is_not_compared_is_a_step_of_the_flow(
    pooled: pd.DataFrame, variables: dict[str, Variable]
) -> None:
    third = pooled.assign(treatment=pooled["treatment"].astype("Int8"))
    third.loc[::5, "treatment"] = pd.NA
    left = third["treatment"].isna()
    rules = [{"variable": "age", "measured": True, "reason": "Age unknown"}]
    with pytest.raises(ContractError):
        conform(third, variables)
    again = pool_trials([part for _, part in third.groupby("trial")], variables=variables)
    assert again["treatment"].dtype == "Int8"
    cohort = select_cohort(again, rules=rules, variables=variables)
    flow = cohort.flow
    assert flow["reason"].tolist() == ["Randomised", "Not in a compared arm", "Age unknown"]
    assert flow["step"].tolist() == [0, 1, 2]
    assert flow["remaining"][0] == len(pooled)
    assert flow["remaining_treated"][0] + flow["remaining_control"][0] == (~left).sum()
    assert flow.loc[1, ["excluded", "excluded_treated", "excluded_control"]].tolist() == [left.sum(), 0, 0]
    assert (flow["remaining"].shift(1) - flow["excluded"])[1:].tolist() == flow["remaining"][1:].tolist()
    assert flow["remaining"].iloc[-1] == len(cohort.frame)
    assert cohort.frame["treatment"].dtype == "int8"
    compared = select_cohort(
        conform(again[~again["treatment"].isna()], variables), rules=rules, variables=variables
    )
    pd.testing.assert_frame_equal(cohort.frame, compared.frame)
    assert compared.flow["reason"].tolist() == ["Randomised", "Age unknown"]


def test_an_empty_arm_is_blamed_on_every_step_that_emptied_it(pooled: pd.DataFrame) -> None:
    treated = pooled.index[pooled["treatment"] == 1]
    pooled["age"] = 50.0
    pooled.loc[treated, "age"] = 90.0
    pooled.loc[treated[:2], "age"] = 30.0
    rules: list[dict[str, Any]] = [
        {"variable": "age", "between": [None, 80], "reason": "Old"},
        {"variable": "age", "measured": True, "reason": "Age unknown"},
        {"variable": "age", "between": [40, None], "reason": "Young"},
    ]
    said = f"of {len(treated)} randomised, excluded were {len(treated) - 2} by 'Old', 2 by 'Young'"
    with pytest.raises(CohortError, match=f"rule 3 .* leaves no patient in arm 'treated': {said}"):
        select_cohort(pooled, rules=rules, variables=VARIABLES)


def test_reasons_are_no_part_of_the_steps_and_come_back_in_their_order(
    pooled: pd.DataFrame, variables: dict[str, Variable]
) -> None:
    def flow(rules: list[dict[str, Any]]) -> pd.DataFrame:
        missing = MissingData(required=("age",), reason="Age unknown", always_shown=True)
        return select_cohort(pooled, rules=rules, variables=variables, missing=missing).flow

    stated = flow(RULES)
    renamed = flow([{**rule, "reason": f"{number}"} for number, rule in enumerate(RULES)])
    pd.testing.assert_frame_equal(without_reasons(stated), without_reasons(renamed))
    assert without_reasons(stated)["reason"].tolist() == ["Randomised", *[""] * len(RULES), "Age unknown"]
    named = with_reasons(without_reasons(renamed), [rule["reason"] for rule in RULES])
    pd.testing.assert_frame_equal(named, stated)
    with pytest.raises(ValueError, match="equal len"):
        with_reasons(stated, ["one"])

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipdmediation.data.errors import ImputationError, ImputationWarning
from ipdmediation.data.imputation import _match, impute
from ipdmediation.data.schema import check_contract
from tests.unit.data.conftest import TARGETS, VARIABLES, a_cohort

PREDICTORS = ["age", "female", "delay", "site", "volume", "mrs"]


def completed(cohort: pd.DataFrame, seed: int = 1, **options: Any) -> pd.DataFrame:
    settings_ = {"imputations": 3, "iterations": 3, "donors": 5, "targets": TARGETS, "predictors": PREDICTORS}
    return impute(cohort, variables=VARIABLES, rng=np.random.default_rng(seed), **(settings_ | options))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000), n=st.integers(40, 200), donors=st.integers(1, 8))
def test_every_hole_is_filled_and_nothing_else_is_touched(seed: int, n: int, donors: int) -> None:
    _, cohort = a_cohort(n, seed)
    result = completed(cohort, seed, donors=donors)
    assert result["imputation"].tolist() == [number for number in range(3) for _ in range(n)]
    for _, one in result.groupby("imputation"):
        one_set = one.drop(columns="imputation").reset_index(drop=True)
        check_contract(one_set, VARIABLES, file="imputed")
        assert (one_set.dtypes == cohort.dtypes).all()
        assert one_set[TARGETS].notna().all().all()
        known = cohort.notna()
        pd.testing.assert_frame_equal(one_set.where(known), cohort.where(known))
        for name in TARGETS:
            for arm in (0, 1):
                donors_of = set(cohort.loc[cohort["treatment"] == arm, name].dropna())
                assert set(one_set.loc[one_set["treatment"] == arm, name]) <= donors_of


def test_the_same_stream_gives_the_same_data_and_more_imputations_keep_the_earlier() -> None:
    _, cohort = a_cohort(120, 3)
    first = completed(cohort)
    pd.testing.assert_frame_equal(first, completed(cohort))
    more = completed(cohort, imputations=5)
    pd.testing.assert_frame_equal(more[more["imputation"] < 3].reset_index(drop=True), first)
    assert not completed(cohort, seed=2).equals(first)
    sets = [one[TARGETS].reset_index(drop=True) for _, one in first.groupby("imputation")]
    assert not sets[0].equals(sets[1])


def test_a_complete_cohort_is_one_data_set() -> None:
    full, _ = a_cohort(60, 4)
    result = completed(full)
    assert (result["imputation"] == 0).all()
    pd.testing.assert_frame_equal(result.drop(columns="imputation"), full)


def test_what_is_missing_at_random_is_recovered() -> None:
    """The mean of the observed is biased, since the old and ill are missing; that of the imputed is not."""
    full, cohort = a_cohort(6000, 5, share=0.35)
    result = completed(cohort, imputations=5, iterations=5)
    for name in ("age", "female"):
        truth = full[name].astype("float64")
        error = truth.std() / np.sqrt(len(truth))
        observed = cohort[name].dropna().astype("float64").mean()
        imputed = result[name].astype("float64").mean()
        assert abs(observed - truth.mean()) > 2 * error
        assert abs(imputed - truth.mean()) < 2 * error
    truth, observed = (frame["site"].dropna().eq("ica").mean() for frame in (full, cohort))
    assert abs(result["site"].eq("ica").mean() - truth) < abs(observed - truth) / 3
    # The association with the outcome survives.
    slopes = [np.polyfit(one["mrs"].astype(float), one["age"], 1)[0] for one in (full, result)]
    assert slopes[1] == pytest.approx(slopes[0], rel=0.1)


def test_imputations_are_spread_as_far_as_their_uncertainty() -> None:
    """The variance of a mean between imputations agrees with theory, for a value missing at random."""
    rng = np.random.default_rng(6)
    full, _ = a_cohort(600, 6)
    cohort = full.copy()
    cohort.loc[rng.random(600) < 0.4, "delay"] = None
    result = completed(cohort, targets=["delay"], predictors=["age"], imputations=60, donors=5)
    between = result.groupby("imputation")["delay"].mean().var()
    share = cohort["delay"].isna().mean()
    # Rubin: a mean of independent draws has between-variance share^2 (s2/m + s2/r).
    missing, known = share * 600, (1 - share) * 600
    expected = share**2 * full["delay"].var() * (1 / missing + 1 / known)
    assert 0.5 < between / expected < 1.6


def test_a_trial_that_did_not_record_a_variable_is_imputed_from_the_others() -> None:
    _, cohort = a_cohort(300, 7)
    cohort.loc[cohort["trial"] == "t1", "age"] = np.nan
    with pytest.warns(ImputationWarning, match="'age' is known of nobody in trial 't1': all its 100 values"):
        result = completed(cohort)
    filled = result.loc[result["trial"] == "t1", "age"]
    assert filled.notna().all()
    assert filled.mean() == pytest.approx(cohort["age"].mean(), abs=3)


def test_nothing_to_impute_leaves_the_cohort_as_it_is() -> None:
    """So it is with complete cases: the other patients left before."""
    _, cohort = a_cohort(60, 12)
    result = completed(cohort, targets=[], predictors=[])
    pd.testing.assert_frame_equal(result.drop(columns="imputation"), cohort)
    assert (result["imputation"] == 0).all()


def test_a_constant_level_and_one_trial_are_no_trouble() -> None:
    _, cohort = a_cohort(80, 8, trials=1)
    cohort["female"] = cohort["female"].mask(cohort["female"].notna(), 1)
    result = completed(cohort, scales={"volume": np.log1p})
    assert (result["female"] == 1).all()


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"targets": ["x"]}, "no variable 'x'"),
        ({}, {"targets": ["age"]}, "predictor 'female' is missing in .* of 80 rows and is no target"),
        ({"age": np.nan}, {}, "target 'age' is missing in all .* rows of arm 'control'"),
    ],
)
def test_what_cannot_be_imputed_is_named(
    change: dict[str, Any], options: dict[str, Any], message: str
) -> None:
    _, cohort = a_cohort(80, 9)
    with pytest.raises(ImputationError, match=message):
        completed(cohort.assign(**change), **options)


def test_ten_imputations_of_a_large_cohort_take_seconds() -> None:
    _, cohort = a_cohort(1665, 11, share=0.1, trials=7)
    start = time.perf_counter()
    completed(cohort, imputations=10, iterations=10)
    # Generous: the aim is 5 s, a busy machine may need more.
    assert time.perf_counter() - start < 15


def on_a_line(slope: float, *, noise: float, at: tuple[float, ...]) -> tuple[pd.DataFrame, pd.Series]:
    """Return 100 controls of whom the delay is known and lies along the age, and one more at each place.

    The second is the place of each known delay, from -3 to 3.
    """
    rng = np.random.default_rng(8)
    place = np.linspace(-3, 3, 100)
    full, _ = a_cohort(100 + len(at), 1, trials=1)
    full["treatment"] = pd.array([0] * len(full), dtype="int8")
    full["age"] = 60 + 10 * np.concatenate([place, at])
    delay = 10 + slope * place + noise * rng.normal(size=100)
    full["delay"] = [*delay, *[np.nan] * len(at)]
    return full, pd.Series(place, index=delay)


def test_each_imputation_draws_slope_and_intercept() -> None:
    """Patients at -2 and 2 are given the delays of those whom a drawn line takes there.

    Where their donors stand, the distance between them moves by 2 * 2 SE(slope) / slope, and their middle by
    SE(intercept) / slope: by the residual SD over the root of 100 * 3.06, and over that of 100.
    """
    cohort, places = on_a_line(1.5, noise=1.0, at=(-2.0, 2.0))
    result = completed(cohort, targets=["delay"], predictors=["age"], imputations=400, donors=1)
    filled = result["delay"].to_numpy().reshape(400, -1)[:, -2:]
    left, right = (np.array([places[value] for value in column]) for column in filled.T)
    known = cohort.iloc[:100]
    slope, intercept = np.polyfit(places.to_numpy(), known["delay"], 1)
    residual = np.sqrt(np.sum((known["delay"] - intercept - slope * places.to_numpy()) ** 2) / 98)
    spread = np.sqrt(np.sum(places.to_numpy() ** 2))
    # Places lie 0.06 apart, which adds a little; 400 draws tell a standard deviation to 7 % (two errors).
    assert np.std(right - left) == pytest.approx(4 * residual / spread / slope, rel=0.2)
    assert np.std((left + right) / 2) == pytest.approx(residual / 10 / slope, rel=0.2)


def test_every_donor_is_drawn_equally_often_the_farthest_too() -> None:
    """Nothing is uncertain: the 3 nearest of 600 patients at the lower end are always the same."""
    cohort, places = on_a_line(1.5, noise=0.0, at=(-3.0,) * 600)
    result = completed(cohort, targets=["delay"], predictors=["age"], imputations=1, donors=3)
    drawn = places[result["delay"].iloc[100:]].round(6).value_counts()
    assert sorted(drawn.index) == places.iloc[:3].round(6).tolist()
    assert drawn.min() > 160  # of 200 each, with a standard deviation of 12


@pytest.mark.parametrize(("targets", "cycles"), [(["age", "delay"], 4), (["delay"], 1)])
def test_so_many_cycles_are_run(targets: list[str], cycles: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One match per variable, cycle, arm and imputation; with one incomplete variable no second cycle."""
    calls = []

    def counted(*arguments: Any, **options: Any) -> Any:
        calls.append(options["donors"])
        return _match(*arguments, **options)

    monkeypatch.setattr("ipdmediation.data.imputation._match", counted)
    _, cohort = a_cohort(80, 2)
    full = [name for name in PREDICTORS if name in ("volume", "mrs")]
    completed(cohort, targets=targets, predictors=full, imputations=3, iterations=4, donors=2)
    assert calls == [2] * (3 * 2 * len(targets) * cycles)

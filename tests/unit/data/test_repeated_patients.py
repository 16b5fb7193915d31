"""A patient who may be in the data twice is said; patients who only resemble each other are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import pool_trials
from ipdmediation.data.errors import PoolingWarning
from ipdmediation.data.repeated_patients import repeated_patients
from ipdmediation.data.schema import conform, in_canonical_order
from ipdmediation.data.variables import variables_from_config

DECLARED = {
    "age": {"type": "continuous", "label": "Age", "unit": "year"},
    "delay": {"type": "continuous", "label": "Delay", "unit": "hour"},
    "volume": {"type": "continuous", "label": "Volume", "unit": "mL"},
    "nihss": {"type": "continuous", "label": "NIHSS", "unit": "point"},
    "side": {"type": "categorical", "label": "Side", "levels": {"l": "Left", "r": "Right"}},
    "mrs": {"type": "ordinal", "label": "mRS", "levels": {0: "a", 1: "b", 2: "c"}},
}
VARIABLES = variables_from_config(DECLARED)


def trials(*sizes: int, seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = sum(sizes)
    return pd.DataFrame(
        {
            "trial": np.repeat([f"t{number}" for number in range(len(sizes))], sizes),
            "patient": [f"P{number}" for number in range(n)],
            "age": rng.normal(68, 10, n).round(),
            "delay": rng.gamma(4, 0.8, n).round(2),
            "volume": rng.lognormal(3, 1, n).round(1),
            "nihss": rng.integers(2, 30, n).astype(float),
            "side": pd.Categorical(rng.choice(["l", "r"], n)),
            "mrs": pd.array(rng.integers(0, 3, n), dtype="Int8"),
        }
    )


def copied(frame: pd.DataFrame, *rows: tuple[int, int]) -> pd.DataFrame:
    """Give the second patient of each pair the values of the first."""
    for one, other in rows:
        frame.loc[other, list(VARIABLES)] = frame.loc[one, list(VARIABLES)]
    return frame


def said(frame: pd.DataFrame) -> list[str]:
    return [str(notice) for notice in repeated_patients(frame, VARIABLES)]


@pytest.mark.parametrize("seed", range(5))
def test_patients_of_a_hundred_trials_are_not_suspected(seed: int) -> None:
    assert said(trials(*[30] * 100, seed=seed)) == []


def test_one_patient_in_two_trials_is_said_without_a_small_count_or_an_id() -> None:
    (line,) = said(copied(trials(100, 100), (5, 150)))
    assert line.startswith("trials 't0' and 't1': fewer than 5 patients have the same values")
    assert "P" not in line


def test_patients_twice_in_one_trial_and_many_in_two_are_two_lines() -> None:
    frame = copied(trials(100, 100, 100), (1, 2), *[(10 + n, 210 + n) for n in range(6)])
    own, both = said(frame)
    assert own.startswith("trial 't0': fewer than 5 patients")
    assert both.startswith("trials 't0' and 't2': 12 patients")


def test_values_that_many_have_are_no_sign() -> None:
    """Whole ages and few levels: of 400 patients some are the same in everything that is known of them."""
    frame = trials(200, 200).assign(delay=np.nan, volume=np.nan)
    assert frame.duplicated(list(VARIABLES)).any()
    assert said(frame) == []


def test_patients_of_whom_nothing_is_known_are_not_one() -> None:
    frame = trials(50, 50)
    frame.loc[[1, 2, 60], list(VARIABLES)] = None
    assert said(frame) == []


def test_the_step_that_pools_says_it(tmp_path: Path) -> None:
    frame = copied(trials(100, 100), (5, 150)).assign(treatment=np.arange(200) % 2)
    for trial, rows in frame.groupby("trial"):
        in_canonical_order(conform(rows, VARIABLES)).to_parquet(tmp_path / f"{trial}.parquet")
    with pytest.warns(PoolingWarning, match="trials 't0' and 't1': fewer than 5 patients"):
        pool_trials.main(
            trials=[str(tmp_path / "t0.parquet"), str(tmp_path / "t1.parquet")],
            broken=[],
            pooled=str(tmp_path / "pooled.parquet"),
            ids=[["t0"], ["t1"]],
            variables=DECLARED,
        )

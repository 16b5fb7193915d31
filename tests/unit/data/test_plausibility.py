"""A trial whose values are in another unit is said; trials that only differ are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.plausibility import FEWEST, unlikely_units
from ipdmediation.data.variables import variables_from_config

VARIABLES = variables_from_config(
    {
        "delay": {"type": "continuous", "label": "Delay", "unit": "hour", "minimum": 0},
        "volume": {"type": "continuous", "label": "Volume", "unit": "mL", "minimum": 0},
        "mrs": {"type": "ordinal", "label": "mRS", "levels": {0: "a", 1: "b"}},
    }
)


def trials(*factors: float, patients: int = 200, spread: float = 0.5) -> pd.DataFrame:
    """Trials whose delays are those of hours times a factor."""
    rng = np.random.default_rng(4)
    frames = [
        pd.DataFrame(
            {
                "trial": f"t{number}",
                "delay": factor * rng.lognormal(1.2, spread, patients),
                "volume": rng.lognormal(3, 1.5, patients),
                "mrs": rng.integers(0, 2, patients),
            }
        )
        for number, factor in enumerate(factors)
    ]
    return pd.concat(frames, ignore_index=True)


def said(frame: pd.DataFrame) -> list[str]:
    return [str(notice) for notice in unlikely_units(frame, VARIABLES)]


@pytest.mark.parametrize("factor", [10, 24, 60, 100, 1000, 3600])
@pytest.mark.parametrize("up", [True, False], ids=["larger", "smaller"])
def test_a_trial_in_another_unit_is_said_with_the_factor(factor: float, up: bool) -> None:
    (line,) = said(trials(1, factor if up else 1 / factor, 1))
    assert line.startswith("variable 'delay': the median of trial 't1' is ")
    assert line.endswith(f"hour; is its unit off by {factor:g}?")


def test_of_two_trials_each_is_far_from_the_other() -> None:
    assert [line.split("'")[3] for line in said(trials(1, 60))] == ["t0", "t1"]


def test_a_factor_that_no_unit_has_is_said_without_one() -> None:
    (line,) = said(trials(1, 200, 1))
    assert line.endswith("; is its unit another one?")


def test_trials_that_differ_are_not_suspected() -> None:
    assert said(trials(1, 2.5, 0.6)) == []
    assert said(trials(1, 8, 1, spread=1.5)) == []


def test_few_patients_and_missing_values_say_nothing() -> None:
    assert said(trials(1, 60, 1, patients=FEWEST - 1)) == []
    frame = trials(1, 60, 1)
    assert said(frame.assign(delay=frame["delay"].mask(frame["trial"] == "t1"))) == []


def test_medians_are_shown_as_the_tables_show_quantiles() -> None:
    frame = trials(1, 60, 1)
    (line,) = said(frame)
    exact = frame.loc[frame["trial"] == "t1", "delay"].median()
    assert f"{exact}" not in line
    assert f" {round(exact):g} hour" in line

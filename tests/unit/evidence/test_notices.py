"""What evidence could not give is said, once, and nothing else is."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest

from ipdmediation.evidence.notices import (
    EvidenceWarning,
    leave_to_the_analysis,
    warn_of,
    warn_of_rejected_odds,
)
from ipdmediation.models.errors import FitWarning

TRIALS = pd.DataFrame({"trial": ["a", "b", "b", "c"], "reason": ["", "one arm", "one arm", "few"]})


def test_each_reason_is_said_once() -> None:
    with pytest.warns(EvidenceWarning) as said:
        warn_of(TRIALS, "trial {trial!r} is left out", kind="trial_left_out")
    assert [str(one.message) for one in said] == [
        "trial 'b' is left out: one arm",
        "trial 'c' is left out: few",
    ]
    assert {one.message.kind for one in said} == {"trial_left_out"}  # type: ignore[union-attr]


def test_where_there_are_numbers_nothing_is_said() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of(TRIALS.head(1), "trial {trial!r} is left out", kind="trial_left_out")
        warn_of(pd.DataFrame({"note": pd.Series(dtype=object)}), "nothing", kind="none", why="note")


def test_rejected_odds_are_those_of_the_likelihood_ratio_test() -> None:
    tests = pd.DataFrame(
        {
            "model": ["total", "total", "outcome"],
            "test": ["score", "likelihood_ratio", "likelihood_ratio"],
            "p_value": [0.001, 0.049, 0.051],
        }
    )
    with pytest.warns(EvidenceWarning) as said:
        warn_of_rejected_odds(tests)
    (one,) = (str(each.message) for each in said)
    assert one == (
        "the odds of treatment are not proportional in the total model, by a likelihood-ratio test at level "
        "0.05"
    )


def test_what_the_analysis_warned_of_is_not_said_again() -> None:
    with warnings.catch_warnings(record=True) as said:
        leave_to_the_analysis()
        warnings.warn(FitWarning("singular"), stacklevel=1)
        warnings.warn(EvidenceWarning("left out"), stacklevel=1)
    assert [str(one.message) for one in said] == ["left out"]

"""Few patients in the arms of the trials are said beside the odds ratios that they move."""

import warnings

import numpy as np
import pandas as pd
import pytest

from ipdmediation.inference.small_strata import warn_of_small_strata
from ipdmediation.inference.summary import BootstrapWarning


def trials(*patients):
    """Return trials of which each arm has so many patients."""
    sizes = np.repeat(patients, 2)
    return pd.DataFrame(
        {
            "trial": np.repeat([f"t{number // 2}" for number in range(sizes.size)], sizes),
            "treatment": np.repeat(np.arange(sizes.size) % 2, sizes),
        }
    )


@pytest.mark.parametrize("trial_effects", ["fixed", "random_intercept", "random_slope", "random_slopes"])
def test_small_arms_are_a_notice(trial_effects):
    """Arms of 8, 8 and 10 patients: 52 in 6, 8.7 on average."""
    with pytest.warns(
        BootstrapWarning, match="have 9 patients on average, fewer than 20: .* odds ratios"
    ) as found:
        warn_of_small_strata(trials(8, 8, 10), trial_effects=trial_effects, family="ordinal")
    assert found[0].message.kind == "small_strata"


def test_the_coefficients_of_another_link_drift_from_0():
    with pytest.warns(BootstrapWarning, match="conditional log-log coefficients .* lie further from 0 than"):
        warn_of_small_strata(trials(8, 8), trial_effects="fixed", family="binary", link="loglog")


@pytest.mark.parametrize(
    ("patients", "trial_effects", "family"),
    [
        ((20, 20), "fixed", "ordinal"),
        ((5, 35), "fixed", "binary"),
        ((8, 8), "none", "ordinal"),
        ((8, 8), "fixed", "continuous"),
    ],
    ids=["enough", "enough on average", "no trial effects", "no odds ratio"],
)
def test_it_is_not_said_where_nothing_drifts(patients, trial_effects, family):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_small_strata(trials(*patients), trial_effects=trial_effects, family=family)

"""Replicates of conditional odds ratios drift where strata are small, those of natural effects do not."""

import pandas as pd
import pytest

from tests.validation.small_strata import shifts

pytestmark = pytest.mark.slow


def test_the_drift_that_the_notice_speaks_of() -> None:
    few, many = (
        pd.concat(
            [shifts(cohort, arm=arm, trial_effects="random_slope", replicates=100) for cohort in range(6)],
            axis=1,
        ).mean(axis=1)
        for arm in ((6, 10), (50, 70))
    )
    odds_ratios = ["total:coefficient", "direct:coefficient", "mediator_effect:coefficient"]
    assert few[odds_ratios].mean() > 0.4
    assert few[["pnde:mean", "tnie:mean"]].mean() < 0.3
    assert many[odds_ratios].mean() < 0.3

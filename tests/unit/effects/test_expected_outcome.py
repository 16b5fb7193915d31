"""What the outcome model expects of each patient, against its own likelihood and score equations."""

import numpy as np
import pytest

from ipdmediation.effects.expected_outcome import expected_outcome
from ipdmediation.models.specification import mediation_models
from ipdmediation.vocabulary.links import LINKS
from tests.unit.effects.conftest import simulated_cohort, specified


@pytest.fixture(scope="module")
def cohort():
    return simulated_cohort(500, seed=3, levels=4)


def fitted(frame, **choices):
    models = mediation_models(frame, specification=specified(**choices))
    fit = models.fit("outcome")
    return models, fit, expected_outcome(models, fit.start())


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("choices", [{}, {"interaction": True, "spline_knots": 4}, {"free_treatment": True}])
def test_the_probabilities_of_what_was_observed_are_the_likelihood(cohort, link, choices):
    """The sum of their logarithms is the fit's own log-likelihood, to rounding."""
    models, fit, expected = fitted(cohort, link=link, trial_effects="fixed", **choices)
    own = expected[np.arange(len(cohort)), models.outcome_values]
    assert np.log(own).sum() == pytest.approx(fit.log_likelihood, abs=1e-8)
    np.testing.assert_allclose(expected.sum(axis=1), 1.0, atol=1e-12)


@pytest.mark.parametrize("family", ["binary", "continuous"])
def test_each_arm_and_trial_has_as_many_as_are_expected(cohort, family):
    """Score equations of a canonical link: residuals sum to 0 over every indicator."""
    frame = cohort.assign(y=(cohort["y"] > 1).astype(int))
    models, _, expected = fitted(frame, family=family, trial_effects="fixed")
    rest = models.outcome_values - expected[:, -1]
    for column in ("treatment", "trial"):
        for _, rows in frame.groupby(column):
            assert rest[rows.index].sum() == pytest.approx(0.0, abs=1e-6)


def test_random_effects_are_those_of_the_own_trial(cohort):
    """Trials that are moved by 1.5 have expectations that follow, by slope and intercept of each."""
    shift = cohort["trial"].map({"t0": -1.5, "t1": 0.0, "t2": 1.5})
    frame = cohort.assign(y=cohort["m"] * (1 + 0.3 * shift) + shift + 0.2 * cohort["treatment"])
    _, fit, expected = fitted(frame, family="continuous", trial_effects="random_slopes", covariates=0)
    assert fit.random_effects is not None
    np.testing.assert_allclose(expected[:, 0], frame["y"], atol=0.02)

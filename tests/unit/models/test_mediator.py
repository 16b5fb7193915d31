import numpy as np
import pandas as pd
import pytest

from ipdmediation.models.errors import MediatorError
from ipdmediation.models.specification import AnalysisSpecification, mediation_models


@pytest.fixture
def frame():
    rng = np.random.default_rng(3)
    n = 120
    return pd.DataFrame(
        {
            "trial": np.array(list("abc"))[np.arange(n) % 3],
            "treatment": rng.permutation(n) % 2,
            "age": rng.normal(60, 10, n),
            "m": rng.lognormal(3, 1, n),
            "y": rng.integers(0, 4, n),
        }
    )


def models(frame, trial_effects="random_slope"):
    specification = AnalysisSpecification(
        mediator="m", outcome="y", transform="log", offset=1, covariates=["age"], trial_effects=trial_effects
    )
    return mediation_models(frame, specification=specification)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda rows: 7.0, "is 7 for all 120 patients"),
        (lambda rows: rows["m"].where(rows["treatment"] == 1, 2.5), "is 2.5 for all 60 controls"),
        (lambda rows: rows["m"].where(rows["treatment"] == 0, 0.0), "is 0 for all 60 treated patients"),
        (
            lambda rows: rows["trial"].map({"a": 1, "b": 2, "c": 3}),
            "does not vary within any of the trials a, b, c",
        ),
        (
            lambda rows: rows["trial"].map({"a": 1, "b": 2, "c": 3}) + rows["treatment"],
            "does not vary within the arms of any trial",
        ),
        (
            lambda rows: np.exp(0.3 + 0.5 * rows["treatment"] + 0.02 * rows["age"]) - 1,
            "is determined by treatment, age",
        ),
    ],
)
@pytest.mark.parametrize("trial_effects", ["none", "fixed", "random_slope"])
def test_a_mediator_that_can_mediate_nothing_is_one_line(frame, change, reason, trial_effects):
    with pytest.raises(MediatorError) as error:
        models(frame.assign(m=change(frame)), trial_effects)
    assert str(error.value).startswith(f"mediator 'm' {reason}")
    assert str(error.value).endswith(", so that it can mediate nothing")


@pytest.mark.parametrize("arms", [(0, 1), (0,)])
def test_one_trial_or_one_arm_of_it_may_be_constant(frame, arms):
    constant = (frame["trial"] == "a") & frame["treatment"].isin(arms)
    assert models(frame.assign(m=frame["m"].mask(constant, 0.0))).mediator.fit().converged

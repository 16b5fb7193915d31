from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from ipdmediation.data.transforms import from_analysis_scale
from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.build import random_part
from ipdmediation.models.errors import MissingValueError, ModelError, OutcomeError
from ipdmediation.models.specification import (
    MODEL_NAMES,
    AnalysisSpecification,
    mediation_models,
    mediator_knots,
    mediator_scale,
)


@pytest.fixture
def frame():
    rng = np.random.default_rng(2)
    n = 300
    treatment = np.tile([0, 1], n // 2)
    volume = np.exp(3 - 0.4 * treatment + rng.normal(size=n))
    latent = 0.8 * treatment - 0.7 * np.log(volume + 1) + rng.logistic(size=n)
    return pd.DataFrame(
        {
            "trial": np.repeat(["a", "b", "c"], n // 3),
            "treatment": treatment.astype("int8"),
            "age": rng.normal(65, 10, n),
            "volume": volume,
            "score": pd.array(6 - np.digitize(latent, [-4, -3, -2, -1, 0, 1]), dtype="Int8"),
            "dead": pd.array((latent < -3).astype(int), dtype="Int8"),
        }
    )


def specification(**changes):
    choices = {
        "mediator": "volume",
        "transform": "log",
        "offset": 1.0,
        "outcome": "score",
        "better": "low",
        "covariates": ("age",),
        "trial_effects": "fixed",
    }
    return AnalysisSpecification(**(choices | changes))


def test_three_models_on_an_oriented_outcome(frame):
    models = mediation_models(frame, specification=specification(interaction=True))
    assert models.mediator.names == ("intercept", "treatment", "age", "trial[b]", "trial[c]")
    assert models.total.names[:6] == ("6|5", "5|4", "4|3", "3|2", "2|1", "1|0")
    assert models.outcome.names[6:9] == ("treatment", "mediator", "treatment:mediator")
    assert models.total.fit().coefficient("treatment") > 0
    outcome = mediation_models(frame, specification=specification()).outcome.fit()
    assert outcome.coefficient("mediator") < 0
    assert outcome.n_per_trial == {"a": 100, "b": 100, "c": 100}
    assert outcome.trial_effects == "fixed"


def test_the_better_end_turns_the_signs(frame):
    low = mediation_models(frame, specification=specification()).total.fit()
    high = mediation_models(frame, specification=specification(better="high")).total.fit()
    assert high.coefficient("treatment") == pytest.approx(-low.coefficient("treatment"), abs=1e-7)
    assert high.names[0] == "0|1"


def test_levels_come_from_the_variable(frame):
    variables = {"score": SimpleNamespace(levels={k: str(k) for k in range(8)})}
    models = mediation_models(frame, specification=specification(), variables=variables)
    assert models.outcome_levels == tuple("76543210")
    with pytest.raises(OutcomeError, match="rows of score have values"):
        mediation_models(
            frame, specification=specification(), variables={"score": SimpleNamespace(levels={0: "", 1: ""})}
        )


@pytest.mark.parametrize(("family", "outcome"), [("binary", "dead"), ("continuous", "score")])
def test_other_families(frame, family, outcome):
    models = mediation_models(frame, specification=specification(family=family, outcome=outcome))
    fit = models.outcome.fit()
    assert fit.family == family
    assert (fit.coefficient("mediator") < 0) == (family == "binary")


@pytest.mark.parametrize("transform", ["identity", "log", "log1p", "cube_root"])
def test_transforms_have_inverses(transform):
    values = np.array([0.0, 0.5, 120.0])
    chosen = specification(transform=transform)
    np.testing.assert_allclose(
        from_analysis_scale(
            mediator_scale(values, specification=chosen), transform=transform, offset=chosen.offset
        ),
        values,
        atol=1e-12,
    )


def test_problems_are_named(frame):
    with pytest.raises(ModelError, match="1 rows of volume have no value on the scale log with offset 0"):
        mediation_models(
            frame.assign(volume=frame["volume"].where(frame.index > 0, 0)),
            specification=specification(offset=0),
        )
    with pytest.raises(MissingValueError, match=r"score \(1 of 300 rows\)"):
        mediation_models(
            frame.assign(score=frame["score"].mask(frame.index == 0)), specification=specification()
        )
    with pytest.raises(ModelError, match="family must be one of"):
        specification(family="counts")


def test_reads_the_configuration():
    read = AnalysisSpecification.from_config(
        {
            "mediator": {"variable": "volume", "transform": "log", "offset": 1},
            "outcome": {"variable": "score", "family": "ordinal", "better": "low"},
            "covariates": ["age"],
            "interaction": False,
            "trial_effects": "fixed",
        }
    )
    assert read == specification(covariates=["age"])


def test_covariates_by_model(frame):
    models = mediation_models(
        frame, specification=specification(covariates={"mediator": [], "outcome": "bs(age, df=4)"})
    )
    assert models.mediator.names == ("intercept", "treatment", "trial[b]", "trial[c]")
    ages = tuple(f"bs(age, df=4)[{column}]" for column in range(1, 5))
    assert models.total.names[6:] == ("treatment", *ages, "trial[b]", "trial[c]")
    assert models.outcome.names[6:] == ("treatment", "mediator", *ages, "trial[b]", "trial[c]")


def test_a_formula_that_only_its_reader_understands_is_one_line(frame):
    with pytest.raises(ModelError, match=r"^covariates 'bs\(age, df=1\)': .*`df` must be greater than 3.*$"):
        mediation_models(frame, specification=specification(covariates="bs(age, df=1)"))
    with pytest.raises(ModelError, match="covariates that are no columns of the data: weight"):
        mediation_models(frame, specification=specification(covariates="age:weight"))


def test_a_resample_that_loses_a_level_keeps_its_column(frame):
    """Estimates are those of the cohort's columns in every resample; without patients a level's is 0."""
    sites = pd.Categorical(np.where(frame.index % 50 == 0, "rare", "usual"), categories=["usual", "rare"])
    models = mediation_models(frame.assign(site=sites), specification=specification(covariates="age + site"))
    weights = np.where(sites == "rare", 0.0, 1.0)
    refit = models.outcome.refit(weights)
    assert len(refit.estimates) == len(models.outcome.names)
    assert refit.status == FitStatus.CONVERGED
    assert refit.estimates[models.outcome.names.index("site[rare]")] == 0


@pytest.mark.parametrize("trial_effects", ["none", "fixed", "random_slope"])
def test_a_spline_bends_only_where_the_outcome_does(frame, trial_effects):
    """The likelihood gains from a spline by a chi-square of the columns added, as the truth is linear."""
    straight = mediation_models(frame, specification=specification(trial_effects=trial_effects))
    bent = mediation_models(frame, specification=specification(trial_effects=trial_effects, spline_knots=4))
    assert bent.outcome_design.names[1:4] == ("mediator[1]", "mediator[2]", "mediator[3]")
    assert bent.outcome_design.mediator_positions.tolist() == [1, 2, 3]
    assert bent.mediator.names == straight.mediator.names
    assert bent.total.fit().log_likelihood == straight.total.fit().log_likelihood
    gain = 2 * (bent.outcome.fit().log_likelihood - straight.outcome.fit().log_likelihood)
    assert -1e-6 < gain < chi2.ppf(0.999, df=2)


def test_knots_are_given_or_those_of_the_frame(frame):
    chosen = specification(spline_knots=3, interaction=True)
    own = mediation_models(frame, specification=chosen)
    assert own.outcome_design.mediator_knots == mediator_knots(frame, specification=chosen)
    assert own.outcome_design.names[own.outcome_design.mediator_positions[-1]] == "treatment:mediator[2]"
    given = mediation_models(frame, specification=chosen, knots=(1.0, 2.0, 4.0))
    assert given.outcome_design.mediator_knots == (1.0, 2.0, 4.0)


@pytest.mark.parametrize(
    "covariates", [["volume"], "age + log(volume)", {"mediator": [], "outcome": "volume"}]
)
def test_the_mediator_is_no_covariate(covariates):
    with pytest.raises(ModelError, match="volume is the mediator; it cannot be a covariate"):
        specification(covariates=covariates)


def test_a_formula_is_read_with_the_analysis():
    with pytest.raises(ModelError, match=r"covariates: 'age \+': not readable as a formula"):
        specification(covariates="age +")


@pytest.mark.filterwarnings("ignore::ipdmediation.models.errors.SingularFitWarning")
@pytest.mark.parametrize("family", ["ordinal", "continuous"])
def test_the_random_slope_beside_a_spline_is_that_of_the_mediator_itself(frame, family):
    """And bending gains no likelihood beyond a chi-square, as the truth is linear."""
    chosen = {"trial_effects": "random_slopes", "family": family}
    straight = mediation_models(frame, specification=specification(**chosen)).outcome
    models = mediation_models(frame, specification=specification(**chosen, spline_knots=3))
    bent = models.outcome
    columns, names = random_part(models.outcome_design, "random_slopes")
    assert bent.random_names == straight.random_names == names == ("intercept", "treatment", "mediator")
    np.testing.assert_array_equal(columns[:, 2], models.mediator_values)
    gain = 2 * (bent.fit().log_likelihood - straight.fit().log_likelihood)
    assert -1e-6 < gain < chi2.ppf(0.999, df=1)


@pytest.mark.filterwarnings("ignore::ipdmediation.models.errors.SingularFitWarning")
@pytest.mark.parametrize(
    ("trial_effects", "first", "last"),
    [
        ("random_intercept", ("intercept",), ("intercept",)),
        ("random_slope", ("intercept", "treatment"), ("intercept", "treatment")),
        ("random_slopes", ("intercept", "treatment"), ("intercept", "treatment", "mediator")),
    ],
)
def test_random_effects_by_trial(frame, trial_effects, first, last):
    models = mediation_models(frame, specification=specification(trial_effects=trial_effects))
    mediator, total, outcome = models.mediator.fit(), models.total.fit(), models.outcome.fit()
    assert mediator.names == ("intercept", "treatment", "age")
    assert (mediator.random_effects.names, total.random_effects.names) == (first, first)
    assert outcome.random_effects.names == last
    assert outcome.trial_effects == trial_effects
    binary = mediation_models(
        frame, specification=specification(trial_effects=trial_effects, family="binary", outcome="dead")
    )
    assert binary.outcome.fit().family == "binary"
    restricted = mediation_models(
        frame, specification=specification(trial_effects=trial_effects, estimation="reml")
    )
    assert restricted.mediator.fit().residual_variance > mediator.residual_variance


@pytest.mark.parametrize("trial_effects", ["fixed", "random_slope"])
def test_every_fit_keeps_that_a_trial_has_one_arm(frame, trial_effects):
    """It was said while the design was built, and then forgotten."""
    one_arm = frame.assign(treatment=frame["treatment"].where(frame["trial"] != "b", 1))
    models = mediation_models(one_arm, specification=specification(trial_effects=trial_effects))
    for name in MODEL_NAMES:
        messages = [str(note) for note in getattr(models, name).fit().warnings]
        assert messages[0].startswith("trials with one arm only: b (treated); they say nothing")

"""Replicates by weights on a frame that is built once, against data sets that hold only the rows drawn."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.inference.bootstrap import cohort_effects, draw_replicates, jackknife_effects
from ipdmediation.inference.resampling import PLANS, TwoLevelPlan
from ipdmediation.inference.streams import stream
from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.specification import MODEL_NAMES, AnalysisSpecification, mediation_models

TRIALS = 5
pytestmark = pytest.mark.filterwarnings("ignore::ipdmediation.models.errors.SingularFitWarning")


@pytest.fixture(scope="module")
def cohort():
    rng = np.random.default_rng(11)
    trial = rng.permutation(np.repeat(np.arange(TRIALS), [120, 100, 80, 70, 60]))
    treatment = rng.integers(2, size=trial.size)
    level, response = rng.normal(size=(2, TRIALS))[:, trial]
    x = rng.normal(size=trial.size)
    m = 0.6 * level - (0.5 + 0.4 * response) * treatment + 0.4 * x + rng.normal(size=trial.size)
    latent = 0.8 * level + (0.6 - 0.5 * response) * treatment - 0.8 * m + 0.3 * x
    y = np.digitize(latent + rng.logistic(size=trial.size), [-1.5, 0.0, 1.5])
    names = np.array([f"t{number}" for number in range(TRIALS)])
    return pd.DataFrame({"trial": names[trial], "treatment": treatment, "x": x, "m": m, "y": y})


def prepared(frame, *, distribution="gaussian", population="these_trials", **choices):
    specification = AnalysisSpecification(
        mediator="m", outcome="y", **{"covariates": ("x",), "trial_effects": "random_slope", **choices}
    )
    options = StandardisationOptions(
        mediator_distribution=distribution, population=population, controlled_at=(0.5,)
    )
    models = mediation_models(frame, specification=specification)
    return MediationEffects.of(models, frame, options=options, quartiles=(-1.0, 0.0, 1.0))


def given(analyses, plan, *, imputations=1):
    """Data sets and a plan as an `ImputedAnalysis` has them."""
    return SimpleNamespace(resampled_effects=lambda: analyses, plan=plan, imputations=imputations)


def replicates(cohort, numbers, *, resampling="two_level", imputations=1, **choices):
    plan = PLANS[resampling].of(cohort)
    frame = plan.frame(cohort)
    analyses = (
        prepared(frame.assign(m=frame["m"] + 0.1 * imputation * frame["x"]), **choices)
        for imputation in range(imputations)
    )
    return draw_replicates(
        given(analyses, plan, imputations=imputations),
        replicates=numbers,
        stream=lambda number: stream(5, "bootstrap", number),
    )


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"trial_effects": "random_slopes"},
        {"trial_effects": "random_intercept", "link": "probit"},
        {"family": "continuous"},
        {"distribution": "empirical", "interaction": True},
    ],
    ids=["ordinal", "mediator slope", "probit", "continuous", "empirical residuals"],
)
def test_weights_on_the_repeated_cohort_are_the_rows_drawn(cohort, choices):
    """Estimates, variances, modes and all effects; 3e-6 is what two starts of one optimiser may differ by."""
    plan = TwoLevelPlan.of(cohort)
    frame = plan.frame(cohort)
    whole = prepared(frame, **choices)
    models = [getattr(whole.models, name) for name in MODEL_NAMES]
    starts = [model.fit(weights=plan.cohort_weights).start() for model in models]
    for number in range(3):
        weights = plan.weights(stream(5, "bootstrap", number))
        drawn = frame.loc[np.repeat(np.arange(len(frame)), weights.astype(int))].reset_index(drop=True)
        alone = prepared(drawn, **choices)
        fits, expected = [], []
        for name, model, start in zip(MODEL_NAMES, models, starts, strict=True):
            fit, only = model.refit(weights, start), getattr(alone.models, name).fit()
            assert FitStatus(fit.status).usable
            np.testing.assert_allclose(fit.estimates, only.estimates, atol=3e-6)
            np.testing.assert_allclose(fit.random_covariance, only.random_effects.covariance, atol=3e-6)
            assert fit.residual_variance == pytest.approx(
                only.residual_variance or np.nan, abs=3e-6, nan_ok=True
            )
            names = whole.models.mediator_design.trial_names
            occupied = [names.index(trial) for trial in drawn["trial"].unique()]
            np.testing.assert_allclose(fit.modes[occupied], only.random_effects.modes, atol=3e-6)
            assert not np.delete(fit.modes, occupied, axis=0).any()
            fits.append(fit)
            expected.append(only.start())
        np.testing.assert_allclose(
            whole.evaluate(fits, weights), alone.evaluate(expected, np.ones(len(drawn))), atol=3e-5
        )


def test_effects_in_a_new_trial_do_not_see_the_copies_without_patients(cohort):
    plan = TwoLevelPlan.of(cohort)
    repeated = prepared(plan.frame(cohort), population="new_trial")
    models = [getattr(repeated.models, name) for name in MODEL_NAMES]
    fits = [model.fit(weights=plan.cohort_weights).start() for model in models]
    np.testing.assert_allclose(
        repeated.evaluate(fits, plan.cohort_weights),
        cohort_effects(prepared(cohort, population="new_trial")),
        atol=1e-6,
    )


def test_a_replicate_of_one_trial_only_is_several_clusters(cohort):
    plan = TwoLevelPlan.of(cohort)
    analysis = prepared(plan.frame(cohort))
    weights = plan.patients.weights(np.random.default_rng(1)) * (plan.trial == plan.trial[0])
    fits = [
        getattr(analysis.models, name).refit(
            weights, getattr(analysis.models, name).fit(weights=plan.cohort_weights).start()
        )
        for name in MODEL_NAMES
    ]
    assert all(FitStatus(fit.status).usable for fit in fits)
    assert all((np.abs(fit.modes).max(axis=1) > 0).sum() in (0, TRIALS) for fit in fits)
    assert np.isfinite(analysis.evaluate(fits, weights)).all()


@pytest.mark.parametrize("resampling", ["stratified", "two_level"])
def test_replicates_do_not_depend_on_their_chunk(cohort, resampling):
    together = replicates(cohort, range(9), resampling=resampling, imputations=2)
    apart = [
        replicates(cohort, numbers, resampling=resampling, imputations=2)
        for numbers in (range(4), range(4, 5), range(5, 9))
    ]
    pd.testing.assert_frame_equal(pd.concat(apart, ignore_index=True), together, check_exact=True)
    assert together["replicate"].tolist() == list(range(9))
    assert together["imputation"].tolist() == [0, 1] * 4 + [0]
    assert set(together["status"]) <= {"converged", "singular"}


def test_trials_drawn_too_vary_more_than_patients_alone(cohort):
    sds = {
        resampling: replicates(cohort, range(80), resampling=resampling)["total:coefficient"].std()
        for resampling in PLANS
    }
    # the treatment's effect has a standard deviation of 0.5 between the five trials
    assert sds["two_level"] > 1.2 * sds["stratified"]


def without_t0(cohort, numbers):
    """Whether replicates draw no patient of the first trial."""
    plan = TwoLevelPlan.of(cohort)
    first = np.tile(cohort["trial"] == "t0", TRIALS)
    return [not plan.weights(stream(5, "bootstrap", number))[first].any() for number in numbers]


@pytest.mark.filterwarnings("ignore::ipdmediation.models.errors.OneArmTrialWarning")
def test_a_replicate_whose_model_has_no_answer_is_failed_and_says_why(cohort):
    controls = cohort.assign(treatment=cohort["treatment"].where(cohort["trial"] == "t0", 0))
    table = replicates(controls, range(12))
    failed = table["status"] == "failed"
    assert 0 < failed.sum() < 12
    assert failed.tolist() == without_t0(controls, range(12))
    assert (table.loc[failed, "reason"] == "mediator model: rank deficient").all()
    assert table.loc[failed].filter(like=":").isna().all(axis=None)


def test_a_replicate_that_draws_one_value_of_a_covariate_has_effects(cohort):
    only_one = cohort.assign(x=np.where(cohort["trial"] == "t0", cohort["x"], 0.5))
    without = without_t0(only_one, range(12))
    assert 0 < sum(without) < 12
    table, unadjusted = replicates(only_one, range(12)), replicates(only_one, range(12), covariates=())
    assert set(table["status"]) <= {"converged", "singular"}
    left = [frame.loc[without].filter(like=":") for frame in (table, unadjusted)]
    np.testing.assert_allclose(*left, atol=3e-5)


def test_the_jackknife_over_trials_is_a_fit_without_each(cohort):
    plan = TwoLevelPlan.of(cohort)
    left_out = jackknife_effects(prepared(cohort), plan.jackknife())
    for position, trial in enumerate(pd.unique(cohort["trial"])):
        others = cohort[cohort["trial"] != trial].reset_index(drop=True)
        np.testing.assert_allclose(left_out[position], cohort_effects(prepared(others)), atol=3e-5)


def test_a_resample_of_too_few_patients_is_a_failed_replicate_and_a_missing_jackknife_value():
    """Each draws one patient again and again: counted with its reason, the others go on."""
    rng = np.random.default_rng(3)
    n = 60
    frame = pd.DataFrame(
        {"trial": "a", "treatment": np.arange(n) % 2, "x": rng.normal(size=n), "m": rng.normal(size=n)}
    )
    frame["y"] = np.digitize(frame["treatment"] - frame["m"] + rng.logistic(size=n), [-0.5, 0.5])
    analysis = prepared(frame, trial_effects="none")
    few = np.zeros(n)
    few[:2] = n / 2

    class Plan:
        cohort_weights = np.ones(n)

        def weights(self, rng):
            return few if rng is None else np.ones(n)

    drawn = draw_replicates(
        given([analysis], Plan()),
        replicates=range(3),
        stream=lambda number: None if number == 1 else rng,
    )
    assert drawn["status"].tolist() == ["converged", "failed", "converged"]
    assert drawn["reason"][1] == "mediator model: rank deficient"
    left_out = jackknife_effects(analysis, [np.ones(n), few])
    assert np.isnan(left_out[1]).all()
    assert np.isfinite(left_out[0]).any()


def test_a_replicate_is_drawn_from_the_data_set_that_its_label_names(cohort):
    """Each again, from that data set alone and with its own stream."""
    together = replicates(cohort, range(6), resampling="stratified", imputations=3, trial_effects="fixed")
    plan = PLANS["stratified"].of(cohort)
    effects = [name for name in together.columns if ":" in name]
    for row in together.to_dict("records"):
        frame = cohort.assign(m=cohort["m"] + 0.1 * row["imputation"] * cohort["x"])
        alone = draw_replicates(
            given([prepared(frame, trial_effects="fixed")], plan),
            replicates=range(row["replicate"], row["replicate"] + 1),
            stream=lambda number: stream(5, "bootstrap", number),
        )
        found = alone[effects].iloc[0].to_numpy(float)
        np.testing.assert_allclose([row[name] for name in effects], found, rtol=1e-5, atol=1e-7)
    assert together["imputation"].nunique() == 3


class Stub:
    """A model whose refits end as they are told to."""

    def __init__(self, status):
        self.status = status

    def fit(self, weights):
        return self

    def start(self):
        return None

    def refit(self, weights, start):
        return SimpleNamespace(status=self.status)

    def why_failed(self, fit, weights):
        return "no patient left"


GOOD, AT_BOUNDARY, FAILED = FitStatus.CONVERGED, FitStatus.SINGULAR, FitStatus.NOT_CONVERGED


@pytest.mark.parametrize(
    ("statuses", "status", "reason"),
    [
        ((GOOD, GOOD, GOOD), "converged", ""),
        ((AT_BOUNDARY, GOOD, GOOD), "singular", ""),
        ((GOOD, GOOD, AT_BOUNDARY), "singular", ""),
        ((FAILED, GOOD, GOOD), "failed", "mediator model: no patient left"),
        ((GOOD, AT_BOUNDARY, FAILED), "failed", "outcome model: no patient left"),
    ],
)
def test_one_model_decides_how_a_replicate_ended(statuses, status, reason):
    models = dict(zip(MODEL_NAMES, map(Stub, statuses), strict=True))
    analysis = SimpleNamespace(
        models=SimpleNamespace(**models, weighted=lambda counts: counts),
        effects=[SimpleNamespace(column="a")],
        evaluate=lambda fits, weights: np.array([weights.sum()]),
    )
    plan = SimpleNamespace(cohort_weights=np.ones(2), weights=lambda rng: np.array([1.0, 2.0]))
    table = draw_replicates(given([analysis], plan), replicates=range(1), stream=lambda r: None)
    assert table.loc[0, ["status", "reason"]].tolist() == [status, reason]
    assert table["a"].tolist() == pytest.approx([np.nan if status == "failed" else 3.0], nan_ok=True)

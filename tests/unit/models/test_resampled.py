from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.kernels.columns import constant_columns
from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.errors import RankDeficientError
from ipdmediation.models.specification import MODEL_NAMES, AnalysisSpecification, mediation_models

pytestmark = pytest.mark.filterwarnings("ignore::ipdmediation.models.errors.FitWarning")
KINDS = {
    "linear": {"family": "continuous", "trial_effects": "fixed"},
    "linear mixed": {"family": "continuous", "trial_effects": "random_slope"},
    "ordinal": {"trial_effects": "fixed"},
    "ordinal probit": {"trial_effects": "none", "link": "probit", "interaction": True},
    "ordinal mixed": {"trial_effects": "random_slope"},
    "ordinal mixed probit": {"trial_effects": "random_slope", "link": "probit"},
    "ordinal mixed with slopes": {"trial_effects": "random_slopes", "interaction": True},
    "binary": {"family": "binary", "outcome": "good", "trial_effects": "fixed"},
    "binary probit": {"family": "binary", "outcome": "good", "trial_effects": "fixed", "link": "probit"},
    "binary mixed": {"family": "binary", "outcome": "good", "trial_effects": "random_slope"},
}
# who a resample may not draw, and the columns that then have one value: 0, 1, and 0 and 1
LOSSES = {
    "rare site": (["site"], lambda frame: frame["site"] == "rare"),
    "without alteplase": (["alteplase"], lambda frame: frame["alteplase"] == 0),
    "both": (["site", "alteplase"], lambda frame: (frame["site"] == "rare") | (frame["alteplase"] == 0)),
}
COVARIATES = ("age", "site", "alteplase")


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(11)
    n = 480
    trial, treatment, age = np.arange(n) % 4, rng.permutation(n) % 2, rng.normal(65, 10, n)
    alteplase, rare = rng.random(n) < 0.7, rng.random(n) < 0.05
    own, change = rng.normal(scale=0.6, size=4)[trial], rng.normal(scale=0.5, size=4)[trial]
    known = 0.02 * (age - 65) + 0.5 * alteplase - 0.8 * rare + own
    m = 3 - (0.5 + change) * treatment - known + rng.normal(size=n)
    latent = (0.6 + change) * treatment - 0.7 * (m - 3) + known + rng.logistic(size=n)
    return pd.DataFrame(
        {
            "trial": np.array(list("abcd"))[trial],
            "treatment": treatment,
            "age": age,
            "site": pd.Categorical(np.where(rare, "rare", "usual"), categories=["usual", "rare"]),
            "alteplase": alteplase.astype(int),
            "m": m,
            "y": np.digitize(latent, [-1.5, 0, 1.5]),
            "good": (latent > 0).astype(int),
        }
    )


def specified(**choices):
    return AnalysisSpecification(
        **{"mediator": "m", "outcome": "y", "covariates": COVARIATES, "trial_effects": "none", **choices}
    )


def drawn(frame, lost, *, seed=1):
    weights = np.random.default_rng(seed).poisson(1.0, len(frame)).astype(float)
    return np.where(lost, 0.0, weights)


def without(frame, weights, specification, columns):
    """Models of the patients drawn, without covariates that they do not differ in."""
    left = tuple(name for name in specification.covariates if name not in columns)
    rows = frame[weights > 0].reset_index(drop=True)
    return rows, mediation_models(rows, specification=replace(specification, covariates=left))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_refit_is_that_of_the_patients_drawn_without_the_constant_covariates(frame, kind, loss):
    """Estimates, random effects and every effect; 3e-6 is what two starts of one optimiser may differ by."""
    columns, lost = LOSSES[loss]
    specification, weights = specified(**KINDS[kind]), drawn(frame, lost(frame))
    models = mediation_models(frame, specification=specification)
    rows, expected = without(frame, weights, specification, columns)
    own, cold, warm = [], [], []
    for name in MODEL_NAMES:
        model, only = getattr(models, name), getattr(expected, name)
        own.append(only.refit(weights[weights > 0]))
        cold.append(model.refit(weights))
        warm.append(model.refit(weights, model.fit().start()))
        for fit in (cold[-1], warm[-1]):
            assert FitStatus(fit.status).usable
            at = dict(zip(model.names, fit.estimates, strict=True))
            np.testing.assert_allclose([at.pop(name) for name in only.names], own[-1].estimates, atol=3e-6)
            assert len(at) == len(columns)
            assert set(at.values()) == {0.0}
            np.testing.assert_allclose(fit.random_covariance, own[-1].random_covariance, atol=3e-6)
            np.testing.assert_allclose(fit.modes, own[-1].modes, atol=3e-6)
            np.testing.assert_allclose(fit.residual_variance, own[-1].residual_variance, rtol=1e-6)
    for options in (
        StandardisationOptions(controlled_at=(2.0,)),
        StandardisationOptions(mediator_distribution="empirical"),
    ):
        whole, alone = (
            MediationEffects.of(each, data, options=options, quartiles=(2.0, 3.0, 4.0))
            for each, data in ((models, frame), (expected, rows))
        )
        effects = alone.evaluate(own, weights[weights > 0])
        assert [bool(effect.undefined) for effect in alone.effects] == np.isnan(effects).tolist()
        for fits in (cold, warm):
            np.testing.assert_allclose(whole.evaluate(fits, weights), effects, atol=3e-5)


def test_effects_in_a_new_trial_are_those_without_the_constant_covariate(frame):
    specification, weights = specified(trial_effects="random_slope"), drawn(frame, frame["site"] == "rare")
    options = StandardisationOptions(population="new_trial")
    rows, expected = without(frame, weights, specification, ["site"])
    models = mediation_models(frame, specification=specification)
    whole = MediationEffects.of(models, frame, options=options).evaluate(
        [getattr(models, name).refit(weights) for name in MODEL_NAMES], weights
    )
    alone = MediationEffects.of(expected, rows, options=options).evaluate(
        [getattr(expected, name).refit(weights[weights > 0]) for name in MODEL_NAMES], weights[weights > 0]
    )
    np.testing.assert_allclose(whole, alone, atol=3e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_reference_level_that_is_not_drawn_leaves_the_others_to_be_compared(frame, kind):
    """The indicators of the other levels then add up to 1; one of them stands for the reference."""
    place = np.array(["a", "b", "c"])[np.random.default_rng(3).integers(3, size=len(frame))]
    frame = frame.assign(place=pd.Categorical(place), twice=np.where(place == "a", 0.0, frame["age"]))
    specification = specified(**{**KINDS[kind], "covariates": ("place", "age", "twice")})
    weights = drawn(frame, place == "a")
    models = mediation_models(frame, specification=specification)
    rows = frame[weights > 0].reset_index(drop=True)
    rows["place"] = rows["place"].cat.remove_unused_categories()
    only = mediation_models(rows, specification=replace(specification, covariates=("place", "age")))
    fits = [getattr(models, name).refit(weights) for name in MODEL_NAMES]
    assert all(FitStatus(fit.status).usable for fit in fits)
    whole, alone = (
        MediationEffects.of(each, data, options=StandardisationOptions(), quartiles=(2.0, 3.0, 4.0))
        for each, data in ((models, frame), (only, rows))
    )
    own = [getattr(only, name).refit(weights[weights > 0]) for name in MODEL_NAMES]
    effects = alone.evaluate(own, weights[weights > 0])
    np.testing.assert_allclose(whole.evaluate(fits, weights), effects, atol=3e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_treatment_and_mediator_are_never_left_out(frame, kind):
    models = mediation_models(
        frame.assign(m=frame["m"].where(frame["age"] > 60, 3.0)), specification=specified(**KINDS[kind])
    )
    one_arm, one_value = drawn(frame, frame["treatment"] == 0), drawn(frame, frame["age"] > 60)
    for name in MODEL_NAMES:
        assert getattr(models, name).refit(one_arm).status == FitStatus.RANK_DEFICIENT
    assert models.outcome.refit(one_value).status == FitStatus.RANK_DEFICIENT
    assert FitStatus(models.total.refit(one_value).status).usable


def test_what_depends_on_treatment_or_trials_is_not_left_out(frame):
    def status(covariates, lost, **choices):
        models = mediation_models(frame, specification=specified(covariates=covariates, **choices))
        return models.total.refit(drawn(frame, lost)).status

    # patients with alteplase in one arm only do not say what treatment does to them
    treated = (frame["alteplase"] == 1) & (frame["treatment"] == 1)
    assert status("alteplase", treated) == FitStatus.CONVERGED
    assert status("alteplase + treatment:alteplase", treated) == FitStatus.RANK_DEFICIENT
    # the indicator of a trial not drawn
    assert status("age", frame["trial"] == "b", trial_effects="fixed") == FitStatus.RANK_DEFICIENT


def test_a_fit_with_checks_keeps_all_columns(frame):
    models = mediation_models(frame, specification=specified())
    with pytest.raises(RankDeficientError, match="rare"):
        models.total.fit(weights=drawn(frame, frame["site"] == "rare"))


def test_constant_columns_are_those_with_one_value_among_the_rows_with_weight():
    columns = np.array(
        [[0.0, 1.0, 1.0, 2.0], [1.0, 1.0, 1.0, 1.0], [0.0, 1.0, 1.0, 1.0], [1.0, 1.0, 2.0, 2.0]]
    )
    assert constant_columns(columns, np.array([0.0, 2.0, 1.0, 0.0])).tolist() == [0, 1, 2]
    assert constant_columns(columns, np.array([0.0, 1.0, 1.0, 0.5])).tolist() == [1, 2]
    assert constant_columns(columns, np.ones(4)).tolist() == [1]
    assert constant_columns(columns[:0], np.ones(4)).size == 0


@pytest.mark.parametrize("patients", [1, 2, 5, 6])
@pytest.mark.parametrize("kind", ["linear", "linear mixed", "ordinal", "ordinal mixed", "binary"])
def test_fewer_different_patients_than_columns_are_a_failed_refit(frame, kind, patients):
    """Treatment, mediator, covariates and trials: six patients, however often each is drawn, are few."""
    models = mediation_models(frame, specification=specified(**KINDS[kind]))
    rng = np.random.default_rng(patients)
    for _ in range(3):
        weights = np.zeros(len(frame))
        weights[rng.permutation(len(frame))[:patients]] = rng.integers(1, 9, patients)
        fits = [
            (model, model.refit(weights, model.fit().start()))
            for model in (getattr(models, name) for name in MODEL_NAMES)
        ]
        assert not all(FitStatus(fit.status).usable for _, fit in fits)
        for model, fit in fits:
            if not FitStatus(fit.status).usable:
                assert model.why_failed(fit, weights)


def test_as_many_different_patients_as_coefficients_fit_anything_and_fail(frame):
    """Intercept, treatment and age: three patients leave a linear model no residual, four do."""
    models = mediation_models(frame, specification=specified(family="continuous", covariates=("age",)))
    places = [int(np.flatnonzero(frame["treatment"] == arm)[number]) for arm, number in
              ((0, 0), (1, 0), (0, 1), (1, 1))]  # fmt: skip
    for count, usable in ((3, False), (4, True)):
        weights = np.zeros(len(frame))
        weights[places[:count]] = 5.0
        assert FitStatus(models.mediator.refit(weights).status).usable == usable


def test_columns_beyond_the_number_of_rows_depend_on_those_before(frame):
    """Of three patients treatment and one covariate at most are their own, beside the intercept."""
    model = mediation_models(frame, specification=specified(**KINDS["ordinal"])).outcome
    weights = np.zeros(len(frame))
    weights[:3] = 1.0
    adjusting = model._adjusting
    lost = model._dependent(weights, np.zeros(0, dtype=np.int64), adjusting)
    assert set(lost) <= set(adjusting.tolist())
    assert len(set(adjusting.tolist()) - set(lost)) <= 2

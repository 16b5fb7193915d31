"""Covariates and trials with infinite coefficients: the limit of the likelihood, and where there is none."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.errors import SeparationError, SeparationWarning
from ipdmediation.models.separation import find_recession
from ipdmediation.models.specification import MODEL_NAMES, AnalysisSpecification, mediation_models

TRIAL_EFFECTS = ("none", "fixed", "random_intercept", "random_slope", "random_slopes")
OUTCOME_MODELS = ("total", "outcome")
N = 240


@pytest.fixture
def frame():
    rng = np.random.default_rng(4)
    trial, treatment, age = np.arange(N) % 3, rng.permutation(N) % 2, rng.normal(65, 10, N)
    m = 1 - 0.5 * treatment + 0.02 * age + rng.normal(size=N)
    latent = 0.6 * treatment - 0.6 * m + 0.02 * age + rng.logistic(size=N)
    side = np.where(rng.random(N) < 0.5, "left", "right")
    return pd.DataFrame(
        {
            "trial": np.array(list("abc"))[trial],
            "treatment": treatment,
            "age": age,
            "m": m,
            "y": np.digitize(latent, [-1.5, 0, 1.5]),
            "side": pd.Categorical(side, categories=["left", "right", "both"]),
        }
    )


def specified(**choices):
    return AnalysisSpecification(
        **{"mediator": "m", "outcome": "y", "covariates": ("age", "side"), "trial_effects": "none", **choices}
    )


def on_both_sides(frame, *, level, patients=2):
    frame = frame.copy()
    frame.loc[frame.index[frame["y"] == level][:patients], "side"] = "both"
    return frame


def others(frame, lost):
    rows = frame[~lost].reset_index(drop=True)
    return rows.assign(side=rows["side"].cat.remove_unused_categories())


def notes(fit, kind=SeparationWarning):
    return [str(note) for note in fit.warnings if isinstance(note, kind)]


@pytest.mark.parametrize("link", ["logit", "probit"])
@pytest.mark.parametrize("level", [0, 3])
@pytest.mark.parametrize("trial_effects", TRIAL_EFFECTS)
def test_a_separated_level_leaves_the_estimates_of_the_other_patients(frame, trial_effects, level, link):
    frame = on_both_sides(frame, level=level)
    specification = specified(trial_effects=trial_effects, link=link)
    models = mediation_models(frame, specification=specification)
    alone = mediation_models(others(frame, frame["side"] == "both"), specification=specification)
    for name in OUTCOME_MODELS:
        model = getattr(models, name)
        fit, only = model.fit(), getattr(alone, name).fit()
        for term in ("treatment", "age", "side[right]"):
            assert fit.coefficient(term) == pytest.approx(only.coefficient(term), abs=1e-6)
            errors = [each.standard_errors[each.names.index(term)] for each in (fit, only)]
            assert errors[0] == pytest.approx(errors[1], rel=1e-5)
        assert fit.log_likelihood == pytest.approx(only.log_likelihood, abs=1e-6)
        assert (fit.converged, fit.n, sum(fit.n_per_trial.values())) == (True, N, N)
        assert fit.table().set_index("term").loc["side[both]", "estimate":].isna().all()
        assert notes(fit) == [
            "covariate side, level both: the few patients whom it sets apart are all at one end of the "
            "outcome, so its coefficient is infinite and not shown; the other estimates are those of the "
            "other patients"
        ]
        refit = model.refit(np.ones(N), fit.start())
        assert FitStatus(refit.status).usable
        np.testing.assert_allclose(refit.estimates, fit.estimates, atol=1e-5)


@pytest.mark.parametrize("trial_effects", ["fixed", "random_slope"])
def test_a_resample_is_fitted_with_the_patients_that_it_draws(frame, trial_effects):
    """The level drawn, not drawn, and separated in the resample only."""
    rng = np.random.default_rng(1)
    mixed = on_both_sides(on_both_sides(frame, level=0), level=1)
    for data, left_out in ((on_both_sides(frame, level=0), None), (mixed, 1), (mixed, 0)):
        specification = specified(trial_effects=trial_effects)
        models = mediation_models(data, specification=specification)
        both = data["side"] == "both"
        weights = rng.poisson(1.0, N).astype(float)
        weights[both] = 1.0
        if left_out is not None:
            weights[both & (data["y"] == left_out)] = 0.0
        alone = mediation_models(others(data, both | (weights == 0)), specification=specification)
        own = weights[(weights > 0) & ~both]
        for name in OUTCOME_MODELS:
            model, only = getattr(models, name), getattr(alone, name)
            expected = only.refit(own)
            for fit in (model.refit(weights), model.refit(weights, model.fit().start())):
                assert FitStatus(fit.status).usable
                if left_out == 0:
                    # both patients in the middle of the scale: nothing is separated
                    assert abs(fit.estimates[model.names.index("side[both]")]) < 5
                    continue
                for term in ("treatment", "age", "side[right]"):
                    found = fit.estimates[model.names.index(term)]
                    assert found == pytest.approx(expected.estimates[only.names.index(term)], abs=3e-5)


def test_effects_count_patients_who_are_predicted_with_certainty(frame):
    """All on both sides have the lowest outcome whatever the treatment: they dilute its effect."""
    frame = on_both_sides(frame, level=0, patients=6)
    both = frame["side"] == "both"
    options = StandardisationOptions(controlled_at=(1.0,))
    found = []
    for data in (frame, others(frame, both)):
        models = mediation_models(data, specification=specified())
        fits = [getattr(models, name).refit(np.ones(len(data))) for name in ("mediator", "total", "outcome")]
        fits[0] = found[0][1] if found else fits[0]
        effects = MediationEffects.of(models, data, options=options)
        if found:  # the mediator model of all patients, for the same distribution of the mediator
            fits[0] = fits[0]._replace(estimates=np.delete(fits[0].estimates, 4))
        values = effects.evaluate(fits, np.ones(len(data)))
        found.append((dict(zip((e.key for e in effects.effects), values, strict=True)), fits[0]))
    whole, alone = found[0][0], found[1][0]
    for effect in ("te", "tnie", "pnde", "cde_1"):
        for scale in ("mean", "prob_le_0", "prob_le_2"):
            assert whole[effect, scale] == pytest.approx(alone[effect, scale] * (N - 6) / N, abs=1e-9)
    assert np.isfinite(list(whole.values())).all()


@pytest.mark.parametrize("trial", ["a", "b"])
def test_a_trial_at_an_end_of_the_scale_is_named(frame, trial):
    """The first trial is the reference of the indicators."""
    frame.loc[frame["trial"] == trial, "y"] = 3
    frame["side"] = frame["side"].cat.remove_unused_categories()
    models = mediation_models(frame, specification=specified(trial_effects="fixed"))
    rows = frame["trial"] == trial
    alone = mediation_models(
        frame[~rows].reset_index(drop=True), specification=specified(trial_effects="fixed")
    ).total.fit()
    whole = models.total.fit()
    for name in ("treatment", "age"):
        assert whole.coefficient(name) == pytest.approx(alone.coefficient(name), abs=1e-6)
    assert notes(whole)[0].startswith(f"trial {trial}: all 80 patients whom it sets apart have outcome 3,")
    refits = [getattr(models, name).refit(np.ones(N)) for name in MODEL_NAMES]
    effects = MediationEffects.of(models, frame, options=StandardisationOptions())
    assert np.isfinite(effects.evaluate(refits, np.ones(N))).all()


def test_an_end_of_the_scale_that_only_separated_patients_have(frame):
    frame["y"] = frame["y"].clip(lower=1)
    frame = on_both_sides(frame, level=1, patients=3)
    frame.loc[frame["side"] == "both", "y"] = 0
    models = mediation_models(frame, specification=specified())
    alone = mediation_models(others(frame, frame["side"] == "both"), specification=specified())
    assert models.total.fit().coefficient("treatment") == pytest.approx(
        alone.total.fit().coefficient("treatment"), abs=1e-6
    )
    fits = [getattr(models, name).refit(np.ones(N)) for name in MODEL_NAMES]
    cells = MediationEffects.of(models, frame, options=StandardisationOptions())._standardisation.cells(
        fits[0], fits[2], np.ones(N)
    )
    np.testing.assert_allclose(cells.natural[:, 0], 3 / N, atol=1e-6)


def test_a_bound_in_the_middle_of_the_scale_may_run_off_as_well():
    """Without z the two lower levels, with z the two upper ones: the threshold between runs off with z."""
    rng = np.random.default_rng(2)
    z, x = np.repeat([0, 1], 60), rng.normal(size=120)
    treatment = np.tile([0, 1], 60)
    y = z + (treatment + x + rng.logistic(size=120) > 0.3)
    frame = pd.DataFrame(
        {"trial": "a", "treatment": treatment, "m": x, "y": y, "z": z, "w": rng.normal(size=120)}
    )
    models = mediation_models(frame, specification=specified(covariates=("z", "w")))
    fit = models.total.fit()

    def deviance(parameters):
        low, high, effect, slope = parameters
        part = effect * treatment + slope * frame["w"].to_numpy()
        upper = expit(np.where(z == 0, low, high) - part)
        return -np.log(np.where(y == z, upper, 1 - upper)).sum()

    found = minimize(deviance, np.zeros(4), tol=1e-10)
    assert fit.coefficient("treatment") == pytest.approx(found.x[2], abs=1e-5)
    assert fit.log_likelihood == pytest.approx(-found.fun, abs=1e-6)
    assert notes(fit)[0].startswith("covariate z: it leaves no overlap of the outcome")


def test_a_continuous_covariate_separates_likewise(frame):
    """Beyond 80 everybody has the best outcome, below nobody; the others have the same value."""
    dose = np.where(frame["y"] == 3, 80 + np.arange(N), 70.0)
    dose[frame.index[frame["y"] == 3][:20]] = 70.0
    models = mediation_models(frame.assign(dose=dose), specification=specified(covariates=("age", "dose")))
    alone = mediation_models(
        frame[dose == 70].reset_index(drop=True), specification=specified(covariates=("age",))
    )
    fit = models.total.fit()
    assert fit.coefficient("treatment") == pytest.approx(alone.total.fit().coefficient("treatment"), abs=1e-6)
    assert notes(fit)[0].startswith("covariate dose: all ")


@pytest.mark.parametrize("trial_effects", TRIAL_EFFECTS)
@pytest.mark.parametrize("family", ["ordinal", "binary"])
def test_separated_arms_are_one_line(frame, trial_effects, family):
    y = np.where(frame["treatment"] == 0, 0, 1 if family == "binary" else np.maximum(frame["y"], 1))
    models = mediation_models(
        frame.assign(y=y),
        specification=specified(trial_effects=trial_effects, family=family, covariates=["age"]),
    )
    treated = "1" if family == "binary" else "1, 2, 3"
    for name in OUTCOME_MODELS:
        with pytest.raises(SeparationError) as error:
            getattr(models, name).fit()
        assert str(error.value) == (
            f"the outcome separates the arms (controls have 0; treated have {treated}): no "
            "maximum-likelihood estimate exists"
        )
        assert not FitStatus(getattr(models, name).refit(np.ones(N)).status).usable


@pytest.mark.parametrize("trial_effects", ["none", "fixed", "random_slope"])
def test_a_mediator_that_orders_the_outcome_is_one_line(frame, trial_effects):
    frame["y"] = np.digitize(frame["m"], np.quantile(frame["m"], [0.3, 0.6, 0.8]))
    models = mediation_models(frame, specification=specified(trial_effects=trial_effects, covariates=["age"]))
    models.total.fit()
    with pytest.raises(SeparationError, match=r"separated by the mediator.*: no maximum-likelihood"):
        models.outcome.fit()


def test_a_covariate_that_leaves_nothing_is_one_line(frame):
    frame = frame.assign(y=(frame["age"] > 65).astype(int))
    models = mediation_models(frame, specification=specified(family="binary", covariates=["age"]))
    with pytest.raises(
        SeparationError, match="by covariate age, which leaves nothing for the treatment: no maximum"
    ):
        models.total.fit()


def test_an_overlapping_outcome_has_no_recession(frame):
    design = mediation_models(
        frame.assign(side="left"), specification=specified(covariates=["age"])
    ).total_design
    every = np.arange(2)
    arguments = (frame["y"].to_numpy(), design.matrix, np.ones(N))
    assert find_recession(*arguments, columns=every, n_levels=4) is None
    assert find_recession(*arguments, columns=every[:0], n_levels=4) is None


def test_a_specification_with_an_interaction_is_separated_by_its_product(frame):
    frame = frame.assign(
        y=np.where((frame["treatment"] == 1) & (frame["m"] > 2), 3, frame["y"].clip(upper=2))
    )
    frame.loc[(frame["treatment"] == 1) & (frame["m"] <= 2), "y"] = 0
    models = mediation_models(frame, specification=replace(specified(covariates=["age"]), interaction=True))
    with pytest.raises(SeparationError, match="by the mediator"):
        models.outcome.fit()


@pytest.mark.parametrize("trial_effects", ["none", "random_slope"])
@pytest.mark.parametrize(
    ("name", "separated", "reason"),
    [
        ("total", lambda frame: frame["treatment"] * 3, "separated by the arms"),
        (
            "outcome",
            lambda frame: np.digitize(frame["m"], [0.5, 1.5, 2.5]),
            "separated by the mediator together with the arms",
        ),
    ],
)
def test_a_refit_that_is_separated_says_by_what(frame, trial_effects, name, separated, reason):
    frame["y"] = separated(frame)
    models = mediation_models(frame, specification=specified(covariates=["age"], trial_effects=trial_effects))
    model = getattr(models, name)
    refit = model.refit(np.ones(N))
    assert not FitStatus(refit.status).usable
    assert model.why_failed(refit, np.ones(N)) == reason


def test_a_refit_that_failed_in_another_way_says_its_status(frame):
    models = mediation_models(frame, specification=specified(covariates=["age"]))
    controls = (frame["treatment"] == 0).to_numpy(dtype=float)
    assert models.total.why_failed(models.total.refit(controls), controls) == "rank deficient"
    assert models.mediator.why_failed(models.mediator.refit(controls), controls) == "rank deficient"

"""Standardised outcomes against the same sums written out, and what cannot be asked for."""

import numpy as np
import pytest
from scipy.special import expit

from ipdmediation.effects.natural_effects import OutcomeScales, natural_effects
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.models.errors import ModelError
from ipdmediation.models.specification import mediation_models
from ipdmediation.synthetic.truth import effects_of_cells
from tests.unit.effects.conftest import cells_by_sums, effects_of, parameters, refits, specified
from tests.unit.effects.standardised_cells import LINKS, named, standardised


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("interaction", [False, True])
@pytest.mark.parametrize("trial_effects", ["none", "fixed"])
def test_cells_against_plain_sums(frame, weights, link, interaction, trial_effects):
    models = mediation_models(
        frame, specification=specified(link=link, interaction=interaction, trial_effects=trial_effects)
    )
    fits = refits(models, weights)
    b, theta = named(models.outcome, fits[2]), named(models.mediator, fits[0])
    own, mean = (
        sum(
            coefficient * (frame[name] if name in frame else frame["trial"] == name[6:-1])
            for name, coefficient in each.items()
            if name.startswith(("x", "trial"))
        ).to_numpy(float)
        for each in (b, theta)
    )
    expected = cells_by_sums(
        fits[2].estimates[:6],
        lambda arm, m: (
            own[:, None] + b["treatment"] * arm + (b["mediator"] + arm * b.get("treatment:mediator", 0.0)) * m
        ),
        lambda arm: mean + theta["intercept"] + theta["treatment"] * arm,
        sd=np.sqrt(fits[0].residual_variance),
        link=LINKS[link],
        weights=weights,
    )
    found = standardised(models, frame, fits, weights)
    np.testing.assert_allclose(found.natural, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("link", LINKS)
def test_empirical_residuals_against_plain_sums(frame, weights, link):
    models = mediation_models(frame, specification=specified(link=link, interaction=True))
    fits = refits(models, weights)
    b, theta = named(models.outcome, fits[2]), named(models.mediator, fits[0])
    x = frame[["x0", "x1"]].to_numpy()
    mean = theta["intercept"] + x @ [theta["x0"], theta["x1"]]
    residuals = models.mediator_values - mean - theta["treatment"] * frame["treatment"].to_numpy()
    expected = cells_by_sums(
        fits[2].estimates[:6],
        lambda arm, m: (
            (x @ [b["x0"], b["x1"]])[:, None]
            + b["treatment"] * arm
            + (b["mediator"] + arm * b["treatment:mediator"]) * m
        ),
        lambda arm: mean + theta["treatment"] * arm,
        sd=1.0,
        link=LINKS[link],
        weights=weights,
        rule=(residuals, weights / weights.sum()),
    )
    found = standardised(models, frame, fits, weights, mediator_distribution="empirical")
    np.testing.assert_allclose(found.natural, expected, rtol=0, atol=1e-9)


def test_treatment_by_covariate_terms_are_set_with_the_treatment(frame, weights):
    models = mediation_models(frame, specification=specified(covariates="x0 + x1 + treatment:x0"))
    fits = refits(models, weights)
    b, theta = named(models.outcome, fits[2]), named(models.mediator, fits[0])
    x0, x1 = frame["x0"].to_numpy(), frame["x1"].to_numpy()

    def predictor(each, arm):
        moderated = each["treatment:x0"] * x0
        return each["x0"] * x0 + each["x1"] * x1 + arm * (each["treatment"] + moderated)

    expected = cells_by_sums(
        fits[2].estimates[:6],
        lambda arm, m: predictor(b, arm)[:, None] + b["mediator"] * m,
        lambda arm: predictor(theta, arm) + theta["intercept"],
        sd=np.sqrt(fits[0].residual_variance),
        weights=weights,
    )
    found = standardised(models, frame, fits, weights)
    np.testing.assert_allclose(found.natural, expected, rtol=0, atol=1e-9)


def test_controlled_values_are_on_the_mediator_s_natural_unit(frame, weights):
    volumes = frame.assign(m=np.exp(frame["m"]))
    models = mediation_models(volumes, specification=specified(transform="log", interaction=True))
    fits = refits(models, weights)
    b = named(models.outcome, fits[2])
    own = frame[["x0", "x1"]].to_numpy() @ [b["x0"], b["x1"]]
    found = standardised(models, volumes, fits, weights, controlled_at=(1.0, 5.0)).controlled
    for value, m in enumerate(np.log([1.0, 5.0])):
        for arm in (0, 1):
            predictor = own + arm * b["treatment"] + (b["mediator"] + arm * b["treatment:mediator"]) * m
            cumulative = [
                np.average(expit(cut - predictor), weights=weights) for cut in fits[2].estimates[:6]
            ]
            np.testing.assert_allclose(found[value, arm], np.diff([0, *cumulative, 1]), rtol=0, atol=1e-9)


def test_a_level_lost_by_a_resample_has_no_probability(frame):
    kept = frame[~frame["y"].isin([0, 3, 6])].reset_index(drop=True)
    specification = specified(better="low")
    with_gaps = frame.assign(y=frame["y"].where(~frame["y"].isin([0, 3, 6]), 1))
    models = mediation_models(frame, specification=specification)
    weights = (with_gaps["y"] == frame["y"]).to_numpy(float)
    found = effects_of(frame, specification, weights=weights, models=models, utility=range(7))
    assert np.isfinite([value for (effect, _), value in found.items() if effect != "pm"]).all()
    alone = effects_of(kept.assign(y=kept["y"].map({1: 0, 2: 1, 4: 2, 5: 3})), specification)
    for scale in ("win", "log_or"):
        assert found["tnie", scale] == pytest.approx(alone["tnie", scale], abs=1e-6)


def test_weights_count_as_repeated_rows(frame, weights):
    repeated = frame.loc[np.repeat(frame.index, weights.astype(int))].reset_index(drop=True)
    specification = specified(interaction=True)
    options = StandardisationOptions(mediator_distribution="empirical", controlled_at=(1.0,))
    weighted = effects_of(frame, specification, options=options, weights=weights, quartiles=(0.0, 1.0, 2.0))
    once = effects_of(repeated, specification, options=options, quartiles=(0.0, 1.0, 2.0))
    assert list(weighted.values()) == pytest.approx(list(once.values()), abs=1e-7, nan_ok=True)


def test_definitions_are_those_of_the_synthetic_truth(frame):
    # a model at its true parameters, through the truth's own functions; there a higher level is worse
    models = mediation_models(frame, specification=specified(better="low"))
    truth = {"treatment": -0.8, "mediator": 0.7, "x0": 0.2, "x1": 0.3}
    names = models.outcome.names[6:]
    thresholds = np.array([-2.0, -1.0, 0.0, 0.7, 1.5, 2.5])  # of codes 0..5, P(Y <= k) = F(t - worse)
    outcome = parameters([*-thresholds[::-1], *(-truth[name] for name in names)])
    mediator = parameters([1.0, -0.4, 0.3, 0.3], residual_variance=1.3)
    x = frame[["x0", "x1"]].to_numpy()
    cells = cells_by_sums(
        thresholds,
        lambda arm, m: (x @ [0.2, 0.3])[:, None] - 0.8 * arm + 0.7 * m,
        lambda arm: 1.0 - 0.4 * arm + x @ [0.3, 0.3],
        sd=np.sqrt(1.3),
    )
    utility = np.array([1, 0.91, 0.76, 0.65, 0.33, 0, 0])
    expected = effects_of_cells(cells, utility)
    found = effects_of(
        frame,
        models.specification,
        models=models,
        fits=[mediator, parameters(np.ones(9)), outcome],
        utility=utility,
    )
    for effect, scales in expected.items():
        for scale, value in scales.items():
            assert found[effect, scale] == pytest.approx(value, abs=1e-7), (effect, scale)


def test_unknown_choice_is_named():
    with pytest.raises(ModelError, match="population must be one of these_trials, new_trial, not 'here'"):
        StandardisationOptions.from_config({"population": "here"})


def test_utilities_have_to_fit_the_levels():
    with pytest.raises(ModelError, match="3 outcome levels need as many utilities, not 2"):
        OutcomeScales.of(["0", "1", "2"], utility=[1, 0])


def test_scales_use_the_outcome_s_own_codes():
    scales = OutcomeScales.of(["3", "2", "1"], utility=[1.0, 0.5, 0.0])
    cells = np.array([[0.2, 0.3, 0.5]] * 3 + [[0.1, 0.3, 0.6]])
    te = dict(zip((scale.key for scale in scales.every), natural_effects(cells, scales)[0], strict=True))
    assert te["mean"] == pytest.approx(-0.2)
    assert te["utility"] == pytest.approx(0.1)
    assert (te["prob_le_1"], te["prob_le_2"]) == pytest.approx((0.1, 0.1))
    assert te["win"] > 0
    assert te["log_or"] > 0


def test_the_mediator_is_no_covariate(frame):
    with pytest.raises(ModelError, match="m is the mediator"):
        mediation_models(frame, specification=specified(covariates="x0 + x1:m"))

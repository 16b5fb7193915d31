"""What holds for the effects whatever the data are."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit

from ipdmediation.data.disclosure import rounded
from ipdmediation.effects.catalogue import COEFFICIENT_EFFECTS
from ipdmediation.effects.four_way import controlled_direct_effects, interaction_components
from ipdmediation.effects.mediation import MediationEffects, effects_by_imputation, mediator_quartiles
from ipdmediation.effects.natural_effects import OutcomeScales, natural_effects, without_rounding
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.kernels.common_odds_ratio import common_log_odds_ratio
from ipdmediation.models.cumulative_link import CumulativeLinkModel
from ipdmediation.models.specification import mediation_models
from ipdmediation.models.splines import restricted_cubic_spline
from ipdmediation.vocabulary.scales import COMPARATIVE, cut
from tests.unit.effects.conftest import effects_of, refits, simulated_cohort, specified

COMPARATIVE_KEYS = [scale.key for scale in COMPARATIVE]
ANY_SEED = st.integers(0, 10_000)
OPTIONS = StandardisationOptions(controlled_at=(0.0, 2.0))


def by_scale(effects, name):
    return {scale: value for (effect, scale), value in effects.items() if effect == name}


@settings(max_examples=15, deadline=None)
@given(
    seed=ANY_SEED,
    interaction=st.booleans(),
    link=st.sampled_from(["logit", "probit"]),
    better=st.sampled_from(["low", "high"]),
    distribution=st.sampled_from(["gaussian", "empirical"]),
)
def test_effects_add_up(seed, interaction, link, better, distribution):
    frame = simulated_cohort(200, seed=seed)
    options = StandardisationOptions(mediator_distribution=distribution, controlled_at=(0.0, 2.0))
    effects = effects_of(
        frame,
        specified(interaction=interaction, link=link, better=better),
        options=options,
        utility=[1, 0.9, 0.8, 0.6, 0.3, 0, 0],
    )
    for scale, te in by_scale(effects, "te").items():
        assert te == pytest.approx(effects["pnde", scale] + effects["tnie", scale], abs=1e-12)
        assert te == pytest.approx(effects["tnde", scale] + effects["pnie", scale], abs=1e-12)
        assert effects["pm", scale] == pytest.approx(effects["tnie", scale] / te)
        if scale in COMPARATIVE_KEYS:
            continue
        for value in ("0", "2"):
            parts = [f"cde_{value}", f"int_ref_{value}", "int_med", "pnie"]
            assert te == pytest.approx(sum(effects[part, scale] for part in parts), abs=1e-12)


@settings(max_examples=10, deadline=None)
@given(seed=ANY_SEED, interaction=st.booleans())
def test_better_end_flips_signs_and_nothing_else(seed, interaction):
    frame = simulated_cohort(200, seed=seed)
    high, low = (
        effects_of(frame, specified(interaction=interaction, better=better), options=OPTIONS)
        for better in ("high", "low")
    )
    for (effect, scale), value in high.items():
        turned = (effect != "pm" and scale in COMPARATIVE_KEYS) or (
            scale == "coefficient" and effect != "treatment_on_mediator"
        )
        sign = -1 if turned else 1
        assert low[effect, scale] == pytest.approx(sign * value, abs=1e-6, nan_ok=True), (effect, scale)


@settings(max_examples=10, deadline=None)
@given(seed=ANY_SEED)
def test_recoding_the_treatment_swaps_the_arms(seed):
    frame = simulated_cohort(200, seed=seed)
    effects = effects_of(frame, specified(interaction=True))
    swapped = effects_of(frame.assign(treatment=1 - frame["treatment"]), specified(interaction=True))
    for scale in ("mean", "prob_le_2"):
        for effect, other in (("te", "te"), ("pnde", "tnde"), ("pnie", "tnie")):
            assert swapped[effect, scale] == pytest.approx(-effects[other, scale], abs=1e-7)


@settings(max_examples=10, deadline=None)
@given(seed=ANY_SEED, factor=st.floats(0.1, 10), distance=st.floats(-5, 5))
def test_unit_of_the_mediator_does_not_matter(seed, factor, distance):
    frame = simulated_cohort(200, seed=seed)
    effects = effects_of(frame, specified(interaction=True))
    other = effects_of(frame.assign(m=factor * frame["m"] + distance), specified(interaction=True))
    for key, value in effects.items():
        if key[0] in {"mediator_effect_control", "mediator_effect_treated"}:
            assert factor * other[key] == pytest.approx(value, abs=1e-6), key
        elif key[0].startswith("direct_at_"):
            # The places are rounded in either unit, so that they are nobody's value.
            assert np.isfinite([other[key], value]).all()
        elif key[0] not in {"treatment_on_mediator", "log_or_product", "log_or_difference"}:
            assert other[key] == pytest.approx(value, abs=1e-6), key


@settings(max_examples=10, deadline=None)
@given(seed=ANY_SEED, trial_effects=st.sampled_from(["none", "fixed"]))
def test_khb_is_the_refitted_model_with_the_mediator_s_residual(seed, trial_effects):
    frame = simulated_cohort(200, seed=seed)
    weights = np.random.default_rng(seed).integers(0, 4, 200).astype(float)
    models = mediation_models(frame, specification=specified(trial_effects=trial_effects))
    effects = effects_of(frame, models.specification, weights=weights, models=models)
    residual = (
        models.mediator_values
        - np.column_stack([np.ones(200), models.mediator_design.matrix])
        @ models.mediator.refit(weights).estimates
    )
    design = models.outcome_design.matrix.copy()
    design[:, 1] = residual
    reduced = CumulativeLinkModel(
        models.outcome_values, design, names=models.outcome_design.names, n_levels=7
    ).fit(weights=weights)
    outcome = models.outcome.fit(weights=weights)
    assert reduced.log_likelihood == pytest.approx(outcome.log_likelihood, abs=1e-8)
    assert effects["khb_total", "coefficient"] == pytest.approx(reduced.coefficient("treatment"), abs=1e-6)
    difference = reduced.coefficient("treatment") - outcome.coefficient("treatment")
    assert effects["khb_indirect", "coefficient"] == pytest.approx(difference, abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(seed=ANY_SEED, distribution=st.sampled_from(["gaussian", "empirical"]))
def test_continuous_outcome_without_interaction_is_the_product_method(seed, distribution):
    frame = simulated_cohort(200, seed=seed).astype({"y": float})
    effects = effects_of(
        frame,
        specified(family="continuous", trial_effects="fixed"),
        options=StandardisationOptions(mediator_distribution=distribution, controlled_at=(0.0,)),
    )
    product = effects["treatment_on_mediator", "coefficient"] * effects["mediator_effect", "coefficient"]
    direct = effects["direct", "coefficient"]
    for effect in ("tnie", "pnie"):
        assert effects[effect, "mean"] == pytest.approx(product, abs=1e-10)
    for effect in ("pnde", "tnde", "cde_0"):
        assert effects[effect, "mean"] == pytest.approx(direct, abs=1e-10)
    assert effects["int_med", "mean"] == pytest.approx(0, abs=1e-10)
    assert effects["total", "coefficient"] == pytest.approx(direct + product, abs=1e-10)
    shares = [
        ("log_or_difference", "proportion"),
        ("log_or_product", "proportion"),
        ("khb", "proportion"),
        ("pm", "mean"),
    ]
    assert [effects[key] for key in shares] == pytest.approx([product / (direct + product)] * 4, rel=1e-8)


def test_null_mediator_carries_nothing_on_any_scale():
    frame = simulated_cohort(4000, seed=7)
    models = mediation_models(frame, specification=specified())
    fits = refits(models)
    unmoved = fits[0].estimates.copy()
    unmoved[models.mediator.names.index("treatment")] = 0.0
    fits[0] = fits[0]._replace(estimates=unmoved)
    effects = effects_of(frame, models.specification, models=models, fits=fits)
    assert max(map(abs, by_scale(effects, "tnie").values())) < 1e-14
    assert max(map(abs, by_scale(effects, "pm").values())) < 1e-13
    assert effects["khb", "proportion"] == pytest.approx(0, abs=1e-14)


# shift of the mediator, its residual spread, true share, naive share
NON_COLLAPSIBILITY = [
    (-0.4, 1.2, 0.281, 0.167),
    (-0.137, 1.2, 0.118, -0.018),
    (0.0, 1.2, 0.0, -0.146),
    (-0.4, 1.9, 0.281, 0.053),
]


@pytest.mark.parametrize(("shift", "spread", "truth", "naive"), NON_COLLAPSIBILITY)
def test_difference_of_log_odds_ratios_is_biased_and_the_others_are_not(shift, spread, truth, naive):
    frame = simulated_cohort(60_000, seed=8, shift=shift, spread=spread, covariates=0)
    effects = effects_of(frame, specified(covariates=0))
    assert effects["khb", "proportion"] == pytest.approx(truth, abs=0.025)
    assert effects["pm", "mean"] == pytest.approx(truth, abs=0.025)
    assert effects["log_or_difference", "proportion"] == pytest.approx(naive, abs=0.05)
    assert truth - effects["log_or_difference", "proportion"] > 0.08


def test_common_odds_ratio_is_that_of_the_fitted_model():
    rng = np.random.default_rng(9)
    for levels in (2, 3, 7):
        counts = rng.integers(5, 60, size=(2, levels))
        shares = counts / counts.sum(axis=1, keepdims=True)
        design = np.repeat([[0.0], [1.0]], levels, axis=0)
        model = CumulativeLinkModel(np.tile(np.arange(levels), 2), design, names=["group"], n_levels=levels)
        fitted = model.fit(weights=shares.ravel() * 1000).coefficient("group")
        assert common_log_odds_ratio(shares[1], shares[0]) == pytest.approx(fitted, abs=1e-9)


def test_common_odds_ratio_where_levels_are_empty_or_effects_large():
    shift = expit(np.linspace(-4, 4, 6))
    reference = np.diff([0, *shift, 1])
    moved = np.diff([0, *expit(np.linspace(-4, 4, 6) - 5.0), 1])
    assert common_log_odds_ratio(moved, reference) == pytest.approx(5.0, abs=1e-9)
    with_gap, moved_gap = np.insert(reference, [0, 3, 7], 0), np.insert(moved, [0, 3, 7], 0)
    assert common_log_odds_ratio(moved_gap, with_gap) == pytest.approx(5.0, abs=1e-9)
    assert np.isnan(common_log_odds_ratio(np.array([0.0, 1.0]), np.array([1.0, 0.0])))


def test_common_odds_ratio_maximises_the_likelihood():
    distribution, reference = np.array([0.1, 0.5, 0.4]), np.array([0.4, 0.2, 0.4])

    def deviance(parameters):
        cuts = np.array([parameters[0], parameters[0] + np.exp(parameters[1])])
        return -sum(
            table @ np.log(np.diff([0, *expit(cuts - effect), 1]))
            for table, effect in ((reference, 0.0), (distribution, parameters[2]))
        )

    found = minimize(deviance, [-1.0, 0.0, 0.0], tol=1e-12).x[2]
    assert common_log_odds_ratio(distribution, reference) == pytest.approx(found, abs=1e-5)


def test_catalogue_names_every_effect_once_with_its_denominator():
    frame = simulated_cohort(100, seed=1)
    models = mediation_models(frame, specification=specified())
    effects = MediationEffects.of(models, frame, options=OPTIONS, utility=range(7)).effects
    keys = [effect.key for effect in effects]
    assert len(set(keys)) == len(keys) == len({effect.column for effect in effects})
    assert keys[: len(COEFFICIENT_EFFECTS)] == [effect.key for effect in COEFFICIENT_EFFECTS]
    assert all(effect.denominator in keys for effect in effects if effect.share_of)


@pytest.mark.parametrize("family", ["binary", "continuous"])
def test_other_families_have_the_scales_that_make_sense(family):
    frame = simulated_cohort(200, seed=2, levels=2 if family == "binary" else 7)
    effects = effects_of(frame, specified(family=family), options=OPTIONS)
    assert (
        set(by_scale(effects, "te"))
        == {
            "binary": {"mean", "prob_le_0", "win", "log_win_odds", "log_or"},
            "continuous": {"mean"},
        }[family]
    )
    assert np.isfinite(list(effects.values())).all()


def test_every_completed_data_set_has_its_own_effects():
    frame = simulated_cohort(100, seed=3)
    other = frame.assign(x0=frame["x0"] + np.random.default_rng(1).normal(size=100))
    completed = pd.concat([frame.assign(imputation=0), other.assign(imputation=1)])
    prepared = effects_by_imputation(completed, specification=specified(), options=OPTIONS)
    values = [each.evaluate(refits(each.models), np.ones(100)) for each in prepared]
    expected = effects_of(frame, specified(), options=OPTIONS)
    assert list(values[0]) == pytest.approx(list(expected.values()), abs=1e-9)
    assert np.abs(values[1] - values[0]).max() > 1e-3


@pytest.mark.parametrize("knots", [0, 4])
def test_an_interaction_has_effects_at_quartiles_and_slopes_by_arm(knots):
    frame = simulated_cohort(300, seed=5).assign(m=lambda rows: np.exp(rows["m"]))
    specification = specified(transform="log", interaction=True, spline_knots=knots)
    models = mediation_models(frame, specification=specification)
    fits = refits(models)
    options = StandardisationOptions(controlled_at=(1.0, 5.0))
    effects = effects_of(frame, specification, models=models, fits=fits, options=options)
    coefficient = dict(zip(models.outcome.names, fits[2].estimates, strict=True))
    quartiles = np.array(mediator_quartiles(frame, specification=specification))
    assert quartiles == pytest.approx(np.quantile(frame["m"], [0.25, 0.5, 0.75]), rel=0.05)
    columns = np.log(quartiles)[:, None]
    if knots:
        columns = restricted_cubic_spline(np.log(quartiles), knots=models.outcome_design.mediator_knots)
    products = [value for name, value in coefficient.items() if name.startswith("treatment:")]
    expected = coefficient["treatment"] + columns @ np.array(products)
    names = ["direct_at_q1", "direct_at_median", "direct_at_q3"]
    assert [effects[name, "coefficient"] for name in names] == pytest.approx(expected.tolist())
    slopes = {key[0]: value for key, value in effects.items() if key[0].startswith("mediator_effect")}
    if not knots:
        control, product = coefficient["mediator"], coefficient["treatment:mediator"]
        assert slopes == pytest.approx(
            {"mediator_effect_control": control, "mediator_effect_treated": control + product}
        )
    else:
        assert not slopes
    assert ("direct", "coefficient") not in effects
    catalogue = MediationEffects.of(models, frame, options=options).effects
    at = {effect.effect: effect.at for effect in catalogue if effect.at is not None}
    assert [at[name] for name in names] == pytest.approx(quartiles.tolist())
    assert all(at[f"{kind}_{value:g}"] == value for kind in ("cde", "int_ref") for value in (1, 5))
    assert [effect.effect for effect in catalogue if effect.undefined] == (
        ["log_or_difference"] if knots else ["log_or_difference", "log_or_product"]
    )


def test_quartiles_are_those_of_all_completed_data_sets():
    frame = simulated_cohort(100, seed=3)
    completed = pd.concat([frame.assign(imputation=0), frame.assign(imputation=1, m=frame["m"] + 1)])
    prepared = effects_by_imputation(completed, specification=specified(interaction=True), options=OPTIONS)
    expected = rounded(np.quantile(completed["m"], 0.5), spread=completed["m"].std(ddof=0))
    for each in prepared:
        assert next(e.at for e in each.effects if e.effect == "direct_at_median") == pytest.approx(expected)


def test_a_ratio_of_nothing_is_not_a_failure():
    frame = simulated_cohort(100, seed=3)
    models = mediation_models(frame, specification=specified())
    fits = [fit._replace(estimates=fit.estimates.copy()) for fit in refits(models)]
    for fit, model in zip(fits, (models.mediator, models.total, models.outcome), strict=True):
        fit.estimates[model.names.index("treatment")] = 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        effects = effects_of(frame, models.specification, models=models, fits=fits)
    ratios = [key for key, value in effects.items() if not np.isfinite(value)]
    assert {key[0] for key in ratios} == {"log_or_difference", "log_or_product", "khb", "pm"}


def test_a_level_that_nobody_has_gives_no_effect_a_sign_by_chance():
    """As in a resample of few patients: 0.1 + 0.2 + 0.7 and 0.3 + 0.6 + 0.1 differ in floating point only."""
    untreated, through, direct, treated = (
        [0.1, 0.2, 0.7, 0], [0.15, 0.2, 0.65, 0], [0.3, 0.6, 0.1, 0], [0.35, 0.55, 0.1, 0],
    )  # fmt: skip
    cells = np.array([untreated, through, direct, treated])
    scales = OutcomeScales.of(["0", "1", "2", "3"])
    never = scales.every.index(cut(2))
    assert (scales.compare(cells[1:], cells[0])[:, never] != 0).any()
    effects = natural_effects(cells, scales)
    assert list(effects[:-1, never]) == [0, 0, 0, 0, 0]
    assert np.isnan(effects[-1, never])
    controlled = controlled_direct_effects(np.array([[untreated, direct], [through, treated]]), scales)
    assert list(controlled[:, never]) == [0, 0]
    rounding = scales.rounding(cells)
    parts = interaction_components(effects, controlled, scales, rounding=rounding)
    assert [part for found in parts for part in np.ravel(found[..., never])] == [0, 0, 0]
    assert effects[0, scales.every.index(cut(0))] == pytest.approx(0.25)


def test_the_smallest_unit_of_a_continuous_outcome_is_no_rounding():
    """Moles, say: what counts is the size of the means, not that of the number 1."""
    cells = np.array([[2e-14], [3e-14], [4e-14], [5e-14]])
    effects = natural_effects(cells, OutcomeScales.of([]))
    assert effects[0, 0] == pytest.approx(3e-14)
    large = np.array([[0.1 + 0.2], [0.3], [0.3], [0.3]]) * 1e9
    assert natural_effects(large, OutcomeScales.of([]))[0, 0] == 0


def test_what_is_not_a_number_stays_none():
    assert np.isnan(without_rounding(np.array([np.nan]), np.array([1e-12]))[0])

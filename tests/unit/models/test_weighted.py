"""Analyses whose patients are weighted, or whose random effects are of clusters within trials."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.inference.bootstrap import cohort_effects, draw_replicates
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream
from ipdmediation.models.errors import MissingValueError, ModelError, SingleTrialError
from ipdmediation.models.linear_mixed import LinearMixedModel
from ipdmediation.models.specification import MODEL_NAMES, AnalysisSpecification, mediation_models

REFERENCE = Path(__file__).parents[2] / "reference"
OPTIONS = StandardisationOptions(
    mediator_distribution="gaussian", population="these_trials", controlled_at=(0.5,)
)
QUARTILES = (-1.0, 0.0, 1.0)
pytestmark = pytest.mark.filterwarnings("ignore::ipdmediation.models.errors.SingularFitWarning")

CHOICES = [
    {"trial_effects": "random_slope"},
    {"trial_effects": "fixed", "interaction": True},
    {"trial_effects": "random_intercept", "family": "continuous", "estimation": "reml"},
    {"trial_effects": "none", "spline_knots": 3},
]
NAMES = ["random slope", "interaction", "continuous by reml", "spline"]


@pytest.fixture(scope="module")
def cohort():
    rng = np.random.default_rng(7)
    trial = rng.permutation(np.repeat(np.arange(4), [90, 80, 70, 60]))
    treatment = rng.integers(2, size=trial.size)
    level = rng.normal(size=4)[trial]
    x = rng.normal(size=trial.size)
    m = 0.5 * level - 0.6 * treatment + 0.4 * x + rng.normal(size=trial.size)
    latent = 0.6 * level + 0.5 * treatment - 0.8 * m + 0.3 * x
    y = np.digitize(latent + rng.logistic(size=trial.size), [-1.5, 0.0, 1.5])
    return pd.DataFrame(
        {
            "trial": np.array(["a", "b", "c", "d"])[trial],
            "treatment": treatment,
            "x": x,
            "m": m,
            "y": y,
            "centre": np.array(["p", "q", "r"])[rng.integers(3, size=trial.size)],
            "times": rng.integers(0, 4, size=trial.size).astype(float),
            "w": rng.lognormal(sigma=0.5, size=trial.size),
        }
    )


def specified(**choices):
    return AnalysisSpecification(mediator="m", outcome="y", **{"covariates": ("x",), **choices})


def prepared(frame, **choices):
    models = mediation_models(frame, specification=specified(**choices))
    return MediationEffects.of(models, frame, options=OPTIONS, quartiles=QUARTILES)


def replicates(frame, **choices):
    analysis = ImputedAnalysis(
        completed=frame.assign(imputation=0), specification=specified(**choices), options=OPTIONS
    )
    return draw_replicates(analysis, replicates=range(3), stream=lambda number: stream(5, number))


@pytest.mark.parametrize("choices", CHOICES, ids=NAMES)
def test_equal_weights_change_nothing_to_the_last_digit(cohort, choices):
    weighted = cohort.assign(w=0.1)
    assert (
        cohort_effects(prepared(weighted, weights="w", **choices)).tobytes()
        == cohort_effects(prepared(cohort, **choices)).tobytes()
    )
    pd.testing.assert_frame_equal(
        replicates(weighted, weights="w", **choices), replicates(cohort, **choices), check_exact=True
    )


@pytest.mark.parametrize("trial_effects", ["none", "fixed"])
def test_integer_weights_are_repeated_rows(cohort, trial_effects):
    """Estimates of the models, and all effects that are made of these or of a linear outcome's mean."""
    repeated = cohort.loc[cohort.index.repeat(cohort["times"].astype(int))].reset_index(drop=True)
    for family in ("ordinal", "continuous"):
        choices = {"trial_effects": trial_effects, "family": family, "interaction": True}
        weighted, alone = prepared(cohort, weights="times", **choices), prepared(repeated, **choices)
        for name in MODEL_NAMES:
            np.testing.assert_allclose(
                weighted.models.fit(name).estimates, alone.models.fit(name).estimates, atol=1e-6
            )
        either = np.array(
            [
                family == "continuous" or effect.scale.key in ("coefficient", "proportion")
                for effect in weighted.effects
            ]
        )
        np.testing.assert_allclose(
            cohort_effects(weighted)[either], cohort_effects(alone)[either], atol=1e-5, equal_nan=True
        )


@pytest.mark.parametrize("estimation", ["ml", "reml"])
def test_integer_weights_of_a_mixed_model_are_rows_that_weigh_less(cohort, estimation):
    """All weights together are the number of patients, so each of the repeated rows counts for a part."""
    repeated = cohort.loc[cohort.index.repeat(cohort["times"].astype(int))].reset_index(drop=True)
    choices = {"trial_effects": "random_slope", "estimation": estimation}
    weighted = mediation_models(cohort, specification=specified(weights="times", **choices))
    alone = mediation_models(repeated, specification=specified(**choices))
    share = np.full(len(repeated), len(cohort) / len(repeated))
    for name in MODEL_NAMES:
        own, other = weighted.fit(name), getattr(alone, name).fit(weights=share)
        np.testing.assert_allclose(own.estimates, other.estimates, atol=3e-5)
        np.testing.assert_allclose(own.random_effects.covariance, other.random_effects.covariance, atol=3e-5)


def test_patients_without_weight_are_as_good_as_left_out(cohort):
    choices = {"trial_effects": "fixed", "family": "continuous"}
    kept = cohort[cohort["times"] > 0].reset_index(drop=True)
    weighted = cohort_effects(prepared(cohort.assign(w=(cohort["times"] > 0) * 2.5), weights="w", **choices))
    np.testing.assert_allclose(weighted, cohort_effects(prepared(kept, **choices)), atol=1e-8)


def test_a_replicate_has_the_product_of_counts_and_weights(cohort):
    weighted = prepared(cohort, weights="w", trial_effects="fixed")
    scaled = cohort["w"].to_numpy() / cohort["w"].mean()
    analysis = ImputedAnalysis(
        completed=cohort.assign(imputation=0),
        specification=specified(weights="w", trial_effects="fixed"),
        options=OPTIONS,
    )
    counts = analysis.plan.weights(stream(5, 1))
    fits = [getattr(weighted.models, name).refit(counts * scaled) for name in MODEL_NAMES]
    columns = [effect.column for effect in weighted.effects]
    drawn = replicates(cohort, weights="w", trial_effects="fixed").loc[1, columns].to_numpy(float)
    expected = dict(zip(columns, weighted.evaluate(fits, counts * scaled), strict=True))
    # the quartiles of the cohort name no column of a model without interaction
    np.testing.assert_allclose(drawn, [expected[column] for column in columns], atol=1e-5)


def test_effects_are_weighted_averages_over_patients(cohort):
    """With the fits of other patients, so that only the averages are weighted."""
    weighted = prepared(cohort, weights="w", trial_effects="none", family="continuous", interaction=True)
    fits = [getattr(weighted.models, name).refit(np.ones(len(cohort))) for name in MODEL_NAMES]
    effects = dict(
        zip(
            [effect.key for effect in weighted.effects],
            weighted.evaluate(fits, weighted.models.weighted(np.ones(len(cohort)))),
            strict=True,
        )
    )
    intercept, own, of_x = fits[0].estimates
    _, treatment, mediator, product, _ = fits[2].estimates
    means = intercept + of_x * cohort["x"]  # of the mediator in controls
    direct = np.average(treatment + product * means, weights=cohort["w"])
    assert effects["pnde", "mean"] == pytest.approx(direct, abs=1e-10)
    assert effects["tnie", "mean"] == pytest.approx((mediator + product) * own, abs=1e-10)


def test_counts_are_of_patients_and_trials_whatever_the_weights_and_clusters(cohort):
    for choices in ({"weights": "w"}, {"cluster": "centre"}):
        models = mediation_models(
            cohort, specification=specified(trial_effects="random_intercept", **choices)
        )
        for name in MODEL_NAMES:
            fit = models.fit(name)
            assert fit.n == len(cohort)
            assert fit.n_per_trial == cohort.groupby("trial", sort=False).size().to_dict()


def test_reml_is_of_all_linear_mixed_models(cohort):
    choices = {"trial_effects": "random_intercept", "family": "continuous"}
    by = {
        estimation: mediation_models(cohort, specification=specified(estimation=estimation, **choices))
        for estimation in ("ml", "reml")
    }
    for name in MODEL_NAMES:
        fits = {estimation: models.fit(name) for estimation, models in by.items()}
        assert fits["reml"].residual_variance > fits["ml"].residual_variance
    codes, trials = pd.factorize(cohort["trial"])
    alone = LinearMixedModel(
        cohort["m"],
        cohort[["treatment", "x"]],
        names=["treatment", "x"],
        trials=codes,
        random_design=np.ones((len(cohort), 1)),
        random_names=["intercept"],
        trial_names=list(trials),
        method="reml",
    ).fit()
    np.testing.assert_allclose(by["reml"].fit("mediator").estimates, alone.estimates, atol=1e-8)
    assert not hasattr(by["reml"].total.model, "level_names")
    with pytest.raises(ModelError, match="estimation must be one of ml, reml, not 'mle'"):
        specified(estimation="mle")


def test_clusters_are_levels_within_trials_and_trials_have_indicators(cohort):
    """As if each cluster were a trial, and the trials covariates."""
    models = mediation_models(cohort, specification=specified(trial_effects="random_slope", cluster="centre"))
    design = models.outcome_design
    assert len(design.cluster_names) == cohort.groupby(["trial", "centre"]).ngroups == 12
    own = cohort.assign(
        trial=cohort["trial"] + cohort["centre"],
        **{f"is_{trial}": (cohort["trial"] == trial) * 1.0 for trial in design.trial_names[1:]},
    )
    covariates = ("x", *(f"is_{trial}" for trial in design.trial_names[1:]))
    alone = mediation_models(
        own, specification=specified(trial_effects="random_slope", covariates=covariates)
    )
    for name in MODEL_NAMES:
        fit, other = models.fit(name), getattr(alone, name).fit()
        np.testing.assert_allclose(fit.estimates, other.estimates, atol=1e-8)
        np.testing.assert_allclose(fit.random_effects.modes, other.random_effects.modes, atol=1e-8)
    effects = MediationEffects.of(models, cohort, options=OPTIONS, quartiles=QUARTILES)
    others = MediationEffects.of(alone, own, options=OPTIONS, quartiles=QUARTILES)
    np.testing.assert_allclose(cohort_effects(effects), cohort_effects(others), atol=1e-7, equal_nan=True)


def test_clusters_with_a_random_slope_of_the_mediator(cohort):
    choices = {"trial_effects": "random_slopes", "cluster": "centre"}
    effects = cohort_effects(prepared(cohort, **choices))
    assert np.isfinite(effects).mean() > 0.9


def test_centres_of_a_single_trial(cohort):
    """Random effects where there is one trial only, without indicators of trials."""
    one = cohort[cohort["trial"] == "a"].reset_index(drop=True)
    models = mediation_models(
        one, specification=specified(trial_effects="random_intercept", cluster="centre")
    )
    assert not models.mediator_design.trial_positions.size
    assert len(models.fit("total").random_effects.modes) == 3


def test_clusters_that_there_are_none_of(cohort):
    with pytest.raises(ModelError, match="clusters by centre need random trial_effects, not 'fixed'"):
        specified(trial_effects="fixed", cluster="centre")
    with_gap = cohort.assign(centre=cohort["centre"].mask(cohort.index < 2))
    choices = specified(trial_effects="random_intercept", cluster="centre")
    with pytest.raises(MissingValueError, match=r"missing values in centre \(2 rows\)"):
        mediation_models(with_gap, specification=choices)
    one = cohort[cohort["trial"] == "a"].assign(centre="p").reset_index(drop=True)
    with pytest.raises(SingleTrialError, match="one cluster only"):
        mediation_models(one, specification=choices)


def test_a_note_on_the_boundary_calls_the_clusters_by_their_name(cohort):
    rng = np.random.default_rng(3)
    shuffled = cohort.assign(centre=rng.permutation(cohort["centre"]))
    notes = [
        str(note)
        for name in MODEL_NAMES
        for note in mediation_models(
            shuffled, specification=specified(trial_effects="random_slope", cluster="centre")
        )
        .fit(name)
        .warnings
    ]
    assert notes
    assert all("12 clusters by centre" in note for note in notes)


WITHIN = StandardisationOptions(mediator_distribution="gaussian", population="these_trials", controlled_at=())


def centred(frame, **choices):
    models = mediation_models(frame, specification=specified(**choices))
    return MediationEffects.of(models, frame, options=WITHIN, quartiles=QUARTILES)


@pytest.mark.parametrize("weights", [None, "w"])
def test_centring_changes_nothing_beside_indicators_of_the_trials(cohort, weights):
    choices = {"trial_effects": "fixed", "weights": weights}
    np.testing.assert_allclose(
        cohort_effects(centred(cohort, centred=True, **choices)),
        cohort_effects(centred(cohort, **choices)),
        atol=1e-7,
    )


def test_a_centred_mediator_knows_no_differences_between_trials(cohort):
    """The same patients, with each trial's mediators moved by a number of its own."""
    moved = cohort.assign(m=cohort["m"] + cohort["trial"].map({"a": 0, "b": 5, "c": -3, "d": 11}))
    choices = {"trial_effects": "none", "centred": True}
    np.testing.assert_allclose(
        cohort_effects(centred(moved, **choices)), cohort_effects(centred(cohort, **choices)), atol=1e-7
    )
    models = mediation_models(moved, specification=specified(weights="w", **choices))
    means = pd.Series(models.mediator_values * moved["w"]).groupby(moved["trial"]).sum()
    np.testing.assert_allclose(means, 0, atol=1e-9)


def test_a_difference_is_no_value(cohort):
    for choices in ({"interaction": True}, {"spline_knots": 3}):
        with pytest.raises(ModelError, match="a centred mediator has neither a spline nor an interaction"):
            specified(centred=True, **choices)
    with pytest.raises(ModelError, match="controlled_at has to be empty"):
        prepared(cohort, centred=True, trial_effects="fixed")


@pytest.fixture(scope="module")
def patients():
    """The patients of `choices.R`, with its weights and centres."""
    frame = pd.read_csv(REFERENCE / "evidence_a.csv").dropna(subset=["m"]).reset_index(drop=True)
    centre = np.array(["p", "q", "r"])[frame["id"] % 3]
    moved = frame["m"] + np.sin(5 * frame["trial"] + 3 * (frame["id"] % 3))
    return frame.rename(columns={"a": "treatment"}).assign(
        weight=1 + (frame["id"] % 5) / 2, centre=centre, moved=moved
    )


@pytest.fixture(scope="module")
def by_r():
    return json.loads((REFERENCE / "choices.json").read_text())


def fitted(patients, model, **choices):
    choices = {"mediator": "moved" if "cluster" in choices else "m", **choices}
    specification = AnalysisSpecification(outcome="y", covariates=("c1", "c2"), **choices)
    return mediation_models(patients, specification=specification).fit(model)


def test_weighted_models_without_random_effects_are_those_of_r(patients, by_r):
    choices = {"weights": "weight", "trial_effects": "none"}
    np.testing.assert_allclose(
        fitted(patients, "mediator", **choices).estimates, by_r["weighted_lm"], atol=1e-8
    )
    np.testing.assert_allclose(
        fitted(patients, "outcome", **choices).estimates, by_r["weighted_clm"], atol=1e-6
    )


def test_a_weighted_ordinal_mixed_model_is_that_of_r(patients, by_r):
    fit = fitted(patients, "outcome", weights="weight", trial_effects="random_intercept")
    np.testing.assert_allclose(fit.estimates, by_r["weighted_clmm"]["estimates"], atol=2e-4)
    np.testing.assert_allclose(
        np.ravel(fit.random_effects.covariance), np.ravel(by_r["weighted_clmm"]["covariance"]), atol=2e-4
    )


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("weighted_lmer_ml", {"weights": "weight", "trial_effects": "random_intercept"}),
        (
            "weighted_lmer_reml",
            {"weights": "weight", "trial_effects": "random_intercept", "estimation": "reml"},
        ),
        ("reml", {"trial_effects": "random_slope", "estimation": "reml"}),
        ("clusters", {"trial_effects": "random_intercept", "cluster": "centre"}),
        ("clusters_reml", {"trial_effects": "random_intercept", "cluster": "centre", "estimation": "reml"}),
    ],
)
def test_linear_mixed_models_are_those_of_r(patients, by_r, name, choices):
    fit, expected = fitted(patients, "mediator", **choices), by_r[name]
    np.testing.assert_allclose(fit.estimates, expected["estimates"], atol=1e-5)
    np.testing.assert_allclose(fit.random_effects.covariance, expected["covariance"], atol=2e-5)
    assert fit.residual_variance == pytest.approx(expected["residual_variance"], abs=2e-5)

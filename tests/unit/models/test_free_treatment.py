"""A treatment that is free at every cut: thresholds by arm, against R and against what has to be the same."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import optimize
from scipy.special import expit

from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.errors import EmptyLevelWarning, ModelError, OutcomeError
from ipdmediation.models.specification import AnalysisSpecification, mediation_models
from ipdmediation.models.thresholds import by_arm
from ipdmediation.vocabulary.links import LINKS

REFERENCE = Path(__file__).parents[2] / "reference"
R_FITS = json.loads((REFERENCE / "free_treatment.json").read_text())
CUTS = ["6|5", "5|4", "4|3", "3|2", "2|1", "1|0"]


@pytest.fixture(scope="module")
def imaged() -> pd.DataFrame:
    everybody = pd.read_csv(REFERENCE / "evidence_a.csv")
    return everybody[everybody["dead"] == 0].reset_index(drop=True).rename(columns={"a": "treatment"})


@pytest.fixture(scope="module")
def published() -> pd.DataFrame:
    """One row per patient of the published counts, with a mediator that says nothing."""
    counts = pd.read_csv(REFERENCE / "mrs_by_trial.csv")
    rows = [
        {"trial": row["trial"], "treatment": int(row["arm"] == "treated"), "y": level}
        for row in counts.to_dict("records")
        for level in range(7)
        for _ in range(row[f"mrs_{level}"])
    ]
    frame = pd.DataFrame(rows)
    return frame.assign(m=np.random.default_rng(1).normal(size=len(frame)))


def models(frame, **choices):
    choices = {"covariates": ("c1", "c2"), "trial_effects": "fixed"} | choices
    specification = AnalysisSpecification(
        mediator="m", outcome="y", better="low", free_treatment=choices.pop("free", True), **choices
    )
    return mediation_models(frame, specification=specification)


@pytest.mark.parametrize("link", list(LINKS))
def test_clm_with_nominal_effects(compiled, imaged, link):
    compiled(link)
    built = {
        "outcome": models(imaged, link=link).outcome,
        "interaction": models(imaged, link=link, interaction=True).outcome,
        "total": models(imaged, link=link).total,
    }
    for name, model in built.items():
        fit, other = model.fit(), R_FITS[link][name]
        assert fit.converged
        assert fit.names[:12] == (*CUTS, *(f"treatment[{cut}]" for cut in CUTS))
        assert fit.names == tuple(term.id for term in model.terms)
        tight = 2e-4 if link == "cauchit" else 2e-6
        # beyond the 1e5 that R calls infinite a Cauchy distribution has 3e-6 left, of every patient
        heavy = 5e-3 if link == "cauchit" else 0.0
        assert fit.log_likelihood == pytest.approx(other["log_likelihood"], abs=tight + heavy)
        assert fit.log_likelihood > other["log_likelihood"] - 1e-7
        np.testing.assert_allclose(fit.thresholds, other["thresholds"], atol=10 * tight)
        np.testing.assert_allclose(fit.estimates[6:12], other["effects"], atol=10 * tight)
        np.testing.assert_allclose(fit.standard_errors[6:12], other["effects_se"], rtol=2e-4)
        if name != "total":
            assert fit.coefficient("mediator") == pytest.approx(other["coefficients"]["m"], abs=10 * tight)
        if name == "interaction":
            found = fit.coefficient("treatment:mediator")
            assert found == pytest.approx(other["coefficients"]["m:a"], abs=10 * tight)


def test_the_published_counts_are_not_proportional(published):
    whole, free = (models(published, covariates=(), free=free).total.fit() for free in (False, True))
    assert whole.coefficient("treatment") == pytest.approx(0.61660745, abs=2e-8)
    assert whole.log_likelihood == pytest.approx(-3250.554972, abs=1e-6)
    assert 2 * (free.log_likelihood - whole.log_likelihood) == pytest.approx(19.09005307, abs=1e-7)
    # from the best cut to the worst
    expected = [0.63148518, 0.72644118, 0.74456747, 0.71221250, 0.42642029, 0.19287520]
    np.testing.assert_allclose(free.estimates[6:12][::-1], expected, atol=2e-8)


def laplace(frame, levels, thresholds, variance, nodes=1):
    """The log-likelihood with a random intercept, by plain numpy: Laplace for one node, else quadrature."""
    abscissae, weights = np.polynomial.hermite.hermgauss(nodes)
    total = 0.0
    for _, rows in frame.assign(level=levels).groupby("trial"):
        arm, level = rows["treatment"].to_numpy(), rows["level"].to_numpy()
        padded = np.pad(thresholds, ((0, 0), (1, 1)), constant_values=(-np.inf, np.inf))
        upper, lower = padded[arm, level + 1], padded[arm, level]

        def joint(u, upper=upper, lower=lower):
            return np.log(expit(upper - u) - expit(lower - u)).sum() - 0.5 * u * u / variance

        mode = optimize.minimize_scalar(
            lambda u: -joint(u), bounds=(-3, 3), method="bounded", options={"xatol": 1e-10}
        ).x
        f_a, f_b = expit(upper - mode), expit(lower - mode)
        curvature = (f_a * (1 - f_a) + f_b * (1 - f_b)).sum() + 1 / variance
        at = mode + math.sqrt(2 / curvature) * abscissae
        parts = np.array([joint(u) for u in at]) + abscissae**2 + np.log(weights)
        largest = parts.max()
        total += largest + math.log(np.exp(parts - largest).sum())
        total += 0.5 * math.log(2 / curvature) - 0.5 * math.log(2 * math.pi * variance)
    return total


def test_random_intercepts_have_the_likelihood_that_numpy_says(published):
    built = models(published, covariates=(), trial_effects="random_intercept")
    fit = built.total.fit()
    assert fit.converged
    assert not fit.singular
    thresholds = by_arm(fit.estimates, cuts=6, free=True)
    variance = float(fit.random_effects.covariance[0, 0])
    value = laplace(published, built.outcome_values, thresholds, variance)
    assert value == pytest.approx(fit.log_likelihood, abs=1e-7)
    # none higher beside it, nor much of it owed to the approximation
    for change in (-0.01, 0.01):
        moved = thresholds.copy()
        moved[1, 2] += change
        assert laplace(published, built.outcome_values, moved, variance) < value
        assert laplace(published, built.outcome_values, thresholds, variance * (1 + 10 * change)) < value
    assert laplace(published, built.outcome_values, thresholds, variance, nodes=15) == pytest.approx(
        value, abs=0.01
    )


@pytest.mark.parametrize("trial_effects", ["fixed", "random_intercept"])
def test_at_the_same_effect_at_every_cut_it_is_proportional_odds(imaged, trial_effects):
    whole, free = (models(imaged, trial_effects=trial_effects, free=free).outcome for free in (False, True))
    fit = whole.fit()
    effect = fit.coefficient("treatment")
    estimates = np.concatenate([fit.thresholds, np.full(6, effect), fit.estimates[7:]])
    if trial_effects == "random_intercept":
        found = free.model.log_likelihood(fit.start()._replace(estimates=estimates))
        assert found == pytest.approx(fit.log_likelihood, abs=1e-9)
    # patients as many at every level in either arm, so that nothing differs between cuts
    rows = imaged.assign(y=np.arange(len(imaged)) % 7)
    both = pd.concat([rows.assign(treatment=0), rows.assign(treatment=1)], ignore_index=True)
    fits = [models(both, trial_effects=trial_effects, free=free).outcome.fit() for free in (False, True)]
    np.testing.assert_allclose(fits[1].estimates[6:12], 0, atol=1e-7)
    np.testing.assert_allclose(fits[1].estimates[12:], fits[0].estimates[7:], atol=1e-6)
    assert fits[1].log_likelihood == pytest.approx(fits[0].log_likelihood, abs=1e-8)


def test_with_every_column_by_arm_it_is_a_fit_of_each_arm(imaged):
    together = models(
        imaged, covariates="c1 + c2 + treatment:c1 + treatment:c2", interaction=True, trial_effects="none"
    )
    fit, parts = together.outcome.fit(), []
    for arm in (0, 1):
        own = imaged[imaged["treatment"] == arm].reset_index(drop=True)
        # the arms of this model are drawn, and say nothing
        design = models(
            own.assign(treatment=np.arange(len(own)) % 2), trial_effects="none", free=False
        ).outcome
        columns = design._design.matrix[:, 1:]
        built = design._build(design._design, design._design.names[1:], columns)
        parts.append(built.fit())
    assert fit.log_likelihood == pytest.approx(sum(part.log_likelihood for part in parts), abs=1e-7)
    np.testing.assert_allclose(
        by_arm(fit.estimates, cuts=6, free=True), [part.thresholds for part in parts], atol=1e-6
    )
    assert fit.coefficient("mediator") == pytest.approx(parts[0].coefficient("mediator"), abs=1e-7)


@pytest.mark.parametrize("trial_effects", ["fixed", "random_intercept"])
def test_an_arm_without_the_worst_level(imaged, trial_effects):
    none_dead = (imaged["treatment"] == 1) & (imaged["y"] == 6)
    text = (
        "no treated patient has outcome level 6, so the treatment's effect at the cut beside it is infinite"
    )
    for name in ("total", "outcome"):
        with pytest.raises(OutcomeError, match=text):
            models(imaged[~none_dead].reset_index(drop=True), trial_effects=trial_effects).fit(name)
    model = models(imaged, trial_effects=trial_effects).outcome
    for start in (None, model.fit().start()):
        refit = model.refit(np.where(none_dead, 0.0, 1.0), start)
        assert refit.status == FitStatus.ARM_LACKS_LEVEL
        assert model.why_failed(refit, np.where(none_dead, 0.0, 1.0)) == "arm lacks level"


@pytest.mark.parametrize("trial_effects", ["fixed", "random_intercept"])
def test_an_arm_without_a_level_between(imaged, trial_effects):
    lost = (imaged["treatment"] == 0) & (imaged["y"] == 3)
    fit = models(imaged[~lost].reset_index(drop=True), trial_effects=trial_effects).outcome.fit()
    assert fit.converged
    notes = [str(note) for note in fit.warnings if isinstance(note, EmptyLevelWarning)]
    assert notes == ["no control has outcome level 3; its probability in that arm is 0"]
    assert fit.coefficient("4|3") == fit.coefficient("3|2")
    assert np.isfinite(fit.standard_errors).all()


def test_a_level_that_nobody_has_has_no_effect_beside_it(imaged):
    fit = models(imaged[imaged["y"] > 0].reset_index(drop=True)).outcome.fit()
    # levels of the codes that are there: 6 to 1
    assert fit.names[5] == "treatment[6|5]"
    levels = {"y": type("Levels", (), {"levels": {code: str(code) for code in range(7)}})()}
    kept = imaged[imaged["y"] > 0].reset_index(drop=True)
    specification = AnalysisSpecification(
        mediator="m", outcome="y", better="low", covariates=("c1",), free_treatment=True
    )
    found = mediation_models(kept, specification=specification, variables=levels).outcome.fit()
    assert np.isposinf(found.coefficient("1|0"))
    assert np.isnan(found.coefficient("treatment[1|0]"))
    assert np.isfinite(found.estimates[6:11]).all()
    refit = mediation_models(kept, specification=specification, variables=levels).outcome.refit(
        np.ones(len(kept)), found.start()
    )
    np.testing.assert_allclose(refit.estimates[6:11], found.estimates[6:11], atol=1e-6)


def test_a_trial_that_is_separated_is_left_aside(imaged):
    rows = imaged.assign(y=imaged["y"].where(imaged["trial"] != 7, 6))
    model = models(rows).outcome
    fit = model.fit()
    assert fit.converged
    others = models(rows[rows["trial"] != 7].reset_index(drop=True)).outcome.fit()
    np.testing.assert_allclose(fit.estimates[:12], others.estimates[:12], atol=1e-5)
    refit = model.refit(np.ones(len(rows)), fit.start())
    np.testing.assert_allclose(refit.estimates[6:13], fit.estimates[6:13], atol=1e-5)


def test_what_cannot_be_free(imaged):
    with pytest.raises(ModelError, match="needs an ordinal outcome, not 'continuous'"):
        models(imaged, family="continuous")
    with pytest.raises(ModelError, match="no random slope beside it, as 'random_slope' has"):
        models(imaged, trial_effects="random_slope")

"""Estimates pinned to published or R-made numbers on data that dependencies ship."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels

from ipdmediation.models.binary import BinaryModel
from ipdmediation.models.cumulative_link import CumulativeLinkModel
from ipdmediation.models.linear import LinearModel
from ipdmediation.models.specification import AnalysisSpecification, mediation_models

SHIPPED = Path(statsmodels.__file__).parent
REFERENCE = Path(__file__).parents[2] / "reference"


@pytest.fixture(scope="module")
def ucla():
    frame = pd.read_csv(SHIPPED / "miscmodels/tests/results/ologit_ucla.csv")
    levels = pd.Categorical(frame["apply"], categories=["unlikely", "somewhat likely", "very likely"]).codes
    return levels, frame[["pared", "public", "gpa"]].to_numpy(float)


def test_proportional_odds_of_ucla_data(ucla):
    levels, x = ucla
    fit = CumulativeLinkModel(levels, x, names=["pared", "public", "gpa"], n_levels=3).fit()
    expected = [2.20332324, 4.29876740, 1.04766367, -0.05868278, 0.61574582]
    np.testing.assert_allclose(fit.estimates, expected, atol=2e-8)
    np.testing.assert_allclose(fit.log_likelihood, -358.5124357, atol=1e-7)
    np.testing.assert_allclose(fit.standard_errors[2:], [0.2658, 0.2979, 0.2606], atol=5e-5)


def test_cumulative_probit_of_ucla_data(ucla):
    levels, x = ucla
    fit = CumulativeLinkModel(levels, x, names=["pared", "public", "gpa"], n_levels=3, link="probit").fit()
    # the published digits come from an optimiser that stopped at 2e-8
    np.testing.assert_allclose(
        fit.estimates, [1.29683670, 2.50285080, 0.59810744, 0.01016388, 0.35815843], atol=5e-8
    )


@pytest.mark.parametrize(
    ("link", "better", "log_likelihood", "treatment", "mediator"),
    [
        # F = 1 - exp(-exp(x)) of levels as they are, and exp(-exp(-x)) of the reversed ones
        ("cloglog", "high", -640.62796794, -0.40433586, 0.43620739),
        ("loglog", "low", -640.62796794, 0.40433586, -0.43620739),
        ("loglog", "high", -634.81371124, -0.35530470, 0.49793400),
        ("cloglog", "low", -634.81371124, 0.35530470, -0.49793400),
        ("cauchit", "high", -640.76375197, -0.48103161, 0.72441504),
        ("cauchit", "low", -640.76375197, 0.48103161, -0.72441504),
    ],
)
def test_links_of_an_analysis(link, better, log_likelihood, treatment, mediator):
    """Numbers of R's `clm`, the last digit +-1; beyond its infinity, 1e5, a Cauchy has 3e-6 left."""
    heavy = link == "cauchit"
    patients = pd.read_csv(REFERENCE / "evidence_a.csv").dropna(subset=["m"])
    specification = AnalysisSpecification.from_config(
        {
            "mediator": {"variable": "m"},
            "outcome": {"variable": "y", "family": "ordinal", "link": link, "better": better},
            "covariates": ["c1", "c2"],
            "trial_effects": "fixed",
        }
    )
    frame = patients.rename(columns={"a": "treatment"}).reset_index(drop=True)
    fit = mediation_models(frame, specification=specification).outcome.fit()
    assert (fit.link, fit.n) == (link, 377)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=2e-3 if heavy else 2e-8)
    assert fit.log_likelihood > log_likelihood - 2e-8
    assert fit.coefficient("treatment") == pytest.approx(treatment, abs=4e-6 if heavy else 2e-8)
    assert fit.coefficient("mediator") == pytest.approx(mediator, abs=4e-6 if heavy else 2e-8)


def test_proportional_odds_of_wine_data():
    wine = pd.read_csv(REFERENCE / "wine.csv")
    fit = CumulativeLinkModel(
        wine["rating"], wine[["warm", "contact"]], names=["warm", "contact"], n_levels=5
    ).fit()
    np.testing.assert_allclose(fit.coefficients, [2.5031, 1.5278], atol=5e-5)
    np.testing.assert_allclose(fit.thresholds, [-1.3444, 1.2508, 3.4669, 5.0064], atol=5e-5)
    np.testing.assert_allclose(fit.log_likelihood, -86.4919, atol=5e-5)


@pytest.fixture(scope="module")
def framing():
    frame = pd.read_csv(SHIPPED / "stats/tests/results/framing.csv")
    covariates = pd.get_dummies(frame[["age", "educ", "gender", "income"]], drop_first=True, dtype=float)
    return frame, covariates


def test_mediator_model_of_framing_data(framing):
    frame, covariates = framing
    design = np.column_stack([frame["treat"], covariates])
    fit = LinearModel(frame["emo"], design, names=["treat", *covariates.columns]).fit()
    assert fit.coefficient("treat") == pytest.approx(1.3386112, abs=1e-7)
    assert np.sqrt(fit.residual_variance) == pytest.approx(2.5317924, abs=1e-7)


def test_binary_probit_of_framing_data(framing):
    frame, covariates = framing
    design = np.column_stack([frame["emo"], frame["treat"], covariates])
    names = ["emo", "treat", *covariates.columns]
    fit = BinaryModel(frame["cong_mesg"], design, names=names, link="probit").fit()
    assert fit.coefficient("emo") == pytest.approx(0.2061735, abs=1e-7)
    # R's glm stops 4e-7 short of the optimum
    assert fit.coefficient("treat") == pytest.approx(0.0395293, abs=5e-7)
    assert fit.gradient_norm < 1e-8

"""Models against ordinal::clm, ordinal::clmm and lme4::lmer on the simulated shapes of tests/reference.

The numbers were made by `python shapes.py <dir>; Rscript fits.R <dir> fits.json`; a slow test makes some of
them again.
"""

import importlib.util
import json
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.mixed_linear_model import MixedLM

from ipdmediation.models.cumulative_link import CumulativeLinkModel
from ipdmediation.models.cumulative_link_mixed import CumulativeLinkMixedModel
from ipdmediation.models.errors import SingularFitWarning
from ipdmediation.models.linear_mixed import LinearMixedModel
from tests.unit.models.quadrature import fit_by_quadrature

REFERENCE = Path(__file__).parents[2] / "reference"
FITS = json.loads((REFERENCE / "fits.json").read_text())
LINKED = json.loads((REFERENCE / "links.json").read_text())
# F of each link: clmm with one random effect swaps the names of the two that are not symmetric
DISTRIBUTIONS = {
    "logit": "1 / (1 + exp(-x))",
    "probit": "standard normal",
    "cloglog": "1 - exp(-exp(x))",
    "loglog": "exp(-exp(-x))",
    "cauchit": "standard Cauchy",
}
COVARIATES = ["treatment", "mediator", "age", "female"]
RANDOM = {"intercept": [], "slope": ["treatment"], "slopes": ["treatment", "mediator"]}

# R's optimiser reports convergence at a saddle (a variance of exactly zero) or stops on the way
R_STOPPED_EARLY = {
    ("near_separation", "random_slope"),
    ("near_separation", "lmer_slope_reml"),
    ("tiny_trial", "lmer_slopes_reml"),
}


def _shapes():
    spec = importlib.util.spec_from_file_location("shapes", REFERENCE / "shapes.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["shapes"] = module
    spec.loader.exec_module(module)
    return module


SHAPES = _shapes()


@pytest.fixture(scope="module", params=sorted(FITS))
def shape(request):
    return request.param, SHAPES.simulate(SHAPES.SHAPES[request.param]), FITS[request.param]


def random_design(data, columns):
    return np.column_stack([np.ones(len(data)), *(data[name] for name in columns)])


def fitted(model, data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SingularFitWarning)
        return model.fit(weights=data["weight"])


def ordinal_mixed(data, columns, link):
    return CumulativeLinkMixedModel(
        data["level"],
        data[COVARIATES],
        names=COVARIATES,
        n_levels=data["level"].max() + 1,
        trials=data["trial"],
        random_design=random_design(data, columns),
        random_names=["intercept", *columns],
        link=link,
    )


def linear_mixed(data, columns, method):
    return LinearMixedModel(
        data["latent"],
        data[COVARIATES],
        names=COVARIATES,
        trials=data["trial"],
        random_design=random_design(data, columns),
        random_names=["intercept", *columns],
        method=method,
    )


def test_the_data_are_those_that_r_saw(shape):
    _, data, numbers = shape
    checksum = (data["level"] == 1).sum() + data["age"].sum() + data["mediator"].sum()
    assert checksum == pytest.approx(numbers["checksum"], abs=1e-6)


@pytest.mark.parametrize(("link", "kind"), [("logit", "clm"), ("probit", "probit")])
def test_clm(compiled, shape, link, kind):
    compiled(link)
    _, data, numbers = shape
    indicators = pd.get_dummies(data["trial"], prefix="trial", drop_first=True, dtype=float)
    design = pd.concat([data[COVARIATES], indicators], axis=1)
    model = CumulativeLinkModel(
        data["level"], design, names=list(design.columns), n_levels=data["level"].max() + 1, link=link
    )
    fit, other = model.fit(weights=data["weight"]), numbers[kind]
    np.testing.assert_allclose(fit.estimates, other["estimates"], atol=1e-6)
    np.testing.assert_allclose(fit.standard_errors, other["se"], rtol=1e-5)
    assert fit.log_likelihood == pytest.approx(other["log_likelihood"], abs=1e-6)


@pytest.mark.parametrize("effects", list(RANDOM))
@pytest.mark.parametrize("link", ["logit", "probit"])
def test_clmm(compiled, shape, effects, link):
    compiled(link)
    name, data, numbers = shape
    kind = f"random_{effects}" + ("_probit" if link == "probit" else "")
    fit = fitted(ordinal_mixed(data, RANDOM[effects], link), data)
    assert fit.converged
    assert fit.gradient_norm < 1e-4
    other = numbers.get(kind)
    if not other:
        return
    assert fit.log_likelihood > other["log_likelihood"] - 1e-7
    if (name, kind) in R_STOPPED_EARLY or other["code"] != 0:
        return
    np.testing.assert_allclose(fit.estimates, other["estimates"], atol=2e-4)
    np.testing.assert_allclose(fit.random_effects.covariance, other["covariance"], atol=2e-4)
    # R lists the modes of the first random effect in all trials, then those of the next
    modes = np.ravel(other["modes"]).reshape(len(fit.random_effects.names), -1).T
    np.testing.assert_allclose(fit.random_effects.modes, modes, atol=1e-3)
    assert fit.log_likelihood == pytest.approx(other["log_likelihood"], abs=1e-5)
    if not fit.singular and isinstance(other["se"], list) and None not in other["se"]:
        # R differentiates twice numerically, with an error of 1e-2 where a variance is nearly zero
        np.testing.assert_allclose(fit.standard_errors, other["se"], rtol=1e-2)


#: Beyond the 1e5 that R calls infinite a Cauchy distribution has 3e-6 left, of every patient.
HEAVY = {"cauchit": 2e-3}


@pytest.mark.parametrize("link", list(DISTRIBUTIONS))
def test_every_link_with_fixed_effects(compiled, link):
    compiled(link)
    assert LINKED[link]["distribution"] == DISTRIBUTIONS[link]
    data, other = SHAPES.simulate(SHAPES.SHAPES["unequal"]), LINKED[link]["fixed"]
    indicators = pd.get_dummies(data["trial"], prefix="trial", drop_first=True, dtype=float)
    design = pd.concat([data[COVARIATES], indicators], axis=1)
    fit = CumulativeLinkModel(data["level"], design, names=list(design.columns), n_levels=7, link=link).fit()
    np.testing.assert_allclose(fit.estimates, other["estimates"], atol=2e-4 if link in HEAVY else 1e-6)
    np.testing.assert_allclose(fit.standard_errors, other["se"], rtol=1e-4 if link in HEAVY else 1e-5)
    assert fit.log_likelihood == pytest.approx(other["log_likelihood"], abs=HEAVY.get(link, 1e-7))
    assert fit.log_likelihood > other["log_likelihood"] - 1e-7


@pytest.mark.parametrize("effects", ["intercept", "slope"])
@pytest.mark.parametrize("link", list(DISTRIBUTIONS))
def test_every_link_with_random_effects(compiled, link, effects):
    compiled(link)
    other = LINKED[link].get(f"random_{effects}")
    if other is None:
        assert (link, effects) == ("cauchit", "slope")  # clmm fails
        return
    data = SHAPES.simulate(SHAPES.SHAPES["unequal"])
    fit = fitted(ordinal_mixed(data, RANDOM[effects], link), data)
    assert other["code"] == 0
    assert fit.log_likelihood == pytest.approx(other["log_likelihood"], abs=HEAVY.get(link, 1e-5))
    assert fit.log_likelihood > other["log_likelihood"] - 1e-7
    np.testing.assert_allclose(fit.estimates, other["estimates"], atol=2e-4)
    np.testing.assert_allclose(fit.random_effects.covariance, other["covariance"], atol=5e-4)


@pytest.mark.parametrize("shape", ["balanced", "unequal", "three_levels", "weights"], indirect=True)
def test_clmm_by_adaptive_quadrature(shape):
    _, data, numbers = shape
    other = numbers["random_intercept_agq"]
    fit = fit_by_quadrature(ordinal_mixed(data, [], "logit"), weights=data["weight"])
    np.testing.assert_allclose(fit.estimates, other["estimates"], atol=5e-4)
    assert fit.log_likelihood == pytest.approx(other["log_likelihood"], abs=2e-5)


@pytest.mark.parametrize("effects", list(RANDOM))
@pytest.mark.parametrize("method", ["ml", "reml"])
def test_lmer(shape, effects, method):
    name, data, numbers = shape
    kind = f"lmer_{effects}_{method}"
    fit, other = fitted(linear_mixed(data, RANDOM[effects], method), data), numbers[kind]
    assert fit.converged
    assert fit.log_likelihood > other["log_likelihood"] - 1e-8
    if (name, kind) in R_STOPPED_EARLY:
        return
    # near the boundary lmer stops up to 2e-8 below the optimum; estimates differ by the root of that
    tolerance = 1e-6 + 0.3 * np.sqrt(max(fit.log_likelihood - other["log_likelihood"], 0.0))
    np.testing.assert_allclose(fit.estimates, other["estimates"], atol=tolerance)
    np.testing.assert_allclose(fit.standard_errors, other["se"], atol=tolerance)
    np.testing.assert_allclose(fit.random_effects.covariance, other["covariance"], atol=3 * tolerance)
    assert fit.residual_variance == pytest.approx(other["residual_variance"], abs=3 * tolerance)
    assert fit.log_likelihood == pytest.approx(other["log_likelihood"], abs=1e-6)


@pytest.mark.parametrize("name", ["unequal", "many_trials"])
@pytest.mark.parametrize("method", ["ml", "reml"])
def test_linear_mixed_model_of_statsmodels(name, method):
    data = SHAPES.simulate(SHAPES.SHAPES[name])
    exog = np.column_stack([np.ones(len(data)), data[COVARIATES]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = MixedLM(data["latent"], exog, groups=data["trial"]).fit(reml=method == "reml")
    fit = fitted(linear_mixed(data, [], method), data)
    np.testing.assert_allclose(fit.estimates, other.fe_params, atol=1e-4)
    assert fit.log_likelihood == pytest.approx(other.llf, abs=1e-4)
    assert fit.residual_variance == pytest.approx(other.scale, abs=1e-3)


@pytest.mark.slow
@pytest.mark.tool("Rscript")
def test_r_makes_the_same_numbers_again(tmp_path):
    names = ["tiny_trial", "three_levels"]
    for name in names:
        SHAPES.simulate(SHAPES.SHAPES[name]).to_csv(tmp_path / f"{name}.csv", index=False)
    output = tmp_path / "fits.json"
    subprocess.run(["Rscript", str(REFERENCE / "fits.R"), str(tmp_path), str(output), *names], check=True)
    again = json.loads(output.read_text())
    for name in names:
        for kind, numbers in FITS[name].items():
            if not isinstance(numbers, dict):
                continue
            for quantity in ("estimates", "log_likelihood"):
                np.testing.assert_allclose(
                    numbers[quantity], again[name][kind][quantity], atol=1e-4, err_msg=f"{name} {kind}"
                )

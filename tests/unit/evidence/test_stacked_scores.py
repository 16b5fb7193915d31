"""Robust covariances of coefficients, from the scores of several models."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ipdmediation.evidence.panel_models import panel_fits
from ipdmediation.evidence.stacked_scores import DISTRIBUTIONS, influence
from ipdmediation.evidence.treatment_explained import joint_covariance
from ipdmediation.vocabulary.links import LINKS
from tests.unit.evidence.conftest import analysis_of


def test_r_s_sandwich_of_the_total_and_the_direct_coefficient(imaged: pd.DataFrame) -> None:
    (fits,) = panel_fits(analysis_of(imaged, covariates=("c1", "c2")))
    found = joint_covariance(fits)
    assert [found[0, 0], found[1, 1], found[0, 1]] == pytest.approx(
        [0.03762539, 0.03989873, 0.03382774], abs=2e-8
    )


@pytest.mark.parametrize("link", LINKS)
def test_scores_are_the_slope_of_the_log_likelihood(imaged: pd.DataFrame, link: str) -> None:
    """A patient's part is what moves the estimate when he counts a little more."""
    (fits,) = panel_fits(analysis_of(imaged, covariates=("c1",), trial_effects="none", link=link))
    models, fit = fits.models, fits.total
    at = fit.names.index("treatment")
    found = influence(
        fit, models.total_design.matrix, models.outcome_values, position=at, weights=np.ones(len(imaged))
    )
    assert abs(found.sum()) < 1e-6
    for patient in (0, 100, 370):
        weights = np.ones(len(imaged))
        weights[patient] += 1e-3
        moved = models.total.fit(weights=weights).estimates[at] - fit.estimates[at]
        assert found[patient] == pytest.approx(moved / 1e-3, rel=0.01, abs=1e-5)
    assert set(DISTRIBUTIONS) == set(LINKS)


def test_a_linear_model_s_and_weights(imaged: pd.DataFrame) -> None:
    analysis = analysis_of(imaged, covariates=("c1",), trial_effects="none", family="continuous")
    (fits,) = panel_fits(analysis)
    x = np.column_stack([np.ones(len(imaged)), imaged["treatment"], imaged["c1"]])
    y = imaged["y"].to_numpy(dtype=float)
    residuals = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    bread = np.linalg.inv(x.T @ x)
    robust = bread @ (x.T * residuals**2 @ x) @ bread
    assert joint_covariance(fits)[0, 0] == pytest.approx(robust[1, 1], rel=1e-9)
    doubled = replace(analysis, specification=replace(analysis.specification, weights="w"))
    same = panel_fits(replace(doubled, completed=imaged.assign(w=2.0)))
    assert joint_covariance(same[0]) == pytest.approx(joint_covariance(fits))


def test_an_outcome_level_that_nobody_has_changes_nothing(imaged: pd.DataFrame) -> None:
    rest = imaged[~imaged["y"].isin([3, 6])].reset_index(drop=True)
    stated = {"covariates": ("c1",), "trial_effects": "none"}
    gap = panel_fits(analysis_of(rest, **stated))[0]
    closed = rest.assign(y=rest["y"].rank(method="dense") - 1)
    without = panel_fits(analysis_of(closed, **stated))[0]
    assert joint_covariance(gap) == pytest.approx(joint_covariance(without), rel=1e-6)

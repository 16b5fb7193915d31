"""Averages over patients by a curve are those of each patient by itself."""

import numpy as np
import pytest

from ipdmediation.evidence import copula


@pytest.mark.parametrize("rho", [-0.99, -0.5, 0.0, 0.9, 0.99])
def test_many_patients_have_the_probabilities_of_few(rho: float) -> None:
    """To 2e-9 each: patients go through a curve where they are more than its points."""
    many = np.random.default_rng(1).normal(0, 2.5, (3, copula._PLACES))
    few = [copula._below(part, 0.9, rho) for part in np.split(many, 4, axis=1)]
    np.testing.assert_allclose(copula._below(many, 0.9, rho), np.hstack(few), rtol=0, atol=2e-9)


def test_independent_errors_leave_the_logistic_probability() -> None:
    """Without correlation and without the mediator's effect it is Lambda(distance)."""
    distances = np.random.default_rng(2).normal(0, 3, (2, 3000))
    np.testing.assert_allclose(
        copula._below(distances, 0.0, 0.0), 1 / (1 + np.exp(-distances)), rtol=0, atol=1e-9
    )

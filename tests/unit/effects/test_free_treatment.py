"""Effects with a treatment that is free at every cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.effects.standardisation import Standardisation
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.inference.bootstrap import cohort_effects
from ipdmediation.models.specification import AnalysisSpecification, mediation_models

REFERENCE = Path(__file__).parents[2] / "reference/evidence_a.csv"


@pytest.fixture(scope="module")
def patients() -> pd.DataFrame:
    everybody = pd.read_csv(REFERENCE).rename(columns={"a": "treatment"})
    return everybody[everybody["dead"] == 0].reset_index(drop=True)


def specified(**choices: Any) -> AnalysisSpecification:
    stated: dict[str, Any] = {"covariates": ("c1", "c2"), "trial_effects": "fixed", "free_treatment": True}
    return AnalysisSpecification(mediator="m", outcome="y", better="low", **(stated | choices))


def evaluated(frame: pd.DataFrame, **choices: Any) -> pd.Series[float]:
    models = mediation_models(frame, specification=specified(**choices))
    options = StandardisationOptions(controlled_at=(0.0,))
    effects = MediationEffects.of(models, frame, options=options, utility=[1, 0.9, 0.7, 0.6, 0.3, 0.1, 0])
    return pd.Series(cohort_effects(effects), index=[effect.column for effect in effects.effects])


def test_the_natural_effects_of_the_reference(patients: pd.DataFrame) -> None:
    found = evaluated(patients)
    expected = {
        "te:mean": -1.02793496,
        "tnie:mean": -0.51187332,
        "pm:mean": 0.49796275,
        "pm:prob_le_2": 0.48829267,
    }
    assert found[list(expected)].to_dict() == pytest.approx(expected, abs=2e-8)


@pytest.mark.parametrize("trial_effects", ["fixed", "random_intercept"])
@pytest.mark.parametrize("interaction", [False, True])
def test_the_effects_at_the_cuts_add_up_to_that_on_the_mean(
    patients: pd.DataFrame, trial_effects: str, interaction: bool
) -> None:
    found = evaluated(patients, trial_effects=trial_effects, interaction=interaction)
    for effect in ("te", "pnde", "tnie", "cde_0"):
        at_cuts = sum(found[f"{effect}:prob_le_{k}"] for k in range(6))
        assert found[f"{effect}:mean"] == pytest.approx(-at_cuts, abs=1e-12)


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"interaction": True},
        {"spline_knots": 3, "interaction": True},
        {"link": "probit", "trial_effects": "random_intercept"},
    ],
)
def test_with_one_effect_at_all_cuts_the_cells_are_those_of_proportional_odds(
    patients: pd.DataFrame, choices: dict[str, Any]
) -> None:
    cells = []
    for free in (False, True):
        models = mediation_models(patients, specification=specified(**choices, free_treatment=free))
        whole = mediation_models(patients, specification=specified(**choices, free_treatment=False))
        mediator, outcome = whole.mediator.fit().start(), whole.outcome.fit().start()
        if free:
            estimates = outcome.estimates
            same = np.full(6, estimates[6])
            outcome = outcome._replace(estimates=np.concatenate([estimates[:6], same, estimates[7:]]))
        options = StandardisationOptions(controlled_at=(0.0, 1.0))
        standardised = Standardisation.of(models, patients, options=options)
        cells.append(standardised.cells(mediator, outcome, np.ones(len(patients))))
    np.testing.assert_allclose(cells[1].natural, cells[0].natural, atol=1e-9)
    np.testing.assert_allclose(cells[1].controlled, cells[0].controlled, atol=1e-9)


def test_what_needs_one_coefficient_of_the_treatment_is_undefined(patients: pd.DataFrame) -> None:
    found = evaluated(patients)
    lost = ["total", "direct", "khb_total"]
    assert found[[f"{effect}:coefficient" for effect in lost]].isna().all()
    assert found[["log_or_difference:proportion", "log_or_product:proportion", "khb:proportion"]].isna().all()
    # the part through the mediator is one number, its slope times what treatment does to it
    product = found["mediator_effect:coefficient"] * found["treatment_on_mediator:coefficient"]
    assert found["khb_indirect:coefficient"] == pytest.approx(product)
    models = mediation_models(patients, specification=specified())
    effects = MediationEffects.of(models, patients, options=StandardisationOptions()).effects
    reasons = {effect.effect: effect.undefined for effect in effects}
    assert all("free, another one at each cut" in reasons[effect] for effect in (*lost, "khb"))
    assert reasons["te"] == reasons["khb_indirect"] == ""


def test_with_everything_by_arm_the_total_effect_is_that_of_two_fits(patients: pd.DataFrame) -> None:
    """Without covariates the total model has a threshold for each share of each arm."""
    found = evaluated(patients, covariates=(), trial_effects="none", interaction=True)
    models = mediation_models(patients, specification=specified(covariates=(), trial_effects="none"))
    fit = models.total.fit()
    shares = [
        np.cumsum(np.bincount(models.outcome_values[patients["treatment"] == arm], minlength=7))[:-1]
        / (patients["treatment"] == arm).sum()
        for arm in (0, 1)
    ]
    logits = [np.log(share / (1 - share)) for share in shares]
    np.testing.assert_allclose(fit.estimates[6:12], logits[0] - logits[1], atol=1e-7)
    assert np.isfinite(found["te:mean"])

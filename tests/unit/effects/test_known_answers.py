"""Effects pinned on data that statsmodels ships."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels

from ipdmediation.effects.khb import khb
from ipdmediation.effects.mediation import mediator_quartiles
from ipdmediation.effects.natural_effects import OutcomeScales
from ipdmediation.effects.standardisation import Standardisation
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.models.specification import AnalysisSpecification, mediation_models
from ipdmediation.vocabulary.scales import UTILITY
from tests.unit.effects.conftest import effects_of, refits

SHIPPED = Path(statsmodels.__file__).parent


@pytest.fixture(scope="module")
def ucla():
    frame = pd.read_csv(SHIPPED / "miscmodels/tests/results/ologit_ucla.csv")
    frame["apply"] = pd.Categorical(
        frame["apply"], categories=["unlikely", "somewhat likely", "very likely"]
    ).codes
    return frame.assign(trial="ucla", treatment=frame["pared"])


UCLA = AnalysisSpecification(mediator="gpa", outcome="apply", covariates=("public",))


def test_khb_of_ucla_data(ucla):
    effects = effects_of(ucla, UCLA)
    expected = {
        ("total", "coefficient"): 1.12140945,
        ("khb_total", "coefficient"): 1.16098460,
        ("direct", "coefficient"): 1.04766367,
        ("khb_indirect", "coefficient"): 0.11332093,
        ("log_or_difference", "proportion"): 0.0657617,
        ("khb", "proportion"): 0.0976076,
    }
    assert {key: effects[key] for key in expected} == pytest.approx(expected, abs=5e-8)


def test_standardised_means_of_ucla_data(ucla):
    models = mediation_models(ucla, specification=UCLA)
    mediator, _, outcome = refits(models)
    prepared = Standardisation.of(models, ucla, options=StandardisationOptions())
    cells = prepared.cells(mediator, outcome, np.ones(len(ucla)))
    expected = [0.48576370, 0.52161409, 0.85398386, 0.89697453]
    np.testing.assert_allclose(cells.natural @ [0, 1, 2], expected, atol=5e-9)


def test_natural_effects_of_ucla_data(ucla):
    effects = effects_of(ucla, UCLA)
    expected = {
        ("te", "mean"): 0.41121083,
        ("pnde", "mean"): 0.36822016,
        ("tnie", "mean"): 0.04299067,
        ("pm", "mean"): 0.10454653,
        ("te", "win"): 0.65467455 - 0.5,
        ("pnde", "win"): 0.63957857 - 0.5,
    }
    assert {key: effects[key] for key in expected} == pytest.approx(expected, abs=1e-8)


def test_probit_mediation_of_framing_data():
    frame = pd.read_csv(SHIPPED / "stats/tests/results/framing.csv")
    frame = frame.assign(trial="framing", treatment=frame["treat"])
    specification = AnalysisSpecification(
        mediator="emo",
        outcome="cong_mesg",
        family="binary",
        link="probit",
        covariates=("age", "educ", "gender", "income"),
    )
    effects = effects_of(frame, specification)
    expected = {
        "pnie": 0.08411796,  # ACME(control)
        "tnie": 0.08514872,  # ACME(treated)
        "pnde": 0.01156233,  # ADE(control)
        "tnde": 0.01259310,  # ADE(treated)
        "te": 0.09671105,
    }
    # R's glm, which made them, stops 4e-7 short of the optimum
    assert {name: effects[name, "mean"] for name in expected} == pytest.approx(expected, abs=2e-7)


@pytest.mark.filterwarnings("error")
def test_by_hand_the_khb_share_of_no_total_effect():
    """Direct -0.5 and indirect 0.5 are a total of 0, which has no share; nor have 0 and 0. No warning."""
    assert khb(np.array([0.0, 0.5, -0.5, 0.0])).tolist() == [0.0, 0.5, np.inf]
    total, indirect, share = khb(np.zeros(4))
    assert (total, indirect) == (0, 0)
    assert np.isnan(share)
    assert khb(np.array([0.2, 9.0, 0.7, 1.2])) == pytest.approx([1.0, 0.5, 0.5])


def test_by_hand_the_quartiles_that_effects_are_at_are_nobody_s():
    """Of 14.2537, 41.3712 and 118.6421, each of them and its neighbours: as shown, 14, 41 and 119."""
    values = np.repeat([14.2537, 41.3712, 118.6421], 4) + np.tile([-0.0003, 0.0, 0.0, 0.0003], 3)
    specification = AnalysisSpecification(mediator="m", outcome="y")
    found = mediator_quartiles(pd.DataFrame({"m": values}), specification=specification)
    assert found == (14, 41, 119)


def test_the_first_utility_is_that_of_the_lowest_code_whichever_end_is_better() -> None:
    for levels, expected in ((["2", "1", "0"], [0.0, 0.7, 1.0]), (["0", "1", "2"], [1.0, 0.7, 0.0])):
        scales = OutcomeScales.of(levels, utility=[1.0, 0.7, 0.0])
        assert scales.values[scales.additive.index(UTILITY)].tolist() == expected  # noqa: PD011

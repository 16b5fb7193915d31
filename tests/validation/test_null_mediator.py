"""A mediator that carries nothing: no natural indirect effect on any scale, whatever the odds ratios do."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.variables import Variable
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.inference.bootstrap import cohort_effects, draw_replicates
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.model_table import model_table
from ipdmediation.inference.streams import stream
from ipdmediation.inference.summary import summarise_effects
from ipdmediation.models.specification import MODEL_NAMES
from ipdmediation.present.report.meaning import meaning
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.study import Study
from tests.validation.generator import ANALYSIS, UTILITY, generating_model, simulate_cohort

pytestmark = pytest.mark.slow

# Of one cohort a 95 % interval misses the truth once in twenty times, whatever the code does.
WIDE, USUAL = (0.999, 1999), (0.95, 499)  # level, and as many replicates as it needs
ARMS = {"control": {"label": "Standard care"}, "treated": {"label": "Thrombectomy"}}
VARIABLES = {
    "fiv": Variable(name="fiv", type="continuous", label="Infarct volume", unit="mL"),
    "mrs": Variable(name="mrs", type="ordinal", label="mRS"),
    "age": Variable(name="age", type="continuous", label="Age", unit="year"),
    "nihss": Variable(name="nihss", type="continuous", label="NIHSS", unit="point"),
}


@dataclass(frozen=True)
class Results:
    """What a study of 3000 patients finds."""

    effects: pd.DataFrame
    report: str

    def row(self, effect: str, scale: str) -> pd.Series:
        return self.effects.set_index(["effect", "scale"]).loc[(effect, scale)]


def results(*, shift: float, slope: float, interval: tuple[float, int]) -> Results:
    level, replicates = interval
    parameters = generating_model(shift=shift, slope=slope, direct=-0.9, patients_per_arm=500)
    frame = simulate_cohort(parameters, stream(1, "null mediator"))
    analysis = ImputedAnalysis(
        completed=frame.assign(imputation=0),
        specification=ANALYSIS,
        options=StandardisationOptions(),
        utility=UTILITY,
    )
    (effects,) = analysis.effects()
    draws = draw_replicates(
        analysis,
        replicates=range(replicates),
        stream=lambda replicate: stream(1, "bootstrap", replicate),
    )
    table = summarise_effects(
        draws,
        cohort_effects(effects),
        effects=effects.effects,
        family="ordinal",
        interval="percentile",
        level=level,
        max_failed=0,
    )
    fitted = {
        name: model_table(
            [getattr(effects.models, name).fit()],
            model=name,
            terms=getattr(effects.models, name).terms,
            level=level,
            specification=ANALYSIS,
            variables=VARIABLES,
        )
        for name in MODEL_NAMES
    }
    study = Study(
        title="",
        arms=ARMS,
        variables={name: {"label": variable.label} for name, variable in VARIABLES.items()},
        analysis={
            "mediator": {"variable": "fiv", "transform": "log"},
            "outcome": {"variable": "mrs", "family": "ordinal", "better": "low"},
            "bootstrap": {"level": level},
        },
        trials={},
    )
    nothing = pd.DataFrame()
    shown = AnalysisResult(
        study=study,
        distributions=nothing,
        flow=nothing,
        baseline=nothing,
        outcome=nothing,
        mediator=nothing,
        models=fitted,
        effects=table,
        missing=nothing,
        notices=nothing,
        worlds=nothing,
        curve=nothing,
        calibration=nothing,
        residuals=nothing,
    )
    return Results(effects=table, report=" ".join(meaning(shown)))


@pytest.fixture(scope="module")
def without_effect_on_the_outcome() -> Results:
    """Treatment moves the mediator, which does nothing to the outcome."""
    return results(shift=-0.6, slope=0.0, interval=WIDE)


@pytest.fixture(scope="module")
def untouched_by_treatment() -> Results:
    """The mediator predicts the outcome strongly, and treatment does not move it."""
    return results(shift=0.0, slope=0.8, interval=USUAL)


@pytest.mark.parametrize("null", ["without_effect_on_the_outcome", "untouched_by_treatment"])
def test_nothing_is_mediated_on_any_scale(null: str, request: pytest.FixtureRequest) -> None:
    found = request.getfixturevalue(null).effects.set_index("effect")
    total = found.loc["te"].set_index("scale")["estimate"]
    for effect in ("tnie", "pnie"):
        indirect = found.loc[effect].set_index("scale")
        assert len(indirect) == 11
        assert (indirect["ci_low"] < 0).all()
        assert (indirect["ci_high"] > 0).all()
        assert (np.abs(indirect["estimate"] / total) < 0.06).all()


def test_a_mediator_that_predicts_nothing_leaves_the_odds_ratio_alone(
    without_effect_on_the_outcome: Results,
) -> None:
    found = without_effect_on_the_outcome
    total, reduced, direct, indirect = (
        found.row(name, "coefficient")["estimate"]
        for name in ("total", "khb_total", "direct", "khb_indirect")
    )
    # No change of scale: what the total and the direct odds ratio differ by is mediated, here by chance.
    assert reduced / total == pytest.approx(1, abs=0.01)
    assert direct == pytest.approx(reduced - indirect, abs=1e-9)
    assert "Infarct volume is not clearly one here." in found.report


def test_a_predictor_that_treatment_does_not_move_makes_the_difference_of_log_odds_negative(
    untouched_by_treatment: Results,
) -> None:
    """Nothing is mediated, and the share of the log odds ratio that vanishes comes out far below 0."""
    found = untouched_by_treatment
    total, direct = (found.row(name, "coefficient") for name in ("total", "direct"))
    assert 1 - direct["estimate"] / total["estimate"] < -0.1
    # The two intervals do not even touch: no chance, but a change of scale.
    assert direct["estimate"] > total["ci_high"]
    reduced, indirect = (found.row(name, "coefficient") for name in ("khb_total", "khb_indirect"))
    assert reduced["ci_low"] < direct["estimate"] < reduced["ci_high"]
    assert indirect["ci_low"] < 0 < indirect["ci_high"]


def test_the_report_says_so_from_the_numbers(untouched_by_treatment: Results) -> None:
    found = untouched_by_treatment
    total, direct = (found.row(name, "coefficient")["estimate"] for name in ("total", "direct"))
    indirect = found.row("tnie", "mean")
    assert "Infarct volume is such a predictor." in found.report
    assert (
        f"moves away from 1 when the mediator enters, from {np.exp(total):.2f} to {np.exp(direct):.2f}: a "
        "change of "
        "scale makes that step, not mediation." in found.report
    )
    estimate = f"{indirect['estimate']:.2f}".replace("-", "\N{MINUS SIGN}")
    assert f"The indirect effect on the mean of the outcome, {estimate} points (" in found.report
    assert "is not clearly different from none." in found.report

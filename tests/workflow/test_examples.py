"""The example study, run by its configuration alone, beside statsmodels on the same raw file.

One file of 265 people, one mediator (`emo`), three outcomes: ordinal, the same as a score, and binary.
"""

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels
import statsmodels.formula.api as smf
from statsmodels.miscmodels.ordinal_model import OrderedModel

from tests.workflow.conftest import Study

pytestmark = pytest.mark.slow

RAW = Path(statsmodels.__file__).parent / "stats/tests/results/framing.csv"
COVARIATES = "age + educ + gender + income"
ANALYSES = {"primary": "Primary analysis", "score": "Attitude as a score", "message": "Message to Congress"}


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """The raw file."""
    return pd.read_csv(RAW)


def effects(framing: Path, analysis: str) -> "pd.Series[float]":
    table = pd.read_csv(framing / analysis / "effects.csv")
    assert table["failed"].eq(0).all()
    return table.set_index(["effect", "scale"])["estimate"]


@pytest.mark.parametrize("analysis", ANALYSES)
def test_everybody_is_analysed(framing: Path, analysis: str) -> None:
    flow = pd.read_csv(framing / analysis / "flow.csv")
    assert flow["remaining"].iloc[-1] == 265


def test_a_continuous_outcome_has_the_effects_of_the_product_method(
    framing: Path, people: pd.DataFrame
) -> None:
    """Without an interaction all is exact: indirect a b, total c = c' + a b, one share on all scales."""
    mediator = smf.ols(f"emo ~ treat + {COVARIATES}", people).fit()
    total = smf.ols(f"immigr ~ treat + {COVARIATES}", people).fit()
    outcome = smf.ols(f"immigr ~ treat + emo + {COVARIATES}", people).fit()
    indirect = mediator.params["treat"] * outcome.params["emo"]
    expected = {
        ("treatment_on_mediator", "coefficient"): mediator.params["treat"],
        ("mediator_effect", "coefficient"): outcome.params["emo"],
        ("te", "mean"): total.params["treat"],
        ("pnde", "mean"): outcome.params["treat"],
        ("tnde", "mean"): outcome.params["treat"],
        ("tnie", "mean"): indirect,
        ("pnie", "mean"): indirect,
        ("khb_indirect", "coefficient"): indirect,
        ("cde_4", "mean"): outcome.params["treat"],
        ("int_med", "mean"): 0.0,
    } | dict.fromkeys(
        [
            ("pm", "mean"),
            ("log_or_difference", "proportion"),
            ("log_or_product", "proportion"),
            ("khb", "proportion"),
        ],
        indirect / total.params["treat"],
    )
    found = effects(framing, "score")
    assert {key: found[key] for key in expected} == pytest.approx(expected, abs=1e-10)


def test_a_binary_outcome_has_the_effects_of_the_mediation_formula(
    framing: Path, people: pd.DataFrame
) -> None:
    """The risk in the four cells, from statsmodels' fits with the mediator integrated out on a fine grid."""
    mediator = smf.ols(f"emo ~ treat + {COVARIATES}", people).fit()
    outcome = smf.logit(f"cong_mesg ~ treat + emo + {COVARIATES}", people).fit(disp=False, tol=1e-12)
    # Midpoints of 2000 equal slices, out to 8 SD, weighted by the normal density.
    z = (np.arange(2000) + 0.5) / 125 - 8
    density = np.exp(-(z**2) / 2)
    density /= density.sum()

    def risk(treat: int, mediator_treat: int) -> float:
        expected = mediator.predict(people.assign(treat=mediator_treat)).to_numpy()
        emo = expected[:, None] + np.sqrt(mediator.scale) * z
        rest = outcome.predict(people.assign(treat=treat, emo=0.0), which="linear").to_numpy()
        return float(np.mean(density @ (1 / (1 + np.exp(-rest - outcome.params["emo"] * emo.T)))))

    expected = {
        "te": risk(1, 1) - risk(0, 0),
        "tnie": risk(1, 1) - risk(1, 0),
        "pnie": risk(0, 1) - risk(0, 0),
        "pnde": risk(1, 0) - risk(0, 0),
        "tnde": risk(1, 1) - risk(0, 1),
    }
    found = effects(framing, "message")
    assert {effect: found[effect, "mean"] for effect in expected} == pytest.approx(expected, abs=1e-7)
    # The odds are those of the better outcome, no message.
    total = smf.logit(f"cong_mesg ~ treat + {COVARIATES}", people).fit(disp=False, tol=1e-12)
    assert found["total", "coefficient"] == pytest.approx(-total.params["treat"], abs=1e-6)
    assert found["direct", "coefficient"] == pytest.approx(-outcome.params["treat"], abs=1e-6)


def test_an_ordinal_outcome_has_the_coefficients_of_the_proportional_odds_model(
    framing: Path, people: pd.DataFrame
) -> None:
    columns = pd.get_dummies(people[["treat", "emo", "age", "educ", "gender", "income"]], drop_first=True)
    columns = columns.astype(float)
    for effect, exog in (("total", columns.drop(columns="emo")), ("direct", columns)):
        fit = OrderedModel(people["immigr"], exog, distr="logit").fit(method="bfgs", gtol=1e-8, disp=False)
        found = effects(framing, "primary")[effect, "coefficient"]
        assert found == pytest.approx(-fit.params["treat"], abs=1e-5)


def test_the_report_names_each_analysis_with_its_own_measure(framing: Path) -> None:
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", (framing / "report.html").read_text()))
    measures = (
        "mean of attitude towards immigration, points",
        "mean of attitude score, points",
        "Message against immigration to Congress: Yes, percentage points",
    )
    for words in (f"{label}: {measure}" for label, measure in zip(ANALYSES.values(), measures, strict=True)):
        assert words in page
    assert not re.search(r"\bnan\b", page, flags=re.IGNORECASE)


def test_a_continuous_outcome_is_shown_in_its_own_words(framing: Path) -> None:
    shown = "\n".join(path.read_text() for path in (framing / "score/tables").glob("*.csv"))
    assert "odds" not in shown
    assert "nan" not in shown


def test_a_copy_of_the_template_runs_to_its_report(
    finished_study: Study, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """It lies outside of the project, and needs nothing of the default study."""
    study = Study(tmp_path_factory.mktemp("template") / "project")
    shutil.copytree(finished_study.root, study.root, symlinks=True)
    shutil.rmtree(study.root / "results")
    copy = study.root.parent / "my study"
    shutil.copytree(study.root / "config/examples/template", copy)
    shutil.rmtree(study.root / "config")
    before = sorted(study.root.rglob("*"))
    study.run("--configfile", str(copy / "config.yaml"))
    assert (copy / "results/report.html").is_file()
    comparison = pd.read_csv(copy / "results/published_comparison.csv")
    assert comparison[["this_run", "agrees"]].to_numpy().tolist() == [[240, True]]
    assert list((copy / "results/logs").rglob("*.log"))
    own = [path for path in study.root.rglob("*") if ".snakemake" not in path.parts]
    assert [path for path in own if path not in before and "__pycache__" not in path.parts] == []

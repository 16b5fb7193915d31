"""The result of an analysis, whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from ipdmediation.present.report.result import AnalysisResult
from tests.unit.present.examples.cohort import baseline, flow, mediator, missing, outcome, pooled
from tests.unit.present.examples.effects import effects
from tests.unit.present.examples.model_checks import calibration, residuals
from tests.unit.present.examples.models import diagnostics, models
from tests.unit.present.examples.set_treatments import curve, worlds
from tests.unit.present.examples.study import study


def notices() -> pd.DataFrame:
    rows = [
        ("cohort", "one_arm_trial", "trial 'piste' has patients in arm 'treated' only"),
        ("bootstrap", "few_replicates", "100 replicates are few"),
        ("bootstrap", "replicates_at_boundary", "40 of 1000 replicates lie at the boundary"),
        ("total model", "singular_fit", "the trials do not differ more than chance"),
    ]
    return pd.DataFrame(rows, columns=["step", "kind", "message"])


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10"/></svg>'


def result(**changes: Any) -> AnalysisResult:
    made = AnalysisResult(
        study=study(), distributions=pooled(), flow=flow(), baseline=baseline(), outcome=outcome(),
        mediator=mediator(), models=models(),
        diagnostics=diagnostics(), effects=effects(), missing=missing(), notices=notices(),
        worlds=worlds(), curve=curve(), calibration=calibration(), residuals=residuals(),
        figures=dict.fromkeys(
            ["patient_flow", "outcome_by_arm", "outcome_by_trial", "mediator_by_arm", "mediator_by_trial",
             "path_diagram", "causal_graph", "balance", "four_worlds", "effects_by_cut",
             "proportion_distribution", "model_coefficients", "mediator_curve",
             "calibration", "mediator_residuals", "specification_curve"],
            SVG,
        ),
    )  # fmt: skip
    return replace(made, **changes)

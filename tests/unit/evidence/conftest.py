"""Data whose answers other programs gave: the trials of `evidence_a.csv` and the published counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.models.specification import AnalysisSpecification

REFERENCE = Path(__file__).resolve().parents[2] / "reference"


@pytest.fixture(scope="session")
def imaged() -> pd.DataFrame:
    """The patients of `evidence_a.csv` whose mediator was measured, as one completed data set."""
    frame = pd.read_csv(REFERENCE / "evidence_a.csv")
    frame = frame[frame["dead"] == 0].reset_index(drop=True)
    names = {"a": "treatment"}
    return frame.rename(columns=names).assign(trial="t" + frame["trial"].astype(str), imputation=0)


@pytest.fixture(scope="session")
def published() -> pd.DataFrame:
    """The published mRS of the seven trials, one row per patient; a mediator that says nothing."""
    counts = pd.read_csv(REFERENCE / "mrs_by_trial.csv")
    rows = [
        (row["trial"], int(row["arm"] == "treated"), level)
        for row in counts.to_dict("records")
        for level in range(7)
        for _ in range(row[f"mrs_{level}"])
    ]
    frame = pd.DataFrame(rows, columns=["trial", "treatment", "y"])
    noise = np.random.default_rng(1).normal(size=len(frame))
    return frame.assign(m=noise, imputation=0)


def analysis_of(frame: pd.DataFrame, **choices: object) -> ImputedAnalysis:
    """Return the analysis of a frame with mediator m and outcome y, low is better."""
    stated = {"mediator": "m", "outcome": "y", "better": "low", "trial_effects": "fixed", **choices}
    return ImputedAnalysis(
        completed=frame,
        specification=AnalysisSpecification(**stated),  # type: ignore[arg-type]
        options=StandardisationOptions(),
    )

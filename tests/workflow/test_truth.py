"""The default study finds the effects that were put into its synthetic patients."""

import json

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config
from ipdmediation.effects.mediation import effects_by_imputation
from ipdmediation.effects.standardisation import StandardisationOptions
from ipdmediation.inference.bootstrap import cohort_effects, draw_replicates
from ipdmediation.inference.resampling import StratifiedPlan
from ipdmediation.inference.streams import stream
from ipdmediation.inference.summary import summarise_effects
from ipdmediation.models.specification import AnalysisSpecification
from tests.workflow.conftest import Study

pytestmark = pytest.mark.slow

REPLICATES = 300


@pytest.fixture(scope="module")
def beside_truth(finished_study: Study) -> pd.DataFrame:
    """Natural effects of the primary analysis with their intervals, and the truth of each."""
    results, config = finished_study.root / "results", finished_study.config()
    primary, variables = config["analyses"]["primary"], variables_from_config(config["variables"])
    completed = conform(pd.read_parquet(results / "ipd/primary/imputed.parquet"), variables)
    analyses = list(
        effects_by_imputation(
            completed,
            specification=AnalysisSpecification.from_config(primary),
            variables=variables,
            options=StandardisationOptions.from_config(primary["standardisation"]),
            utility=primary["standardisation"]["utility"],
        )
    )
    draws = draw_replicates(
        analyses,
        imputations=len(analyses),
        plan=StratifiedPlan.of(completed[completed["imputation"] == 0]),
        replicates=range(REPLICATES),
        stream=lambda replicate: stream(config["seed"], "bootstrap", "primary", replicate),
    )
    table = summarise_effects(
        draws,
        np.mean([cohort_effects(each) for each in analyses], axis=0),
        effects=analyses[0].effects,
        family="ordinal",
        interval="percentile",
        level=0.95,
        max_failed=0.01,
    )
    truth = json.loads((results / "synthetic_truth.json").read_text())["effects"]
    flat = {(effect, scale): value for effect, scales in truth.items() for scale, value in scales.items()}
    table = table.set_index(["effect", "scale"]).loc[list(flat)]
    return table.assign(
        truth=flat, inside=lambda rows: pd.Series(flat).between(rows["ci_low"], rows["ci_high"])
    )


def test_every_scale_of_the_truth_is_looked_at(beside_truth: pd.DataFrame) -> None:
    assert len(beside_truth) == 6 * 11
    assert beside_truth["estimate"].notna().all()


def test_the_main_effects_lie_in_their_intervals(beside_truth: pd.DataFrame) -> None:
    for effect in ("te", "tnie", "pm"):
        assert beside_truth.loc[(effect, "mean"), "inside"]


def test_nearly_all_effects_lie_in_their_intervals(beside_truth: pd.DataFrame) -> None:
    """All 66 did when this was written; they stand and fall together, so some may leave with another seed.

    This shows no coverage: the cohort is one Latin hypercube draw, nearer to its model than patients are,
    some of its patients are lost for reasons that depend on the outcome, and the model that generates it
    differs by trial in more ways than the one that is fitted. tests/validation looks at coverage.
    """
    assert beside_truth["inside"].mean() >= 0.9

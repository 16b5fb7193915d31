"""The guard before the page: aggregates pass, patients' rows do not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from ipdmediation.data.cohort import FLOW_COLUMNS
from ipdmediation.data.described import DESCRIPTION_COLUMNS
from ipdmediation.data.event import PATIENT_COLUMNS
from ipdmediation.data.missing import MISSING_COLUMNS
from ipdmediation.data.notices import Noted
from ipdmediation.data.quality import QUALITY_COLUMNS
from ipdmediation.evidence.columns import (
    BENCHMARK_COLUMNS,
    BY_CUT_COLUMNS,
    CONFOUNDING_COLUMNS,
    CUT_TEST_COLUMNS,
    E_VALUE_COLUMNS,
    FREE_TREATMENT_COLUMNS,
    HANDLING_COLUMNS,
    LEFT_OUT_COLUMNS,
    LOGIT_COLUMNS,
    MEASUREMENT_ERROR_COLUMNS,
    POOLED_COLUMNS,
    SURROGACY_COLUMNS,
    SURROGATE_LINE_COLUMNS,
    SURROGATE_TRIAL_COLUMNS,
    TRIAL_COLUMNS,
    UNDONE_COLUMNS,
)
from ipdmediation.evidence.published import COLUMNS as PUBLISHED_COLUMNS
from ipdmediation.inference.calibration import CALIBRATION_COLUMNS
from ipdmediation.inference.mediator_residuals import RESIDUAL_COLUMNS
from ipdmediation.inference.model_table import COLUMNS as MODEL_COLUMNS
from ipdmediation.inference.set_treatments import CURVE_COLUMNS, WORLD_COLUMNS
from ipdmediation.inference.summary import COLUMNS as EFFECT_COLUMNS
from ipdmediation.present.labels import LABEL
from ipdmediation.present.report.result import AnalysisResult

OWN_COLUMNS: Mapping[str, Collection[str]] = {
    "distributions": DESCRIPTION_COLUMNS,
    "flow": FLOW_COLUMNS,
    "baseline": DESCRIPTION_COLUMNS,
    "outcome": DESCRIPTION_COLUMNS,
    "mediator": DESCRIPTION_COLUMNS,
    "effects": EFFECT_COLUMNS,
    "missing": MISSING_COLUMNS,
    "notices": Noted._fields,
    "worlds": WORLD_COLUMNS,
    "curve": CURVE_COLUMNS,
    "calibration": CALIBRATION_COLUMNS,
    "residuals": RESIDUAL_COLUMNS,
}
EVIDENCE_COLUMNS: Mapping[str, Collection[str]] = {
    "trials": TRIAL_COLUMNS,
    "pooled": POOLED_COLUMNS,
    "leave_one_out": LEFT_OUT_COLUMNS,
    "confounding": CONFOUNDING_COLUMNS,
    "confounding_undone": UNDONE_COLUMNS,
    "confounding_benchmarks": BENCHMARK_COLUMNS,
    "confounding_e_values": E_VALUE_COLUMNS,
    "confounding_logit": LOGIT_COLUMNS,
    "measurement_error": MEASUREMENT_ERROR_COLUMNS,
    "surrogacy": SURROGACY_COLUMNS,
    "surrogate_predictions": SURROGATE_TRIAL_COLUMNS,
    "surrogate_line": SURROGATE_LINE_COLUMNS,
    "death": HANDLING_COLUMNS,
    "death_patients": PATIENT_COLUMNS,
    "proportional_odds": CUT_TEST_COLUMNS,
    "by_cut": BY_CUT_COLUMNS,
    "free_treatment": FREE_TREATMENT_COLUMNS,
}


class PatientRowsError(ValueError):
    """A table that is not one of the report's aggregates was handed to it."""


def refuse_patient_rows(
    results: Sequence[AnalysisResult],
    *,
    published: pd.DataFrame | None,
    quality: Mapping[str, pd.DataFrame],
) -> None:
    """Stop where a table has a column that the aggregates of its kind do not have.

    The names of a study's variables play no part in this: a variable may be called as a column is.

    Raises
    ------
    PatientRowsError
        Names the table and the columns.
    """
    for position, result in enumerate(results, start=1):
        for name, columns in OWN_COLUMNS.items():
            refuse_other_columns(f"analysis {position}, {name}", getattr(result, name), columns)
        for name, frame in result.models.items():
            refuse_other_columns(f"analysis {position}, {name} model", frame, (*MODEL_COLUMNS, LABEL))
        for name, frame in result.evidence.items():
            refuse_other_columns(f"analysis {position}, {name}", frame, EVIDENCE_COLUMNS[name])
    for trial, frame in quality.items():
        refuse_other_columns(f"quality of {trial}", frame, QUALITY_COLUMNS)
    if published is not None:
        refuse_other_columns("published comparison", published, PUBLISHED_COLUMNS)


def refuse_other_columns(name: str, frame: pd.DataFrame, columns: Collection[str]) -> None:
    """Stop where a table has a column that is not one of those of its kind.

    Raises
    ------
    PatientRowsError
        Names the table and the columns.
    """
    strange = sorted(set(map(str, frame.columns)) - set(columns))
    if strange:
        raise PatientRowsError(
            f"{name}: columns {', '.join(strange)} are none of this table's and may be patients' "
            f"({len(frame)} rows); the report takes aggregate tables only"
        )

"""Table: each trial's effects, and what the line through the other trials predicts of it."""

from __future__ import annotations

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.scales import Row
from ipdmediation.present.study import Study
from ipdmediation.present.surrogacy import in_order, left_out_sentence, on_mediator, on_outcome, span_of
from ipdmediation.present.tables.table import Table, synthetic_note


def surrogate_predictions(predictions: pd.DataFrame, effects: pd.DataFrame, *, study: Study) -> Table:
    """Set each trial's effect on the outcome beside its prediction.

    Parameters
    ----------
    predictions
        The trials' effects and predictions.
    effects
        The effects of the analysis, which are shown elsewhere.
    study
        Words of the study.
    """
    del effects
    kept = in_order(predictions[predictions["reason"] == ""], study)
    mediator, outcome = on_mediator(study), on_outcome(study)
    rows = [
        [
            study.trial(str(row["trial"])),
            span_of(row, "on_mediator", mediator),
            span_of(row, "on_outcome", outcome),
            _predicted(row, study),
            notation.text_of(row["inside"]) or notation.DASH,
        ]
        for row in kept.to_dict("records")
    ]
    heads = [
        "Trial",
        f"Effect on {study.named(study.mediator)} ({study.coverage} CI)",
        f"Effect on {study.named_outcome} ({study.coverage} CI)",
        f"Predicted from the others ({study.coverage} prediction interval)",
        "Within",
    ]
    lacking = dict.fromkeys(note for note in kept["note"] if note)
    return Table(
        name="surrogate_predictions",
        title="Each trial's effect on the outcome, predicted from its effect on the mediator",
        cells=pd.DataFrame(rows, columns=heads),
        notes=(
            f"Effect on {study.named(study.mediator)}: {mediator.named}.",
            f"Effect on {study.named_outcome}: {outcome.named}.",
            "Predicted by the line through the other trials; the interval has the error of the trial's own "
            "estimate in it.",
            *(f"No prediction: {note}." for note in lacking),
            *left_out_sentence(predictions, study),
            *synthetic_note(study),
        ),
    )


def _predicted(row: Row, study: Study) -> str:
    if not notation.known(row["predicted"]):
        return notation.DASH
    ends = {"predicted_low": row["prediction_low"], "predicted_high": row["prediction_high"]}
    return span_of({**row, **ends}, "predicted", on_outcome(study))

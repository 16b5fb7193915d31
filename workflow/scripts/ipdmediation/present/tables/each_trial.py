"""Table: the total and the indirect effect in each trial, pooled in two stages, and of all trials in one."""

from __future__ import annotations

import pandas as pd

from ipdmediation.data.arms import ARMS
from ipdmediation.present import notation
from ipdmediation.present.each_trial import (
    ONE_STAGE,
    PREDICTION,
    SHOWN,
    heterogeneity,
    left_out_sentence,
    reported,
    rows_by_trial,
    sent_sentence,
    two_stages,
)
from ipdmediation.present.figures.rows import effect_row
from ipdmediation.present.labels import NATURAL
from ipdmediation.present.scales import Row, reading
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note, unique, withheld_note
from ipdmediation.vocabulary.effects import HEADLINE
from ipdmediation.vocabulary.scales import MEAN


def each_trial(trials: pd.DataFrame, pooled: pd.DataFrame, effects: pd.DataFrame, *, study: Study) -> Table:
    """Set each trial, the pooled effects and those of all trials together below each other.

    Parameters
    ----------
    trials, pooled
        The tables of both stages.
    effects
        The effects of the analysis of all trials together.
    study
        Words of the study.
    """
    shown = list(reversed(ARMS))
    blank = [""] * len(shown)
    rows = [
        [
            study.trial(trial),
            *(notation.count(cells[SHOWN[0]][arm]) for arm in shown),
            *(text for effect in SHOWN for text in _of_trial(cells.get(effect), study)),
        ]
        for trial, cells in rows_by_trial(trials, study).items()
    ]
    second = [effect_row(pooled, effect, MEAN.key) for effect in SHOWN]
    rows.append([two_stages(pooled), *blank, *(text for row in second for text in (_text(row, study), ""))])
    if any(reported(row, "prediction_low") for row in second):
        rows.append([PREDICTION, *blank, *(text for row in second for text in (_prediction(row, study), ""))])
    first = [effect_row(effects, effect, MEAN.key) for effect in SHOWN]
    rows.append([ONE_STAGE, *blank, *(text for row in first for text in (_text(row, study), ""))])
    heads = [
        "Trial",
        *(f"{study.short(arm)}, n" for arm in shown),
        *(head for effect in SHOWN for head in (f"{NATURAL[effect]} ({study.coverage} CI)", "Weight")),
    ]
    counted = [trials[arm] for arm in ARMS]
    return Table(
        name="each_trial",
        title=f"Each trial: effects on the {reading(SHOWN[0], MEAN.key, study=study).named}",
        cells=pd.DataFrame(rows, columns=unique(heads)),
        printed=tuple(heads),
        notes=(
            *(
                f"{NATURAL[effect]}: {'; '.join(said)}."
                for effect, row in zip(SHOWN, second, strict=True)
                if (said := heterogeneity(row, study=study))
            ),
            *_share(pooled, study),
            *sent_sentence(study),
            *left_out_sentence(trials, study),
            *withheld_note(counted),
            *synthetic_note(study),
        ),
    )


def _of_trial(row: Row | None, study: Study) -> tuple[str, str]:
    if row is None:
        return notation.DASH, ""
    return _text(row, study), notation.percent(100 * row["weight"]) if notation.known(row["weight"]) else ""


def _text(row: Row | None, study: Study) -> str:
    return notation.DASH if row is None else reading(row["effect"], row["scale"], study=study).text(row)


def _prediction(row: Row | None, study: Study) -> str:
    if row is None or not reported(row, "prediction_low"):
        return notation.DASH
    read = reading(row["effect"], row["scale"], study=study)
    ends = (read.number(row[name]) for name in ("prediction_low", "prediction_high"))
    return notation.span(*(notation.fixed(end, digits=read.digits, nulls=(read.null,)) for end in ends))


def _share(pooled: pd.DataFrame, study: Study) -> list[str]:
    row = effect_row(pooled, *HEADLINE)
    if row is None:
        return []
    text = reading(*HEADLINE, study=study).text(row)
    said = notation.text_of(row["note"])
    return [f"Proportion mediated, of the pooled effects: {text}{f' ({said})' if said else ''}."]

"""Figure: the indirect effect and the share against the correlation that an unmeasured cause makes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ipdmediation.present import notation
from ipdmediation.present.confounding import (
    SHOWN,
    cause,
    correlation,
    ends_of,
    not_shares,
    on_the_mean,
    strongest_first,
    undone_row,
    zero_on_the_curve,
)
from ipdmediation.present.figures.curve import Along, CurvePanel, curves
from ipdmediation.present.labels import NATURAL
from ipdmediation.present.notation import upper
from ipdmediation.present.scales import reading
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.scales import MEAN

_STEPS = (0.1, 0.2, 0.25, 0.5, 1.0)
_MOST_TICKS = 10


def confounding(
    curve: pd.DataFrame,
    undone: pd.DataFrame,
    benchmarks: pd.DataFrame,
    *_: pd.DataFrame,
    study: Study,
) -> Figure:
    """Draw both curves with what undoes the effect, and covariates as benchmarks.

    Parameters
    ----------
    curve, undone, benchmarks
        Tables of `evidence.confounding`; the others, and the effects of the analysis, are not drawn.
    study
        Words of the study.
    """
    panels = [
        CurvePanel(
            title=NATURAL[effect],
            read=reading(effect, MEAN.key, study=study),
            rows=on_the_mean(curve, effect).sort_values("rho"),
        )
        for effect in SHOWN
    ]
    explains, marks = undone_row(undone, "explains"), strongest_first(benchmarks)
    zero = zero_on_the_curve(curve, undone)
    inside = (curve["rho"].min(), curve["rho"].max())
    notes = []
    if explains is not None:
        at, ends = correlation(explains["rho"]), notation.confidence(study.coverage, ends_of(explains))
        where = (
            f"Dashed: {at}, where the indirect effect is 0"
            if zero is not None
            else f"The indirect effect is 0 at {at}, beyond what is drawn"
        )
        notes.append(f"{'; '.join(filter(None, [where, ends]))}.")
    if marks:
        named = [f"{study.named(str(row['variable']))} {correlation(row['against'])}" for row in marks]
        notes.append(f"Ticks: a cause as strong as a measured covariate: {', '.join(named)}.")
    notes.append(f"Above 0: {cause(1.0, study)}. Below 0: {cause(-1.0, study)}.")
    notes += not_shares(curve, study)
    return curves(
        panels,
        Along(
            column="rho",
            label="Correlation of the errors of mediator and outcome",
            ticks=_ticks(*inside),
            second=np.square,
            second_label="R\N{SUPERSCRIPT TWO} with the mediator \N{MULTIPLICATION SIGN} "
            "R\N{SUPERSCRIPT TWO} with the outcome",
        ),
        lines=[] if zero is None else [zero["rho"]],
        rug=[row["against"] for row in marks if inside[0] <= row["against"] <= inside[1]],
        notes=list(map(upper, notes)),
        study=study,
    )


def _ticks(low: float, high: float) -> list[float]:
    """Return round numbers from one end to the other."""
    step = next(step for step in _STEPS if (high - low) / step <= _MOST_TICKS)
    inner = step * np.arange(np.ceil(low / step), np.floor(high / step) + 1)
    ticks: list[float] = np.round(inner, 3).tolist()
    return ticks

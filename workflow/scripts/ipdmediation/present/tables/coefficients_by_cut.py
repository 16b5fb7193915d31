"""Table: coefficients of treatment and mediator at every cut of the outcome."""

from __future__ import annotations

import pandas as pd

from ipdmediation.evidence.coefficients_by_cut import BINARY, PARTIAL, PROPORTIONAL, SHOWN
from ipdmediation.present import notation
from ipdmediation.present.proportional_odds import cut_label, left_blank, panel_title
from ipdmediation.present.scales import Reading, reading
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note

_HOW = {PARTIAL: "in one model of all cuts, in which it alone is free", BINARY: "at each cut alone"}


def coefficients_by_cut(by_cut: pd.DataFrame, effects: pd.DataFrame, *, study: Study) -> Table:
    """Put the coefficients at every cut above the one that serves all cuts.

    Parameters
    ----------
    by_cut
        Coefficients by cut, as `evidence.coefficients_by_cut` makes them.
    effects
        The effects of the analysis, which are shown elsewhere.
    study
        Words of the study.
    """
    del effects
    read = reading("total", "coefficient", study=study)
    cuts = list(dict.fromkeys(by_cut.loc[by_cut["form"] != PROPORTIONAL, "cut"].astype(str)))
    cuts = cuts[::-1] if study.better < 0 else cuts  # from the best one on, as the outcome's codes are read
    columns = {
        f"{study.label(study.outcome)}: levels reached": [
            *(cut_label(cut, study) for cut in cuts),
            "One coefficient for all cuts",
        ]
    }
    how: dict[str, list[str]] = {}
    for model, term in SHOWN:
        rows = by_cut[(by_cut["model"] == model) & (by_cut["term"] == term)]
        form = _form(rows)
        title = panel_title(model, term, study)
        columns[f"{title} ({study.coverage} CI)"] = _column(rows, form, cuts, read)
        how.setdefault(_HOW[form], []).append(title)
    return Table(
        name="coefficients_by_cut",
        title="Treatment and mediator at every cut of the outcome",
        cells=pd.DataFrame(columns),
        notes=(
            f"{notation.upper(study.link.measure)} of reaching these levels, against all worse ones; "
            f"{read.direction}.",
            *(f"Estimated {way}: {'; '.join(titles)}." for way, titles in how.items()),
            *left_blank(by_cut, study),
            *synthetic_note(study),
        ),
    )


def _form(rows: pd.DataFrame) -> str:
    """Return the form in which the other variables are proportional, if its likelihood has a maximum."""
    known = set(rows.loc[rows["estimate"].notna(), "form"])
    return PARTIAL if PARTIAL in known else BINARY


def _column(rows: pd.DataFrame, form: str, cuts: list[str], read: Reading) -> list[str]:
    found = {str(row["cut"]): row for row in rows[rows["form"] == form].to_dict("records")}
    whole = rows[rows["form"] == PROPORTIONAL].to_dict("records")[0]
    given = [found.get(cut) for cut in cuts]
    texts = [
        notation.DASH if row is None or not notation.known(row["estimate"]) else read.text(row)
        for row in given
    ]
    return [*texts, read.text(whole)]

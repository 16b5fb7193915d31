"""Table: how strong an unmeasured cause of mediator and outcome would have to be."""

from __future__ import annotations

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.confounding import (
    cause,
    correlation,
    e_value_sentences,
    not_shares,
    on_the_mean,
    reached_row,
    strongest_first,
    undone_row,
    with_interval,
)
from ipdmediation.present.figures.rows import effect_row
from ipdmediation.present.labels import NATURAL
from ipdmediation.present.scales import Row, reading
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note
from ipdmediation.vocabulary.effects import PROPORTION_MEDIATED
from ipdmediation.vocabulary.scales import MEAN

_UNDONE = {"pnie": "Indirect effect is 0, in the untreated", "tnie": "Indirect effect is 0"}
_EFFECTS = ("tnie", PROPORTION_MEDIATED)


def confounding(
    curve: pd.DataFrame,
    undone: pd.DataFrame,
    benchmarks: pd.DataFrame,
    *others: pd.DataFrame,
    study: Study,
) -> Table:
    """Set the effects without confounding, with that of each benchmark, and what undoes them in one table.

    Parameters
    ----------
    curve, undone, benchmarks
        Tables of `evidence.confounding`.
    *others
        The E-values, the check of the logit, and the effects of the analysis, which are of another model.
    study
        Words of the study.
    """
    e_values, logit, *_ = others
    none = curve[curve["rho"] == 0]
    rows = [["No unmeasured cause", correlation(0.0), "0%", *_at(none, study)]]
    for row in reversed(strongest_first(benchmarks)):
        own = benchmarks[benchmarks["variable"] == row["variable"]]
        named = f"One as strong as {study.named(str(row['variable']))}"
        rows.append([named, correlation(row["against"]), _share(row), *_at(own, study)])
    reached, explains = reached_row(undone), undone_row(undone, "explains")
    if reached is not None:
        named = "Interval of the indirect effect begins to include no effect"
        rows.append([named, correlation(reached["rho"]), _share(reached), "", ""])
    for effect, named in (
        ("pnie", "Indirect effect is 0, in the untreated"),
        ("tnie", "Indirect effect is 0"),
    ):
        found = undone_row(undone, "explains", effect=effect)
        if found is not None:
            rows.append([named, with_interval(found), _share(found), "", ""])
    heads = [
        "Unmeasured cause",
        f"Correlation ({study.coverage} CI)",
        "R\N{SUPERSCRIPT TWO} of both",
        *(f"{NATURAL[effect]} ({study.coverage} CI)" for effect in _EFFECTS),
    ]
    against = 1.0 if explains is None else explains["rho"]
    return Table(
        name="confounding",
        title=f"What would undo it: effects on the {reading('te', MEAN.key, study=study).named}",
        cells=pd.DataFrame(rows, columns=heads),
        notes=(
            f"Correlation of the errors of mediator and outcome, that of {cause(against, study)}. "
            "R\N{SUPERSCRIPT TWO} of both: the share of the mediator's residual variance that the cause "
            "explains, times that of the outcome's.",
            *model_note(study),
            *_no_crossing(undone),
            *not_shares(pd.concat([none, benchmarks]), study),
            *e_value_sentences(e_values, study),
            *logit_note(logit, study),
            *synthetic_note(study),
        ),
    )


def model_note(study: Study) -> tuple[str, ...]:
    """Say that the curve is of a probit where the analysis is not."""
    if not study.has_levels or study.link.normal:
        return ()
    return (f"The outcome is modelled by a probit here, in place of the {study.link.name}.",)


def logit_note(logit: pd.DataFrame, study: Study) -> tuple[str, ...]:
    """Say what a logit with correlated errors gives beside the probit."""
    at = logit[logit["statistic"] == "grid"]
    star = logit[logit["statistic"] == "explains"]
    if at.empty:
        return ()
    read = reading("tnie", MEAN.key, study=study)
    both = [
        f"{read.point({'estimate': row['tnie']})} ({read.point({'estimate': row['tnie_probit']})}) at "
        f"{correlation(row['rho'])}"
        for row in at.to_dict("records")
        if 0 <= row["rho"] <= 0.4
    ]
    undone = f", and 0 at {correlation(star['rho'].iloc[0])}" if len(star) else ""
    trials = ", trials with fixed effects" if study.trial_effects.random else ""
    return (
        f"A logit with correlated errors (Gaussian copula{trials}) has an indirect effect of "
        f"{notation.joined(both)}{undone}; in brackets the probit's.",
    )


def _no_crossing(undone: pd.DataFrame) -> list[str]:
    """Say why there is no correlation from which the interval includes the value of no effect."""
    rows = undone[
        (undone["statistic"] == "reaches_null") & (undone["scale"] == MEAN.key) & undone["rho"].isna()
    ]
    return [
        "There is no correlation from which the interval of the indirect effect includes the value of no "
        f"effect: {note}."
        for note in rows["note"]
    ]


def _share(row: Row) -> str:
    return notation.percent(100 * row["r2"])


def _at(found: pd.DataFrame, study: Study) -> list[str]:
    texts = []
    for effect in _EFFECTS:
        row = effect_row(on_the_mean(found, effect), effect, MEAN.key)
        texts.append(notation.DASH if row is None else reading(effect, MEAN.key, study=study).text(row))
    return texts

"""The run beside others: its analyses, published figures, and the truth of a generating model."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.house_style import people
from ipdmediation.present.labels import NATURAL, SHARES, share_label
from ipdmediation.present.report.pairs import Pair
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.scales import Reading, Row, reading
from ipdmediation.present.shares import withheld_notes
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note
from ipdmediation.vocabulary.effects import HEADLINE, PROPORTION_MEDIATED, SHARE_BY_DIFFERENCE
from ipdmediation.vocabulary.scales import read_cut

BESIDE = (HEADLINE, SHARE_BY_DIFFERENCE)
#: Effects that are no shares.
TRUE_EFFECTS = {effect: name for effect, name in NATURAL.items() if effect != PROPORTION_MEDIATED}


def beside(results: Sequence[AnalysisResult]) -> Table:
    """Set the main numbers of all analyses beside each other, each on its own scale of the mean."""
    rows = []
    reads = [reading("te", "mean", study=result.study) for result in results]
    mixed = len({(read.name, read.unit) for read in reads}) > 1
    shares: list[tuple[str, Row | None]] = []
    for result, read in zip(results, reads, strict=True):
        label = str(result.study.analysis.get("label", ""))
        cells = [
            f"{label}: {read.named}; {read.direction}" if mixed else label,
            notation.count(result.fitted),
        ]
        for effect in TRUE_EFFECTS:
            row = result.row(effect, "mean")
            cells.append(notation.DASH if row is None else read.text(row))
        for key in BESIDE:
            row = result.row(*key)
            cells.append(notation.DASH if row is None else reading(*key, study=result.study).text(row))
            shares.append((label, row))
        rows.append(cells)
    study, read = results[0].study, reads[0]
    boundary = [
        f"{result.study.analysis.get('label', '')} {result.at_boundary}"
        for result in results
        if result.at_boundary
    ]
    weighted = [f"“{result.study.analysis.get('label', '')}”" for result in results if result.study.weights]
    notes = [
        *([] if mixed else [f"{read.direction.capitalize()}."]),
        "All intervals come from the bootstrap of the analysis.",
        *withheld_notes(shares),
        *([f"Replicates with trial effects at the boundary: {'; '.join(boundary)}."] if boundary else []),
        *([f"{notation.upper(people())} are weighted in {notation.joined(weighted)}."] if weighted else []),
        *synthetic_note(study),
    ]
    averages = {result.study.average for result in results}
    heads = [share_label(key, study) for key in BESIDE]
    if len(averages) > 1:
        heads[0] = "Share of the total effect"
    effects = f"effects on the {' or '.join(sorted(averages))}" if mixed else f"effects on the {read.named}"
    return Table(
        name="analyses",
        title=f"All analyses beside each other: {effects} ({study.coverage} CI)",
        cells=pd.DataFrame(
            rows,
            columns=["Analysis", notation.upper(people()), *TRUE_EFFECTS.values(), *heads],
        ),
        notes=tuple(notes),
    )


def verdict(published: pd.DataFrame) -> list[str]:
    """Count the published figures that agree, those that the patients were calibrated to on their own."""
    agrees = published["agrees"].astype(str).str.lower().isin(["true", "1", "1.0"])
    targets = published["calibrated"].astype(str).str.lower().isin(["true", "1", "1.0"])
    sentences = []
    if targets.any():
        text = (
            f"{notation.count(targets.sum())} of the {len(published)} published figures were targets to "
            f"which the synthetic {people()} were calibrated, so that their agreement shows nothing but "
            f"that; {notation.count((targets & agrees).sum())} are met by their rule."
        )
        sentences.append(text + _apart(published, targets & ~agrees, "Not met"))
    if (~targets).any():
        number, total = int((~targets & agrees).sum()), int((~targets).sum())
        other = "the other " if targets.any() else ""
        if number == total > 1:
            whole = "Both" if total == 2 else f"All {notation.count(total)}"
            text = f"{whole} of {other or 'the '}published figures agree with this run by their rule."
        else:
            verb = "agrees" if number == 1 else "agree"
            text = (
                f"{notation.count(number)} of {other}{notation.count(total)} published figures {verb} with "
                "this run by their rule."
            )
        sentences.append(text + _apart(published, ~targets & ~agrees, "Not in agreement"))
    return sentences


def _apart(published: pd.DataFrame, rows: pd.Series[bool], words: str) -> str:
    labels = [str(label) for label in published.loc[rows, "label"]]
    return f" {words}: {'; '.join(labels)}." if labels else ""


def published_shares(results: Sequence[AnalysisResult]) -> list[str]:
    """Set the shares that do not mix mediation with a change of scale beside each published one that does."""
    sentences = []
    for result in results:
        study, printed = result.study, result.study.published_share
        shares = [
            f"{reading(*key, study=study).sentence(row, study)}, {notation.lower(share_label(key, study))}"
            for key in SHARES
            if (row := result.estimated(*key)) is not None
        ]
        if printed and shares and study.has_levels:
            ends = (printed.get(end, math.nan) for end in ("value", "low", "high"))
            sentences.append(
                f"The published share, {notation.proportion(*ends)}, is one by difference. In the analysis "
                f"“{study.analysis['label']}” this run gives {'; '.join(shares)}. Why a difference of "
                f"{'log ' if study.ratio else ''}{study.link.measure}s comes out too small is said under "
                "Mediation."
            )
    return sentences


def beside_truth(result: AnalysisResult, truth: Mapping[str, Any]) -> tuple[Table, list[str]]:
    """Set the effects of an analysis beside those of the model that made its patients.

    Parameters
    ----------
    result
        The analysis.
    truth
        Of the generating model, as `synthetic.truth.causal_truth` returns it.

    Returns
    -------
    Table
        One row per effect and scale that both have.
    list of str
        In how many the interval holds the truth, and which it misses.
    """
    study = result.study
    rows: list[list[str]] = []
    missed: dict[str, list[str]] = {}
    for effect, row, true in _with_truth(result, truth):
        read, name = reading(effect, row["scale"], study=study), TRUE_EFFECTS[effect]
        inside = row["ci_low"] <= true <= row["ci_high"]
        rows.append(
            [
                f"{name}, {read.name}",
                read.unit,
                read.better_side,
                _written(true, read),
                read.text(row),
                "yes" if inside else "no",
            ]
        )
        if not inside:
            missed.setdefault(read.name, []).append(notation.lower(name))
    table = Table(
        name="truth",
        title=f"Effects of this run and of the model that made the {people()}",
        cells=pd.DataFrame(
            rows,
            columns=[
                "Effect",
                "Unit",
                "Better",
                "Truth",
                f"This run ({study.coverage} CI)",
                "Interval holds the truth",
            ],
        ),
        notes=synthetic_note(study),
    )
    return table, _missed(rows, missed, truth, study)


def truth_pairs(result: AnalysisResult, truth: Mapping[str, Any]) -> list[Pair]:
    """Return what the table of `beside_truth` holds against each other, row by row, as it is stored."""
    return [
        Pair(other=true, estimate=row["estimate"], low=row["ci_low"], high=row["ci_high"])
        for _, row, true in _with_truth(result, truth)
    ]


def _with_truth(result: AnalysisResult, truth: Mapping[str, Any]) -> Iterator[tuple[str, Row, float]]:
    """Go through the effects that both have: the effect, its row with an interval, and the truth."""
    for scale in truth["effects"]["te"]:
        for effect in TRUE_EFFECTS:
            row = result.estimated(effect, scale)
            if row is not None and notation.known(row["ci_low"]):
                yield effect, row, float(truth["effects"][effect][scale])


def _written(value: float, read: Reading) -> str:
    return notation.fixed(read.number(value), digits=read.digits, nulls=(read.null,))


def _missed(
    rows: Sequence[Sequence[str]], missed: Mapping[str, Sequence[str]], truth: Mapping[str, Any], study: Study
) -> list[str]:
    held = len(rows) - sum(map(len, missed.values()))
    sentences = [
        f"The truth is that of all randomised {people()}, the trials in their randomised proportions. The "
        "interval of the analysis "
        f"“{study.analysis['label']}” holds it in {held} of {len(rows)} effects."
    ]
    if missed:
        apart = [f"the {' and the '.join(effects)} ({scale})" for scale, effects in missed.items()]
        sentences.append(f"It misses {'; '.join(apart)}.")
    by_cut = truth["log_or_by_cut"]["values"]["te"]
    if study.family.cuts and study.ratio:
        weakest, strongest = (chosen(by_cut, key=by_cut.__getitem__) for chosen in (min, max))
        sentences.append(
            f"In the model that made the {people()} the total effect's odds ratio is "
            f"{notation.fixed(math.exp(by_cut[weakest]))} for {_cut(weakest, study)} and "
            f"{notation.fixed(math.exp(by_cut[strongest]))} for {_cut(strongest, study)}. The models of "
            "this analysis assume one for all cuts (proportional odds) and are wrong in this: effects at "
            f"single cuts can miss for that reason, however many {people()} there are."
        )
    return sentences


def _cut(cut: str, study: Study) -> str:
    return reading("te", read_cut(cut).key, study=study).name

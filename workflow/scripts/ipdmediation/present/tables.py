"""Tables of a run in the words of a reader, as CSV, HTML and DOCX; no number is computed here."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.present import style
from ipdmediation.present.style import Study

# Columns of words, set to the left and broken into lines; all others hold numbers.
PROSE = frozenset({"Note", "Rule", "Variable", "Column in the file", "Scale", "Interval"})
_MISSING = ("withheld", "no ")  # how notes on missing numbers begin
_EPOCH = datetime(1980, 1, 1, tzinfo=UTC)  # the oldest date a zip entry can carry


@dataclass(frozen=True)
class Table:
    """A table ready to be printed: every cell is a text.

    Parameters
    ----------
    name
        Short id, a file name without suffix.
    title
        What the table shows.
    cells
        Texts; the first column names the row.
    notes
        Sentences under the table.
    indented
        Positions of rows that belong to the row above them.
    printed
        Headings for HTML and DOCX where they differ from the unique ones of the CSV file.
    """

    name: str
    title: str
    cells: pd.DataFrame
    notes: tuple[str, ...] = ()
    indented: frozenset[int] = frozenset()
    printed: tuple[str, ...] = ()

    @property
    def heads(self) -> tuple[str, ...]:
        """Headings as they are printed; unlike the columns of the cells they may repeat."""
        return self.printed or tuple(str(column) for column in self.cells.columns)


def baseline(description: pd.DataFrame, flow: pd.DataFrame, *, study: Study) -> Table:
    """Make the baseline table by arm.

    Parameters
    ----------
    description
        Tidy description of the baseline variables.
    flow
        Flow of the analysis; its last row gives the size of each arm.
    study
        Words of the study.
    """
    last = flow.sort_values("step").iloc[-1]
    sizes = {"all": last["remaining"]} | {arm: last[f"remaining_{arm}"] for arm in ("control", "treated")}
    names = {"all": "All", "control": study.short("control"), "treated": study.short("treated")}
    heads = {arm: f"{names[arm]} (n = {style.count(sizes[arm])})" for arm in names}
    columns = ["Characteristic", *heads.values(), "SMD", "Missing"]
    rows: list[list[str]] = []
    indented: set[int] = set()
    pooled = description[description["trial"] == "all"]
    for variable in pooled["variable"].unique():
        found = _statistics(pooled[pooled["variable"] == variable])
        unit = study.unit(variable)
        label = study.label(variable)
        levels = [level for arm, statistic, level in found if arm == "all" and statistic == "count" and level]
        last_cells = [
            style.fixed(found.get(("difference", "smd", ""), float("nan"))),
            style.count(found.get(("all", "missing", ""), float("nan"))),
        ]
        if levels:
            rows.append([f"{label}, n (%)", "", "", "", *last_cells])
            for level in _in_order(levels, study.levels(variable)):
                indented.add(len(rows))
                cells = [_share(found, arm, level) for arm in heads]
                rows.append([study.levels(variable).get(level, level), *cells, "", ""])
        elif ("all", "percent", "") in found:
            rows.append([f"{label}, n (%)", *(_share(found, arm, "") for arm in heads), *last_cells])
        else:
            median = ("all", "median", "") in found
            summary = "median (IQR)" if median else "mean (SD)"
            written = _median if median else _mean
            name = f"{label}, {unit}, {summary}" if unit else f"{label}, {summary}"
            rows.append([name, *(written(found, arm) for arm in heads), *last_cells])
    return Table(
        name="baseline",
        title="Baseline characteristics of the analysed participants",
        cells=pd.DataFrame(rows, columns=columns),
        notes=(
            "IQR, interquartile range; SD, standard deviation; SMD, standardised mean difference "
            "between the arms.",
            "Percentages are of the participants for whom the characteristic is known.",
            *_synthetic(study),
        ),
        indented=frozenset(indented),
    )


def models(coefficients: Mapping[str, pd.DataFrame], *, study: Study) -> Table:
    """Put the mediator, the total and the outcome model side by side.

    Parameters
    ----------
    coefficients
        Coefficients of the models `mediator`, `total` and `outcome`.
    study
        Words of the study.
    """
    heads = {
        "mediator": f"Mediator model: {_quantity(coefficients['mediator'])}",
        "total": f"Total model: {_quantity(coefficients['total'])}",
        "outcome": f"Outcome model: {_quantity(coefficients['outcome'])}",
    }
    shown: dict[str, dict[str, dict[Any, Any]]] = {
        name: {
            str(row["term"]): dict(row)
            for row in frame[frame["component"].isin(["coefficient", "variance"])].to_dict("records")
        }
        for name, frame in coefficients.items()
    }
    terms = dict.fromkeys(term for name in ("outcome", "total", "mediator") for term in shown[name])
    first = ["treatment", *(term for term in terms if term.startswith("mediator"))]
    variances = [term for term in terms if _variance(shown, term)]
    last = [*(term for term in terms if term == "intercept"), *variances]
    order = [*first, *(term for term in terms if term not in {*first, *last}), *last]
    rows = []
    for term in order:
        row = next(shown[name][term] for name in ("outcome", "total", "mediator") if term in shown[name])
        cells = [style.term_label(term, row, study=study)]
        for name in heads:
            found = shown[name].get(term)
            cells += [_estimate(found), style.p_value(found["p_value"])] if found else ["", ""]
        rows.append(cells)
    columns, printed = ["Term"], ["Term"]
    for name, head in heads.items():
        columns += [f"{head} ({study.coverage} CI)", f"P, {name} model"]
        printed += [f"{head} ({study.coverage} CI)", "P"]
    notes = ["The total model leaves the mediator out; the outcome model has it in."]
    if study.odds_ratio:
        notes.append(f"A {study.odds_ratio} above 1 means a better outcome.")
    if study.spline_knots:
        notes.append(
            f"In the outcome model the mediator is a restricted cubic spline with {study.spline_knots} knots."
            " Its terms are coefficients, not ratios, and mean something together only."
        )
    if variances:
        notes.append("Standard deviations are on the scale on which the model is linear.")
    return Table(
        name="models",
        title="The three models",
        cells=pd.DataFrame(rows, columns=columns),
        notes=(*notes, *_synthetic(study)),
        printed=tuple(printed),
    )


def effects(results: pd.DataFrame, *, study: Study) -> Table:
    """Put the effects that are made of the models' coefficients into words.

    Parameters
    ----------
    results
        The tidy table of effects.
    study
        Words of the study.
    """
    rows = []
    for row in results[results["scale"].isin(["coefficient", "proportion"])].to_dict("records"):
        note = "" if pd.isna(row["note"]) else str(row["note"])
        rows.append(
            [
                style.effect_name(row["effect"]),
                _scale(row["scale"], study),
                effect_text(row),
                style.p_value(row["p_value"]),
                "" if pd.isna(row["interval"]) else str(row["interval"]),
                style.count(row["replicates"]),
                style.count(row["failed"]),
                note,
            ]
        )
    columns = [
        "Effect",
        "Scale",
        f"Estimate ({study.coverage} CI)",
        "P",
        "Interval",
        "Replicates",
        "Failed",
        "Note",
    ]
    return Table(
        name="effects",
        title="Effects and proportions mediated, from the coefficients of the models",
        cells=pd.DataFrame(rows, columns=columns),
        notes=(
            "Intervals come from bootstrap replicates in which all models were refitted to the same "
            "resample.",
            *_synthetic(study),
        ),
    )


def natural_effects(results: pd.DataFrame, *, study: Study) -> Table:
    """Set total, direct and indirect effect and the proportion mediated side by side, one row a scale.

    Parameters
    ----------
    results
        The tidy table of effects.
    study
        Words of the study.
    """
    named = ("te", "pnde", "tnie", "pm")
    natural = results[results["effect"].isin(named)]
    rows = []
    for scale, found in natural.groupby("scale", sort=False):
        by_effect = {row["effect"]: row for row in found.to_dict("records")}
        points = _in_points(str(scale), study)
        cells = (effect_text(by_effect[name], points=points) for name in named)
        rows.append([_natural_scale(str(scale), study), *cells])
    heads = [f"{style.effect_name(name)} ({study.coverage} CI)" for name in named]
    missing = sorted({str(note) for note in natural["note"].dropna() if str(note).startswith(_MISSING)})
    failed, replicates = (int(natural[column].max()) for column in ("failed", "replicates"))
    return Table(
        name="natural_effects",
        title="Natural effects, averaged over the participants",
        cells=pd.DataFrame(rows, columns=["Outcome scale", *heads]),
        notes=(
            "Direct: the mediator stays as it would be without treatment. Indirect: the treated, with the "
            "mediator as under treatment rather than as without. Both add up to the total.",
            f"Failed bootstrap replicates: {style.count(failed)} of {style.count(replicates)}.",
            *missing,
            *_synthetic(study),
        ),
    )


def effect_text(row: Mapping[Any, Any], *, points: bool = False) -> str:
    """Write one effect with its interval in the way of its scale.

    Parameters
    ----------
    row
        Row of the effects table.
    points
        Whether it is a difference of probabilities, written in percentage points.

    Returns
    -------
    str
        A proportion mediated in percent, percentage points with one decimal, anything else with two;
        "withheld" where there is no estimate.
    """
    values = (row["estimate"], row["ci_low"], row["ci_high"])
    if not style.known(values[0]):
        return "withheld"
    if row["scale"] == "proportion" or row["effect"] == "pm":
        return style.proportion(*values)
    if points:
        return style.interval(*(100 * value for value in values), digits=1)
    return style.interval(*values)


def published(comparison: pd.DataFrame, *, study: Study) -> Table:
    """Put each published figure beside this run's.

    Parameters
    ----------
    comparison
        Columns `label, table, published, published_low, published_high, this_run, this_run_low,
        this_run_high, agrees, rule`.
    study
        Words of the study.
    """
    rows = [
        [
            str(row["label"]),
            _measured(row["published"], row["published_low"], row["published_high"]),
            _measured(row["this_run"], row["this_run_low"], row["this_run_high"]),
            "yes" if str(row["agrees"]).lower() in {"true", "1", "1.0"} else "no",
            str(row["rule"]),
        ]
        for row in comparison.to_dict("records")
    ]
    return Table(
        name="published",
        title="Published figures and this run",
        cells=pd.DataFrame(rows, columns=["Quantity", "Published", "This run", "Agrees", "Rule"]),
        notes=_synthetic(study),
    )


def quality(counts: Mapping[str, pd.DataFrame], *, study: Study) -> Table:
    """List what harmonising did to each variable of each trial.

    Parameters
    ----------
    counts
        By trial id: columns `variable, column, n, missing, missing_coded, recoded, converted, out_of_range`.
    study
        Words of the study.
    """
    rows = []
    for trial, frame in counts.items():
        for row in frame.to_dict("records"):
            column = "" if pd.isna(row["column"]) else str(row["column"])
            numbers = ("n", "missing", "missing_coded", "recoded", "converted", "out_of_range")
            rows.append(
                [
                    study.trial(trial),
                    study.label(str(row["variable"])),
                    column or "not recorded",
                    *(style.count(row[name]) for name in numbers),
                ]
            )
    return Table(
        name="quality",
        title="What harmonising did",
        cells=pd.DataFrame(
            rows,
            columns=[
                "Trial",
                "Variable",
                "Column in the file",
                "Participants",
                "Missing",
                "Missing by code",
                "Recoded",
                "Unit converted",
                "Out of range",
            ],
        ),
        notes=_synthetic(study),
    )


def flow(steps: pd.DataFrame, *, study: Study) -> Table:
    """List who was excluded and why.

    Parameters
    ----------
    steps
        The tidy flow table.
    study
        Words of the study.
    """
    groups = {
        f"{verb}, {name}": f"{column}{suffix}"
        for verb, column in (("Excluded", "excluded"), ("Remaining", "remaining"))
        for name, suffix in (
            ("all", ""),
            (study.short("treated"), "_treated"),
            (study.short("control"), "_control"),
        )
    }
    rows = [
        [str(row["reason"]), *(style.count(row[column]) for column in groups.values())]
        for row in steps.sort_values("step").to_dict("records")
    ]
    return Table(
        name="flow",
        title="From randomised to analysed participants",
        cells=pd.DataFrame(rows, columns=["Step", *groups]),
        notes=("A participant is counted under the first rule that is not met.", *_synthetic(study)),
    )


def save(table: Table, path: Path) -> None:
    """Write a table with the same bytes every time.

    Parameters
    ----------
    table
        A table of this module.
    path
        Target; its suffix (.csv, .html or .docx) names the format.
    """
    writers = {".csv": _csv, ".html": _html, ".docx": _docx}
    path.write_bytes(writers[path.suffix](table))


def _csv(table: Table) -> bytes:
    text: str = table.cells.to_csv(index=False, lineterminator="\n")
    return text.encode()


def _html(table: Table) -> bytes:
    from great_tables import GT, loc
    from great_tables import style as gt_style

    stub = str(table.cells.columns[0])
    made = (
        GT(table.cells, id=table.name)
        .tab_header(title=table.title)
        .cols_label(dict(zip(table.cells.columns, table.heads, strict=True)))
        .cols_align("right", columns=list(table.cells.columns[_numbers(table)]))
        .cols_align("left", columns=list(table.cells.columns[np.logical_not(_numbers(table))]))
        .tab_options(
            table_font_size="13px",
            heading_title_font_size="15px",
            heading_align="left",
            data_row_padding="3px",
            table_font_names=["Helvetica Neue", "Arial", "sans-serif"],
            column_labels_font_weight="bold",
        )
    )
    if table.indented:
        made = made.tab_style(
            style=gt_style.css("padding-left: 24px;"),
            locations=loc.body(columns=stub, rows=sorted(table.indented)),
        )
    for note in table.notes:
        made = made.tab_source_note(note)
    page: str = made.as_raw_html(make_page=True, all_important=False)
    return page.encode()


def _docx(table: Table) -> bytes:
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    if len(table.cells.columns) > 6:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(15)
    document.styles["Normal"].font.name = "Arial"
    document.styles["Normal"].font.size = Pt(8)
    document.styles["Normal"].paragraph_format.space_after = Pt(0)
    heading = document.add_paragraph()
    heading.paragraph_format.space_after = Pt(4)
    title = heading.add_run(table.title)
    title.bold, title.font.size = True, Pt(10)
    grid = document.add_table(rows=1, cols=len(table.cells.columns), style="Light Shading")
    grid.autofit = False
    # Of the style its rules and its bold heading, neither the grey bands nor a bold first column.
    for name, value in {"val": "0620", "firstColumn": "0", "noHBand": "1"}.items():
        grid._tbl.tblPr.find(qn("w:tblLook")).set(qn(f"w:{name}"), value)
    for cell, name in zip(grid.rows[0].cells, table.heads, strict=True):
        cell.text = name
    # Word repeats the heading row on every page.
    properties = grid.rows[0]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))
    for position, values in enumerate(table.cells.itertuples(index=False)):
        for column, (cell, value) in enumerate(zip(grid.add_row().cells, values, strict=True)):
            cell.text = str(value)
            if column == 0 and position in table.indented:
                cell.paragraphs[0].paragraph_format.left_indent = Mm(4)
    room = section.page_width - section.left_margin - section.right_margin
    for column, share, numbers in zip(grid.columns, _column_shares(table), _numbers(table), strict=True):
        column.width = round(room * share)  # what LibreOffice reads; Word reads that of the cells
        for cell in column.cells:
            cell.width = column.width
            if numbers:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for note in table.notes:
        document.add_paragraph(note)
    core = document.core_properties
    core.author, core.title, core.comments = "ipdmediation", table.title, ""
    core.created = core.modified = _EPOCH
    core.revision = 1
    written = io.BytesIO()
    document.save(written)
    return _undated(written.getvalue())


def _numbers(table: Table) -> list[bool]:
    """Say which columns hold numbers: neither names of rows nor prose."""
    return [position > 0 and name not in PROSE for position, name in enumerate(table.cells.columns)]


def _column_shares(table: Table) -> list[float]:
    """Share out a page's width: numbers stay on one line, words may go on in the next."""
    needs = []
    for (_, cells), head, numbers in zip(table.cells.items(), table.heads, _numbers(table), strict=True):
        longest = max((len(str(cell)) for cell in cells), default=0)
        needs.append(2 + max(*map(len, head.split()), longest if numbers else min(longest, 26)))
    return [need / sum(needs) for need in needs]


def _undated(archive: bytes) -> bytes:
    """Rewrite a zip file with one fixed date on every entry."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(fixed, "w") as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, date_time=_EPOCH.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return fixed.getvalue()


def _synthetic(study: Study) -> tuple[str, ...]:
    return (f"{style.SYNTHETIC_NOTE}: no row describes a real person.",) if study.synthetic else ()


def _statistics(rows: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    """Estimates of one variable by arm, statistic and level."""
    return {
        (str(row["arm"]), str(row["statistic"]), style.level_id(row["level"])): float(row["estimate"])
        for row in rows.to_dict("records")
    }


def _in_order(levels: list[str], declared: Mapping[str, str]) -> list[str]:
    return [
        *(level for level in declared if level in levels),
        *(level for level in levels if level not in declared),
    ]


def _share(found: Mapping[tuple[str, str, str], float], arm: str, level: str) -> str:
    number, share = found.get((arm, "count", level)), found.get((arm, "percent", level))
    if number is None or share is None:
        return style.DASH
    return f"{style.count(number)} ({style.percent(share).removesuffix('%')})"


def _median(found: Mapping[tuple[str, str, str], float], arm: str) -> str:
    middle, low, high = (found.get((arm, name, ""), float("nan")) for name in ("median", "q1", "q3"))
    return f"{style.measure(middle)} ({style.span(style.measure(low), style.measure(high))})"


def _mean(found: Mapping[tuple[str, str, str], float], arm: str) -> str:
    mean, deviation = (found.get((arm, name, ""), float("nan")) for name in ("mean", "sd"))
    return f"{style.measure(mean)} ({style.measure(deviation)})"


def _measured(value: float, low: float, high: float) -> str:
    if not (style.known(low) and style.known(high)):
        return style.measure(value)
    if abs(value) < 10:
        return style.interval(value, low, high)
    return f"{style.measure(value)} ({style.span(style.measure(low), style.measure(high))})"


def _quantity(model: pd.DataFrame) -> str:
    """Name what a model's coefficients are, such as a ratio of geometric means."""
    row = model[model["term"] == "treatment"].iloc[0]
    return str(row["ratio_unit"]) if style.known(row["ratio"]) else "coefficient"


def _variance(shown: Mapping[str, Mapping[str, Mapping[Any, Any]]], term: str) -> bool:
    return any(rows[term]["component"] == "variance" for rows in shown.values() if term in rows)


def _estimate(row: Mapping[Any, Any]) -> str:
    if style.known(row["ratio"]):
        return style.interval(row["ratio"], row["ratio_low"], row["ratio_high"])
    return style.interval(row["estimate"], row["ci_low"], row["ci_high"])


def _in_points(scale: str, study: Study) -> bool:
    """Say whether effects on a scale are differences of probabilities; the mean of 0 and 1 is one."""
    return scale.startswith(style.POINTS_SCALES) or (scale == "mean" and study.family == "binary")


def _natural_scale(scale: str, study: Study) -> str:
    outcome = study.label(study.outcome)
    level = {"mean": "1", "prob_le_0": "0"}.get(scale)
    if study.family == "binary" and level:
        return f"{outcome}: {study.levels(study.outcome)[level].lower()}, percentage points"
    if scale.startswith("prob_le_"):
        return f"{outcome} of {scale.removeprefix('prob_le_')} or less, percentage points"
    words = {
        "mean": f"Mean {outcome}",
        "utility": f"Mean utility of {outcome}",
        "win": "Better outcome than without treatment (ties half), percentage points above 50",
        "log_win_odds": "Log win odds",
        "log_or": f"Log {study.odds_ratio} of the averaged outcomes",
    }
    return words[scale]


def _scale(scale: str, study: Study) -> str:
    words = {
        "proportion": "share of the total effect",
        "log_or": f"log {study.odds_ratio}" if study.odds_ratio else "difference",
        "transformed": f"{study.label(study.mediator)}, {study.transform} scale",
    }
    return words.get(scale, scale.replace("_", " "))

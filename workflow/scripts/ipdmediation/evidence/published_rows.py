"""Whether published figures will find their row in a table, told from the configuration (light)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

from ipdmediation.data.configuration import analysed_trials, eligibility_rules, resolve_analysis
from ipdmediation.data.errors import listing
from ipdmediation.data.formula import FormulaError
from ipdmediation.data.problems import Fault, Place, shown
from ipdmediation.data.references import Study
from ipdmediation.evidence.table_rows import COLUMNS, Row, Table, rows_of


def published_faults(study: Study, mappings: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    """Yield what is wrong with the published figures of a study.

    Parameters
    ----------
    study : Study
        Its sound parts.
    mappings : mapping
        Trial id to its mapping; those that could be read.
    """
    excluding = any("excluded" in each["treatment"]["codes"].values() for each in mappings.values())
    tables: dict[tuple[str, str], Sequence[Row]] = {}
    for position, figure in enumerate(study.config.get("published", ())):
        place = ("published", position)
        name, table = figure["analysis"], figure["table"]
        columns = COLUMNS[table.partition("/")[0]]
        yield from _column_faults(place, figure, columns)
        if name not in study.analyses:
            if study.analyses:
                text = f"no analysis {name!r}; allowed: {listing(study.analyses, limit=99)}"
                yield Fault((*place, "analysis"), text)
            continue
        if (name, table) not in tables:
            tables[name, table] = _rows(study, name, table, excluding=excluding)
        if tables[name, table] and all(column in columns.named for column in figure["where"]):
            yield from _row_faults((*place, "where"), figure["where"], tables[name, table], table)


def _rows(study: Study, analysis: str, table: str, *, excluding: bool) -> list[Row]:
    """Return the rows of a table; none where a fault of the analysis keeps them from being told."""
    config = {"eligibility": [], **study.config}
    settings, variables = resolve_analysis(config, analysis), study.variables
    if not {settings["mediator"]["variable"], settings["outcome"]["variable"]} <= set(variables):
        return []
    try:
        return rows_of(
            table,
            settings=settings,
            variables=variables,
            trials=analysed_trials(config, analysis, study.trials),
            baseline=study.config.get("describe", {}).get("baseline", []),
            rules=eligibility_rules(config, analysis),
            excluding=excluding,
        )
    except FormulaError:
        return []


def _column_faults(place: Place, figure: Mapping[str, Any], columns: Table) -> Iterator[Fault]:
    for key in ("column", "low_column", "high_column", "per"):
        if key in figure and figure[key] not in columns.numbers:
            text = f"no column of numbers {figure[key]!r}; allowed: {listing(columns.numbers, limit=99)}"
            yield Fault((*place, key), text)
    if "low" in figure and figure["low"] > figure["high"]:
        yield Fault((*place, "low"), f"low {figure['low']:g} is above high {figure['high']:g}")
    for column in [column for column in figure["where"] if column not in columns.named]:
        text = f"no row is named by a column {column!r}; allowed: {listing(columns.named, limit=99)}"
        yield Fault((*place, "where", column), text)


def _row_faults(place: Place, where: Mapping[str, Any], rows: Sequence[Row], table: str) -> Iterator[Fault]:
    """Yield a fault where the rows that match are fewer or more than are asked for."""
    wanted = {column: value if isinstance(value, list) else [value] for column, value in where.items()}
    expected = prod(map(len, wanted.values()))
    found = [row for row in rows if all(row.holds(column, wanted[column]) for column in wanted)]
    if len(found) < expected:
        for column, values in wanted.items():
            absent = [value for value in values if not any(row.holds(column, [value]) for row in rows)]
            if absent:
                known = dict.fromkeys(value for row in rows for value in row.values(column))
                text = f"no row of table {table!r} has {listing(absent)}; allowed: {listing(known, limit=30)}"
                yield Fault((*place, column), text)
                return
        text = f"{len(found)} rows of table {table!r} match {shown(dict(where))}; {expected} must"
        yield Fault(place, text)
    certain = [row for row in found if row.certain]
    if len(certain) > expected:
        apart = [column for column in certain[0].cells if len({row.cells[column] for row in certain}) > 1]
        text = f"{len(certain)} rows of table {table!r} match; say also which {' or '.join(apart)}"
        yield Fault(place, text)

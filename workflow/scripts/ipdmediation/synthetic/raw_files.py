"""A synthetic trial as its own centre would deliver it: the trial's mapping, read backwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.data.arms import ARM_NAMES
from ipdmediation.data.errors import listing
from ipdmediation.data.variables import Variable
from ipdmediation.synthetic.errors import SyntheticDataError
from ipdmediation.synthetic.writers import UNTYPED_FORMATS, WRITERS, RawFile


def write_raw_trial(
    frame: pd.DataFrame,
    path: Path,
    *,
    mapping: Mapping[str, Any],
    variables: Mapping[str, Variable],
    layout: Mapping[str, Any],
    notice: str,
    rng: np.random.Generator,
) -> None:
    """Write a simulated trial as its own centre would deliver it: the trial's mapping, read backwards.

    The same frame, layout and generator state give the same bytes: no file carries the time of its making.

    Parameters
    ----------
    frame
        One trial as `simulate_trial` returns it.
    path
        File to write; the format is the mapping's.
    mapping
        The trial's mapping file: source format and options, columns, codes, units, missing codes.
    variables
        The study's common variables; gives the type and unit of each.
    layout
        What the mapping does not say, ``raw: <trial>:`` of the parameter file: `columns` (their order in the
        file), `decimals` by column (0 where not given), `extra` columns, `inclusion` (first and last day of
        onset), `labels` and `value_labels`.
    notice
        Label of the file: says that the patients are synthetic.
    rng
        Source of the onset stamps, the extra columns and the choice among several missing codes.

    Raises
    ------
    SyntheticDataError
        If the layout's columns are not those of the mapping, a value has no code, a value equals a missing
        code, a constant does not hold, or the format is unknown.
    """
    source = mapping["source"]
    if source["format"] not in WRITERS:
        raise SyntheticDataError(f"{path}: format {source['format']!r}; known: {listing(WRITERS)}")
    typed = source["format"] not in UNTYPED_FORMATS
    arms = [ARM_NAMES[arm] for arm in frame["treatment"]]
    cells = {
        mapping["patient"]["column"]: _identifiers(frame["patient"]),
        mapping["treatment"]["column"]: _coded(arms, mapping["treatment"]["codes"], "treatment"),
    }
    stamps = _stamps(frame, mapping, variables, layout, rng)
    missing: dict[str, Sequence[Any]] = {}
    for name, rule in mapping["variables"].items():
        if "from" in rule:
            for column in (rule["from"], rule["to"]):
                cells[column] = _stamp_cells(stamps[column], rule.get("format"))
        elif "column" in rule:
            column = rule["column"]
            missing[column] = rule.get("missing") or mapping.get("missing", [])
            values = _own_values(frame[name], variables[name], rule, layout)
            cells[column] = _with_missing_codes(values, missing[column], column, typed=typed, rng=rng)
        elif "derive" in rule:
            text = f"{name} is derived, and no column can be made from that; allowed: a column of its own"
            raise SyntheticDataError(f"{path}: {text}")
        elif "constant" in rule and not frame[name].eq(rule["constant"]).all():
            raise SyntheticDataError(f"{path}: {name} is not {rule['constant']!r} in every patient")
    for column, rule in layout["extra"].items():
        cells[column] = _extra(rule, len(frame), stamps, rng)
    if sorted(cells) != sorted(layout["columns"]):
        odd = listing(sorted(set(cells) ^ set(layout["columns"])))
        raise SyntheticDataError(f"{path}: columns named in only one of the mapping and the layout: {odd}")
    WRITERS[source["format"]](
        RawFile(
            path=path,
            table=pd.DataFrame({column: _column(cells[column], typed=typed) for column in layout["columns"]}),
            options=source.get("options", {}),
            layout=layout,
            missing=missing,
            notice=notice,
        )
    )


def _identifiers(patients: pd.Series[Any]) -> list[Any]:
    """Patient ids, as numbers where all are."""
    values = [str(patient) for patient in patients]
    return [int(value) for value in values] if all(value.isdigit() for value in values) else values


def _coded(values: Sequence[Any], codes: Mapping[Any, Any] | None, name: str) -> list[Any]:
    """Replace common values by the trial's own codes."""
    plain = [value if value is None or isinstance(value, str) else int(value) for value in values]
    if codes is None:
        return plain
    back: dict[Any, Any] = {}
    for code, value in codes.items():
        back.setdefault(value, code)
    unknown = {value for value in plain if value is not None} - set(back)
    if unknown:
        raise SyntheticDataError(f"{name}: no code of the mapping stands for {listing(sorted(unknown))}")
    return [None if value is None else back[value] for value in plain]


def _own_values(
    values: pd.Series[Any], variable: Variable, rule: Mapping[str, Any], layout: Mapping[str, Any]
) -> list[Any]:
    """Put a common variable into the trial's own unit and precision, or its own codes."""
    if variable.type != "continuous":
        present = [None if pd.isna(value) else value for value in values]
        return _coded(present, rule.get("codes"), variable.name)
    own = _converted(values, variable.unit, rule.get("unit", variable.unit))
    decimals = layout.get("decimals", {}).get(rule["column"], 0)
    rounded = [None if pd.isna(value) else round(float(value), decimals) for value in own]
    return rounded if decimals else [None if value is None else int(value) for value in rounded]


def _converted(values: pd.Series[Any], unit: str | None, to: str | None) -> pd.Series[Any]:
    """Convert from the common unit to the file's."""
    if unit == to:
        return values
    from ipdmediation.data.units import convert  # the import of pint costs a third of a second

    return pd.Series(convert(values.to_numpy(), str(unit), str(to)), index=values.index)


def _stamps(
    frame: pd.DataFrame,
    mapping: Mapping[str, Any],
    variables: Mapping[str, Variable],
    layout: Mapping[str, Any],
    rng: np.random.Generator,
) -> dict[str, pd.Series[Any]]:
    """Stamps by column, to the minute: starts spread over the days of inclusion, ends by the durations."""
    stamps: dict[str, pd.Series[Any]] = {}
    for name, rule in mapping["variables"].items():
        if "from" not in rule:
            continue
        if rule["from"] not in stamps:
            first, last = (pd.Timestamp(day) for day in layout["inclusion"])
            minutes = rng.integers(int((last - first).total_seconds() // 60), size=len(frame))
            start = pd.Series(first + pd.to_timedelta(minutes, unit="min"), index=frame.index)
            stamps[rule["from"]] = start.astype("datetime64[ms]")
        elapsed = _converted(frame[name], variables[name].unit, "minute").round()
        stamps[rule["to"]] = stamps[rule["from"]] + pd.to_timedelta(elapsed, unit="min")
    return stamps


def _stamp_cells(stamps: pd.Series[Any], stamp_format: str | None) -> list[Any]:
    """Time stamps as text where the mapping gives a format, else as stamps."""
    if stamp_format is None:
        return [None if pd.isna(stamp) else stamp.to_pydatetime() for stamp in stamps]
    return [None if pd.isna(stamp) else stamp.strftime(stamp_format) for stamp in stamps]


def _with_missing_codes(
    cells: list[Any], codes: Sequence[Any], column: str, *, typed: bool, rng: np.random.Generator
) -> list[Any]:
    """Write missing values as one of the trial's codes, where the column can hold one of them."""
    clash = set(codes) & {cell for cell in cells if cell is not None}
    if clash:
        raise SyntheticDataError(f"{column}: {sorted(clash, key=str)[0]!r} is a value and a code for missing")
    text = any(isinstance(cell, str) for cell in cells)
    fitting = [code for code in codes if not typed or isinstance(code, str) == text]
    if not fitting:
        return cells
    return [fitting[rng.integers(len(fitting))] if cell is None else cell for cell in cells]


def _extra(
    rule: Mapping[str, Any], n: int, stamps: Mapping[str, pd.Series[Any]], rng: np.random.Generator
) -> list[Any]:
    """Fill a column that only the centre needs: a constant, one of several values, or a later day."""
    if "constant" in rule:
        return [rule["constant"]] * n
    if "choices" in rule:
        return [rule["choices"][i] for i in rng.integers(len(rule["choices"]), size=n)]
    days = pd.Series(rng.integers(rule["days"][0], rule["days"][1] + 1, size=n))
    later = stamps[rule["after"]].dt.normalize() + pd.to_timedelta(days, unit="D")
    return _stamp_cells(later, rule.get("format"))


def _column(cells: list[Any], *, typed: bool) -> pd.Series[Any]:
    """Make a column of cells: numbers, stamps or text in a typed file, the cells themselves elsewhere."""
    if not typed:
        return pd.Series(cells, dtype=object)
    present = [cell for cell in cells if cell is not None]
    if present and all(isinstance(cell, datetime) for cell in present):
        return pd.Series(pd.to_datetime(pd.Series(cells))).astype("datetime64[ms]")
    if any(isinstance(cell, str) for cell in present):
        return pd.Series(["" if cell is None else str(cell) for cell in cells], dtype=object)
    if len(present) == len(cells) and all(isinstance(cell, int) for cell in present):
        return pd.Series(cells, dtype="int32")
    return pd.Series(cells, dtype="float64")

"""Stamps keep the precision that they have, and the time between two is right or refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.codes import Code
from ipdmediation.data.elapsed import to_elapsed
from ipdmediation.data.mapping import ColumnMapping
from ipdmediation.data.reading import RawTable
from ipdmediation.data.stamp_formats import Precision, format_problem, has_short_year, precision_of
from ipdmediation.data.stamps import read_stamp

WINDOWS, MAC = datetime(1899, 12, 30), datetime(1904, 1, 1)


def elapsed(
    start: Any,
    end: Any,
    *,
    unit: str = "hour",
    missing: tuple[Any, ...] = (),
    epoch: Any = None,
    **mapping: Any,
) -> Any:
    columns = [
        cells if isinstance(cells, pd.Series) else pd.Series(cells, dtype=object) for cells in (start, end)
    ]
    frame = pd.DataFrame(dict(zip(("A", "B"), columns, strict=True)))
    raw = RawTable(frame=frame, rows=range(2, len(frame) + 2), counted="line", epoch=epoch)
    column = ColumnMapping(start="A", end="B", **mapping)
    return to_elapsed(raw, column, unit=unit, missing=[Code(code) for code in missing], decimal=".")


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("2014", Precision.YEAR),
        ("2014-03", Precision.MONTH),
        ("2014-03-01", Precision.DAY),
        ("20140301", Precision.DAY),
        ("2014-03-01T10", Precision.HOUR),
        ("2014-03-01T10:00", Precision.TIME),
        ("2014-03-01 10:00:00.123456789", Precision.TIME),
        ("20140301T1000Z", Precision.TIME),
        ("2014-3-1 9:05", Precision.TIME),
        ("2014-02-30", None),
        ("2014-03-01T25:00", None),
        ("01-03-2014", None),
        ("10:00", None),
        ("41733", None),
        ("x", None),
    ],
)
def test_the_precision_of_iso_text(text: str, precision: Precision | None) -> None:
    stamp = read_stamp(text, stamp_format=None, epoch=None)
    assert (None if stamp is None else stamp.precision) == precision


@pytest.mark.parametrize(
    ("stamp_format", "precision", "problem"),
    [
        ("%d-%m-%Y %H:%M", Precision.TIME, None),
        ("%d/%m/%y", Precision.DAY, None),
        ("%Y-%m", Precision.MONTH, None),
        ("%Y%j %H", Precision.YEAR, None),
        ("%d %b %Y %H", Precision.HOUR, None),
        ("%c", Precision.TIME, None),
        ("%d-%m %H:%M", Precision.YEAR, "names no year"),
        ("%d-%m-%Y %Z", Precision.DAY, "%Z is no directive"),
        ("%d-%m-%Y %Y", Precision.DAY, "%Y stands twice"),
    ],
)
def test_the_precision_of_a_format(stamp_format: str, precision: Precision, problem: str | None) -> None:
    found = format_problem(stamp_format)
    assert (found is None) == (problem is None)
    assert (problem or "") in (found or "")
    if problem is None and stamp_format != "%Y%j %H":
        assert precision_of(stamp_format) == precision


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2014-10-26T01:30+02:00", "2014-10-26T02:30+01:00", 2),
        ("2014-10-26T01:30Z", "2014-10-26T02:30-0500", 6),
        ("2014-10-26T01:30+01", "2014-10-26T00:30Z", 0),
        (datetime(2014, 1, 1, 2, tzinfo=timezone(timedelta(hours=1))), "2014-01-01T02:00Z", 1),
        ("2014-10-26 01:30:00.000000001", "2014-10-26 01:30:00.000000001", 0),
        ("9999-12-31T00:00", "9999-12-31T01:00", 1),
    ],
)
def test_offsets_are_instants(start: Any, end: Any, hours: float) -> None:
    assert elapsed([start], [end]).data.tolist() == [hours]


def test_a_time_zone_of_a_typed_column() -> None:
    start = pd.Series(pd.to_datetime(["2014-03-30 00:30"])).dt.tz_localize("Europe/Amsterdam")
    end = pd.Series(pd.to_datetime(["2014-03-30 04:30"])).dt.tz_localize("Europe/Amsterdam")
    assert elapsed(start, end).data.tolist() == [3]


@pytest.mark.parametrize(
    ("start", "end", "parts"),
    [
        (
            ["2014-01-01T10:00Z"] * 2,
            ["2014-01-01T11:00"] * 2,
            ["'A' in 2 rows (lines 2, 3)", "'B' in 2 rows"],
        ),
        (["2014-01-01T10:00Z", "2014-01-01T10:00"], ["2014-01-01T11:00Z"] * 2, ["1 row (line 3)", "T10:00'"]),
        ([datetime(2014, 1, 1, tzinfo=UTC)], [datetime(2014, 1, 1)], ["with an offset"]),
    ],
)
def test_an_offset_on_one_side_only(start: list[Any], end: list[Any], parts: list[str]) -> None:
    (problem,) = elapsed(start, end).problems
    for part in [*parts, "with an offset or all without"]:
        assert part in problem


PARTIAL = ["2014-03-01 10:00", "2014-03-01", "2014-03", "2014"]
FULL = ["2014-03-01 12:00"] * 4


@pytest.mark.parametrize("swapped", [False, True])
def test_incomplete_stamps_are_an_error_with_rows(swapped: bool) -> None:
    sides = (FULL, PARTIAL) if swapped else (PARTIAL, FULL)
    (problem,) = elapsed(*sides).problems
    for part in (
        "'B'" if swapped else "'A'",
        "3 rows (lines 3, 4, 5)",
        "a date without a time or a month or a year",
        "'2014'",
        "incomplete: missing",
    ):
        assert part in problem


def test_incomplete_stamps_are_what_the_mapping_says() -> None:
    result = elapsed(PARTIAL, FULL, incomplete="missing")
    assert (result.incomplete.sum(), result.data.isna().tolist()) == (3, [False, True, True, True])
    result = elapsed(PARTIAL, FULL, incomplete="start")
    assert (result.incomplete.sum(), result.data.tolist()[:3]) == (3, [2, 12, 12])


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2014, 3, 1), datetime(2014, 3, 1, 10)),
        (date(2014, 3, 1), "2014-03-01T10:00"),
        ("2014-03-01", pd.Timestamp("2014-03-01 10:00")),
        ("2014-03-01T10", "2014-03-01T11:30"),
    ],
)
def test_a_date_against_a_time_is_incomplete_in_every_format(start: Any, end: Any) -> None:
    assert "allowed: a time, as other stamps have" in elapsed([start], [end]).problems[0]


@pytest.mark.parametrize("write", [datetime.isoformat, pd.Timestamp, lambda day: day])
def test_a_column_at_midnight_holds_dates(write: Any) -> None:
    days = [write(datetime(2014, 3, day)) for day in (1, 2)]
    later = [datetime(2014, 3, 2, 10), datetime(2014, 3, 2, 11)]
    (problem,) = elapsed([*days, None], [*later, None]).problems
    assert "'A': 2 rows (lines 2, 3) hold a date without a time" in problem
    assert "(the whole column is at midnight)" in problem
    assert elapsed(days, later, incomplete="start").data.tolist() == [34, 11]
    assert elapsed(days, days[::-1], unit="day").data.tolist() == [1, -1]
    assert elapsed([*days, later[0]], [*later, later[0]]).problems == []
    assert elapsed(days[:1], later[:1]).problems == []


def test_dates_on_both_sides_differ_by_days() -> None:
    start, end = ["2014-03-01", "2014-03-02"], [date(2014, 3, 4), date(2014, 3, 2)]
    assert elapsed(start, end, unit="day").data.tolist() == [3, 0]
    assert elapsed(start, end, unit="week").data.tolist() == [3 / 7, 0]
    problems = elapsed(start, end, unit="hour").problems
    assert len(problems) == 2
    assert "which the unit, hour, asks for" in problems[0]
    assert elapsed(start, end, unit="hour", incomplete="start").data.tolist() == [72, 0]
    assert "a month" in elapsed(["2014-03"], ["2014-03-04"], unit="day").problems[0]
    assert "a year" in elapsed(["2014"], ["2015"], unit="year").problems[0]
    assert elapsed(["2014-03-01T10"], ["2014-03-01T12"], unit="hour").data.tolist() == [2]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (datetime(1900, 1, 1), "1900-01-01"),
        (date(1900, 1, 1), "1900-01-01"),
        ("1900-01-01T00:00", "1900-01-01"),
        ("1900-01-01", "1900-01-01 00:00:00"),
        (pd.Timestamp("1900-01-01"), "1900-01-01"),
        ("1900-01-01T00:00+01:00", "1900-01-01"),
        ("NK", "NK"),
        (-9, -9),
        ("-9.0", -9),
        (datetime(1900, 1, 1), 1),
        (date(2014, 3, 1), (datetime(2014, 3, 1) - WINDOWS).days),
        ("9999", "9999"),
    ],
)
def test_a_missing_code_that_is_a_date_matches_as_a_stamp(cell: Any, code: Any) -> None:
    result = elapsed(
        [cell, "2014-01-01 10:00"], ["2014-01-01 11:00", "2014-01-01 11:00"], missing=(code,), epoch=WINDOWS
    )
    assert result.problems == []
    assert result.missing_coded.sum() == 1
    assert result.data.isna().tolist() == [True, False]
    assert result.missing_found == {Code(code)}


@pytest.mark.parametrize("code", ["01-01-1900", "01-01-1900 00:00", "1900-01-01"])
def test_a_missing_code_in_the_format_of_the_file(code: str) -> None:
    cells, later = ["01-01-1900 00:00", "01-02-2014 10:00"], ["01-02-2014 11:00"] * 2
    result = elapsed(cells, later, missing=(code,), stamp_format="%d-%m-%Y %H:%M")
    assert (result.missing_coded.sum(), result.problems) == (1, [])


def test_serial_numbers_are_stamps_of_the_workbook() -> None:
    late = datetime(2014, 4, 4, 12)
    for epoch in (WINDOWS, MAC):
        serial = (late - epoch) / timedelta(days=1)
        result = elapsed([serial - 0.25, late - timedelta(hours=1)], [late, serial], epoch=epoch)
        assert result.data.tolist() == [6, 1]
    whole = (datetime(2014, 4, 4) - WINDOWS).days
    assert elapsed([whole], [whole + 2], unit="day", epoch=WINDOWS).data.tolist() == [2]
    assert "a date without a time" in elapsed([whole], [late], epoch=WINDOWS).problems[0]


@pytest.mark.parametrize("cell", [2014, -5, 0.5, 3e6, time(10), timedelta(days=1), True])
def test_what_is_no_stamp_of_a_workbook(cell: Any) -> None:
    (problem,) = elapsed([cell], [datetime(2014, 4, 4)], epoch=WINDOWS).problems
    assert "1 row (line 2) holds" in problem
    assert "dates of the workbook or its serial numbers" in problem


@pytest.mark.parametrize("cell", [41733, 41733.5, np.int64(20140301)])
def test_a_number_is_no_stamp_where_there_is_no_workbook(cell: Any) -> None:
    (problem,) = elapsed([cell], ["2014-04-04 10:00"]).problems
    assert "hold" in problem
    assert "allowed: time stamps written as ISO 8601" in problem


@pytest.mark.parametrize(
    ("text", "pivot", "year"),
    [
        ("01-02-29", 30, 2029),
        ("01-02-30", 30, 1930),
        ("01-02-31", 30, 1931),
        ("01-02-99", 30, 1999),
        ("01-02-00", 30, 2000),
        ("01-02-00", 0, 1900),
        ("01-02-99", 100, 2099),
        ("01-02-69", None, 1969),
    ],
)
def test_a_year_of_two_digits_is_of_the_stated_century(text: str, pivot: int | None, year: int) -> None:
    stamp = read_stamp(text, stamp_format="%d-%m-%y", epoch=None, pivot=pivot)
    whole = read_stamp(f"01-02-{year}", stamp_format="%d-%m-%Y", epoch=None)
    assert stamp == whole


def test_a_day_that_the_stated_century_does_not_have_is_no_stamp() -> None:
    """1900 was no leap year, 2000 was."""
    read = {"stamp_format": "%d-%m-%y", "epoch": None}
    assert read_stamp("29-02-00", pivot=30, **read) is not None
    assert read_stamp("29-02-00", pivot=0, **read) is None
    result = elapsed(["29-02-00"], ["01-03-00"], unit="day", stamp_format="%d-%m-%y", pivot=0)
    (problem,) = result.problems
    assert "1 row (line 2) holds '29-02-00'; allowed: time stamps written as %d-%m-%y" in problem


def test_years_of_two_digits_in_both_columns_and_in_a_code_for_missing() -> None:
    settings = {"unit": "day", "stamp_format": "%d/%m/%y", "pivot": 20}
    result = elapsed(["31/12/19", "31/12/20"], ["01/01/19", "01/01/21"], missing=("01/01/21",), **settings)
    assert result.data.iloc[0] == -364  # both of this century
    assert result.missing_coded.tolist() == [False, True]
    assert elapsed(["31/12/19"], ["01/01/20"], **settings).data.tolist() == [-36524]  # 1920 after 2019


@pytest.mark.parametrize("stamp_format", ["%j.%y", "%y week %W %a", "%x %U"])
def test_a_day_of_a_year_of_two_digits_is_not_read(stamp_format: str) -> None:
    assert "beside a year of two digits" in str(format_problem(stamp_format))
    assert has_short_year(stamp_format)

"""Local stamps across a change of the clocks: true hours, or an error that names the rows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ipdmediation.data import time_zones
from ipdmediation.data.time_zones import zone_fault
from tests.unit.data.test_stamps import elapsed

AMSTERDAM = "Europe/Amsterdam"
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("start", "end", "zone", "hours"),
    [
        ("2014-03-29 22:00", "2014-03-30 06:00", AMSTERDAM, 7),  # clocks forward at 2
        ("2014-10-25 22:00", "2014-10-26 06:00", AMSTERDAM, 9),  # clocks back at 3
        ("2014-10-26 01:59", "2014-10-26 03:00", AMSTERDAM, 2 + 1 / 60),
        ("2014-07-01 10:00", "2014-07-01 12:30", AMSTERDAM, 2.5),
        ("2014-11-01 23:00", "2014-11-02 05:00", "America/New_York", 7),
        ("2014-10-04 23:00", "2014-10-05 05:00", "Australia/Sydney", 5),
        ("2014-10-05 00:00", "2014-10-05 02:30", "Australia/Lord_Howe", 2),  # by half an hour
        ("2014-10-25 22:00", "2014-10-26 06:00", "Asia/Tokyo", 8),
        ("2014-10-25 22:00", "2014-10-26 06:00", None, 8),
        ("1915-01-01 00:00", "1915-01-02 00:00", AMSTERDAM, 24),
        ("9999-12-31 10:00", "9999-12-31 11:00", AMSTERDAM, 1),
        ("0001-01-01 10:00", "0001-01-01 11:00", AMSTERDAM, 1),
    ],
)
def test_hours_are_those_that_went_by(start: str, end: str, zone: str | None, hours: float) -> None:
    result = elapsed([start], [end], timezone=zone)
    assert result.problems == []
    np.testing.assert_allclose(result.data, [hours], rtol=1e-12)


def test_a_stamp_s_own_offset_holds() -> None:
    result = elapsed(
        ["2014-10-25T20:00Z", "2014-10-25 22:00"],
        ["2014-10-26 06:00", "2014-10-26T06:00+05:00"],
        timezone=AMSTERDAM,
    )
    assert result.data.tolist() == [9, 5]


def test_the_file_s_own_format_and_its_cells() -> None:
    from datetime import datetime

    result = elapsed(
        ["25-10-2014 22:00", datetime(2014, 10, 25, 22)],
        [datetime(2014, 10, 26, 6), "26-10-2014 06:00"],
        stamp_format="%d-%m-%Y %H:%M",
        timezone=AMSTERDAM,
    )
    assert result.data.tolist() == [9, 9]


def test_dates_differ_by_whole_days_in_any_zone() -> None:
    result = elapsed(
        ["2014-03-29", "2014-10-25"], ["2014-03-31", "2014-10-27"], unit="day", timezone=AMSTERDAM
    )
    assert result.data.tolist() == [2, 2]


def test_the_start_of_a_day_is_its_first_moment() -> None:
    """Where dates are completed, days may have 23 or 25 hours; in Cairo midnight itself was left out."""
    settings = {"incomplete": "start", "timezone": AMSTERDAM}
    days = elapsed(["2014-03-30", "2014-10-26"], ["2014-03-31", "2014-10-27"], unit="hour", **settings)
    assert days.data.tolist() == [23, 25]
    settings["timezone"] = "Africa/Cairo"
    result = elapsed(["2014-05-16", "2014-05-16"], ["2014-05-16 02:00", "2014-05-16 03:00"], **settings)
    assert result.problems == []
    assert result.data.tolist() == [1, 2]


TWICE, NEVER = "2014-10-26 02:30", "2014-03-30 02:30"


def test_a_time_that_was_twice_or_never_is_an_error_with_its_rows() -> None:
    result = elapsed(
        ["2014-10-26 01:00", TWICE, "2014-03-30 01:00"],
        [TWICE, "2014-10-26 05:00", NEVER],
        timezone=AMSTERDAM,
    )
    first, *second = result.problems
    assert first.startswith(
        "'A': 1 row (line 3) holds '2014-10-26 02:30', which the clocks of Europe/Amsterdam"
    )
    assert "allowed: times with an offset (or say `ambiguous: first`, `second` or `missing`)" in first
    assert second[0].startswith("'B': 1 row (line 4) holds '2014-03-30 02:30', when no clock of Europe/Am")
    assert "allowed: times that were (or say `ambiguous: missing`)" in second[0]
    assert second[1].startswith("'B': 1 row (line 2) holds")


@pytest.mark.parametrize(
    ("ambiguous", "hours"), [("first", [1.5, 3.5]), ("second", [2.5, 2.5]), ("missing", [np.nan, np.nan])]
)
def test_a_stated_rule_is_counted(ambiguous: str, hours: list[float]) -> None:
    result = elapsed(
        ["2014-10-26 01:00", TWICE, "2014-10-25 01:00"],
        [TWICE, "2014-10-26 05:00", "2014-10-25 02:00"],
        timezone=AMSTERDAM,
        ambiguous=ambiguous,
    )
    assert result.problems == []
    np.testing.assert_array_equal(result.data, [*hours, 1])
    assert result.incomplete.tolist() == [True, True, False]


def test_a_time_that_never_was_is_missing_only_where_that_is_said() -> None:
    for ambiguous in ("first", "second"):
        (said,) = elapsed([NEVER], [NEVER], timezone=AMSTERDAM, ambiguous=ambiguous).problems[:1]
        assert "no clock of Europe/Amsterdam showed that time" in said
    result = elapsed(
        [NEVER, TWICE], ["2014-03-30 05:00", "2014-10-26T05:00Z"], timezone=AMSTERDAM, ambiguous="missing"
    )
    assert result.data.isna().all()
    assert result.incomplete.all()


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Amsterdam", "Europe/Amsterdam"),
        ("europe/amsterdam", "Europe/Amsterdam"),
        ("Europe/Amsterdm", "Europe/Amsterdam"),
        ("new york", "America/New_York"),
        ("Europe", None),
        ("../../etc/passwd", None),
        ("localtime", None),
        ("UTC+2", None),
        ("/usr/share/zoneinfo/Europe/Amsterdam", None),
    ],
)
def test_a_zone_that_is_not_known(name: str, near: str | None) -> None:
    said = str(zone_fault(name))
    assert said.startswith(f"no time zone {name!r}")
    assert "allowed: names of the IANA database" in said
    if near is not None:
        assert f"did you mean {near}?" in said


def test_without_any_database_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_zones, "available_timezones", set)
    time_zones._known_zones.cache_clear()
    try:
        assert (
            zone_fault(AMSTERDAM) == "there is no database of time zones; install the Python package tzdata"
        )
    finally:
        time_zones._known_zones.cache_clear()


def test_no_database_of_the_system_is_needed() -> None:
    code = (
        "import zoneinfo; assert zoneinfo.TZPATH == ();"
        "from ipdmediation.data.time_zones import zone_fault, offsets_at;"
        "offset, _ = offsets_at(735164 * 86400 * 10**9, 'Europe/Amsterdam');"  # in summer
        "print(zone_fault('Europe/Amsterdam'), offset // 10**9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONTZPATH": "", "PYTHONPATH": str(ROOT / "workflow/scripts")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["None", "7200"]

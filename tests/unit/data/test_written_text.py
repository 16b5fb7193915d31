"""Labels, paths and units as text, before anything is looked up."""

import pytest

from ipdmediation.data import known_units
from ipdmediation.data.errors import ConfigurationError
from ipdmediation.data.known_units import COMMON_UNITS, conversion_fault, known_unit_fault
from ipdmediation.data.units import check_conversion
from ipdmediation.data.written_text import as_read, line_fault, path_fault, unit_fault


@pytest.mark.parametrize(
    "label",
    [
        "Age",
        '$x_1$ < 5 & "q"',
        "Läsion",
        "年齢",
        "क\u200dष",
        "β-blocker (mg/d)",
        "a  b",
        "x²",
        "👩\u200d⚕️",
    ],
)
def test_a_label_may_be_any_text_on_one_line(label: str) -> None:
    assert line_fault(label) is None


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("a\nb", "a line break"),
        ("a\r", "a line break"),
        ("a\u2028b", "a line break"),
        ("a\x85b", "a line break"),
        ("a\tb", "U+0009"),
        ("a\x00b", "U+0000"),
        ("a\x1b[31mb", "U+001B"),
        ("a\u202eb", "U+202E (right-to-left override)"),
        ("a\u2066b", "U+2066"),
        ("a\u200bb", "U+200B (zero width space)"),
        ("\ufeffa", "U+FEFF"),
        ("a\u00adb", "U+00AD (soft hyphen)"),
        ("a\ud800", "U+D800"),
        ("a\ue000", "U+E000"),
        ("a\ufffe", "U+FFFE"),
        (" ", "nothing that can be seen"),
        ("\u00a0", "nothing that can be seen"),
        (" a", "blanks at an end"),
        ("a ", "blanks at an end"),
    ],
)
def test_marks_that_nobody_sees_or_a_terminal_obeys(label: str, reason: str) -> None:
    assert reason in str(line_fault(label))


@pytest.mark.parametrize(
    "path", ["a.csv", "../a b/c.csv", "/x/y", "C/ä.csv", "<results>/ipd/raw/a.csv", "a~b"]
)
def test_a_path(path: str) -> None:
    assert path_fault(path) is None


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("~/a.csv", "does not know ~"),
        ("~me/a.csv", "does not know ~"),
        ("a{1}.csv", "curly braces"),
        ("a*.csv", "the mark *"),
        ("ä" * 128 + "/b.csv", "a name of more than 255 bytes"),
        ("a\\b.csv", "the mark \\"),
        ("https://example.org/a.csv", "an address"),
        ("s3://bucket/a.csv", "an address"),
        ("a.csv\n", "a line break"),
        ("a.csv ", "blanks at an end"),
    ],
)
def test_what_is_no_path(path: str, reason: str) -> None:
    assert reason in str(path_fault(path))


@pytest.mark.parametrize(
    "unit",
    [
        "mL",
        "cm**3",
        "mmol/L",
        "kg/m**2",
        "kg * m**-2",
        "1/minute",
        "percent",
        "µg/L",
        "m^2",
        "mL / (min * kg)",
    ],
)
def test_a_unit_may_be_asked_for(unit: str) -> None:
    assert unit_fault(unit) is None
    assert known_unit_fault(unit) is None


@pytest.mark.parametrize(
    ("unit", "reason"),
    [
        ("9**9**9**9*mg", "a power of a number"),
        ("mg**9**9**9", "a power that is not a whole number from -9 to 9"),
        ("mg**99999", "a power that is not a whole number"),
        ("mg**0.5", "a power that is not a whole number"),
        ("mg^9^9", "a power that is not a whole number"),
        ("99999999*mg", "a number beside a unit"),
        ("mg;mg", "the mark ';'"),
        ("__import__('os')", 'the mark "\'"'),
        ("m[0]", "the mark '['"),
        ("{m}", "the mark '{'"),
        ("5mg", "a number beside a unit"),
    ],
)
def test_a_unit_that_no_parser_shall_see(unit: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_units, "_asked", lambda *_: pytest.fail("pint was asked"))
    known_units.conversion_fault.cache_clear()
    assert reason in str(known_unit_fault(unit))


def test_common_units_are_what_pint_says() -> None:
    for measure, units in COMMON_UNITS.items():
        for unit in units:
            check_conversion(unit, units[0])
        for other, others in COMMON_UNITS.items():
            if other != measure:
                with pytest.raises(ConfigurationError):
                    check_conversion(units[0], others[0])


@pytest.mark.parametrize(
    ("units", "text"),
    [
        (("minute", "mL"), "unit 'minute' (time) cannot be converted to 'mL' (volume)"),
        (("furlong", "mL"), "cannot be converted"),
        (("grumpf", "mL"), "is not known to pint"),
    ],
)
def test_units_that_do_not_convert(units: tuple[str, str], text: str) -> None:
    assert text in str(conversion_fault(*units))


def test_labels_that_a_reader_takes_for_one() -> None:
    assert as_read("Primary\u00a0Analysis") == as_read("primary  analysis")
    assert as_read("Straße") == as_read("STRASSE")
    assert as_read("mRS 1") != as_read("mRS 2")

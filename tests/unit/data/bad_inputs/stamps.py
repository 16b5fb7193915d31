"""Time stamps that cannot be read, and clocks that do not show them."""

from __future__ import annotations

from tests.unit.data.bad_inputs.bad_input import Bad, variable

STAMPS = [
    Bad(
        topic="time", said=("'SCAN'", "1 row (line 5) holds 'soon'", "ISO 8601"), cells={("SCAN", 5): "soon"}
    ),
    Bad(
        topic="time",
        said=("'SCAN'", "1 row (line 5)", "a date without a time", "incomplete: missing"),
        cells={("SCAN", 5): "2014-03-04"},
    ),
    Bad(
        topic="time",
        said=("stamps with an offset from UTC", "(line 5)", "allowed: all with an offset or all without"),
        cells={("SCAN", 5): "2014-03-04T16:30Z"},
    ),
    Bad(
        topic="time",
        said=("(delay)", "1 row (line 5) outside the range, '-5'", "2014-03-04 05:00"),
        cells={("SCAN", 5): "2014-03-04 05:00"},
    ),
    Bad(
        topic="time",
        said=("variables.delay.format", "it names no year"),
        mapping=variable("delay", format="%d-%m %H:%M"),
    ),
    Bad(
        topic="time",
        said=("variables.delay.format", "has years of two digits", "two_digit_years: {pivot: 30}"),
        mapping=variable("delay", format="%d-%m-%y %H:%M"),
    ),
    Bad(
        topic="time",
        said=("variables.delay.two_digit_years", "the format has no year of two digits"),
        mapping=variable("delay", format="%d-%m-%Y %H:%M", two_digit_years={"pivot": 30}),
    ),
    Bad(
        topic="time",
        said=("variables.delay.two_digit_years.pivot", "1930 is too large"),
        mapping=variable("delay", format="%d-%m-%y", two_digit_years={"pivot": 1930}),
    ),
    Bad(
        topic="time",
        said=("variables.delay.timezone", "no time zone 'Amsterdam'; did you mean Europe/Amsterdam?"),
        mapping=variable("delay", timezone="Amsterdam"),
    ),
    Bad(
        topic="time",
        said=("variables.delay.ambiguous", "it needs 'timezone' beside it"),
        mapping=variable("delay", ambiguous="first"),
    ),
    Bad(
        topic="time",
        said=("variables.delay.ambiguous: found 'both'", "allowed: 'error', 'first'"),
        mapping=variable("delay", timezone="UTC", ambiguous="both"),
    ),
    Bad(
        topic="time",
        said=("'SCAN'", "1 row (line 5) holds '2014-10-26 02:30'", "showed twice", "`ambiguous: first`"),
        cells={("SCAN", 5): "2014-10-26 02:30", ("ONSET", 5): "2014-10-26 01:30"},
        mapping=variable("delay", timezone="Europe/Amsterdam"),
    ),
    Bad(
        topic="time",
        said=(
            "'ONSET'",
            "1 row (row 4) holds",
            "no clock of Europe/Amsterdam showed",
            "`ambiguous: missing`",
        ),
        cells={("ONSET", 5): "2014-03-30 02:30", ("SCAN", 5): "2014-03-30 05:30"},
        mapping=variable("delay", timezone="Europe/Amsterdam"),
        way="feather",
    ),
    Bad(
        topic="time",
        said=("variables.volume", "it needs 'from' or 'derive' beside it"),
        mapping=variable("volume", timezone="UTC"),
    ),
]

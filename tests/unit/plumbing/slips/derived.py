"""Expressions of derived variables that cannot be read or do not fit."""

from __future__ import annotations

from tests.unit.plumbing.slips.slip import NORTH, Slip

DERIVED = [
    Slip(NORTH, old, new, said)
    for old, new, said in [
        (
            "{column: hours}",
            "{derive: hours +}",
            "variables.delay.derive: 'hours +': the whole is not readable",
        ),
        (
            "{column: hours}",
            "{derive: hours.x}",
            "variables.delay.derive: 'hours.x': a point looks something",
        ),
        ("{column: hours}", "{derive: 'log10(hours)'}", "no function 'log10'; did you mean log?"),
        (
            "{column: hours}",
            "{derive: 'sum(hours)'}",
            "delay.derive: 'sum(hours)': sum() has 1 values; allowed",
        ),
        (
            "{column: hours}",
            "{derive: hours > 3}",
            "`hours > 3` is true or false; allowed there: a number",
        ),
        (
            "{column: hours}",
            "{derive: 'hours + \"x\"'}",
            '`"x"` is a text or code; allowed there: a number',
        ),
        ("{column: hours}", "{derive: 5}", "variables.delay.derive: found the number 5; allowed: text"),
        (
            "{column: hours}",
            "{derive: hours, column: hours}",
            "exactly one of 'column', 'from', 'derive'",
        ),
        (
            "{column: hours}",
            "{derive: hours, format: '%Y'}",
            "delay.format: the expression has no stamps",
        ),
        ("{column: hours}", "{derive: hours * 2, unit: mL}", "delay.unit: unit 'mL' (volume) cannot be"),
        (
            "{column: hours}",
            "{column: hours, format: '%Y'}",
            "format: it needs 'from' or 'derive' beside it",
        ),
        ("{column: hours}", "{constant: 3, unit: hour}", "unit: it needs 'column' or 'derive' beside it"),
        (
            "{column: hours}",
            "{derive: 'days_between(a, b)'}",
            "derive: days_between() counts days, found unit 'hour'; say `unit: day`",
        ),
        (
            "{column: hours}",
            "{derive: '1 if hours == \"x\" else 2', codes: {'<1': 0.5}}",
            "delay.codes: they say what stands in a column instead of a number, and no column is",
        ),
        (
            "{column: hours}",
            "{derive: hours, codes: {9: 0.5}, missing: [9]}",
            "delay.codes.9: 9 is mapped, and the same code, 9, means missing",
        ),
        (
            "{column: sex, codes: {F: 1, M: 0}}",
            "{derive: sex == 'F', codes: {F: 1, M: 0}}",
            "female.codes: it gives true or false, and no code is 'true'",
        ),
        (
            "{column: sex, codes: {F: 1, M: 0}}",
            "{derive: '2 if sex == \"F\" else 0'}",
            "female.derive: it gives 2, which is no code; allowed: 0, 1",
        ),
        (
            "{column: sex, codes: {F: 1, M: 0}}",
            '{derive: \'"F" if sex == 1 else "W"\', codes: {F: 1, M: 0}}',
            "female.derive: it gives 'W', which is no code; allowed: 'F', 'M'",
        ),
        (
            "{column: score}",
            "{derive: score > 1}",
            "recovery.derive: it gives true or false; say which level of 'recovery' each is: codes",
        ),
        (
            "{column: score}",
            "{derive: score, unit: mL}",
            "recovery.unit: `unit` is for continuous variables",
        ),
    ]
]

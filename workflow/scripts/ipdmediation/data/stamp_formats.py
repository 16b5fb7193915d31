"""How precise a time stamp is, and what a format of stamps tells (imports nothing heavy)."""

from __future__ import annotations

import re
from enum import IntEnum

#: Directives of strptime, by what they tell.
YEAR, MONTH, DAY_OF_MONTH, HOUR, MINUTE = "YyGcx", "mbBcxjWUV", "dcxjuwaA", "HIcX", "McX"
SHORT_YEAR = "yx"
#: From these the day follows only together with the whole year.
COUNTED_IN_YEAR = "jUWV"
KNOWN_DIRECTIVES = frozenset("aAwdbBmyYHIpMSfzjUWcxXGuV%")


class Precision(IntEnum):
    """What a stamp tells, from the year alone to the minute or better."""

    YEAR = 1
    MONTH = 2
    DAY = 3
    HOUR = 4
    TIME = 5

    @property
    def unit(self) -> str | None:
        """Unit in which stamps of this precision differ by whole numbers; None where its length varies."""
        return {Precision.DAY: "day", Precision.HOUR: "hour", Precision.TIME: "minute"}.get(self)

    def __str__(self) -> str:
        return {1: "a year", 2: "a month", 3: "a date without a time", 4: "an hour", 5: "a time"}[self.value]


def format_problem(stamp_format: str) -> str | None:
    """Return what is wrong with a format of stamps, None where it names a date."""
    directives = re.findall(r"%(.?)", stamp_format)
    unknown = [f"%{letter}" for letter in directives if letter not in KNOWN_DIRECTIVES]
    if unknown:
        return f"{', '.join(unknown)} is no directive that can be read"
    twice = [
        f"%{letter}" for letter in dict.fromkeys(directives) if letter != "%" and directives.count(letter) > 1
    ]
    if twice:
        return f"{', '.join(twice)} stands twice"
    if not any(letter in YEAR for letter in directives):
        return "it names no year, and the time between two times of day is not known"
    if has_short_year(stamp_format) and set(directives) & set(COUNTED_IN_YEAR):
        return "a day or week of the year beside a year of two digits; allowed: a year of four (%Y)"
    return None


def has_short_year(stamp_format: str) -> bool:
    """Return whether a format writes the year with two digits.

    Examples
    --------
    >>> has_short_year("%d-%m-%y"), has_short_year("%d-%m-%Y")
    (True, False)
    """
    return bool(set(re.findall(r"%(.)", stamp_format)) & set(SHORT_YEAR))


def precision_of(stamp_format: str) -> Precision:
    """Return what a stamp in a format tells."""
    letters = set(re.findall(r"%(.)", stamp_format))
    precision = Precision.YEAR
    for level, told in zip(list(Precision)[1:], (MONTH, DAY_OF_MONTH, HOUR, MINUTE), strict=True):
        if not letters & set(told):
            break
        precision = level
    return precision


def date_part(stamp_format: str) -> str:
    """Return a format without its time of day.

    Examples
    --------
    >>> date_part("%d-%m-%Y %H:%M")
    '%d-%m-%Y'
    """
    return re.split(r"[^%\w]*%[HIcX]", stamp_format)[0]

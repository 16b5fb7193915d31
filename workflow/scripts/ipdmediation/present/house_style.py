"""The house style: how a journal writes numbers, and what those who took part are called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

PLAIN = "plain"
_NARROW = "\N{NARROW NO-BREAK SPACE}"  # the thin space that does not end a line


@dataclass(frozen=True, kw_only=True)
class HouseStyle:
    """What a journal's style decides.

    The minus sign is a true one, a percent sign follows its number without a space, and four digits stand
    without a mark of thousands in all of them, so that these are not choices.

    Sources: AMA Manual of Style, 11th ed., 17.4.3 (thin space from five digits on), 18.7.1 and 19.5 (P
    without a zero; two decimals, three below .01; P < .001; a hyphen between limits that are not negative,
    else "to"). NEJM, statistical reporting guidelines, as quoted by Aguinis, Vassar & Wayant (doi
    10.1136/bmjebm-2019-111264): P to two decimals above 0.01, to three down to 0.001, else P<0.001; its
    intervals, and all of The Lancet (midline decimal point, p in lower case to two figures and at most four
    decimals), are those of printed articles and of the journals' themes in the R package gtsummary.

    Parameters
    ----------
    decimal
        Decimal mark.
    thousands
        Mark of thousands, of counts of five digits or more.
    p_name
        What a P value is called.
    p_space
        What stands on either side of the sign between that name and the value.
    p_zero
        Whether a zero stands before the decimal mark of a P value.
    p_least
        P values below this one are written as smaller than it.
    p_figures
        Whether a P value has two significant figures rather than two decimals.
    p_italic
        Whether the name of a P value is italic where there is mark-up.
    dash
        What stands between the limits of an interval; "to" does where a limit could be misread.
    range_dash
        The same between quartiles, and between levels of a scale.
    percent_twice
        Whether the limits of a percentage carry the percent sign as well as the estimate.
    after_name
        What follows the name of an interval, such as ``95% CI``.
    person
        What one of those who took part is called.
    """

    decimal: str = "."
    thousands: str = ","
    p_name: str = "P"
    p_space: str = "\N{NO-BREAK SPACE}"
    p_zero: bool = False
    p_least: float = 0.001
    p_figures: bool = False
    p_italic: bool = False
    dash: str = "\N{EN DASH}"
    range_dash: str = "\N{EN DASH}"
    percent_twice: bool = True
    after_name: str = ""
    person: str = "participant"

    @property
    def people(self) -> str:
        """What those who took part are called."""
        return f"{self.person}s"


JOURNALS = {
    PLAIN: HouseStyle(),
    "jama": HouseStyle(thousands=_NARROW, p_italic=True, dash="-", range_dash="-", after_name=","),
    "lancet": HouseStyle(
        decimal="\N{MIDDLE DOT}",
        thousands=_NARROW,
        p_name="p",
        p_space="",
        p_zero=True,
        p_least=0.0001,
        p_figures=True,
        percent_twice=False,
    ),
    "nejm": HouseStyle(p_space="", p_zero=True, dash=" to ", percent_twice=False, after_name=","),
}
PEOPLE = {"participants": "participant", "patients": "patient"}

# Some hundred calls write numbers, many of them from tick labels: a context reaches all and ends by itself.
_STYLE: ContextVar[HouseStyle] = ContextVar("house_style", default=JOURNALS[PLAIN])


def current() -> HouseStyle:
    """Return the style in which is written now."""
    return _STYLE.get()


@contextmanager
def written_in(*, journal: str, people: str) -> Iterator[None]:
    """Write in the style of a journal as long as the context lasts.

    Parameters
    ----------
    journal, people
        Keys of `JOURNALS` and of `PEOPLE`, as the configuration states them.

    Examples
    --------
    >>> with written_in(journal="lancet", people="patients"):
    ...     current().decimal, current().people
    ('·', 'patients')
    >>> current().decimal, current().people
    ('.', 'participants')
    """
    with _entered(replace(JOURNALS[journal], person=PEOPLE[people])):
        yield


@contextmanager
def for_machines() -> Iterator[None]:
    """Write plain numbers as long as the context lasts, whatever the journal's style; words stay."""
    with _entered(replace(JOURNALS[PLAIN], person=current().person)):
        yield


@contextmanager
def _entered(style: HouseStyle) -> Iterator[None]:
    token = _STYLE.set(style)
    try:
        yield
    finally:
        _STYLE.reset(token)


def person() -> str:
    """Return what one of those who took part is called."""
    return current().person


def people() -> str:
    """Return what those who took part are called."""
    return current().people

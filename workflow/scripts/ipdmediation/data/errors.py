"""Named errors and warnings of the data floor: each message says what is wrong and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable

from ipdmediation.data.notices import Notice


class DataError(ValueError):
    """Base of every error that the data floor raises on purpose."""


class ConfigurationError(DataError):
    """The configuration or a trial mapping contradicts itself."""


class SourceError(DataError):
    """A trial's file is missing, empty, or not what the mapping says it is."""


class MappingError(DataError):
    """A trial's values do not fit its mapping or the common variables."""


class ContractError(DataError):
    """A frame is not a harmonised trial: a column, type, range or key is wrong."""


class CohortError(DataError):
    """An eligibility rule cannot be applied, or leaves nobody to analyse."""


class ImputationError(DataError):
    """The data cannot be completed as asked."""


class PoolingWarning(Notice):
    """The trials can be pooled, but do not seem to say the same by the same variable."""


class JoiningWarning(Notice):
    """The files of a trial can be joined, but not every row has a patient."""


class BrokenRuleWarning(Notice):
    """Patients break a rule of the study's contract that may be broken."""


class CohortWarning(Notice):
    """The cohort can be analysed, but not every trial says what it should."""


class ImputationWarning(Notice):
    """The data can be completed, but not from what every trial recorded."""


def listing(values: Iterable[object], *, limit: int = 10) -> str:
    """Return values as a comma-separated text, cut after `limit` of them.

    Examples
    --------
    >>> listing([3, "x", 1], limit=2)
    "3, 'x' and 1 more"
    """
    shown = [repr(value) for value in values]
    text = ", ".join(shown[:limit])
    return text if len(shown) <= limit else f"{text} and {len(shown) - limit} more"


def raise_all(problems: list[str], error: type[DataError], heading: str) -> None:
    """Raise one error that lists every problem; do nothing where there is none."""
    if problems:
        raise error("\n  - ".join([heading, *problems]))

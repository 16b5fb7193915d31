"""Why a table of effects lacks numbers, and how its notes say so (light to import)."""

from __future__ import annotations

from enum import StrEnum


class Withheld(StrEnum):
    """Why an effect lacks its numbers, or its interval: the key in the column `withheld`.

    Examples
    --------
    >>> note = Withheld.TOTAL_UNCERTAIN.note("the interval of the total effect contains 0")
    >>> note
    'withheld: the interval of the total effect contains 0'
    >>> Withheld.TOTAL_UNCERTAIN.reason(note)
    'the interval of the total effect contains 0'
    """

    #: The analysis or the cohort has no such effect.
    UNDEFINED = "undefined"
    #: Of a share: the interval of the total effect contains its null.
    TOTAL_UNCERTAIN = "total_uncertain"
    #: Of a share: the mediated and the total effect have opposite directions.
    OPPOSITE_DIRECTIONS = "opposite_directions"
    #: The draws give no interval, of the effect or of the total effect that it is a share of.
    NO_INTERVAL = "no_interval"
    #: Too many replicates have no such effect.
    TOO_MANY_UNDEFINED = "too_many_undefined"

    @property
    def instead(self) -> str:
        """What stands in the place of an estimate."""
        return "not defined" if self is Withheld.UNDEFINED else "withheld"

    def note(self, reason: str) -> str:
        """Return the note in a table on an estimate that is not given."""
        return f"{self.instead}: {reason}"

    def reason(self, note: str) -> str:
        """Return the reason that a note of `note` gives."""
        return note.removeprefix(self.note(""))

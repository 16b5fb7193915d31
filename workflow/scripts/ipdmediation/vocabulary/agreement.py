"""When a published figure and this run's agree (light to import)."""

from __future__ import annotations

from enum import StrEnum


class Agreement(StrEnum):
    """What two figures are held to: the key in the column `rule`."""

    #: This run has no such number, which agrees with nothing.
    ABSENT = "absent"
    #: The figure was published as a bound, and this run lies below it as well.
    BELOW = "below"
    #: Both lie on the same side of a threshold.
    SAME_SIDE = "same_side"
    #: This run lies in the published interval.
    IN_PUBLISHED = "in_published"
    #: The published figure lies in this run's interval.
    IN_THIS_RUN = "in_this_run"
    #: Both are equal as printed.
    EQUAL = "equal"

"""How patients are dealt with whose mediator an event made impossible (light to import)."""

from __future__ import annotations

from enum import StrEnum


class Handling(StrEnum):
    """A way to deal with them: the key in the column `handling`, in the order in which they are shown."""

    #: The total effect in everybody: it needs no mediator.
    ALL = "all"
    #: The total effect in those who were measured.
    MEASURED = "measured"
    #: The mediator's most harmful value that was observed, for whom the event befell.
    WORST_VALUE = "worst_value"
    #: The mediator's ranks, theirs tied beyond all others.
    WORST_RANK = "worst_rank"
    #: Those who were measured, weighted for others who lack the mediator without the event.
    WEIGHTED = "weighted"
    #: The event and the mediator together as one mediator.
    COMPOSITE = "composite"
    #: Bounds of the total effect in whom the event would befall in neither arm.
    ALWAYS_MEASURED = "always_measured"


class Remark(StrEnum):
    """What is to be known of a handling: the key in the column `remark`."""

    #: Of a worst value or rank: the end of the mediator that goes with worse outcomes.
    LARGEST = "largest"
    SMALLEST = "smallest"
    #: Whom the event befell: nobody at all, or in one arm only.
    NO_EVENT = "no_event"
    NO_EVENT_TREATED = "no_event_treated"
    NO_EVENT_CONTROL = "no_event_control"
    #: Of the bounds: the arm of which a share is left out.
    TRIMMED_TREATED = "trimmed_treated"
    TRIMMED_CONTROL = "trimmed_control"

"""What a job is given that is tried again (light to import)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def doubling(amount: int) -> Callable[[Any, int], int]:
    """Return a resource function: a job that is tried again is given twice as much each time.

    Parameters
    ----------
    amount : int
        MB or minutes at the first try.

    Examples
    --------
    >>> [doubling(1000)(None, attempt) for attempt in (1, 2, 3)]
    [1000, 2000, 4000]
    """

    def given(wildcards: Any, attempt: int) -> int:
        return int(amount * 2 ** (attempt - 1))

    return given

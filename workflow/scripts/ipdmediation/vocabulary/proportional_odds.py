"""Whether an effect on an outcome with several cuts is the same at each of them (light to import)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: One coefficient serves every cut.
PROPORTIONAL = "proportional"
#: Each cut has its own.
FREE = "free"


def treatment_is_free(outcome: Mapping[str, Any]) -> bool:
    """Say whether the section `outcome` of an analysis leaves the treatment free at every cut.

    Examples
    --------
    >>> treatment_is_free({"proportional_odds": {"treatment": "free"}}), treatment_is_free({})
    (True, False)
    """
    return bool(outcome.get("proportional_odds", {}).get("treatment", PROPORTIONAL) == FREE)

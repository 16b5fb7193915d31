"""Shares of the total effect: which a study has, and what stands in the place of those not given."""

from __future__ import annotations

from collections.abc import Iterable

from ipdmediation.present import notation
from ipdmediation.present.labels import SHARES, why_no_share
from ipdmediation.present.scales import Row
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.effects import HEADLINE, EffectKey
from ipdmediation.vocabulary.withheld import Withheld


def shares_of(study: Study) -> list[EffectKey]:
    """Return the shares that are set beside each other; of a linear outcome they are all one."""
    return list(SHARES) if study.has_levels else [HEADLINE]


def withheld_notes(shares: Iterable[tuple[str, Row | None]]) -> list[str]:
    """Say once for each reason in which analyses a share is not given.

    Parameters
    ----------
    shares
        Label of an analysis and the row of a share, None where it has no such effect.

    Examples
    --------
    >>> row = {"estimate": float("nan"), "withheld": "total_uncertain", "note": ""}
    >>> withheld_notes([("Early", row), ("Late", row)])
    ['Withheld in “Early” and “Late”: the interval of the total effect includes the value of no effect.']
    """
    found: dict[tuple[str, str], list[str]] = {}
    for label, row in shares:
        if row is not None and not notation.known(row["estimate"]):
            found.setdefault(_why(row), []).append(f"“{label}”")
    return [
        f"{notation.upper(instead)} in {notation.joined(dict.fromkeys(labels))}: {reason}."
        for (instead, reason), labels in found.items()
    ]


def _why(row: Row) -> tuple[str, str]:
    why = Withheld(row["withheld"])
    if why is Withheld.UNDEFINED:
        return why.instead, why.reason(notation.text_of(row["note"]))
    return why.instead, why_no_share(why, mediator="the mediator")

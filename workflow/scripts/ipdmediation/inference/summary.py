"""From bootstrap draws to a table of effects with intervals."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ipdmediation.effects.catalogue import Effect, Key
from ipdmediation.inference.bootstrap import BootstrapError
from ipdmediation.inference.intervals import INTERVALS, Draws, NoIntervalError, bootstrap_p_value

COLUMNS = [
    "effect",
    "scale",
    "at",
    "estimate",
    "ci_low",
    "ci_high",
    "p_value",
    "interval",
    "replicates",
    "failed",
    "note",
]


def summarise_effects(
    draws: pd.DataFrame,
    estimates: NDArray[np.float64],
    *,
    effects: Sequence[Effect],
    interval: str,
    level: float,
    max_failed: float,
    accelerations: NDArray[np.float64] | None = None,
) -> pd.DataFrame:
    """Return estimates and bootstrap intervals of effects.

    Parameters
    ----------
    draws : DataFrame
        Replicates as `bootstrap.draw_replicates` returns them.
    estimates : ndarray, shape (effects,)
        Effects in the cohort itself.
    effects : sequence of Effect
        What the estimates are.
    interval : {"percentile", "basic", "normal", "bca"}
        Kind of interval.
    level : float
        Coverage of the intervals.
    max_failed : float
        Largest share of failed replicates that is accepted.
    accelerations : ndarray, shape (effects,), or None
        Of each effect, for interval `bca`.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, one row an effect. A proportion whose denominator's interval contains 0, or that
        compares effects of opposite direction, is withheld, and so is an effect that the analysis leaves
        undefined: the numbers are missing and `note` says why. Where the draws give no interval, only that is
        missing.

    Raises
    ------
    BootstrapError
        When more replicates failed than accepted, or all of them.
    """
    failed = draws["status"] == "failed"
    _check_failures(draws.loc[failed, "reason"], len(draws), max_failed)
    rows: dict[Key, dict[str, Any]] = {}
    if accelerations is None:
        accelerations = np.full(len(effects), np.nan)
    for effect, estimate, acceleration in zip(effects, estimates, accelerations, strict=True):
        values = draws.loc[~failed, effect.column].to_numpy(dtype=np.float64)
        sample = Draws(drawn=values, estimate=estimate, acceleration=acceleration)
        rows[effect.key] = {"estimate": estimate, **_inference(sample, interval=interval, level=level)}
    for effect in effects:
        if effect.undefined:
            rows[effect.key] = {"note": effect.undefined}
        elif effect.denominator is not None:
            share = rows[effect.key]
            withheld = _reason_to_withhold(effect, rows[effect.denominator], rows)
            rows[effect.key] = (
                {"note": withheld}
                if withheld
                else {**share, "note": share["note"] or _remark(share["estimate"])}
            )
    table = pd.DataFrame(
        [
            {
                "effect": effect.effect,
                "scale": effect.scale,
                "at": effect.at,
                "interval": interval,
                "replicates": len(draws),
                "failed": int(failed.sum()),
                **rows[effect.key],
            }
            for effect in effects
        ]
    )
    return table.reindex(columns=COLUMNS)


def _inference(draws: Draws, *, interval: str, level: float) -> dict[str, Any]:
    """Return the interval and the p-value of an effect, and why one is missing."""
    undefined = int(np.isnan(draws.drawn).sum())
    if undefined:
        return {"note": f"no interval: not defined in {undefined} of {draws.drawn.size} replicates"}
    p_value = bootstrap_p_value(draws.drawn, null=0)
    try:
        low, high = INTERVALS[interval](draws, level=level)
    except NoIntervalError as error:
        return {"p_value": p_value, "note": str(error)}
    return {"ci_low": low, "ci_high": high, "p_value": p_value, "note": ""}


def _check_failures(reasons: "pd.Series[str]", replicates: int, max_failed: float) -> None:
    if len(reasons) <= max_failed * replicates and len(reasons) < replicates:
        return
    counted = ", ".join(f"{reason} ({count})" for reason, count in reasons.value_counts().items())
    message = (
        f"{len(reasons)} of {replicates} bootstrap replicates failed; the accepted share is"
        f" {max_failed:g}: {counted}"
    )
    raise BootstrapError(message)


def _reason_to_withhold(effect: Effect, whole: dict[str, Any], rows: Mapping[Key, dict[str, Any]]) -> str:
    if "ci_low" not in whole:
        return "withheld: the total effect has no interval"
    if whole["ci_low"] <= 0 <= whole["ci_high"]:
        return "withheld: the interval of the total effect contains 0"
    direction = rows[effect.key]["estimate"]
    if effect.mediated:
        direction = rows[effect.mediated]["estimate"] * whole["estimate"]
    if direction < 0:
        return "withheld: the mediated and the total effect have opposite directions"
    return ""


def _remark(share: float) -> str:
    if share < 0:
        return "below 0: the treatment's coefficient grows when the mediator enters, a change of scale"
    return "above 1: the direct and the total effect have opposite directions" if share > 1 else ""

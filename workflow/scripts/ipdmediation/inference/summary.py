"""From bootstrap draws to a table of effects with intervals."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ipdmediation.data.notices import Notice
from ipdmediation.data.replicates import fewest_replicates
from ipdmediation.effects.catalogue import Effect
from ipdmediation.inference.bootstrap import BootstrapError, too_many_failed
from ipdmediation.inference.intervals import (
    INTERVALS,
    Draws,
    NoIntervalError,
    bootstrap_p_value,
)
from ipdmediation.vocabulary.effects import SHARE_ON_ONE_SCALE, EffectKey
from ipdmediation.vocabulary.families import FAMILIES, Family
from ipdmediation.vocabulary.links import LINKS, LOGIT, Link
from ipdmediation.vocabulary.withheld import Withheld

COLUMNS = [
    "effect",
    "scale",
    "at",
    "estimate",
    "ci_low",
    "ci_high",
    "p_value",
    "p_bound",
    "interval",
    "replicates",
    "failed",
    "singular",
    "undefined",
    "withheld",
    "note",
]

#: Replicates below which the ends of these intervals, which are order statistics, are unsteady.
ADVISED_REPLICATES = 999
BY_ORDER = ("percentile", "bca")


class BootstrapWarning(Notice):
    """The bootstrap gave intervals, but not all of its replicates are as they should be."""


def summarise_effects(
    draws: pd.DataFrame,
    estimates: NDArray[np.float64],
    *,
    effects: Sequence[Effect],
    family: str,
    link: str = LOGIT.key,
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
    family : str
        Of the outcome, a key of `vocabulary.families.FAMILIES`, for the words of `note`.
    link : str
        Of an outcome with levels, for the same.
    interval : {"percentile", "basic", "normal", "bca"}
        Kind of interval.
    level : float
        Coverage of the intervals.
    max_failed : float
        Largest share of replicates that is accepted to have failed, or not to have an effect.
    accelerations : ndarray, shape (effects,), or None
        Of each effect, for interval `bca`.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, one row per effect. `p_bound`: the p-value is smaller than `p_value`. `failed`,
        `singular` and `undefined` count replicates in which a model could not be fitted, a variance or
        correlation of the trial effects lay at its boundary, or the effect was not finite although all models
        were fitted. `withheld` is a key that says why numbers are missing, empty where none is, and `note`
        has its words. A share has no number at all where the interval of the total effect contains its null
        (`total_uncertain`), where that has no interval (`no_interval`) or the other direction
        (`opposite_directions`); nor has an effect that the analysis or the cohort leaves undefined
        (`undefined`). Where the draws of the effect itself give no interval (`no_interval`), or too many have
        no effect (`too_many_undefined`), the estimate stays. A note without a key is a remark on numbers that
        stand there.

    Raises
    ------
    BootstrapError
        When more replicates failed than accepted, or all of them.

    Warns
    -----
    BootstrapWarning
        When there are few replicates for the interval, or some at the boundary.

    Notes
    -----
    ASSUME: a replicate without an effect is left out of its interval. An infinite value is not left out, for
    it lies beyond every finite one, unless it is that of a share: its denominator was 0, of either sign.
    """
    failed = draws["status"] == "failed"
    _check_failures(draws.loc[failed, "reason"], len(draws), max_failed)
    singular = int((draws["status"] == "singular").sum())
    _warn(len(draws), singular, interval)
    if accelerations is None:
        accelerations = np.full(len(effects), np.nan)
    rows: dict[EffectKey, dict[str, Any]] = {}
    for effect, estimate, acceleration in zip(effects, estimates, accelerations, strict=True):
        values = draws.loc[~failed, effect.column].to_numpy(dtype=np.float64)
        rows[effect.key] = {"undefined": int((~np.isfinite(values)).sum())} | (
            _undefined(effect, estimate)
            or _too_many_undefined(values, estimate, of=len(draws), accepted=max_failed)
            or _inference(effect, values, estimate, acceleration, interval=interval, level=level)
        )
    for effect in effects:
        if effect.denominator is not None and "estimate" in rows[effect.key]:
            rows[effect.key] = _share(effect, rows, FAMILIES[family], LINKS[link])
    table = pd.DataFrame(
        [
            {
                "effect": effect.effect,
                "scale": effect.scale.key,
                "at": effect.at,
                "p_bound": False,
                "interval": interval,
                "replicates": len(draws),
                "failed": int(failed.sum()),
                "singular": singular,
                "withheld": "",
                "note": "",
                **rows[effect.key],
            }
            for effect in effects
        ]
    )
    return table.reindex(columns=COLUMNS)


def _undefined(effect: Effect, estimate: float) -> dict[str, Any]:
    if effect.undefined:
        return _without_estimate(Withheld.UNDEFINED, effect.undefined)
    if not np.isfinite(estimate):
        return _without_estimate(Withheld.UNDEFINED, "no finite value in this cohort")
    return {}


def _without_estimate(why: Withheld, reason: str) -> dict[str, Any]:
    return {"withheld": why.value, "note": why.note(reason)}


def _too_many_undefined(
    values: NDArray[np.float64], estimate: float, *, of: int, accepted: float
) -> dict[str, Any]:
    undefined = int((~np.isfinite(values)).sum())
    if undefined / of <= accepted:
        return {}
    note = f"no interval: not defined in {undefined} of {values.size} replicates"
    return {"estimate": estimate, "withheld": Withheld.TOO_MANY_UNDEFINED.value, "note": note}


def _inference(
    effect: Effect,
    values: NDArray[np.float64],
    estimate: float,
    acceleration: float,
    *,
    interval: str,
    level: float,
) -> dict[str, Any]:
    """Return the interval and the p-value of an effect, and why one is missing."""
    counted = values[np.isfinite(values) if effect.denominator else ~np.isnan(values)]
    if counted.size < fewest_replicates(level):
        note = f"no interval: {counted.size} replicates are too few for {100 * level:g}%"
        return {"estimate": estimate, "withheld": Withheld.NO_INTERVAL.value, "note": note}
    p_value, bound = bootstrap_p_value(counted, null=0)
    row = {"estimate": estimate, "p_value": p_value, "p_bound": bound}
    sample = Draws(drawn=counted, estimate=estimate, acceleration=acceleration)
    try:
        low, high, beyond = INTERVALS[interval](sample, level=level)
    except NoIntervalError as error:
        return {**row, "withheld": Withheld.NO_INTERVAL.value, "note": str(error)}
    if not np.isfinite([low, high]).all():
        note = f"no interval: infinite in {int(np.isinf(counted).sum())} of {counted.size} replicates"
        return {**row, "withheld": Withheld.NO_INTERVAL.value, "note": note}
    return {**row, "ci_low": low, "ci_high": high, "note": beyond}


def _share(
    effect: Effect, rows: Mapping[EffectKey, dict[str, Any]], family: Family, link: Link
) -> dict[str, Any]:
    """Return the row of a share, without its numbers where they would say nothing."""
    share, whole = rows[effect.key], rows[effect.denominator or effect.key]
    if "ci_low" not in whole:
        why, reason = Withheld.NO_INTERVAL, "the total effect has no interval"
    elif whole["ci_low"] <= 0 <= whole["ci_high"]:
        ratio = effect.scale.named_ratio(family, link)
        where = " on one scale" if effect.key == SHARE_ON_ONE_SCALE else ""
        of = f"'s {ratio}{where} contains 1" if ratio else f"{where} contains 0"
        why, reason = Withheld.TOTAL_UNCERTAIN, f"the interval of the total effect{of}"
    elif _direction(effect, share, whole, rows) < 0:
        why = Withheld.OPPOSITE_DIRECTIONS
        reason = "the mediated and the total effect have opposite directions"
    else:
        notes = [share.get("note", ""), _remark(share["estimate"])]
        return {**share, "note": "; ".join(filter(None, notes))}
    return {"undefined": share["undefined"], **_without_estimate(why, reason)}


def _direction(
    effect: Effect, share: dict[str, Any], whole: dict[str, Any], rows: Mapping[EffectKey, dict[str, Any]]
) -> float:
    """Return a number below 0 where the mediated and the total effect have opposite directions."""
    mediated = rows[effect.mediated].get("estimate") if effect.mediated else None
    return float(share["estimate"] if mediated is None else mediated * whole["estimate"])


def _check_failures(reasons: "pd.Series[str]", replicates: int, max_failed: float) -> None:
    # A quotient, for the product of 0.29 and 100 is less than 29.
    if len(reasons) / replicates <= max_failed and len(reasons) < replicates:
        return
    counted = ", ".join(f"{reason} ({count})" for reason, count in reasons.value_counts().items())
    raise BootstrapError(f"{too_many_failed(len(reasons), replicates, max_failed)}: {counted}")


def _warn(replicates: int, singular: int, interval: str) -> None:
    if interval in BY_ORDER and replicates < ADVISED_REPLICATES:
        message = (
            f"{replicates} bootstrap replicates are few for a {interval} interval, whose ends are single "
            f"draws: {ADVISED_REPLICATES} or more are advised"
        )
        warnings.warn(BootstrapWarning(message, kind="few_replicates"), stacklevel=3)
    if singular:
        message = (
            f"in {singular} of {replicates} bootstrap replicates a variance or correlation of the trial "
            "effects was estimated at its boundary"
        )
        warnings.warn(BootstrapWarning(message, kind="replicates_at_boundary"), stacklevel=3)


def _remark(share: float) -> str:
    if share < 0:
        return "below 0: the treatment's coefficient grows when the mediator enters, a change of scale"
    return "above 1: the direct and the total effect have opposite directions" if share > 1 else ""

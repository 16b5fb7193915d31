"""What proportional odds of the treatment change in the effects: both ways, from the same resamples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from ipdmediation.evidence.columns import FREE_TREATMENT_COLUMNS, with_words
from ipdmediation.inference.bootstrap import BootstrapError, draw_replicates
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.intervals import INTERVALS, Draws, NoIntervalError, percentile_interval
from ipdmediation.inference.summarised_analysis import summarise_analysis
from ipdmediation.models.errors import OutcomeError
from ipdmediation.vocabulary.effects import NATURAL_EFFECTS, EffectKey
from ipdmediation.vocabulary.proportional_odds import FREE, PROPORTIONAL

DIFFERENCE = "difference"


def free_treatment(
    analysis: ImputedAnalysis,
    *,
    replicates: int,
    stream: Callable[[int], np.random.Generator],
    interval: str,
    level: float,
    max_failed: float,
) -> pd.DataFrame:
    """Return the natural effects with a proportional treatment, and with one that is free at every cut.

    Parameters
    ----------
    analysis : ImputedAnalysis
        Its treatment may be either.
    replicates : int
        Resamples, the same ones both ways.
    stream : callable
        Random stream of the number of a replicate.
    interval, level, max_failed
        As for `summarise_effects`. Differences have a percentile interval where those are BCa.

    Returns
    -------
    DataFrame
        `FREE_TREATMENT_COLUMNS`: by `effect`, `scale` and `treatment` (`proportional`, `free`, or
        `difference`, the second less the first). Where the treatment cannot be free there are the
        proportional rows, and one row `free` with the `reason`.
    """
    parts, draws = {}, {}
    reason = ""
    for key in (PROPORTIONAL, FREE):
        own = replace(analysis, specification=replace(analysis.specification, free_treatment=key == FREE))
        try:
            draws[key] = draw_replicates(own, replicates=range(replicates), stream=stream)
            found = summarise_analysis(own, draws[key], interval=interval, level=level, max_failed=max_failed)
        except OutcomeError as error:
            reason = str(error).partition(",")[0]
            break
        except BootstrapError:
            failed = int((draws[key]["status"] == "failed").sum())
            reason = f"{failed} of {replicates} bootstrap replicates failed"
            break
        found = found[found["effect"].isin(NATURAL_EFFECTS)]
        parts[key] = found.assign(treatment=key)
    if reason:
        parts[FREE] = pd.DataFrame([{"treatment": FREE, "reason": reason}])
    else:
        parts[DIFFERENCE] = _differences(parts, draws, interval=interval, level=level)
    table = pd.concat(parts.values(), ignore_index=True).reindex(columns=list(FREE_TREATMENT_COLUMNS))
    return with_words(table)


def _differences(
    parts: dict[str, pd.DataFrame], draws: dict[str, pd.DataFrame], *, interval: str, level: float
) -> pd.DataFrame:
    fitted = (draws[PROPORTIONAL]["status"] != "failed") & (draws[FREE]["status"] != "failed")
    both = parts[PROPORTIONAL].merge(parts[FREE], on=["effect", "scale"], suffixes=("", "_free"))
    rows = []
    for row in both.to_dict("records"):
        column = EffectKey(str(row["effect"]), str(row["scale"])).column
        drawn = (draws[FREE][column] - draws[PROPORTIONAL][column])[fitted].to_numpy(dtype=np.float64)
        estimate = row["estimate_free"] - row["estimate"]
        found = {
            "effect": row["effect"],
            "scale": row["scale"],
            "treatment": DIFFERENCE,
            "estimate": estimate,
            "interval": "percentile" if interval == "bca" else interval,
            "replicates": row["replicates"],
            "failed": int((~fitted).sum()),
            "withheld": row["withheld"] or row["withheld_free"],
            "note": row["note"] if row["withheld"] else row["note_free"] if row["withheld_free"] else "",
        }
        rows.append(found | _interval(drawn, estimate, interval=interval, level=level))
    return pd.DataFrame(rows)


def _interval(drawn: np.ndarray, estimate: float, *, interval: str, level: float) -> dict[str, float]:
    """Return the interval of a difference, nothing where it has none."""
    if not np.isfinite(estimate) or not np.isfinite(drawn).all() or not drawn.size:
        return {}
    compute = percentile_interval if interval == "bca" else INTERVALS[interval]
    try:
        low, high, _ = compute(Draws(drawn=drawn, estimate=estimate), level=level)
    except NoIntervalError:
        return {}
    return {"ci_low": low, "ci_high": high}

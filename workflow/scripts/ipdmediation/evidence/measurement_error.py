"""What the effects would be of a mediator that was measured without error.

A share of the measured mediator's variance, given treatment, covariates and trial, is its own: its
conditional reliability lambda. The rest is classical error, independent of everything else. See
`effects.structural`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.effects.catalogue import KHB_EFFECTS, Effect
from ipdmediation.effects.khb import khb
from ipdmediation.effects.structural import StructuralSlope, mismeasured
from ipdmediation.evidence.along import Along, Slopes, by_point, cohort_slopes, summarised
from ipdmediation.evidence.columns import MEASUREMENT_ERROR_COLUMNS, with_words
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.links import LINKS
from ipdmediation.vocabulary.withheld import Withheld

#: Reliabilities of the curve.
CURVE = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6)


def conditional_reliability(stated: Mapping[str, float | None], slopes: Slopes) -> float:
    """Return the reliability given treatment, covariates and trial, of what is stated about the error.

    Parameters
    ----------
    stated : mapping
        One of `reliability`, which is it; `error_sd`, the error's standard deviation on the analysis scale of
        the mediator; and `marginal_reliability`, the share of the whole variance (an intraclass correlation).
    slopes : Slopes
        Of the fits.

    Returns
    -------
    float
        Below 0 where the error would vary more than the mediator does.

    Examples
    --------
    >>> slopes = Slopes(np.zeros(2), mediator_sd=1.0, mediator_total_sd=2.0, outcome_sd=1.0)
    >>> conditional_reliability({"error_sd": 0.5}, slopes)
    0.75
    >>> round(conditional_reliability({"marginal_reliability": 0.9}, slopes), 6)
    0.6
    """
    ((name, value),) = ((name, value) for name, value in stated.items() if value is not None)
    if name == "reliability":
        return float(value)
    error = value if name == "error_sd" else slopes.mediator_total_sd * np.sqrt(1 - value)
    return float(1 - (error / slopes.mediator_sd) ** 2)


def measurement_error(
    analysis: ImputedAnalysis,
    *,
    error: Mapping[str, float | None],
    replicates: int,
    stream: Callable[[int], np.random.Generator],
    **choices: Any,
) -> pd.DataFrame:
    """Return the effects of an analysis along the reliability of its mediator, and at the stated one.

    Parameters
    ----------
    analysis : ImputedAnalysis
    error : mapping
        As for `conditional_reliability`.
    replicates, stream, **choices
        As for `summarised`.

    Returns
    -------
    DataFrame
        `MEASUREMENT_ERROR_COLUMNS`: the natural effects on every scale, and the coefficients and the share of
        Karlson, Holm & Breen, of which the indirect one is divided by the reliability. `stated` names what
        the rows of the stated error are made of. A reliability of `least` or below cannot be: the mediator
        would explain more of the outcome than there is.

    Raises
    ------
    ModelError, BootstrapError
        Where a model cannot be fitted, or more replicates failed than accepted.
    """
    levels = FAMILIES[analysis.specification.family].levels
    exact = not levels or LINKS[analysis.specification.link].normal
    stated = {name: value for name, value in error.items() if value is not None}
    at: list[Callable[[Slopes], float]] = [
        *(partial(_constant, value) for value in CURVE),
        partial(conditional_reliability, stated),
    ]
    fitted = cohort_slopes(analysis)
    slopes = [each for *_, each in fitted]
    scales = [fitted[0][0].scales.every] * len(at)
    table = summarised(
        analysis,
        lambda prepared: Along(
            prepared=prepared,
            points=[partial(_at_reliability, each, exact=exact) for each in at],
            scales=scales,
            others=[_khb_at(effect, point) for point in range(len(at)) for effect in KHB_EFFECTS],
            evaluate_others=lambda found, predictors: _khb(found, predictors, at),
        ),
        replicates=replicates,
        stream=stream,
        **choices,
    )
    known = _of_points(at, slopes, stated="".join(stated)).assign(method="exact" if exact else "calibrated")
    shares = table.tail(len(at) * len(KHB_EFFECTS)).assign(
        effect=[effect.effect for _ in at for effect in KHB_EFFECTS]
    )
    repeated = known.loc[np.repeat(known.index, len(KHB_EFFECTS))].assign(method="exact")
    rows = pd.concat(
        [
            by_point(table, known, scales=scales),
            pd.concat([repeated.reset_index(drop=True), shares.reset_index(drop=True)], axis=1),
        ],
        ignore_index=True,
    )
    return with_words(_said(rows).reindex(columns=list(MEASUREMENT_ERROR_COLUMNS)))


def _constant(value: float, _: Slopes) -> float:
    return value


def _possible(reliability: float, slopes: Slopes) -> bool:
    return reliability > float(np.square(slopes.explaining).max())


def _at_reliability(at: Callable[[Slopes], float], slopes: Slopes, *, exact: bool) -> StructuralSlope | None:
    reliability = at(slopes)
    return mismeasured(reliability, exact=exact) if _possible(reliability, slopes) else None


def _khb_at(effect: Effect, point: int) -> Effect:
    """Return an effect of Karlson, Holm & Breen at a point, a share being that of the total at the point."""
    of = None if effect.share_of is None else f"{effect.share_of}@{point}"
    return Effect(effect=f"{effect.effect}@{point}", scale=effect.scale, share_of=of)


def _khb(slopes: Slopes, predictors: FloatArray, at: Sequence[Callable[[Slopes], float]]) -> FloatArray:
    """Return the total, the indirect coefficient and the share at each point."""
    total, indirect, share = khb(predictors)
    values = []
    for each in at:
        reliability = each(slopes)
        possible = _possible(reliability, slopes)
        values += [total, indirect / reliability, share / reliability] if possible else [np.nan] * 3
    return np.array(values)


def _of_points(
    at: Sequence[Callable[[Slopes], float]], slopes: Sequence[Slopes], *, stated: str
) -> pd.DataFrame:
    """Return what is known of each point: the stated error in all three ways, averaged over imputations."""
    rows = []
    for point in at:
        values = [
            (
                reliability := point(each),
                spread := (1 - reliability) * each.mediator_sd**2,
                1 - spread / each.mediator_total_sd**2,
                np.square(each.explaining).max(),
            )
            for each in slopes
        ]
        reliability, spread, marginal, least = np.mean(values, axis=0)
        rows.append(
            {
                "stated": "",
                "reliability": reliability,
                "error_sd": np.sqrt(spread),
                "marginal_reliability": marginal,
                "least": least,
            }
        )
    rows[-1]["stated"] = stated
    return pd.DataFrame(rows)


def _said(rows: pd.DataFrame) -> pd.DataFrame:
    """Say of a reliability that cannot be why there is no number."""
    impossible = rows["estimate"].isna() & ~(rows["reliability"] > rows["least"])
    notes = [
        Withheld.UNDEFINED.note(_why_impossible(*values))
        for values in rows.loc[impossible, ["reliability", "least"]].to_numpy()
    ]
    return rows.assign(
        note=rows["note"].mask(impossible, pd.Series(notes, rows.index[impossible], dtype=object))
    )


def _why_impossible(reliability: float, least: float) -> str:
    if reliability <= 0:
        return "the error would vary more than the mediator does, given treatment, covariates and trial"
    return (
        f"a reliability of {reliability:.3g} is not above {least:.3g}, the squared correlation that would "
        "explain the mediator's slope"
    )

"""What an unmeasured cause that mediator and outcome share would make of the effect through the mediator.

The errors of mediator and outcome have correlation rho, the same in both arms, of the outcome's own codes:
above 0 where the cause raises both. The probit and a linear model have a closed form, a spline of the
mediator and its empirical residuals are integrated over, see `effects.structural`; Imai, Keele & Tingley
2010, Psychological Methods 15:309.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq

from ipdmediation.effects.catalogue import Effect
from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.effects.natural_effects import natural_effects
from ipdmediation.effects.structural import StructuralSlope, confounded
from ipdmediation.evidence.along import Along, Slopes, by_point, cohort_slopes, summarised
from ipdmediation.evidence.benchmarks import benchmark
from ipdmediation.evidence.columns import (
    BENCHMARK_COLUMNS,
    CONFOUNDING_COLUMNS,
    E_VALUE_COLUMNS,
    LOGIT_COLUMNS,
    UNDONE_COLUMNS,
    with_words,
)
from ipdmediation.evidence.copula import CopulaFit, LogitCopula
from ipdmediation.evidence.e_values import RiskRatios, e_values
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.models.errors import ModelError
from ipdmediation.vocabulary.effects import NATURAL_EFFECTS
from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.links import LOGIT, PROBIT
from ipdmediation.vocabulary.scales import COEFFICIENT, MEAN
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS

#: Effects of the mediator that a correlation can undo, by the arm whose slope they have.
UNDONE = {"pnie": 0, "tnie": 1}
#: Where the logit is checked.
CHECKED_AT = tuple(np.linspace(-0.8, 0.8, 9).round(1).tolist())
NO_LOGIT = "no logit model of a mediator that is linear in it"
_FARTHEST = 0.97  # correlation at which a search ends


class Confounding(NamedTuple):
    """The tables of this piece of evidence.

    Attributes
    ----------
    curve : DataFrame
        `CONFOUNDING_COLUMNS`: the natural effects at each correlation, on every scale.
    undone : DataFrame
        `UNDONE_COLUMNS`: the correlation at which an effect is 0 (`explains`), and from which its interval
        includes the value of no effect (`reaches_null`).
    benchmarks : DataFrame
        `BENCHMARK_COLUMNS`: the correlation that a measured covariate would make if it were left out, and the
        effects on the mean at a correlation of that size which works against the effect.
    e_values : DataFrame
        `E_VALUE_COLUMNS`.
    logit : DataFrame
        `LOGIT_COLUMNS`: the same curve of a logit model with a Gaussian copula, at the estimate.
    """

    curve: pd.DataFrame
    undone: pd.DataFrame
    benchmarks: pd.DataFrame
    e_values: pd.DataFrame
    logit: pd.DataFrame


def confounding(
    analysis: ImputedAnalysis,
    *,
    correlations: Sequence[float],
    benchmarks: Sequence[str],
    logit_check: bool,
    replicates: int,
    stream: Callable[[int], np.random.Generator],
    **choices: Any,
) -> Confounding:
    """Return how the effects of an analysis change with an unmeasured cause of mediator and outcome.

    Parameters
    ----------
    analysis : ImputedAnalysis
        An outcome with levels is modelled by a probit in place of its own link.
    correlations : sequence of float
        Of the errors of mediator and outcome; 0 is added.
    benchmarks : sequence of str
        Covariates of both models.
    logit_check : bool
        Whether a logit is checked.
    replicates, stream, **choices
        As for `summarised`.

    Raises
    ------
    ModelError, BootstrapError
        Where a model cannot be fitted, or more replicates failed than accepted.
    """
    family = FAMILIES[analysis.specification.family]
    latent = _with(analysis, link=PROBIT.key) if family.levels else analysis
    sign = codes_sign(analysis)
    fitted = cohort_slopes(latent)
    strengths = {
        name: sign * float(np.mean([benchmark(*each, covariate=name) for each in fitted]))
        for name in benchmarks
    }
    explaining = sign * np.mean([slopes.explaining for *_, slopes in fitted], axis=0)
    against = math.copysign(1.0, explaining[UNDONE["tnie"]])
    rhos = sorted({0.0, *map(float, correlations)})
    every = fitted[0][0].scales.every
    scales = [*([every] * len(rhos)), *([(MEAN,)] * len(strengths))]
    points = [*rhos, *(against * abs(strength) for strength in strengths.values())]
    table = summarised(
        latent,
        lambda prepared: Along(
            prepared=prepared,
            points=[partial(_at_correlation, sign * rho) for rho in points],
            scales=scales,
            others=[Effect(effect=f"{effect}_explained", scale=COEFFICIENT) for effect in UNDONE],
            evaluate_others=lambda slopes, _: sign * slopes.explaining,
        ),
        replicates=replicates,
        stream=stream,
        **choices,
    )
    rows = by_point(table, _of_points(points, strengths), scales=scales)
    curve = rows[rows["variable"] == ""].reset_index(drop=True)
    return Confounding(
        curve=_as(curve, CONFOUNDING_COLUMNS),
        undone=_as(
            pd.concat([_explained(table.tail(len(UNDONE))), _reached(curve, against)]), UNDONE_COLUMNS
        ),
        benchmarks=_as(rows[rows["variable"] != ""], BENCHMARK_COLUMNS),
        e_values=e_values(
            summarised(
                analysis,
                lambda prepared: RiskRatios(prepared=prepared),
                replicates=replicates,
                stream=stream,
                **choices,
            )
        )
        if family.levels
        else pd.DataFrame(columns=list(E_VALUE_COLUMNS)),
        logit=_as(pd.DataFrame(_logit(analysis)) if logit_check else pd.DataFrame(), LOGIT_COLUMNS),
    )


def codes_sign(analysis: ImputedAnalysis) -> float:
    """Return -1 where a higher code of the outcome is a lower one as modelled, else 1."""
    levels = FAMILIES[analysis.specification.family].levels
    return -1.0 if levels and analysis.specification.better == "low" else 1.0


def _with(analysis: ImputedAnalysis, **changes: Any) -> ImputedAnalysis:
    return replace(analysis, specification=replace(analysis.specification, **changes))


def _at_correlation(rho: float, slopes: Slopes) -> StructuralSlope:
    return confounded(rho, mediator_sd=slopes.mediator_sd, outcome_sd=slopes.outcome_sd)


def _of_points(points: Sequence[float], strengths: dict[str, float]) -> pd.DataFrame:
    """Return what is known of each point: of a benchmark its covariate, and both correlations."""
    names = [*([""] * (len(points) - len(strengths))), *strengths]
    rhos = [strengths.get(name, point) for name, point in zip(names, points, strict=True)]
    return pd.DataFrame({"variable": names, "rho": rhos, "r2": np.square(rhos), "against": points})


def _as(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    return with_words(table.reindex(columns=list(columns)).reset_index(drop=True))


def _explained(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the correlations that explain the effects."""
    found = rows.rename(columns={"estimate": "rho"}).assign(
        effect=list(UNDONE), scale="", statistic="explains", r2=rows["estimate"] ** 2
    )
    # without an interaction both arms have one slope
    return found.tail(1) if np.ptp(found["rho"]) < 1e-12 else found


def _reached(curve: pd.DataFrame, against: float) -> pd.DataFrame:
    """Return the correlation from which the interval of the indirect effect includes no effect, by scale."""
    rows = []
    for scale, found in curve[curve["effect"] == "tnie"].groupby("scale", sort=False):
        rho, note = _first_null(found, against)
        named = {"effect": "tnie", "scale": scale, "statistic": "reaches_null"}
        rows.append({**named, "rho": rho, "r2": rho**2, "note": note})
    return pd.DataFrame(rows)


def _first_null(found: pd.DataFrame, against: float) -> tuple[float, str]:
    """Follow the end of the interval that is nearest to no effect, from correlation 0 on."""
    if found["ci_low"].isna().any():
        return math.nan, "the effect has no interval at each correlation"
    start = found[found["rho"] == 0].iloc[0]
    if start["ci_low"] <= 0 <= start["ci_high"]:
        return math.nan, "the interval includes the value of no effect without confounding already"
    near = "ci_low" if start["ci_low"] > 0 else "ci_high"
    followed = found[against * found["rho"] >= 0].sort_values("rho")
    if len(followed) > 1:
        ends = PchipInterpolator(followed["rho"], followed[near]).solve(0.0, extrapolate=False)
        if np.size(ends):
            return float(min(ends, key=abs)), ""
    return math.nan, "not at the correlations that were looked at"


def _logit(analysis: ImputedAnalysis) -> list[dict[str, Any]]:
    """Return the curve of the logit model and of the probit one, of the first completed data set.

    Random effects of trials are taken as fixed ones, in both.
    """
    stated = analysis.specification
    if not FAMILIES[stated.family].levels or stated.link != LOGIT.key or stated.spline_knots:
        return [{"note": NO_LOGIT}]
    # the copula is of a Gaussian residual
    options = replace(analysis.options, mediator_distribution="gaussian")
    first = replace(analysis, completed=analysis.cohort, options=options)
    if TRIAL_EFFECTS[analysis.specification.trial_effects].random:
        first = _with(first, trial_effects="fixed", cluster="trial")
    sign = codes_sign(analysis)
    try:
        ((logit, *fits, _),) = cohort_slopes(first)
        ((probit, mediator, outcome, slopes),) = cohort_slopes(_with(first, link=PROBIT.key))
        copula = LogitCopula.of(logit, *fits)
        rows = []
        for statistic, rho, fit in _checked(copula, logit, sign, sign * slopes.explaining[UNDONE["tnie"]]):
            structural = confounded(sign * rho, mediator_sd=slopes.mediator_sd)
            cells = probit.cells(mediator, outcome, copula.weights, structural=structural).natural
            rows.append(
                {
                    "statistic": statistic,
                    "rho": rho,
                    **_on_the_mean(copula.cells(fit, sign * rho), logit),
                    **{f"{name}_probit": value for name, value in _on_the_mean(cells, probit).items()},
                    "slope": sign * copula.slope(fit),
                    "log_likelihood": fit.log_likelihood,
                }
            )
    except ModelError as error:
        return [{"note": str(error)}]
    return rows


def _checked(
    copula: LogitCopula, prepared: MediationEffects, sign: float, probit: float
) -> list[tuple[str, float, CopulaFit]]:
    """Return the fits at each of `CHECKED_AT`, and where nothing is mediated, which is near `probit`."""
    fits = {rho: copula.fit(sign * rho) for rho in CHECKED_AT}

    def indirect(rho: float) -> float:
        fits[rho] = copula.fit(
            sign * rho, start=fits[min(fits, key=lambda known: abs(known - rho))].estimates
        )
        return _on_the_mean(copula.cells(fits[rho], sign * rho), prepared)["tnie"]

    found = [("grid", rho, fits[rho]) for rho in CHECKED_AT]
    low, high = max(probit - 0.15, -_FARTHEST), min(probit + 0.15, _FARTHEST)
    if indirect(low) * indirect(high) < 0:
        star = float(brentq(indirect, low, high, xtol=1e-8))
        found.append(("explains", star, fits[star]))
    return found


def _on_the_mean(cells: FloatArray, prepared: MediationEffects) -> dict[str, float]:
    effects = natural_effects(cells, prepared.scales)[:, 0]
    return {name: float(effects[NATURAL_EFFECTS.index(name)]) for name in ("te", "tnie")}

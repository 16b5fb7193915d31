"""Whether trials with a larger effect on the mediator have a larger effect on the outcome, as rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ipdmediation.evidence.correlation import FEWEST as FEWEST_OF_FISHER
from ipdmediation.evidence.correlation import LIMITS, Verdict, correlation, verdict
from ipdmediation.evidence.individual_association import squared
from ipdmediation.evidence.meta_regression import FEWEST, Line, regress
from ipdmediation.evidence.surrogate_trials import SurrogateTrial
from ipdmediation.evidence.two_stage import pool
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.vocabulary.withheld import Withheld

TOO_FEW = {2: "it needs two trials", FEWEST: "it needs three trials"}
SAME = "the trials' effects are all the same"
ATTENUATED = (
    "errors of the trials' estimates are in it: those of the effect on the mediator draw it towards 0, and "
    "the two of a trial, of the same patients, towards their own correlation"
)
ANY = "with three trials any correlation is possible"
AT_NO_EFFECT = (
    "the prediction interval excludes 0 already where there is no effect on the mediator, so that a "
    "threshold would mean nothing"
)
NO_THRESHOLD = "the prediction interval holds 0 at any effect on the mediator"
BEYOND = "beyond the effects of these trials"
NOTHING_BETWEEN = "the effects on the outcome are not seen to vary between trials"

_OF_THE_LINE = ("intercept", "slope", "tau", "r2_tau2", "threshold_effect", "threshold_until")


def association_rows(trials: Sequence[SurrogateTrial], *, sign: float, level: float) -> list[dict[str, Any]]:
    """Return what the trials say together.

    The line of beta_t on alpha_t with the standard deviation tau that it leaves between trials, and the share
    of the variance between trials that it takes, 1 - tau^2/tau_0^2; the surrogate threshold effect, with the
    effect at which the prediction holds 0 again; correlations of alpha_t and beta_t, the first with the
    verdict, the other weighted by patients; and the share of the variance of alpha_t that is between trials.

    Parameters
    ----------
    trials : sequence of SurrogateTrial
        Those that are not left out.
    sign : float
        Of the association of mediator and outcome within patients.
    level : float
        Coverage of the intervals.

    References
    ----------
    Buyse et al. 2000, Biostatistics 1:49 (weights); Burzykowski & Buyse 2006, Pharm Stat 5:173 (threshold).
    """
    line = line_of(trials)
    if line is None:
        reason = SAME if len(trials) >= FEWEST else TOO_FEW[FEWEST]
        rows = [_without(measure, reason) for measure in _OF_THE_LINE]
    else:
        rows = [*_of_the_line(line, trials, level), *_threshold(line, trials, level)]
    rows += [*_correlations(trials, sign, level), _reliability(trials)]
    return [{"trials": len(trials), **row} for row in rows]


def line_of(trials: Sequence[SurrogateTrial]) -> Line | None:
    """Return the line of effects on the outcome on those on the mediator, None where there is none."""
    alpha, beta, variances = _arrays(trials)
    return regress(beta, variances, alpha) if len(trials) >= FEWEST else None


def _arrays(trials: Sequence[SurrogateTrial]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return alpha_t, beta_t and the variances of beta_t."""
    return (
        np.array([each.alpha for each in trials]),
        np.array([each.beta for each in trials]),
        np.array([each.beta_se for each in trials]) ** 2,
    )


def _without(measure: str, reason: str) -> dict[str, Any]:
    why = Withheld.UNDEFINED
    return {"measure": measure, "withheld": why.value, "note": why.note(reason)}


def _of_the_line(line: Line, trials: Sequence[SurrogateTrial], level: float) -> list[dict[str, Any]]:
    _, beta, variances = _arrays(trials)
    before = float(pool(beta[:, None], variances[:, None]).tau[0]) ** 2
    errors = np.sqrt(np.diag(line.covariance))
    df = line.trials - 2
    explained = (
        {"measure": "r2_tau2", "estimate": max(1 - line.tau2 / before, 0.0)}
        if before > 0
        else _without("r2_tau2", NOTHING_BETWEEN)
    )
    return [
        *(
            {
                "measure": measure,
                "estimate": line.coefficients[at],
                "se": errors[at],
                "ci_low": ends[0],
                "ci_high": ends[1],
                "df": df,
                "interval": "knapp_hartung",
            }
            for at, measure in enumerate(("intercept", "slope"))
            for ends in [line.coefficients[at] + errors[at] * np.array([-1, 1]) * line.quantile(level)]
        ),
        {"measure": "tau", "estimate": math.sqrt(line.tau2)},
        explained,
    ]


def _threshold(line: Line, trials: Sequence[SurrogateTrial], level: float) -> list[dict[str, Any]]:
    found = line.threshold(level=level)
    if found.at_no_effect or math.isnan(found.at):
        reason = AT_NO_EFFECT if found.at_no_effect else NO_THRESHOLD
        return [_without(measure, reason) for measure in ("threshold_effect", "threshold_until")]
    alpha, _, _ = _arrays(trials)
    beyond = "" if alpha.min() <= found.at <= alpha.max() else BEYOND
    first = {"measure": "threshold_effect", "estimate": found.at, "note": beyond}
    if math.isinf(found.until):
        return [first, _without("threshold_until", "a larger effect excludes 0 as well")]
    return [first, {"measure": "threshold_until", "estimate": found.until}]


def _correlations(trials: Sequence[SurrogateTrial], sign: float, level: float) -> list[dict[str, Any]]:
    names = ("correlation", "r2", "weighted_correlation", "weighted_r2")
    if len(trials) < FEWEST:
        rows = [_without(name, TOO_FEW[FEWEST]) for name in names]
        return [{**rows[0], "verdict": Verdict.UNCLEAR.value}, *rows[1:]]
    alpha, beta, _ = _arrays(trials)
    rows = []
    patients = np.array([each.patients for each in trials], dtype=np.float64)
    for name, of_square, weights in (
        (*names[:2], np.ones(len(trials))),
        (*names[2:], patients),
    ):
        found = correlation(alpha, beta, weights=weights, level=level)
        if math.isnan(found.estimate):
            rows += [_without(name, SAME), _without(of_square, SAME)]
            continue
        ends = {"estimate": found.estimate, "ci_low": found.low, "ci_high": found.high}
        few = ANY if len(trials) < FEWEST_OF_FISHER else ""
        row = {"measure": name, "interval": "fisher_z", **ends, "note": few or ATTENUATED}
        square = {"measure": of_square, "interval": "fisher_z", **squared(**ends)}
        rows += [row, square]
    said = correlation(alpha, beta, weights=np.ones(len(trials)), level=level)
    note = rows[0]["note"] if math.isnan(said.estimate) else f"{rows[0]['note']}; {LIMITS}"
    return [{**rows[0], "verdict": verdict(said, sign=sign).value, "note": note}, *rows[1:]]


def _reliability(trials: Sequence[SurrogateTrial]) -> dict[str, Any]:
    if len(trials) < 2:
        return _without("reliability", TOO_FEW[2])
    alpha = np.array([[each.alpha] for each in trials])
    errors = np.array([[each.alpha_se] for each in trials])
    return {"measure": "reliability", "estimate": float(pool(alpha, errors**2).i2[0])}

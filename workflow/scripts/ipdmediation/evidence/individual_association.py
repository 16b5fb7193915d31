"""How much of the outcome the mediator tells within patients: as information, and as a latent correlation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import ndtri

from ipdmediation.effects.structural import explaining_correlation
from ipdmediation.evidence.likelihood_ratio import explained
from ipdmediation.evidence.panel_models import PanelFits
from ipdmediation.evidence.prentice import NOT_CONVERGED
from ipdmediation.evidence.surrogate_trials import SurrogateTrial
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.pooling import pool_estimates
from ipdmediation.models.errors import ModelError
from ipdmediation.models.results import ModelFit
from ipdmediation.models.specification import models_by_imputation
from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.links import PROBIT
from ipdmediation.vocabulary.terms import MEDIATOR
from ipdmediation.vocabulary.withheld import Withheld


def information_rows(
    fits: Sequence[PanelFits], trials: Sequence[SurrogateTrial], *, level: float
) -> list[dict[str, Any]]:
    """Return R^2_h = 1 - exp(-G^2/n), of all patients together and summed over trials.

    G^2 is the likelihood ratio of the mediator given treatment, the mean over completed data sets; in the
    second it is the sum of those of the trials' own models.

    References
    ----------
    Alonso et al. 2006, Stat Med 25:205.
    """
    g2 = max(float(np.mean([each.by_mediator for each in fits])), 0.0)
    rows = [_explained("r2_h", g2, degrees=1, patients=fits[0].patients, level=level)]
    kept = [each for each in trials if not each.reason]
    if kept:
        by_trial = _explained(
            "r2_h_by_trial",
            sum(each.g2 for each in kept),
            degrees=len(kept),
            patients=sum(each.patients for each in kept),
            level=level,
        )
        return [*rows, {**by_trial, "trials": len(kept)}]
    why = Withheld.UNDEFINED
    reason = why.note("no trial can be analysed by itself")
    return [*rows, {"measure": "r2_h_by_trial", "trials": 0, "withheld": why.value, "note": reason}]


def _explained(measure: str, g2: float, *, degrees: int, patients: int, level: float) -> dict[str, Any]:
    share = explained(g2, degrees=degrees, patients=patients, level=level)
    return {
        "measure": measure,
        "estimate": share.estimate,
        "ci_low": share.low,
        "ci_high": share.high,
        "test": g2,
        "df": degrees,
        "interval": "noncentrality",
        "n": patients,
    }


def latent_rows(
    analysis: ImputedAnalysis, fits: Sequence[PanelFits], *, level: float
) -> list[dict[str, Any]]:
    """Return the correlation of mediator and latent outcome, given treatment and covariates, and its square.

    It is rho = s g / sqrt(sigma^2 + s^2 g^2), with g the mediator's slope in a probit or linear model of the
    outcome, sigma the standard deviation of that model's error, and s that of the mediator's residual: the
    correlation of unmeasured causes that would undo the indirect effect. The interval is one of Fisher's z of
    rho, the inverse hyperbolic sine of s g / sigma; of the square it is that of the squares of all of these.

    Parameters
    ----------
    analysis : ImputedAnalysis
        As `panel_models.panel_analysis` returns it.
    fits : sequence of PanelFits
    level : float
        Coverage.
    """
    try:
        latent = _latent_fits(analysis, fits)
        found = [_scaled(each.mediator, fit) for each, fit in zip(fits, latent, strict=True)]
    except ModelError:
        found = [(math.nan, math.nan)]
    if not np.isfinite(found).all():
        why = Withheld.UNDEFINED
        nothing = {"withheld": why.value, "note": why.note(NOT_CONVERGED)}
        return [{"measure": measure, **nothing} for measure in ("latent_correlation", "latent_r2")]
    numbers = np.array(found)
    pooled = pool_estimates(numbers[:, :1], numbers[:, 1:])
    scaled = float(pooled.estimate[0])
    z, se = math.asinh(scaled), float(pooled.se[0]) / math.sqrt(1 + scaled**2)
    reach = float(ndtri(0.5 + level / 2)) * se
    ends = {"estimate": math.tanh(z), "ci_low": math.tanh(z - reach), "ci_high": math.tanh(z + reach)}
    return [
        {"measure": "latent_correlation", "interval": "fisher_z", **ends},
        {"measure": "latent_r2", "interval": "fisher_z", **squared(**ends)},
    ]


def squared(*, estimate: float, ci_low: float, ci_high: float) -> dict[str, float]:
    """Return the square of a correlation, with the squares of all that its interval holds.

    Examples
    --------
    >>> squared(estimate=-0.5, ci_low=-0.75, ci_high=0.25)
    {'estimate': 0.25, 'ci_low': 0.0, 'ci_high': 0.5625}
    """
    low, high = sorted(end * end for end in (ci_low, ci_high))
    return {"estimate": estimate**2, "ci_low": 0.0 if ci_low <= 0 <= ci_high else low, "ci_high": high}


def _latent_fits(analysis: ImputedAnalysis, fits: Sequence[PanelFits]) -> list[ModelFit]:
    specification = analysis.specification
    if not FAMILIES[specification.family].links or specification.link == PROBIT.key:
        return [each.outcome for each in fits]
    latent = models_by_imputation(
        analysis.completed,
        specification=replace(specification, link=PROBIT.key),
        variables=analysis.variables,
    )
    return [models.fit("outcome") for models in latent]


def _scaled(mediator: ModelFit, outcome: ModelFit) -> tuple[float, float]:
    """Return s g / sigma and its variance; the three are estimated independently of each other."""
    assert mediator.residual_variance is not None
    if not outcome.converged:
        return math.nan, math.nan
    latent = outcome.residual_variance is None
    sigma = 1.0 if outcome.residual_variance is None else math.sqrt(outcome.residual_variance)
    at = outcome.names.index(MEDIATOR)
    s = math.sqrt(mediator.residual_variance)
    rho = float(explaining_correlation(outcome.estimates[at], mediator_sd=s, outcome_sd=sigma))
    scaled = rho / math.sqrt(1 - rho**2)
    of_sds = (1 if latent else 2) / (2 * outcome.n)  # relative variance of the estimated standard deviations
    return scaled, float(outcome.covariance[at, at]) * (s / sigma) ** 2 + of_sds * scaled**2

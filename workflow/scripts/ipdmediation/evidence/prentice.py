"""Prentice's criteria of a surrogate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri, stdtr

from ipdmediation.evidence.likelihood_ratio import pooled_ratio
from ipdmediation.evidence.panel_models import PanelFits
from ipdmediation.inference.pooling import Pooled, pool_estimates
from ipdmediation.models.results import ModelFit
from ipdmediation.vocabulary.terms import MEDIATOR, TREATMENT
from ipdmediation.vocabulary.withheld import Withheld

NO_PROOF = "not to reject it is no proof that the mediator carries all of the effect"
NOT_CONVERGED = "a model did not converge"


def prentice_rows(fits: Sequence[PanelFits], *, level: float) -> list[dict[str, Any]]:
    """Return the criteria: a coefficient with a Wald interval of this level, and its test each.

    Treatment has an effect on the mediator (t), and on the outcome; the mediator is associated with the
    outcome, given treatment; treatment has no effect on the outcome, given the mediator (likelihood ratios).

    References
    ----------
    Prentice 1989, Stat Med 8:431.
    """
    mediators, totals = [each.mediator for each in fits], [each.total for each in fits]
    outcomes = [each.outcome for each in fits]
    tested = {
        "treatment_on_outcome": (totals, TREATMENT, [each.by_treatment for each in fits]),
        "mediator_given_treatment": (outcomes, MEDIATOR, [each.by_mediator for each in fits]),
        "treatment_given_mediator": (
            outcomes, TREATMENT, [each.by_treatment_given_mediator for each in fits],
        ),
    }  # fmt: skip
    first = _pooled(mediators, TREATMENT)
    rows = [{"measure": "treatment_on_mediator", **_wald(first, level), **_by_t(first, mediators[0])}]
    for measure, (models, name, statistics) in tested.items():
        estimate = _wald(_pooled(models, name), level)
        rows.append({"measure": measure, **estimate, **_by_ratio(statistics)})
    rows[-1]["note"] = "; ".join(filter(None, [rows[-1].get("note", ""), NO_PROOF]))
    return rows


def _by_t(estimate: Pooled, fit: ModelFit) -> dict[str, Any]:
    t, degrees = float(estimate.estimate[0] / estimate.se[0]), float(estimate.degrees_of_freedom[0])
    if fit.random_effects is None:
        degrees = min(degrees, fit.n - len(fit.names))
    if math.isinf(degrees):
        return {"test": t, "p_value": 2 * float(ndtr(-abs(t)))}
    return {"test": t, "df": degrees, "p_value": 2 * float(stdtr(degrees, -abs(t)))}


def _by_ratio(statistics: Sequence[float]) -> dict[str, Any]:
    if not np.isfinite(statistics).all():
        return {"withheld": Withheld.UNDEFINED.value, "note": f"no test: {NOT_CONVERGED}"}
    ratio = pooled_ratio(statistics, degrees=1)
    return {"test": ratio.statistic, "df": 1, "p_value": ratio.p_value}


def _pooled(fits: Sequence[ModelFit], name: str) -> Pooled:
    at = fits[0].names.index(name)
    return pool_estimates([[fit.estimates[at]] for fit in fits], [[fit.covariance[at, at]] for fit in fits])


def _wald(pooled: Pooled, level: float) -> dict[str, Any]:
    estimate, se = float(pooled.estimate[0]), float(pooled.se[0])
    reach = float(ndtri(0.5 + level / 2)) * se
    return {
        "estimate": estimate,
        "se": se,
        "ci_low": estimate - reach,
        "ci_high": estimate + reach,
        "interval": "wald",
    }

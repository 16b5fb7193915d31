"""Tables of the three models, and what is said of their fits."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import pandas as pd

from tests.unit.present.examples.study import TRIALS

MODEL = [
    "model", "component", "kind", "term", "variable", "level", "label", "unit", "estimate", "se", "ci_low",
    "ci_high", "p_value", "ratio", "ratio_low", "ratio_high", "ratio_unit",
]  # fmt: skip

NOTHING = (math.nan,) * 3


def coefficients(model: str, values: dict[str, tuple[Any, ...]], ratio: str) -> list[tuple[Any, ...]]:
    """Rows of coefficients with Wald intervals: term to kind, variable, level, label, unit, estimate, SE."""
    rows = []
    for term, (*words, estimate, se) in values.items():
        low, high = estimate - 1.96 * se, estimate + 1.96 * se
        p = math.erfc(abs(estimate / se) / math.sqrt(2))
        ratios = (math.exp(estimate), math.exp(low), math.exp(high))
        kind, variable, level, label, unit = words
        rows.append(
            (model, "coefficient", kind, term, variable, level, label, unit, estimate, se, low, high, p,
             *ratios, ratio)
        )  # fmt: skip
    return rows


def other_row(
    model: str, component: str, kind: str, names: tuple[str, str], estimate: float
) -> tuple[Any, ...]:
    term, label = names
    return (model, component, kind, term, "", "", label, "", estimate, *NOTHING, math.nan, *NOTHING, "")


COVARIATES = {
    "age": ("covariate", "age", "", "Age", "year", -0.032, 0.004),
    "female": ("covariate", "female", "", "Female", "", -0.05, 0.09),
    "nihss": ("covariate", "nihss", "", "NIHSS at baseline", "point", -0.11, 0.011),
    "aspects": ("covariate", "aspects", "", "ASPECTS at baseline", "point", 0.16, 0.03),
    "occlusion[ica]": (
        "covariate", "occlusion", "ica", "Occlusion site: Internal carotid artery", "", -0.24, 0.11,
    ),
    "occlusion[m2]": ("covariate", "occlusion", "m2", "Occlusion site: M2 segment", "", 0.2, 0.17),
    "alteplase": ("covariate", "alteplase", "", "Intravenous alteplase", "", 0.14, 0.14),
    "onset_to_randomisation": (
        "covariate", "onset_to_randomisation", "", "Onset to randomisation", "hour", -0.09, 0.04,
    ),
}  # fmt: skip
TREATMENT = ("treatment", "", "", "Endovascular therapy vs standard care", "")
MEDIATOR = ("mediator", "fiv", "", "Follow-up infarct volume", "ln mL")


@cache
def _models() -> dict[str, pd.DataFrame]:
    odds = "common odds ratio"
    direct = {
        "treatment": (*TREATMENT, 0.8, 0.21),
        "mediator": (*MEDIATOR, -0.78, 0.09),
        "mediator:doubling": (
            "mediator_doubling",
            "fiv",
            "",
            "Follow-up infarct volume",
            "doubling",
            -0.54,
            0.06,
        ),
        **COVARIATES,
    }
    made = {
        "mediator": coefficients(
            "mediator", {"treatment": (*TREATMENT, -0.43, 0.08), **COVARIATES}, "ratio of geometric means"
        ),
        "total": coefficients("total", {"treatment": (*TREATMENT, 0.9, 0.19), **COVARIATES}, odds),
        "outcome": coefficients("outcome", direct, odds),
    }
    for name, rows in made.items():
        rows.append(other_row(name, "trial", "trial", ("trial[escape]", "Trial: ESCAPE"), 0.3))
        if name == "mediator":
            rows.append(other_row(name, "variance", "residual", ("residual_sd", "Residual SD"), 1.4))
        else:
            names = ("1|0", "Threshold between 1 and 0")
            rows.append(other_row(name, "threshold", "threshold", names, -2.0))
            rows.append(
                other_row(
                    name,
                    "variance",
                    "random",
                    ("sd(treatment)", "Between trials: SD of treatment effect"),
                    0.4,
                )
            )
    return {name: pd.DataFrame(rows, columns=MODEL) for name, rows in made.items()}


def models() -> dict[str, pd.DataFrame]:
    return {name: frame.copy() for name, frame in _models().items()}


def diagnostics() -> dict[str, dict[str, Any]]:
    fit = {
        "log_likelihood": -2801.25, "gradient_norm": 1e-9, "iterations": 6, "converged": True,
        "singular": False,
        "n": 1665, "n_per_trial": dict.fromkeys(TRIALS, 238), "family": "ordinal", "link": "logit",
        "trial_effects": "fixed", "warnings": [], "imputations": 10,
    }  # fmt: skip
    return {"mediator": {**fit, "family": "continuous"}, "total": dict(fit), "outcome": dict(fit)}

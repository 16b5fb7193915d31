"""Studies unlike the default one: a spline, an interaction, many levels and trials, a single trial."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from ipdmediation.present.study import Study
from tests.unit.present.examples.cohort import distribution, shares
from tests.unit.present.examples.effects import effects, effects_of
from tests.unit.present.examples.models import MODEL, NOTHING, coefficients, models
from tests.unit.present.examples.study import configuration, many_trials, study


def spline() -> tuple[Study, dict[str, pd.DataFrame], pd.DataFrame]:
    """Return an analysis with a spline of the mediator, its models and its effects."""
    primary = study().analysis
    made = study(analysis={**primary, "mediator": {**primary["mediator"], "spline_knots": 4}})
    frames = models()
    outcome = frames["outcome"]
    outcome = outcome[~outcome["kind"].isin(["mediator", "mediator_doubling"])]
    rows = [
        ("outcome", "coefficient", "spline", f"mediator[{position}]", "fiv", "",
         f"Follow-up infarct volume, spline term {position}: coefficient", "", estimate, 0.5, estimate - 1,
         estimate + 1, 0.4, *NOTHING, "")
        for position, estimate in enumerate((-0.42, -1.3, 4.1), start=1)
    ]  # fmt: skip
    frames["outcome"] = pd.concat([outcome, pd.DataFrame(rows, columns=MODEL)], ignore_index=True)
    given = effects()
    return made, frames, given[~given["effect"].isin(["mediator_effect", "log_or_product"])]


def interaction() -> tuple[Study, dict[str, pd.DataFrame], pd.DataFrame]:
    """Return an analysis with a treatment-by-mediator term, its models and its effects."""
    made = study(analysis={**study().analysis, "interaction": True})
    frames = models()
    outcome = frames["outcome"]
    outcome.loc[outcome["kind"] == "treatment", ["estimate", "ratio", "ratio_low", "ratio_high"]] = [
        1.32, 3.74, 2.01, 6.96,
    ]  # fmt: skip
    added = coefficients(
        "outcome",
        {
            "treatment:mediator": (
                "interaction",
                "fiv",
                "",
                "Endovascular therapy x infarct volume",
                "",
                -0.15,
                0.06,
            )
        },
        "common odds ratio",
    )
    frames["outcome"] = pd.concat([outcome, pd.DataFrame(added, columns=MODEL)], ignore_index=True)
    given = effects()
    given = given[~given["effect"].isin(["direct", "mediator_effect"])]
    shares = given["effect"].isin(["log_or_difference", "log_or_product"])
    given.loc[shares, ["estimate", "ci_low", "ci_high", "p_value"]] = math.nan
    given.loc[shares, ["withheld", "note"]] = ["undefined", "not defined: with an interaction"]
    rows = [
        ("direct_at_q1", 14.0, 0.91, 0.5, 1.3), ("direct_at_median", 41.0, 0.76, 0.4, 1.1),
        ("direct_at_q3", 120.0, 0.6, 0.2, 1.0), ("mediator_effect_control", math.nan, -0.7, -0.9, -0.5),
        ("mediator_effect_treated", math.nan, -0.85, -1.05, -0.66),
    ]  # fmt: skip
    return made, frames, pd.concat([given, effects_of(rows, "coefficient")], ignore_index=True)


def eleven_levels() -> tuple[Study, pd.DataFrame, pd.DataFrame]:
    """A study of 30 trials with an outcome of 11 long-named levels, some of them nearly empty."""
    config = configuration()
    names = many_trials()
    variables: dict[str, dict[str, Any]] = {
        **config["variables"],
        "pain": {
            "type": "ordinal",
            "label": "Average pain over the last week, on a numerical scale with eleven points at 6 months",
            "levels": {
                k: f"Pain of {k} points, as far as the patient could put it in words" for k in range(11)
            },
        },
    }
    analysis = {
        **config["analyses"]["primary"],
        "outcome": {"variable": "pain", "family": "ordinal", "better": "low"},
    }
    values = {
        "treated": [120, 1, 80, 2, 60, 1, 90, 70, 0, 40, 1],
        "control": [60, 2, 50, 1, 70, 1, 120, 90, 3, 80, 2],
    }
    counts = {trial: dict(values) for trial in ["all", *names]}
    frame = shares(counts, [str(k) for k in range(11)], variable="pain")
    volumes = distribution(
        {trial: 0.05 * (k - 15) for k, trial in enumerate(names)}, variable="fiv", unit="mL"
    )
    return study(variables=variables, analysis=analysis, trials=names), frame, volumes


def framing() -> tuple[Study, pd.DataFrame, pd.DataFrame]:
    """One study on real people: four levels of the outcome, a mediator that is not transformed."""
    variables: dict[str, dict[str, Any]] = {
        "emo": {"type": "continuous", "label": "Anxiety about immigration", "unit": "point"},
        "immigr": {
            "type": "ordinal", "label": "Support for immigration",
            "levels": {
                1: "Increased a lot", 2: "Increased a little", 3: "Decreased a little", 4: "Decreased a lot",
            },
        },
    }  # fmt: skip
    analysis = {
        "label": "Primary analysis", "mediator": {"variable": "emo", "transform": "identity"},
        "outcome": {"variable": "immigr", "family": "ordinal", "better": "low"}, "covariates": ["age"],
        "trial_effects": "none", "missing": {"method": "complete_case"},
        "bootstrap": {"replicates": 1000, "level": 0.95, "interval": "percentile"},
    }  # fmt: skip
    arms = {
        "control": {"label": "Other story"},
        "treated": {"label": "Negative story about Latino immigrants"},
    }
    made = Study(
        title="Framing", arms=arms, variables=variables, analysis=analysis, trials={"framing": "Framing"}
    )
    counts = {
        trial: {"treated": [4, 14, 20, 30], "control": [20, 60, 60, 57]} for trial in ("all", "framing")
    }
    frame = shares(counts, ["1", "2", "3", "4"], variable="immigr")
    return made, frame, distribution({}, variable="emo", unit="point", log=False)

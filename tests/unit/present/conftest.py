"""Small tables with the columns of a run, for the tests of what is shown."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from ipdmediation.present.report import AnalysisResult
from ipdmediation.present.style import Study

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = ROOT / "workflow" / "report" / "page.html.j2"

DESCRIBE = [
    "variable", "label", "unit", "trial", "arm", "statistic", "level", "estimate", "ci_low", "ci_high",
]  # fmt: skip
MODEL = [
    "model", "component", "term", "label", "estimate", "se", "ci_low", "ci_high", "p_value",
    "ratio", "ratio_low", "ratio_high", "ratio_unit",
]  # fmt: skip
EFFECTS = [
    "effect", "scale", "estimate", "ci_low", "ci_high", "p_value", "interval", "replicates", "failed", "note",
]  # fmt: skip
TRIALS = {
    "mr_clean": "MR CLEAN", "escape": "ESCAPE", "extend_ia": "EXTEND-IA", "swift_prime": "SWIFT PRIME",
    "revascat": "REVASCAT", "thrace": "THRACE", "piste": "PISTE",
}  # fmt: skip
MRS = {
    "mr_clean": ([7, 21, 49, 42, 51, 14, 49], [1, 16, 35, 43, 80, 32, 59]),
    "escape": ([25, 34, 30, 26, 21, 11, 16], [10, 15, 18, 22, 35, 18, 28]),
    "extend_ia": ([9, 9, 7, 6, 1, 0, 3], [6, 4, 4, 4, 6, 4, 7]),
    "swift_prime": ([17, 25, 17, 12, 15, 3, 9], [8, 10, 15, 16, 20, 12, 12]),
    "revascat": ([7, 18, 20, 19, 8, 12, 19], [6, 7, 16, 20, 17, 21, 16]),
    "thrace": ([31, 39, 36, 25, 34, 11, 24], [24, 33, 28, 25, 56, 9, 27]),
    "piste": ([5, 9, 3, 4, 4, 1, 7], [1, 5, 6, 7, 4, 3, 4]),
}


def configuration() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    return loaded


def study(**changes: Any) -> Study:
    config = configuration()
    made = Study.from_config(config, analysis=config["analyses"]["primary"], trials=TRIALS)
    return replace(made, **changes)


def flow() -> pd.DataFrame:
    rules = [
        ("Randomised", 0, 0),
        ("Died before follow-up imaging", 22, 26),
        ("Decompressive surgery before follow-up imaging", 4, 6),
        ("No follow-up imaging", 6, 5),
        ("Imaging outside 12 hours to 2 weeks after onset", 3, 2),
        ("Infarct volume not measurable", 9, 6),
        ("Modified Rankin Scale at 90 days unknown", 6, 4),
    ]
    treated, control, rows = 871, 893, []
    for step, (reason, from_treated, from_control) in enumerate(rules):
        treated, control = treated - from_treated, control - from_control
        rows.append(
            (
                step,
                reason,
                from_treated + from_control,
                from_treated,
                from_control,
                treated + control,
                treated,
                control,
            )
        )
    return pd.DataFrame(
        rows,
        columns=[
            "step", "reason", "excluded", "excluded_treated", "excluded_control",
            "remaining", "remaining_treated", "remaining_control",
        ],
    )  # fmt: skip


def _describe(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=DESCRIBE)


def baseline() -> pd.DataFrame:
    nan = math.nan
    rows: list[tuple[Any, ...]] = []
    quartiles = {
        "age": ("Age", "year", 68, 57, 76), "nihss": ("NIHSS at baseline", "point", 17, 14, 20),
        "aspects": ("ASPECTS at baseline", "point", 9, 7, 10),
        "onset_to_randomisation": ("Onset to randomisation", "hour", 3.27, 2.37, 4.33),
        "imaging_time": ("Onset to follow-up imaging", "hour", 30, 24, 237),
    }  # fmt: skip
    shares = {
        "female": ("Female", 46.9), "alteplase": ("Intravenous alteplase", 88.2),
        "hypertension": ("Hypertension", 57.0), "diabetes": ("Diabetes mellitus", 15.2),
    }  # fmt: skip
    arms = {"all": 1665, "control": 844, "treated": 821}
    for name in ["age", "female", "nihss", "aspects", "occlusion", "alteplase", "onset_to_randomisation",
                 "hypertension", "diabetes", "imaging_time"]:  # fmt: skip
        lost = 12 if name == "aspects" else 0
        if name in quartiles:
            label, unit, *values = quartiles[name]
        elif name in shares:
            label, unit = shares[name][0], ""
        else:
            label, unit = "Occlusion site", ""
        for arm, n in arms.items():
            rows.append((name, label, unit, "all", arm, "n", "", n - lost, nan, nan))
            rows.append((name, label, unit, "all", arm, "missing", "", lost, nan, nan))
            if name in quartiles:
                for statistic, value in zip(["median", "q1", "q3"], values, strict=True):
                    rows.append((name, label, unit, "all", arm, statistic, "", value, value - 1, value + 1))
            elif name in shares:
                share = shares[name][1]
                rows.append((name, label, unit, "all", arm, "count", "", round(n * share / 100), nan, nan))
                rows.append((name, label, unit, "all", arm, "percent", "", share, share - 2, share + 2))
            else:
                for level, share in {"m1": 70.5, "ica": 21.3, "m2": 8.2}.items():
                    rows.append(
                        (name, label, unit, "all", arm, "count", level, round(n * share / 100), nan, nan)
                    )
                    rows.append((name, label, unit, "all", arm, "percent", level, share, nan, nan))
        rows.append((name, label, unit, "all", "difference", "smd", "", 0.031, nan, nan))
    return _describe(rows)


def shares(
    counts: dict[str, dict[str, list[int]]], levels: list[str], *, variable: str, label: str
) -> pd.DataFrame:
    """Counts and percentages of an ordinal variable, by trial and arm."""
    rows: list[tuple[Any, ...]] = []
    for trial, by_arm in counts.items():
        for arm, values in by_arm.items():
            total = sum(values)
            rows.append((variable, label, "", trial, arm, "n", "", total, math.nan, math.nan))
            running = 0
            for level, value in zip(levels, values, strict=True):
                running += value
                share = 100 * value / total
                rows.append((variable, label, "", trial, arm, "count", level, value, math.nan, math.nan))
                rows.append((variable, label, "", trial, arm, "percent", level, share, share - 1, share + 1))
                rows.append(
                    (variable, label, "", trial, arm, "cumulative_percent", level, 100 * running / total,
                     math.nan, math.nan)
                )  # fmt: skip
    return _describe(rows)


def outcome() -> pd.DataFrame:
    counts = {
        "all": {
            "treated": [sum(column) for column in zip(*(pair[0] for pair in MRS.values()), strict=True)],
            "control": [sum(column) for column in zip(*(pair[1] for pair in MRS.values()), strict=True)],
        }
    }
    for trial, (treated, control) in MRS.items():
        counts[trial] = {"treated": treated, "control": control}
    return shares(
        counts, [str(k) for k in range(7)], variable="mrs", label="Modified Rankin Scale at 90 days"
    )


def distribution(
    trials: dict[str, float], *, variable: str, label: str, unit: str, log: bool = True
) -> pd.DataFrame:
    """Quartiles, density and test of a continuous variable, by trial and arm."""
    rows: list[tuple[Any, ...]] = []
    position = np.linspace(-0.5, 7.2, 120)
    for trial, shift in {"all": 0.0, **trials}.items():
        for arm, centre, spread in (("control", 3.95, 1.5), ("treated", 3.52, 1.62)):
            middle = centre + shift
            quartiles = {"q1": middle - 0.72 * spread, "median": middle, "q3": middle + 0.6 * spread}
            rows.append(
                (variable, label, unit, trial, arm, "n", "", 844 if arm == "control" else 821, np.nan, np.nan)
            )
            for statistic, value in quartiles.items():
                natural = math.exp(value) - 1 if log else value
                rows.append(
                    (variable, label, unit, trial, arm, statistic, "", natural, natural * 0.9, natural * 1.1)
                )
            if trial == "all":
                height = np.exp(-0.5 * ((position - middle) / spread) ** 2)
                natural_positions = np.exp(position) - 1 if log else position
                for x, y in zip(natural_positions, height, strict=True):
                    rows.append((variable, label, unit, trial, arm, "density", f"{x:.6g}", y, np.nan, np.nan))
        rows.append((variable, label, unit, trial, "difference", "p_value", "", 0.0071, np.nan, np.nan))
    return _describe(rows)


def mediator() -> pd.DataFrame:
    shifts = dict(zip(TRIALS, [0.5, -0.6, -0.2, 0.1, -0.3, 0.0, 0.2], strict=True))
    return distribution(shifts, variable="fiv", label="Follow-up infarct volume", unit="mL")


def coefficients(model: str, values: dict[str, tuple[str, float, float]], unit: str) -> list[tuple[Any, ...]]:
    rows = []
    for term, (label, estimate, se) in values.items():
        low, high = estimate - 1.96 * se, estimate + 1.96 * se
        p = math.erfc(abs(estimate / se) / math.sqrt(2))
        printed = f"{unit} per 1 ln mL" if term == "mediator" else unit
        rows.append(
            (model, "coefficient", term, label, estimate, se, low, high, p,
             math.exp(estimate), math.exp(low), math.exp(high), printed)
        )  # fmt: skip
    return rows


COVARIATES = {
    "age": ("Age", -0.032, 0.004), "female": ("Female", -0.05, 0.09),
    "nihss": ("NIHSS at baseline", -0.11, 0.011),
    "aspects": ("ASPECTS at baseline", 0.16, 0.03),
    "occlusion[ica]": ("Occlusion site: Internal carotid artery", -0.24, 0.11),
    "occlusion[m2]": ("Occlusion site: M2 segment", 0.2, 0.17),
    "alteplase": ("Intravenous alteplase", 0.14, 0.14),
    "onset_to_randomisation": ("Onset to randomisation", -0.09, 0.04),
}  # fmt: skip


@cache
def _models() -> dict[str, pd.DataFrame]:
    odds = "common odds ratio"
    a = {"treatment": ("Endovascular therapy", -0.42, 0.07), **COVARIATES}
    total = {"treatment": ("Endovascular therapy", 0.908, 0.178), **COVARIATES}
    direct = {
        "treatment": ("Endovascular therapy", 0.797, 0.19),
        "mediator": ("Follow-up infarct volume", -0.777, 0.083),
        "mediator per doubling": ("Follow-up infarct volume, per doubling", -0.538, 0.057),
        **COVARIATES,
    }
    made = {
        "mediator": coefficients("mediator", a, "ratio of geometric means"),
        "total": coefficients("total", total, odds),
        "outcome": coefficients("outcome", direct, odds),
    }
    nan = math.nan
    for name, rows in made.items():
        rows.append((name, "trial", "trial[escape]", "ESCAPE", 0.3, 0.1, 0.1, 0.5, 0.01, nan, nan, nan, ""))
        if name == "mediator":
            rows.append(
                (name, "variance", "residual_sd", "Residual SD", 1.4, nan, nan, nan, nan, nan, nan, nan, "")
            )
        else:
            rows.append((name, "threshold", "0|1", "0|1", -2.0, 0.2, -2.4, -1.6, nan, nan, nan, nan, ""))
            rows.append(
                (
                    name,
                    "variance",
                    "sd(treatment)",
                    "SD of the treatment effect",
                    0.4,
                    nan,
                    nan,
                    nan,
                    nan,
                    nan,
                    nan,
                    nan,
                    "",
                )
            )
    return {name: pd.DataFrame(rows, columns=MODEL) for name, rows in made.items()}


def models() -> dict[str, pd.DataFrame]:
    return {name: frame.copy() for name, frame in _models().items()}


def spline() -> tuple[Study, dict[str, pd.DataFrame]]:
    """Return an analysis with a spline of the mediator, and its models."""
    primary = study().analysis
    made = study(analysis={**primary, "mediator": {**primary["mediator"], "spline_knots": 4}})
    frames = models()
    outcome = frames["outcome"]
    outcome = outcome[~outcome["term"].str.startswith("mediator")]
    rows = []
    for position, estimate in enumerate((-0.42, -1.3, 4.1), start=1):
        label = f"Follow-up infarct volume, spline term {position}: coefficient"
        numbers = (estimate, 0.5, estimate - 1, estimate + 1, 0.4, math.nan, math.nan, math.nan, "")
        rows.append(("outcome", "coefficient", f"mediator[{position}]", label, *numbers))
    frames["outcome"] = pd.concat([outcome, pd.DataFrame(rows, columns=MODEL)], ignore_index=True)
    return made, frames


def diagnostics() -> dict[str, dict[str, Any]]:
    fit = {
        "log_likelihood": -2801.25, "gradient_norm": 1e-9, "iterations": 6, "converged": True,
        "singular": False,
        "n": 1665, "n_per_trial": dict.fromkeys(TRIALS, 238), "family": "ordinal", "link": "logit",
        "trial_effects": "fixed", "warnings": [], "imputations": 10,
    }  # fmt: skip
    return {"mediator": {**fit, "family": "continuous"}, "total": dict(fit), "outcome": dict(fit)}


def effects() -> pd.DataFrame:
    rows = [
        ("total", "coefficient", 0.908, 0.57, 1.26, 0.001),
        ("direct", "coefficient", 0.797, 0.42, 1.17, 0.001),
        ("treatment_on_mediator", "coefficient", -0.42, -0.56, -0.28, 0.001),
        ("mediator_effect", "coefficient", -0.777, -0.94, -0.61, 0.001),
        ("log_or_difference", "proportion", 0.1222, 0.012, 0.189, 0.031),
        ("log_or_product", "proportion", 0.291, 0.18, 0.44, 0.001),
        ("khb", "proportion", 0.291, 0.18, 0.44, 0.001),
        ("te", "mean", -0.76, -0.9, -0.61, 0.001),
        ("pnde", "mean", -0.57, -0.69, -0.45, 0.001),
        ("tnie", "mean", -0.19, -0.25, -0.12, 0.001),
        ("pm", "mean", 0.244, 0.162, 0.325, 0.001),
        ("te", "prob_le_2", 0.17, 0.137, 0.201, 0.001),
        ("pnde", "prob_le_2", 0.127, 0.098, 0.153, 0.001),
        ("tnie", "prob_le_2", 0.043, 0.027, 0.059, 0.001),
        ("pm", "prob_le_2", 0.254, 0.166, 0.336, 0.001),
    ]
    frame = pd.DataFrame(rows, columns=EFFECTS[:6])
    return frame.assign(interval="percentile", replicates=1000, failed=2, note="")[EFFECTS]


def draws(size: int = 1000) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "replicate": np.arange(size), "imputation": 0, "status": "converged", "reason": "",
            "log_or_difference:proportion": rng.normal(0.115, 0.045, size),
            "log_or_product:proportion": rng.normal(0.3, 0.06, size),
        }
    )  # fmt: skip


def published() -> pd.DataFrame:
    nan = math.nan
    inside = "published value inside this run's interval"
    rows = [
        ("Randomised", "flow", 1764, nan, nan, 1764, nan, nan, True, "equal"),
        ("Age, median", "baseline", 68, nan, nan, 68.4, 67.7, 69.1, True, inside),
        ("Mediator, common odds ratio", "models", 0.46, 0.39, 0.54, 0.44, 0.4, 0.49, True, "overlap"),
        ("Share explained", "effects", 0.12, 0.01, 0.19, 0.02, -0.04, 0.05, False, inside),
    ]  # fmt: skip
    return pd.DataFrame(
        rows,
        columns=["label", "table", "published", "published_low", "published_high", "this_run", "this_run_low",
                 "this_run_high", "agrees", "rule"],
    )  # fmt: skip


def quality() -> dict[str, pd.DataFrame]:
    frame = pd.DataFrame(
        [
            ("age", "LEEFTIJD", 500, 3, 2, 0, 0, 0), ("female", "SEX", 500, 0, 0, 500, 0, 0),
            ("fiv", "fiv_cl", 500, 64, 64, 0, 436, 1), ("hypertension", "", 500, 500, 0, 0, 0, 0),
        ],
        columns=["variable", "column", "n", "missing", "missing_coded", "recoded", "converted",
                 "out_of_range"],
    )  # fmt: skip
    return {trial: frame.copy() for trial in list(TRIALS)[:3]}


def manifest() -> dict[str, Any]:
    return {
        "seed": 20190211,
        "git_commit": "6081f80",
        "versions": {"python": "3.12.1", "numpy": "2.4.6", "ipdmediation": "0.1.0"},
        "inputs": {"config/trials/mr_clean.yaml": "a" * 64},
        "configuration": {"seed": 20190211, "arms": {"control": {"label": "Standard care"}}},
    }


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10"/></svg>'


def result(**changes: Any) -> AnalysisResult:
    made = AnalysisResult(
        study=study(), flow=flow(), baseline=baseline(), outcome=outcome(), mediator=mediator(),
        models=models(),
        diagnostics=diagnostics(), effects=effects(),
        figures=dict.fromkeys(
            ["patient_flow", "outcome_by_arm", "outcome_by_trial", "mediator_by_arm", "mediator_by_trial",
             "path_diagram", "proportion_distribution", "model_coefficients"],
            SVG,
        ),
    )  # fmt: skip
    return replace(made, **changes)


def many_trials(size: int = 30) -> dict[str, str]:
    return {f"t{k}": f"Trial with a rather long name {k}" for k in range(1, size + 1)}


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
    frame = shares(counts, [str(k) for k in range(11)], variable="pain", label=variables["pain"]["label"])
    volumes = distribution(
        {trial: 0.05 * (k - 15) for k, trial in enumerate(names)}, variable="fiv", label="Volume", unit="mL"
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
    frame = shares(counts, ["1", "2", "3", "4"], variable="immigr", label="Support for immigration")
    return made, frame, distribution({}, variable="emo", label="Anxiety", unit="point", log=False)


@pytest.fixture(scope="session")
def examples() -> ModuleType:
    """The builders of this file: tests of the importlib mode cannot import a neighbour."""
    return sys.modules[__name__]

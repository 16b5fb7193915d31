"""Small tables with the columns of a run, for the tests of what is shown."""

from __future__ import annotations

import copy
import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.special import ndtri

from ipdmediation.inference.calibration import CALIBRATION_COLUMNS
from ipdmediation.inference.mediator_residuals import PROBABILITIES, RESIDUAL_COLUMNS
from ipdmediation.inference.set_treatments import CURVE_COLUMNS, WORLD_COLUMNS
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.study import Study

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = ROOT / "workflow" / "report" / "page.html.j2"

DESCRIBE = [
    "variable", "unit", "trial", "arm", "statistic", "level", "estimate", "ci_low", "ci_high",
]  # fmt: skip
MODEL = [
    "model", "component", "kind", "term", "variable", "level", "label", "unit", "estimate", "se", "ci_low",
    "ci_high", "p_value", "ratio", "ratio_low", "ratio_high", "ratio_unit",
]  # fmt: skip
EFFECTS = [
    "effect", "scale", "at", "estimate", "ci_low", "ci_high", "p_value", "p_bound", "interval", "replicates",
    "failed", "singular", "undefined", "withheld", "note",
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
    return copy.deepcopy(_configuration())


@cache
def _configuration() -> dict[str, Any]:
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
                "eligibility" if step else "randomised",
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
            "step", "kind", "reason", "excluded", "excluded_treated", "excluded_control",
            "remaining", "remaining_treated", "remaining_control",
        ],
    )  # fmt: skip


def withheld_flow() -> pd.DataFrame:
    """The flow without the arms of two steps."""
    made = flow().astype({name: "float64" for name in flow().columns if "_" in name})
    made.loc[[2, 3], ["excluded_treated", "excluded_control"]] = math.nan
    made.loc[2, ["remaining_treated", "remaining_control"]] = math.nan
    return made


def withheld_levels(
    trial: str = "mr_clean", levels: tuple[str, ...] = ("0", "5"), arms: tuple[str, ...] = ("treated",)
) -> pd.DataFrame:
    """The outcome without some levels in one trial, or in all together."""
    made = outcome()
    rows = (made["trial"] == trial) & made["arm"].isin(arms) & made["level"].isin(levels)
    made.loc[rows, ["estimate", "ci_low", "ci_high"]] = math.nan
    return made


def _describe(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=DESCRIBE)


def baseline() -> pd.DataFrame:
    nan = math.nan
    rows: list[tuple[Any, ...]] = []
    quartiles = {
        "age": ("year", 68, 57, 76), "nihss": ("point", 17, 14, 20), "aspects": ("point", 9, 7, 10),
        "onset_to_randomisation": ("hour", 3.27, 2.37, 4.33), "imaging_time": ("hour", 30, 24, 237),
    }  # fmt: skip
    shares = {"female": 46.9, "alteplase": 88.2, "hypertension": 57.0, "diabetes": 15.2}
    arms = {"all": 1665, "control": 844, "treated": 821}
    for name in ["age", "female", "nihss", "aspects", "occlusion", "alteplase", "onset_to_randomisation",
                 "hypertension", "diabetes", "imaging_time"]:  # fmt: skip
        lost = 12 if name == "aspects" else 0
        unit, *values = quartiles.get(name, ("",))
        for arm, n in arms.items():
            rows.append((name, unit, "all", arm, "n", "", n - lost, nan, nan))
            rows.append((name, unit, "all", arm, "missing", "", lost, nan, nan))
            if name in quartiles:
                for statistic, value in zip(["median", "q1", "q3"], values, strict=True):
                    rows.append((name, unit, "all", arm, statistic, "", value, value - 1, value + 1))
            elif name in shares:
                share = shares[name]
                rows.append((name, unit, "all", arm, "count", "", round(n * share / 100), nan, nan))
                rows.append((name, unit, "all", arm, "percent", "", share, share - 2, share + 2))
            else:
                for level, share in {"m1": 70.5, "ica": 21.3, "m2": 8.2}.items():
                    rows.append((name, unit, "all", arm, "count", level, round(n * share / 100), nan, nan))
                    rows.append((name, unit, "all", arm, "percent", level, share, nan, nan))
        rows.append((name, unit, "all", "difference", "smd", "", 0.031, nan, nan))
    return _describe(rows)


def shares(counts: dict[str, dict[str, list[int]]], levels: list[str], *, variable: str) -> pd.DataFrame:
    """Counts and percentages of an ordinal variable, by trial and arm."""
    rows: list[tuple[Any, ...]] = []
    for trial, by_arm in counts.items():
        for arm, values in by_arm.items():
            total = sum(values)
            rows.append((variable, "", trial, arm, "n", "", total, math.nan, math.nan))
            running = 0
            for level, value in zip(levels, values, strict=True):
                running += value
                share = 100 * value / total
                rows.append((variable, "", trial, arm, "count", level, value, math.nan, math.nan))
                rows.append((variable, "", trial, arm, "percent", level, share, share - 1, share + 1))
                rows.append(
                    (variable, "", trial, arm, "cumulative_percent", level, 100 * running / total,
                     math.nan, math.nan)
                )  # fmt: skip
    return _describe(rows)


def pooled() -> pd.DataFrame:
    """Arms, mediators and outcomes of the trials as they were randomised; 5 in each arm have no mediator."""
    rows: list[tuple[Any, ...]] = []
    arms = {trial: [sum(arm) + 5 for arm in pair] for trial, pair in MRS.items()}
    arms["all"] = [sum(pair) for pair in zip(*arms.values(), strict=True)]
    for trial, pair in arms.items():
        for level, count in zip(("treated", "control", "excluded"), (*pair, 0), strict=True):
            rows.append(("treatment", "", trial, "all", "count", level, count, math.nan, math.nan))
        known = {"fiv": sum(pair) - 10 * (7 if trial == "all" else 1), "mrs": sum(pair)}
        rows += [(name, "", trial, "all", "n", "", n, math.nan, math.nan) for name, n in known.items()]
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
    return shares(counts, [str(k) for k in range(7)], variable="mrs")


def distribution(trials: dict[str, float], *, variable: str, unit: str, log: bool = True) -> pd.DataFrame:
    """Quartiles, density and test of a continuous variable, by trial and arm."""
    rows: list[tuple[Any, ...]] = []
    position = np.linspace(-0.5, 7.2, 120)
    for trial, shift in {"all": 0.0, **trials}.items():
        for arm, centre, spread in (("control", 3.95, 1.5), ("treated", 3.52, 1.62)):
            middle = centre + shift
            quartiles = {"q1": middle - 0.72 * spread, "median": middle, "q3": middle + 0.6 * spread}
            rows.append(
                (variable, unit, trial, arm, "n", "", 844 if arm == "control" else 821, np.nan, np.nan)
            )
            for statistic, value in quartiles.items():
                natural = math.exp(value) - 1 if log else value
                rows.append(
                    (variable, unit, trial, arm, statistic, "", natural, natural * 0.9, natural * 1.1)
                )
            if trial == "all":
                height = np.exp(-0.5 * ((position - middle) / spread) ** 2)
                natural_positions = np.exp(position) - 1 if log else position
                for x, y in zip(natural_positions, height, strict=True):
                    rows.append((variable, unit, trial, arm, "density", f"{x:.6g}", y, np.nan, np.nan))
        rows.append((variable, unit, trial, "difference", "p_value", "", 0.0071, np.nan, np.nan))
    return _describe(rows)


def mediator() -> pd.DataFrame:
    shifts = dict(zip(TRIALS, [0.5, -0.6, -0.2, 0.1, -0.3, 0.0, 0.2], strict=True))
    return distribution(shifts, variable="fiv", unit="mL")


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


def diagnostics() -> dict[str, dict[str, Any]]:
    fit = {
        "log_likelihood": -2801.25, "gradient_norm": 1e-9, "iterations": 6, "converged": True,
        "singular": False,
        "n": 1665, "n_per_trial": dict.fromkeys(TRIALS, 238), "family": "ordinal", "link": "logit",
        "trial_effects": "fixed", "warnings": [], "imputations": 10,
    }  # fmt: skip
    return {"mediator": {**fit, "family": "continuous"}, "total": dict(fit), "outcome": dict(fit)}


def effects_of(rows: list[tuple[Any, ...]], scale: str) -> pd.DataFrame:
    """Rows of the effects table: effect, at, estimate and interval."""
    frame = pd.DataFrame(rows, columns=["effect", "at", "estimate", "ci_low", "ci_high"])
    return frame.assign(
        scale=scale, p_value=0.002, p_bound=True, interval="percentile", replicates=1000, failed=2,
        singular=40, undefined=0, withheld="", note="",
    )[EFFECTS]  # fmt: skip


def effects() -> pd.DataFrame:
    nan = math.nan
    coefficients = [
        ("total", nan, 0.908, 0.57, 1.26), ("direct", nan, 0.797, 0.42, 1.17),
        ("treatment_on_mediator", nan, -0.42, -0.56, -0.28), ("mediator_effect", nan, -0.777, -0.94, -0.61),
    ]  # fmt: skip
    shares = [
        ("log_or_difference", nan, 0.1222, 0.012, 0.189), ("log_or_product", nan, 0.291, 0.18, 0.44),
    ]  # fmt: skip
    on_one_scale = [("khb_total", nan, 1.124, 0.75, 1.49), ("khb_indirect", nan, 0.327, 0.21, 0.44)]
    parts = {
        "mean": ((-0.76, -0.9, -0.61), (-0.57, -0.69, -0.45), (-0.19, -0.25, -0.12), (0.244, 0.162, 0.325)),
        "utility": ((0.14, 0.11, 0.17), (0.105, 0.08, 0.13), (0.035, 0.02, 0.05), (0.25, 0.16, 0.33)),
        "prob_le_2": (
            (0.17, 0.137, 0.201),
            (0.127, 0.098, 0.153),
            (0.043, 0.027, 0.059),
            (0.254, 0.166, 0.336),
        ),
        "win": ((0.1, 0.08, 0.12), (0.076, 0.06, 0.09), (0.024, 0.015, 0.035), (0.242, 0.16, 0.32)),
        "log_or": ((0.72, 0.56, 0.87), (0.54, 0.4, 0.68), (0.18, 0.11, 0.24), (0.25, 0.16, 0.33)),
    }
    names = ("te", "pnde", "tnie", "pm")
    natural = [
        effects_of([(name, nan, *values)], scale)
        for position, name in enumerate(names)
        for scale, values in ((scale, given[position]) for scale, given in parts.items())
    ]
    for scale, (_, pnde, tnie, _) in parts.items():
        pnie, cde = ([0.8 * value for value in tnie], [0.9 * value for value in pnde])
        rows = [("pnie", nan, *pnie), ("tnde", nan, *pnde), ("cde_5", 5.0, *cde)]
        if scale in ("mean", "utility", "prob_le_2"):
            rows += [("int_ref_5", 5.0, *(0.1 * value for value in pnde))]
            rows += [("int_med", nan, *(0.2 * value for value in tnie))]
        natural.append(effects_of(rows, scale))
    tables = [
        effects_of(coefficients, "coefficient"), effects_of(shares, "proportion"),
        effects_of(on_one_scale, "coefficient"), effects_of([("khb", nan, 0.291, 0.18, 0.44)], "proportion"),
    ]  # fmt: skip
    return pd.concat([*tables, *natural], ignore_index=True)


def changed(effect: str, scale: str, **cells: Any) -> pd.DataFrame:
    """The effects with other cells in one row."""
    made = effects()
    rows = (made["effect"] == effect) & (made["scale"] == scale)
    assert rows.sum() == 1
    for column, value in cells.items():
        made.loc[rows, column] = value
    return made


def withheld(*keys: tuple[str, str], why: str = "total_uncertain") -> pd.DataFrame:
    """The effects with some shares withheld."""
    made = effects()
    for effect, scale in keys:
        rows = (made["effect"] == effect) & (made["scale"] == scale)
        made.loc[rows, ["estimate", "ci_low", "ci_high", "p_value"]] = math.nan
        made.loc[rows, ["withheld", "note"]] = [why, f"withheld: {why}"]
    return made


def missing() -> pd.DataFrame:
    rows = [
        ("aspects", "all", 1665, 41, "imputed"), ("aspects", "thrace", 400, 24, "imputed"),
        ("age", "all", 1665, 0, "imputed"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["variable", "trial", "n", "missing", "handled"])


def notices() -> pd.DataFrame:
    rows = [
        ("cohort", "one_arm_trial", "trial 'piste' has patients in arm 'treated' only"),
        ("bootstrap", "few_replicates", "100 replicates are few"),
        ("bootstrap", "replicates_at_boundary", "40 of 1000 replicates lie at the boundary"),
        ("total model", "singular_fit", "the trials do not differ more than chance"),
    ]
    return pd.DataFrame(rows, columns=["step", "kind", "message"])


def draws(size: int = 1000) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "replicate": np.arange(size), "imputation": 0, "status": "converged", "reason": "",
            "pm:mean": rng.normal(0.244, 0.04, size),
            "log_or_difference:proportion": rng.normal(0.115, 0.045, size),
            "log_or_product:proportion": rng.normal(0.3, 0.06, size),
            "khb:proportion": rng.normal(0.291, 0.06, size),
        }
    )  # fmt: skip


CELLS = [(arm, source) for arm in ("control", "treated") for source in ("control", "treated")]


def worlds(levels: Sequence[str] = tuple("6543210")) -> pd.DataFrame:
    """The outcome of the four worlds, better with treatment and with its mediator; means without levels."""
    rows: list[tuple[Any, ...]] = []
    for place, (arm, source) in enumerate(CELLS):
        if not levels:
            rows.append((arm, source, "", 4.25 - 0.37 * place))
        weights = np.exp(0.11 * (place + 1) * np.arange(len(levels)))
        rows += [
            (arm, source, level, share)
            for level, share in zip(levels, (weights / weights.sum()).tolist(), strict=True)
        ]
    return pd.DataFrame(rows, columns=WORLD_COLUMNS)


def curve(scales: Sequence[str] = ("mean", "prob_le_2")) -> pd.DataFrame:
    """The outcome along the mediator, worse where it is larger."""
    rows = [
        (
            arm,
            at,
            scale,
            (3.5 if scale == "mean" else 0.4) * (1 + direction * 0.1 * math.log(at) - 0.1 * place),
        )
        for place, arm in enumerate(("control", "treated"))
        for scale, direction in zip(scales, (1, -1), strict=False)
        for at in (2.5, 11.0, 41.0, 120.0, 300.0)
    ]
    return pd.DataFrame(rows, columns=CURVE_COLUMNS)


def calibration(levels: Sequence[str] = tuple("6543210")) -> pd.DataFrame:
    """Observed and expected outcomes in five groups by arm, of which one has two levels withheld."""
    edges = [math.nan, 11.0, 28.0, 61.0, 147.0, math.nan]
    rows: list[tuple[Any, ...]] = []
    for arm, n in (("control", 169), ("treated", 164)):
        for group in range(5):
            cell = (arm, group + 1, edges[group], edges[group + 1], n)
            weights = np.arange(1, len(levels) + 1) + group
            for level, weight in zip(levels, weights, strict=True):
                share = weight / weights.sum()
                rows.append((*cell, level, share, (share + 1 / len(levels)) / 2))
            if not levels:
                rows.append((*cell, "", 3.1 + 0.2 * group, 3.2 + 0.17 * group))
    frame = pd.DataFrame(rows, columns=CALIBRATION_COLUMNS)
    frame.loc[
        (frame["arm"] == "control") & (frame["group"] == 1) & frame["level"].isin(["5", "6"]), "observed"
    ] = math.nan
    return frame


def residuals() -> pd.DataFrame:
    """Residuals with heavy tails, the outermost quantiles and a group withheld."""
    edges = [math.nan, 2.8, 3.3, 3.7, 4.2, math.nan]
    normal = np.round(ndtri(PROBABILITIES), 3) + 0.0
    rows: list[tuple[Any, ...]] = []
    for arm, n, spread in (("control", 829, 1.04), ("treated", 836, 0.96)):
        whole = (arm, pd.NA, math.nan, math.nan, n)
        for probability, expected in zip(PROBABILITIES.tolist(), normal.tolist(), strict=True):
            value = round(spread * (expected + 0.03 * expected**3), 2)
            outermost = not 0.009 < probability < 0.991
            rows.append((*whole, "quantile", probability, math.nan if outermost else value, expected))
        rows += [(*whole, "mean", math.nan, 0.0, 0.0), (*whole, "sd", math.nan, spread, 1.0)]
        for group in range(5):
            cell = (arm, group + 1, edges[group], edges[group + 1], 160 + group)
            rows.append((*cell, "mean", math.nan, 0.06 * (group - 2) ** 2 - 0.1, 0.0))
            rows.append((*cell, "sd", math.nan, round(spread + 0.05 * (group - 2), 2), 1.0))
    frame = pd.DataFrame(rows, columns=RESIDUAL_COLUMNS).astype({"group": "Int64", "n": "Int64"})
    hidden = (frame["arm"] == "control") & (frame["group"] == 1).fillna(False)
    frame.loc[hidden, ["n", "estimate"]] = pd.NA
    return frame


def published() -> pd.DataFrame:
    nan = math.nan
    inside = "published value inside this run's interval"
    rows = [
        ("Randomised", "flow", "=", 1764, nan, nan, 1764, nan, nan, True, "equal", True, ""),
        ("Age, median", "baseline", "=", 68, nan, nan, 68.4, 67.7, 69.1, True, inside, True, ""),
        (
            "Mediator, common odds ratio",
            "models",
            "=",
            0.46,
            0.39,
            0.54,
            0.44,
            0.4,
            0.49,
            True,
            "inside",
            True,
            "",
        ),
        ("Mediator, P", "models", "<", 0.001, nan, nan, 1e-9, nan, nan, True, "both below", False, "Wald"),
        ("Share explained", "effects", "=", 0.12, 0.01, 0.19, 0.02, -0.04, 0.05, False, inside, False, ""),
    ]
    return pd.DataFrame(
        rows,
        columns=["label", "table", "relation", "published", "published_low", "published_high", "this_run",
                 "this_run_low", "this_run_high", "agrees", "rule", "calibrated", "note"],
    )  # fmt: skip


def quality() -> dict[str, pd.DataFrame]:
    frame = pd.DataFrame(
        [
            ("age", "LEEFTIJD", 500, 3, 2, 0, 0, 0, 0, "999"), ("female", "SEX", 500, 0, 0, 500, 0, 0, 0, ""),
            ("fiv", "fiv_cl", 500, 64, 64, 0, 436, 2, 1, ""),
            ("hypertension", "", 500, 500, 0, 0, 0, 0, 0, ""),
        ],
        columns=["variable", "column", "n", "missing", "missing_coded", "recoded", "converted", "incomplete",
                 "out_of_range", "missing_codes_unused"],
    )  # fmt: skip
    return {trial: frame.copy() for trial in list(TRIALS)[:3]}


def truth() -> dict[str, Any]:
    return {
        "population": "all randomised patients",
        "log_or_by_cut": {"values": {"te": {"le_0": 0.2, "le_2": 1.0, "le_5": 0.7}}},
        "effects": {
            "te": {"mean": -0.7, "prob_le_2": 0.25, "log_or": 0.7},
            "pnde": {"mean": -0.55, "prob_le_2": 0.12, "log_or": 0.5},
            "tnie": {"mean": -0.15, "prob_le_2": 0.04, "log_or": 0.2},
        },
    }


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
        study=study(), distributions=pooled(), flow=flow(), baseline=baseline(), outcome=outcome(),
        mediator=mediator(), models=models(),
        diagnostics=diagnostics(), effects=effects(), missing=missing(), notices=notices(),
        worlds=worlds(), curve=curve(), calibration=calibration(), residuals=residuals(),
        figures=dict.fromkeys(
            ["patient_flow", "outcome_by_arm", "outcome_by_trial", "mediator_by_arm", "mediator_by_trial",
             "path_diagram", "causal_graph", "balance", "four_worlds", "effects_by_cut",
             "proportion_distribution", "model_coefficients", "mediator_curve",
             "calibration", "mediator_residuals", "specification_curve"],
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


@pytest.fixture(scope="session")
def examples() -> ModuleType:
    """The builders of this file: tests of the importlib mode cannot import a neighbour."""
    return sys.modules[__name__]

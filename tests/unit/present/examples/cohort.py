"""Tables of the patients: their flow, and what they, their mediators and their outcomes are like."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from tests.unit.present.examples.study import TRIALS

DESCRIBE = [
    "variable", "unit", "trial", "arm", "statistic", "level", "estimate", "ci_low", "ci_high",
]  # fmt: skip

MRS = {
    "mr_clean": ([7, 21, 49, 42, 51, 14, 49], [1, 16, 35, 43, 80, 32, 59]),
    "escape": ([25, 34, 30, 26, 21, 11, 16], [10, 15, 18, 22, 35, 18, 28]),
    "extend_ia": ([9, 9, 7, 6, 1, 0, 3], [6, 4, 4, 4, 6, 4, 7]),
    "swift_prime": ([17, 25, 17, 12, 15, 3, 9], [8, 10, 15, 16, 20, 12, 12]),
    "revascat": ([7, 18, 20, 19, 8, 12, 19], [6, 7, 16, 20, 17, 21, 16]),
    "thrace": ([31, 39, 36, 25, 34, 11, 24], [24, 33, 28, 25, 56, 9, 27]),
    "piste": ([5, 9, 3, 4, 4, 1, 7], [1, 5, 6, 7, 4, 3, 4]),
}


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


def missing() -> pd.DataFrame:
    rows = [
        ("aspects", "all", 1665, 41, "imputed"), ("aspects", "thrace", 400, 24, "imputed"),
        ("age", "all", 1665, 0, "imputed"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["variable", "trial", "n", "missing", "handled"])

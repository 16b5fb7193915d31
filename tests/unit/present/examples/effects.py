"""Tables of the effects and their bootstrap draws."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

EFFECTS = [
    "effect", "scale", "at", "estimate", "ci_low", "ci_high", "p_value", "p_bound", "interval", "replicates",
    "failed", "singular", "undefined", "withheld", "note",
]  # fmt: skip


def effects_of(rows: list[tuple[Any, ...]], scale: str) -> pd.DataFrame:
    """Rows of the effects table: effect, at, estimate and interval."""
    frame = pd.DataFrame(rows, columns=["effect", "at", "estimate", "ci_low", "ci_high"])
    return frame.assign(
        scale=scale, p_value=0.002, p_bound=True, interval="percentile", replicates=1000, failed=2,
        singular=40, undefined=0, withheld="", note="",
    )[EFFECTS]  # fmt: skip


def effects() -> pd.DataFrame:
    return _effects().copy()


@cache
def _effects() -> pd.DataFrame:
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

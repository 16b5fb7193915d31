"""Whether the pooled trials measured a variable in one unit: a trial far from all others is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.data.disclosure import rounded
from ipdmediation.data.errors import PoolingWarning
from ipdmediation.data.variables import Variable

#: Patients of a trial, and of the others, below which a median says little and may be a patient's value.
FEWEST = 20
#: How many times farther than the others a median has to lie.
FAR = 5.0
#: The share of patients at either end of a distribution that may lie among the others' values.
ENDS = 0.1
#: By how much units differ that are confused: of ten, of time, of molar and other amounts.
FACTORS = (10.0, 100.0, 1000.0, 60.0, 3600.0, 24.0, 7.0, 12.0, 30.4375, 365.25)
#: How near to one of these the ratio of the medians lies, as a share of it.
NEAR = 0.5


def unlikely_units(pooled: pd.DataFrame, variables: Mapping[str, Variable]) -> Iterator[PoolingWarning]:
    """Yield a notice on each variable of which the values of a trial lie far from those of all others.

    The medians have to differ by `FAR`, and nearly no patient of the one may have a value as those of the
    others do.

    Parameters
    ----------
    pooled : DataFrame
        The pooled trials.
    variables : mapping
        The study's variables by name.
    """
    for name, variable in variables.items():
        if variable.type != "continuous":
            continue
        known = pooled[["trial", name]].dropna()
        places, trials = pd.factorize(known["trial"])
        # ordered once, and not anew for each trial and for all the others
        order = np.argsort(known[name].to_numpy(dtype=np.float64), kind="stable")
        places, everybody = places[order], known[name].to_numpy(dtype=np.float64)[order]
        for place, trial in enumerate(trials):
            own = places == place
            values, others = everybody[own], everybody[~own]
            if min(values.size, others.size) >= FEWEST and _far(values, others):
                yield PoolingWarning(_sentence(name, variable, trial, values, others), kind="unlikely_unit")


def _far(values: np.ndarray[Any, Any], others: np.ndarray[Any, Any]) -> bool:
    """Return whether the values of a trial, in order, lie far from those of all others."""
    own, theirs = _middle(values), _middle(others)
    if not (own > 0 and theirs > 0 and max(own / theirs, theirs / own) >= FAR):
        return False
    (low, high), (from_, to) = (np.quantile(each, (ENDS, 1 - ENDS)) for each in (values, others))
    return bool(low > to or high < from_)


def _middle(ordered: np.ndarray[Any, Any]) -> float:
    """Return the median of values that are in order."""
    return float(np.mean(ordered[(ordered.size - 1) // 2 : ordered.size // 2 + 1]))


def _sentence(
    name: str, variable: Variable, trial: str, values: np.ndarray[Any, Any], others: np.ndarray[Any, Any]
) -> str:
    own, theirs = (rounded(float(np.median(each)), spread=float(np.std(each))) for each in (values, others))
    ratio = max(np.median(values) / np.median(others), np.median(others) / np.median(values))
    unit = f" {variable.unit}" if variable.unit else ""
    near = [factor for factor in FACTORS if abs(np.log(ratio / factor)) <= np.log1p(NEAR)]
    likely = min(near, key=lambda factor: abs(np.log(ratio / factor)), default=None)
    asks = f"; is its unit off by {likely:g}?" if likely is not None else "; is its unit another one?"
    return (
        f"variable {name!r}: the median of trial {trial!r} is {own:g}{unit}, that of all others "
        f"{theirs:g}{unit}{asks}"
    )

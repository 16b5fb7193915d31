"""Whether a patient may be in the pooled trials twice: the same values in all variables, beyond chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd

from ipdmediation.data.disclosure import MINIMUM_COUNT
from ipdmediation.data.errors import PoolingWarning
from ipdmediation.data.variables import Variable

#: So many pairs of patients at most, among all, would have the values of a pair that is said, if by chance.
BY_CHANCE = 0.01


def repeated_patients(pooled: pd.DataFrame, variables: Mapping[str, Variable]) -> Iterator[PoolingWarning]:
    """Yield a notice on each trial, or two trials, with patients who have the same values in all variables.

    Two patients are said where their values are so rare that hardly any two of all would have them if
    each variable stood by itself: the number of pairs times the product of the shares of patients with
    each value, without the patient's own, is below `BY_CHANCE`. A value that is not known is none.

    Parameters
    ----------
    pooled : DataFrame
        The pooled trials.
    variables : mapping
        The study's variables by name.
    """
    values = pooled[list(variables)]
    alike = values[values.duplicated(keep=False)]
    if alike.empty:
        return
    n = len(values)
    shares = np.zeros(len(alike))
    for name in values:
        # a value that nobody else has cannot be in two rows, so that no share is 0
        others = alike[name].map(values[name].value_counts()).to_numpy(dtype=np.float64, na_value=np.nan) - 1
        shares += np.log(np.where(np.isnan(others), 1.0, others / n))
    rare = np.log(n * (n - 1) / 2) + shares < np.log(BY_CHANCE)
    found: Counter[tuple[str, str]] = Counter()
    groups = alike[rare].groupby(list(variables), dropna=False, observed=True).ngroup()
    for trials in pooled.loc[groups.index, "trial"].astype(str).groupby(groups.to_numpy()):
        counts = Counter(trials[1])
        for one, other in combinations_with_replacement(sorted(counts), 2):
            found[one, other] += (
                counts[one] + counts[other] if one != other else counts[one] * (counts[one] > 1)
            )
    for (one, other), patients in sorted((+found).items()):
        yield PoolingWarning(_sentence(one, other, patients), kind="repeated_patients")


def _sentence(one: str, other: str, patients: int) -> str:
    where = f"trial {one!r}" if one == other else f"trials {one!r} and {other!r}"
    number = f"fewer than {MINIMUM_COUNT}" if patients < MINIMUM_COUNT else str(patients)
    return (
        f"{where}: {number} patients have the same values as another one in all variables, more than chance "
        "brings together; is one patient in the data twice?"
    )

"""Signs that the data of a trial may not be as they were measured: digits, allocation, baseline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from ipdmediation.data.arms import ARMS
from ipdmediation.data.baseline_chance import as_chance_has_it, baseline_p_values
from ipdmediation.data.described import INTEGRITY_COLUMNS, arm_variable
from ipdmediation.data.last_digits import last_digits
from ipdmediation.data.variables import Variable

#: Chance of one notable sign or more among all of a kind in a study where nothing is amiss, at most.
NOTABLE = 0.05
#: Share of the values with a surplus digit, below which a large trial's digits are not notable.
SURPLUS = 0.1


class _Sign(NamedTuple):
    """A row of the table; `large` says whether the size is worth a word whatever the P value."""

    trial: str
    check: str
    variable: str
    estimate: float
    expected: float
    p_value: float
    large: bool = True


def check_integrity(
    pooled: pd.DataFrame,
    *,
    variables: Mapping[str, Variable],
    baseline: Iterable[str],
    counts: pd.DataFrame,
    distributions: pd.DataFrame,
    treated_shares: Mapping[str, float],
    minimum: int = 1,
) -> pd.DataFrame:
    """Return the integrity checks of each trial.

    ASSUME: a sign is notable if its P value times the number of tests of its kind in the study is below 0.05
    (Bonferroni); last digits also have to be others than evenly spread ones in one value of ten.

    Parameters
    ----------
    pooled : DataFrame
        The pooled trials, patients of arms that are not compared among them.
    variables : mapping
        The study's variables by name.
    baseline : iterable of str
        Variables that were known before randomisation.
    counts : DataFrame
        What harmonising did, as `quality.by_trial` returns it: digits are those of the file only where
        nothing was converted or recoded.
    distributions : DataFrame
        As `description.describe_trials` returns it, without small cells: the arms' sizes are taken from it,
        so that nothing is tested that is not shown.
    treated_shares : mapping
        The share of patients that each trial allocated to treatment.
    minimum : int
        Patients that a share, or a cell of a table that is tested, counts at least.

    Returns
    -------
    DataFrame
        `INTEGRITY_COLUMNS`, a row for each test. `check` is `last_digit` (`estimate`: percentage of values
        that end in 0 or 5), `allocation` (percentage treated of both arms), `baseline` (of one variable; no
        estimate) or `baseline_together` (mean of its P values); `expected` is the estimate of a trial where
        nothing is amiss.

    Notes
    -----
    The checks are of those that Hunter et al. 2024 (Res Synth Methods 15:917) ask for in pooled trials.
    """
    as_written = set(
        counts.loc[(counts["converted"] == 0) & (counts["recoded"] == 0), ["trial", "variable"]].itertuples(
            index=False, name=None
        )
    )
    compared = [variables[name] for name in baseline]
    signs: list[_Sign] = []
    for trial, patients in pooled.groupby(pooled["trial"].astype("str"), sort=False):
        name = str(trial)
        written = [each for each in variables.values() if (name, each.name) in as_written]
        signs += _digits(name, patients, written, minimum)
        signs += _allocation(name, distributions, treated_shares[name])
        signs += _baseline(name, patients, compared, minimum)
    table = pd.DataFrame(signs, columns=list(_Sign._fields)).astype({"large": "bool"})
    tests = table.groupby("check")["p_value"].transform("size")
    table["notable"] = (table["p_value"] * tests < NOTABLE) & table["large"]
    for number in ("estimate", "expected", "p_value"):
        table[number] = [float(f"{value:.4g}") for value in table[number]]
    return table[list(INTEGRITY_COLUMNS)]


def _digits(
    trial: str, patients: pd.DataFrame, variables: Iterable[Variable], minimum: int
) -> Iterator[_Sign]:
    for variable in variables:
        if variable.type != "continuous":
            continue
        found = last_digits(patients[variable.name].dropna().to_numpy(dtype=np.float64))
        if found is not None:
            n, ends = sum(found.counts), found.zero_or_five
            share = 100 * ends / n if min(ends, n - ends) >= minimum else np.nan
            large = found.surplus >= SURPLUS
            yield _Sign(trial, "last_digit", variable.name, share, 20.0, found.p_value, large)


def _allocation(trial: str, distributions: pd.DataFrame, allocated: float) -> Iterator[_Sign]:
    rows = distributions[
        (distributions["trial"] == trial)
        & (distributions["variable"] == arm_variable().name)
        & (distributions["statistic"] == "count")
    ]
    by_arm = rows.set_index("level")["estimate"].reindex(list(ARMS))
    if by_arm.isna().any() or by_arm.sum() == 0:
        return
    treated, n = int(by_arm["treated"]), int(by_arm.sum())
    p_value = stats.binomtest(treated, n, allocated).pvalue
    yield _Sign(trial, "allocation", arm_variable().name, 100 * treated / n, 100 * allocated, p_value)


def _baseline(
    trial: str, patients: pd.DataFrame, variables: Iterable[Variable], minimum: int
) -> Iterator[_Sign]:
    p_values = dict(baseline_p_values(patients, variables, minimum=minimum))
    for name, p_value in p_values.items():
        yield _Sign(trial, "baseline", name, np.nan, np.nan, p_value)
    together = as_chance_has_it(p_values)
    if together is not None:
        mean = float(np.mean(list(p_values.values())))
        yield _Sign(trial, "baseline_together", "", mean, 0.5, together)

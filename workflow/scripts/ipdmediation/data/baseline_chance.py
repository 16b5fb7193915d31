"""Whether the arms of a trial differ before treatment as chance makes them, neither more nor less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
from scipy import stats

from ipdmediation.data.arms import ARMS
from ipdmediation.data.variables import Variable

#: Patients of an arm, below which means are not compared.
FEWEST = 20
#: Patients that each cell of a table has to have by expectation. Cochran 1954, Biometrics 10:417.
EXPECTED = 5
#: Variables below which nothing is said of all of them together.
FEWEST_VARIABLES = 3


def baseline_p_values(
    patients: pd.DataFrame, variables: Iterable[Variable], *, minimum: int = 1
) -> Iterator[tuple[str, float]]:
    """Yield each variable in which the arms of a trial can be compared, with the test's P value.

    Parameters
    ----------
    patients : DataFrame
        Of one trial; who is in neither arm is left out.
    variables : iterable of Variable
        What was known before randomisation.
    minimum : int
        A table of levels by arm with a cell of fewer patients, but for 0, is not tested: its P value may give
        the cell away.

    Yields
    ------
    tuple of (str, float)
        Two-sided: Welch's t test of a continuous variable, Mann-Whitney of an ordinal one, Pearson's
        chi-squared test without correction of a binary or categorical one.
    """
    for variable in variables:
        known = patients[patients["treatment"].isin(ARMS.values()) & patients[variable.name].notna()]
        arms = [known.loc[known["treatment"] == code, variable.name] for code in ARMS.values()]
        if min(map(len, arms)) < FEWEST or known[variable.name].nunique() < 2:
            continue
        if variable.type in ("binary", "categorical"):
            table = pd.crosstab(known[variable.name].astype("str"), known["treatment"]).to_numpy()
            small = (table > 0) & (table < minimum)
            if small.any() or stats.contingency.expected_freq(table).min() < EXPECTED:
                continue
            yield variable.name, float(stats.chi2_contingency(table, correction=False).pvalue)
            continue
        control, treated = (arm.to_numpy(dtype=np.float64) for arm in arms)
        if variable.type == "ordinal":
            yield variable.name, float(stats.mannwhitneyu(treated, control, method="asymptotic").pvalue)
        elif max(np.ptp(control), np.ptp(treated)) > 0:
            yield variable.name, float(stats.ttest_ind(treated, control, equal_var=False).pvalue)


def as_chance_has_it(p_values: Mapping[str, float]) -> float | None:
    """Return how likely P values of a trial's baseline variables are to lie as unevenly from 0 to 1.

    ASSUME: the baseline variables of a trial are independent of each other, and its patients were randomised
    without strata; correlated variables make P values that are notable more often, strata make arms alike.

    Parameters
    ----------
    p_values : mapping of str to float
        By variable.

    Returns
    -------
    float or None
        P value of the two-sided Kolmogorov-Smirnov test against the uniform distribution: small where the
        arms are too far apart, and where they are too alike. None of too few variables.

    Notes
    -----
    The question is Carlisle's (2017, Anaesthesia 72:944, doi:10.1111/anae.13938).
    """
    if len(p_values) < FEWEST_VARIABLES:
        return None
    return float(stats.kstest(list(p_values.values()), "uniform").pvalue)

"""Who was studied and what happened to them: tidy descriptive tables, numbers only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import ndtri

from ipdmediation.data.arms import ARMS
from ipdmediation.data.codes import EXCLUDED
from ipdmediation.data.described import DESCRIPTION_COLUMNS, arm_variable
from ipdmediation.data.disclosure import ALL, DIFFERENCE, rounded
from ipdmediation.data.transforms import from_analysis_scale, to_analysis_scale
from ipdmediation.data.variables import Variable
from ipdmediation.kernels.arrays import FloatArray

QUANTILES = {"median": 0.5, "q1": 0.25, "q3": 0.75}
DENSITY_POINTS = 200
DENSITY_TAIL = 0.01  # of the patients, left out at either end
DENSITY_PATIENTS = 4  # times the smallest cell, of whom a curve shows none


class _Number(NamedTuple):
    statistic: str
    estimate: float
    ci_low: float = np.nan
    ci_high: float = np.nan
    level: str = ""


def describe_baseline(
    cohort: pd.DataFrame,
    *,
    variables: Mapping[str, Variable],
    rows: Sequence[str],
    level: float = 0.95,
    minimum: int = 1,
) -> pd.DataFrame:
    """Return the baseline table: each variable in all patients, by arm, and how far the arms are apart.

    A continuous variable has `n`, `missing`, `median`, `q1`, `q3`, `mean`, `sd`; a binary one `n`, `missing`,
    `count`, `percent`; an ordinal or categorical one these a level. `arm` is all, control, treated, and
    `difference` for the standardised mean difference `smd`. There are no p-values: in a randomised trial they
    would test what is known.

    Parameters
    ----------
    cohort : DataFrame
        Patients of an analysis, in the contract's columns.
    variables : mapping
        The study's variables by name.
    rows : sequence of str
        Variables of the table, in order.
    level : float
        Coverage of the intervals: order statistics for quantiles, t for a mean, Wilson for a percentage
        and for the count of as many patients.
    minimum : int
        A quantile, or an end of its interval, is missing that fewer patients are as small as, or as large as.

    Returns
    -------
    DataFrame
        `DESCRIPTION_COLUMNS`; `trial` is all. Percentages are of the patients whose value is known.

    Notes
    -----
    The standardised difference is of known values: treated minus control over the root of the mean variance,
    signed, of a continuous, ordinal (by its codes) or binary variable; of a categorical one the distance of
    Yang & Dalton 2012 (SAS Global Forum, paper 335), which has no sign. It is missing where nothing varies
    within the arms, or an arm has no value.
    """
    table = []
    for name in rows:
        variable = variables[name]
        for arm, members in _arms(cohort):
            table += _labelled(variable, ALL, arm, _summary(members[name], variable, level, minimum))
        difference = _Number("smd", _standardised_difference(cohort, variable))
        table += _labelled(variable, ALL, DIFFERENCE, [difference])
    return _table(table)


def describe_outcome(
    cohort: pd.DataFrame,
    *,
    variables: Mapping[str, Variable],
    outcome: str,
    level: float = 0.95,
    minimum: int = 1,
) -> pd.DataFrame:
    """Return the outcome's distribution by trial and arm, and the arms' comparison.

    Parameters
    ----------
    cohort : DataFrame
        Patients of an analysis, in the contract's columns.
    variables : mapping
        The study's variables by name.
    outcome : str
        Name of the outcome.
    level : float
        Coverage of the intervals.
    minimum : int
        As in `describe_baseline`.

    Returns
    -------
    DataFrame
        `DESCRIPTION_COLUMNS`; `trial` is all or an id. Statistics as in `describe_baseline`; an ordinal
        outcome has `count`, `percent` and `cumulative_percent` (of that level or a lower code) by level, and
        quantiles and mean of its codes. `p_value` (arm difference) is of the two-sided Mann-Whitney test.
    """
    variable = variables[outcome]
    table = []
    for trial, patients in _trials(cohort):
        for arm, members in _arms(patients):
            table += _labelled(variable, trial, arm, _summary(members[outcome], variable, level, minimum))
        table += _labelled(variable, trial, DIFFERENCE, _comparison(patients, outcome))
    return _table(table)


def describe_mediator(
    cohort: pd.DataFrame,
    *,
    variables: Mapping[str, Variable],
    mediator: str,
    transform: str,
    offset: float = 0.0,
    level: float = 0.95,
    minimum: int = 1,
) -> pd.DataFrame:
    """Return the mediator's distribution by trial and arm, and the arms' comparison.

    Parameters
    ----------
    cohort : DataFrame
        Patients of an analysis, in the contract's columns.
    variables : mapping
        The study's variables by name.
    mediator : str
        Name of the mediator.
    transform, offset
        Its analysis scale, see `transforms.to_analysis_scale`.
    level : float
        Coverage of the intervals.
    minimum : int
        As in `describe_baseline`.

    Returns
    -------
    DataFrame
        `DESCRIPTION_COLUMNS`; `trial` is all or an id. Statistics of a continuous variable as in
        `describe_baseline`; `mean_transformed` and `sd_transformed` on the analysis scale; `p_value` (arm
        difference) of the two-sided Mann-Whitney test; and, for each arm of all trials, `density`: a Gaussian
        kernel estimate on the analysis scale (bandwidth by Scott's rule), where `level` is the position on
        the natural scale. It begins and ends at a rounded percentile of the cohort, beyond which at least
        `minimum` patients and 1 % lie; an arm of fewer than four times `minimum` patients has none.
    """
    variable = variables[mediator]
    table = []
    for trial, patients in _trials(cohort):
        for arm, members in _arms(patients):
            numbers = list(_summary(members[mediator], variable, level, minimum))
            scaled = to_analysis_scale(_known(members[mediator]), transform=transform, offset=offset)
            numbers += [
                number._replace(statistic=f"{number.statistic}_transformed")
                for number in _mean(scaled, level)
            ]
            table += _labelled(variable, trial, arm, numbers)
        table += _labelled(variable, trial, DIFFERENCE, _comparison(patients, mediator))
    ends = _density_ends(_known(cohort[mediator]), minimum)
    first, last = to_analysis_scale(ends, transform=transform, offset=offset).tolist()
    grid = np.linspace(first, last, DENSITY_POINTS)
    for arm, members in _arms(cohort):
        scaled = to_analysis_scale(_known(members[mediator]), transform=transform, offset=offset)
        if arm != ALL and len(scaled) >= DENSITY_PATIENTS * minimum and len(np.unique(scaled)) > 1:
            positions = from_analysis_scale(grid, transform=transform, offset=offset)
            heights = stats.gaussian_kde(scaled)(grid)
            table += _labelled(
                variable,
                ALL,
                arm,
                (
                    _Number("density", float(height), level=f"{position:.6g}")
                    for position, height in zip(positions, heights, strict=True)
                ),
            )
    return _table(table)


def describe_trials(
    pooled: pd.DataFrame, *, variables: Mapping[str, Variable], minimum: int = 1
) -> pd.DataFrame:
    """Return the distribution of every variable, and of the arms, in all trials and in each.

    Parameters
    ----------
    pooled : DataFrame
        The pooled trials, patients of arms that are not compared among them.
    variables : mapping
        The study's variables by name.
    minimum : int
        As in `describe_baseline`.

    Returns
    -------
    DataFrame
        `DESCRIPTION_COLUMNS`; `trial` is all or an id, `arm` is all. Statistics as in `describe_baseline`,
        without intervals; of the variable `treatment` the levels are those of `arm_variable`.
    """
    arms = (
        pooled["treatment"].map({code: arm for arm, code in ARMS.items()}).astype("object").fillna(EXCLUDED)
    )
    trials = list(_trials(pooled.assign(treatment=arms)))
    table = [
        row
        for variable in (arm_variable(), *variables.values())
        for trial, members in trials
        for row in _labelled(
            variable, trial, ALL, list(_summary(members[variable.name], variable, 0.95, minimum))
        )
    ]
    return _table(table).assign(ci_low=np.nan, ci_high=np.nan)


def _density_ends(values: FloatArray, minimum: int) -> tuple[float, float]:
    """Return where curves begin and end; not a number where nobody has a value."""
    if not len(values):
        return np.nan, np.nan
    tail = min(max(DENSITY_TAIL, minimum / len(values)), 0.5)
    low, high = (
        rounded(float(value), spread=float(values.std())) for value in np.quantile(values, (tail, 1 - tail))
    )
    return low, high


def _trials(cohort: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    yield ALL, cohort
    for trial in cohort["trial"].unique():
        yield str(trial), cohort[cohort["trial"] == trial]


def _arms(patients: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    yield ALL, patients
    for arm, code in ARMS.items():
        yield arm, patients[patients["treatment"] == code]


def _summary(values: pd.Series[Any], variable: Variable, level: float, minimum: int) -> Iterator[_Number]:
    known = values.dropna()
    yield _Number("n", len(known))
    yield _Number("missing", len(values) - len(known))
    if variable.type == "binary":
        yield from _share(int((known == 1).sum()), len(known), level)
    for position, name in enumerate(variable.level_labels):
        is_level = known.astype("str") == name
        yield from _share(int(is_level.sum()), len(known), level, name)
        if variable.type == "ordinal":
            below = int((known <= variable.codes[position]).sum())
            share = list(_share(below, len(known), level, name))[-1]
            yield share._replace(statistic="cumulative_percent")
    if variable.type in ("continuous", "ordinal"):
        numbers = _known(values)
        for statistic, probability in QUANTILES.items():
            yield _quantile(numbers, statistic, probability, level, minimum)
        yield from _mean(numbers, level)


def _share(count: int, n: int, level: float, name: str = "") -> Iterator[_Number]:
    if n == 0:
        yield _Number("count", count, level=name)
        yield _Number("percent", np.nan, level=name)
        return
    low, high = _wilson(count, n, level)
    yield _Number("count", count, n * low, n * high, name)
    yield _Number("percent", 100 * count / n, 100 * low, 100 * high, name)


def _wilson(count: int, n: int, level: float) -> tuple[float, float]:
    """Return the ends of a proportion's interval. Wilson 1927, J Am Stat Assoc 22:209."""
    z2 = float(ndtri((1 + level) / 2)) ** 2
    centre, half = count + z2 / 2, np.sqrt(z2 * (count * (n - count) / n + z2 / 4))
    low, high = (centre - half) / (n + z2), (centre + half) / (n + z2)
    return (float(low) if count > 0 else 0.0), (float(high) if count < n else 1.0)


def _quantile(values: FloatArray, statistic: str, probability: float, level: float, minimum: int) -> _Number:
    if len(values) == 0:
        return _Number(statistic, np.nan)
    estimate = float(np.quantile(values, probability))
    shown = [
        value if min((values <= value).sum(), (values >= value).sum()) >= minimum else np.nan
        for value in (estimate, *_order_statistics(values, probability, level))
    ]
    return _Number(statistic, shown[0], shown[1], shown[2])


def _order_statistics(values: FloatArray, probability: float, level: float) -> tuple[float, float]:
    """Return the values between which a quantile lies, nan where there is none. Conover 1999, section 3.2."""
    n, outside = len(values), (1 - level) / 2
    low = int(stats.binom.ppf(outside, n, probability)) - 1
    high = int(stats.binom.isf(outside, n, probability))
    ordered = np.sort(values)
    return (
        float(ordered[low]) if low >= 0 else np.nan,
        float(ordered[high]) if high < n else np.nan,
    )


def _mean(values: FloatArray, level: float) -> Iterator[_Number]:
    n = len(values)
    mean = float(values.mean()) if n else np.nan
    deviation = float(values.std(ddof=1)) if n > 1 else np.nan
    half = float(stats.t.ppf((1 + level) / 2, n - 1)) * deviation / np.sqrt(n) if n > 1 else np.nan
    yield _Number("mean", mean, mean - half, mean + half)
    yield _Number("sd", deviation)


def _comparison(patients: pd.DataFrame, name: str) -> Iterator[_Number]:
    control, treated = (
        _known(patients.loc[patients["treatment"] == code, name])
        for code in (ARMS["control"], ARMS["treated"])
    )
    if len(control) and len(treated):
        yield _Number("p_value", float(stats.mannwhitneyu(treated, control, method="asymptotic").pvalue))


def _known(values: pd.Series[Any]) -> FloatArray:
    return values.dropna().to_numpy(dtype=np.float64)


def _standardised_difference(cohort: pd.DataFrame, variable: Variable) -> float:
    """Return how far the arms are apart; missing where one of them, or both together, do not vary."""
    known = cohort[cohort[variable.name].notna()]
    if variable.type == "categorical":
        codes = known[variable.name].cat.codes.to_numpy()
        # Without the first level: all together they are always 1.
        columns = (codes[:, None] == np.unique(codes)[1:]).astype(np.float64)
    else:
        columns = _known(known[variable.name])[:, None]
    counted = variable.type in ("binary", "categorical")
    control, treated = (columns[(known["treatment"] == code).to_numpy()] for code in ARMS.values())
    if min(len(control), len(treated)) < (1 if counted else 2) or columns.shape[1] == 0:
        return np.nan
    # From each arm's first value, so that rounding makes no spread where there is none.
    of_control, of_treated = (
        np.atleast_2d(np.cov((arm - arm[0]).T, ddof=not counted)) for arm in (control, treated)
    )
    spread = (of_control + of_treated) / 2
    if np.linalg.matrix_rank(spread, hermitian=True) < len(spread):
        return np.nan
    difference = treated.mean(axis=0) - control.mean(axis=0)
    distance = float(np.sqrt(difference @ np.linalg.solve(spread, difference)))
    return distance if variable.type == "categorical" else float(np.copysign(distance, difference[0]))


def _labelled(
    variable: Variable, trial: str, arm: str, numbers: Iterator[_Number] | Sequence[_Number]
) -> list[tuple[object, ...]]:
    return [
        (
            variable.name,
            variable.unit or "",
            trial,
            arm,
            number.statistic,
            number.level,
            number.estimate,
            number.ci_low,
            number.ci_high,
        )
        for number in numbers
    ]


def _table(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(DESCRIPTION_COLUMNS))
    return table.astype({"estimate": "float64", "ci_low": "float64", "ci_high": "float64"})

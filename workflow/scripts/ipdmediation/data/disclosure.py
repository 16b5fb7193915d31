"""What public tables leave out, so that no single patient shows: small cells, and a patient's digits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import floor, isfinite, log10
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ipdmediation.data.arms import ARMS
from ipdmediation.data.variables import Variable

Mask = npt.NDArray[np.bool_]
Cells = npt.NDArray[np.intp]

#: Fewer patients than this are a small cell, unless the configuration says otherwise.
MINIMUM_COUNT = 5

ALL = "all"
DIFFERENCE = "difference"
QUANTILES = ("median", "q1", "q3")
MOMENTS = ("mean", "sd")
NUMBERS = ("estimate", "ci_low", "ci_high")
_GROUPS = (ALL, *ARMS)
_FIRST_OF_FOUR = np.arange(4) == 0
_FINE = 4  # significant digits of means and the like: too few to have one patient from two of them


def hidden_cells(
    counts: npt.NDArray[np.float64],
    lines: Iterable[Cells],
    *,
    minimum: int,
    hidden: Mask | None = None,
    shown: Mask | None = None,
) -> Mask:
    """Return which cells of a table of counts are left empty.

    First the small ones, of 1 to `minimum` - 1 patients; 0 is nobody's. Then, as long as there is a line in
    which the others give one away, the smallest other cell of that line that counts somebody.

    Parameters
    ----------
    counts : ndarray of any shape
        Numbers of patients, sums among them.
    lines : iterable of ndarray of int
        Cells of which one is the sum or the difference of the others, by their positions in the flat table.
    minimum : int
        Smallest count that is shown; 1 shows all.
    hidden : ndarray of bool, optional
        Cells that are empty from the start; without it the small ones.
    shown : ndarray of bool, optional
        Cells that are never empty.

    Returns
    -------
    ndarray of bool, of the shape of `counts`

    Notes
    -----
    A line gives cells away where one of it is empty, or several that count fewer than `minimum` patients
    together. What several lines together, or other tables, say of a cell is not looked at.

    Examples
    --------
    Two arms and their sum: the 2 could be had from the others.

    >>> hidden_cells(np.array([2.0, 40.0, 42.0]), [np.arange(3)], minimum=5)
    array([ True,  True, False])
    """
    flat = counts.ravel()
    fixed = np.zeros(flat.size, dtype=bool) if shown is None else shown.ravel()
    empty = (flat > 0) & (flat < minimum) if hidden is None else hidden.ravel().copy()
    empty &= ~fixed
    every = list(lines)
    settled = minimum <= 1
    while not settled:
        settled = True
        for line in every:
            there = line[empty[line]]
            if not there.size or (there.size > 1 and flat[there].sum() >= minimum):
                continue
            others = line[~empty[line] & ~fixed[line] & (flat[line] > 0)]
            if others.size:
                empty[others[np.argmin(flat[others])]] = True
                settled = False
    return empty.reshape(counts.shape)


def rounded(value: float, *, spread: float) -> float:
    """Return a value as it is shown: two significant digits, three from 100 on, more where values lie close.

    Parameters
    ----------
    value : float
        A quantile or the like, which may be that of one patient.
    spread : float
        Standard deviation of the variable: half of it is never rounded away, nor is more than its
        thousandth shown.

    Examples
    --------
    >>> [rounded(value, spread=90) for value in (41.37, 118.64, 5.123, 0.00123)]
    [41.0, 119.0, 5.1, 0.001]
    >>> rounded(37.442, spread=0.7), rounded(1953.7, spread=12)
    (37.4, 1954.0)
    """
    if not isfinite(value) or value == 0:
        return value
    size = floor(log10(abs(value)))
    digits = (1 if size < 2 else 2) - size
    if isfinite(spread) and spread > 0:
        by_spread = -floor(log10(spread / 2))
        digits = min(max(digits, by_spread), by_spread + 4)
    return round(value, digits)


def public_counts(counts: Mapping[str, int], *, minimum: int) -> dict[str, int | None]:
    """Return counts of which the sum is known, None in the place of a small one and of what gives it away.

    Examples
    --------
    >>> public_counts({"a": 3, "b": 90, "c": 60}, minimum=5)
    {'a': None, 'b': 90, 'c': None}
    """
    numbers = np.array([*counts.values(), sum(counts.values())], dtype=np.float64)
    shown = np.arange(numbers.size) == len(counts)
    empty = hidden_cells(numbers, [np.arange(numbers.size)], minimum=minimum, shown=shown)
    return {name: None if none else n for (name, n), none in zip(counts.items(), empty, strict=False)}


def public_flow(flow: pd.DataFrame, *, minimum: int) -> pd.DataFrame:
    """Return a patient flow without its small cells, and without what gives these away.

    The numbers randomised, eligible and fitted stay, in all and by arm: they stand in every table. So do
    counts of patients who leave because a value is missing, which say nothing of what was measured.

    Parameters
    ----------
    flow : DataFrame
        As `cohort.select_cohort` returns it.
    minimum : int
        As in `hidden_cells`.

    Returns
    -------
    DataFrame
        Of the same shape; an empty cell is missing.
    """
    columns = [f"{kind}{arm}" for kind in ("excluded", "remaining") for arm in ("", "_treated", "_control")]
    counts = flow[columns].to_numpy(dtype=np.float64).reshape(len(flow), 2, 3)
    elsewhere = counts[:, :, [0]] - counts[:, :, 1:].sum(axis=2, keepdims=True)
    counts = np.concatenate([counts, elsewhere], axis=2)
    place = np.arange(counts.size).reshape(counts.shape)
    lines = [line for step in place for line in step]
    lines += [
        np.array([before, excluded, after])
        for step in range(1, len(flow))
        for before, excluded, after in zip(place[step - 1, 1], place[step, 0], place[step, 1], strict=True)
    ]
    eligible = np.flatnonzero(flow["kind"] != "missing")[-1]
    shown = np.zeros(counts.shape, dtype=bool)
    shown[[0, eligible, -1], 1] = True
    shown[(flow["kind"] == "missing").to_numpy(), 0] = True
    empty = hidden_cells(counts, lines, minimum=minimum, shown=shown)[:, :, :3].reshape(len(flow), 6)
    public = flow.astype(dict.fromkeys(columns, "Int64"))
    public[columns] = public[columns].mask(empty)
    return public


def public_quality(counts: pd.DataFrame, *, minimum: int) -> pd.DataFrame:
    """Return the counts of what harmonising did without small ones, and without what gives these away.

    Counts of patients and of missing values stay: they say nothing that was measured. One of missing codes is
    left out where the number of values out of range would follow from it.

    Parameters
    ----------
    counts : DataFrame
        As `quality.by_trial` returns it.
    minimum : int
        As in `hidden_cells`.

    Returns
    -------
    DataFrame
        Of the same shape; an empty cell is missing.
    """
    names = ["missing_coded", "out_of_range", "recoded", "converted", "incomplete"]
    public = counts.astype(dict.fromkeys(names, "Int64"))
    for row in range(len(counts)):
        known = counts.iloc[row][["missing", "missing_coded", "out_of_range"]].to_numpy(dtype=np.float64)
        cells = np.append(known, max(known[0] - known[1] - known[2], 0))  # the rest are cells without a value
        small = (cells > 0) & (cells < minimum) & np.array([False, False, True, False])
        if small.any():
            small[3] = True
            small = hidden_cells(cells, [np.arange(4)], minimum=minimum, hidden=small, shown=_FIRST_OF_FOUR)
        others = counts.iloc[row][names[2:]].to_numpy(dtype=np.float64)
        empty = [small[1], small[2], *((others > 0) & (others < minimum))]
        public.loc[public.index[row], [name for name, none in zip(names, empty, strict=True) if none]] = pd.NA
    return public


def public_description(
    table: pd.DataFrame, *, variables: Mapping[str, Variable], minimum: int
) -> pd.DataFrame:
    """Return a descriptive table without small cells, and with digits that are nobody's.

    Of an arm (of a trial) in which a variable is known of fewer than `minimum` patients nothing is shown, nor
    of what gives it away. Where levels are left out, so are all numbers that follow from their counts:
    percentages, the mean of codes, comparisons of the arms.

    Parameters
    ----------
    table : DataFrame
        As the functions of `description` return it.
    variables : mapping
        The study's variables by name.
    minimum : int
        As in `hidden_cells`.

    Returns
    -------
    DataFrame
        Of the same shape; an empty cell is missing.
    """
    parts = [
        _public(rows.copy(), variables[str(name)], minimum)
        for name, rows in table.groupby("variable", sort=False)
    ]
    return pd.concat(parts, ignore_index=True) if parts else table


def _public(rows: pd.DataFrame, variable: Variable, minimum: int) -> pd.DataFrame:
    trials = list(dict.fromkeys(rows["trial"]))
    trial = pd.Index(trials).get_indexer(pd.Index(rows["trial"]))
    arm = pd.Index(_GROUPS).get_indexer(pd.Index(rows["arm"]))
    levels = [*variable.level_labels] or [""]
    level = pd.Index(levels).get_indexer(pd.Index(rows["level"]))
    statistic = rows["statistic"]
    of_arm, counted = arm >= 0, (statistic == "count").to_numpy()

    known = np.zeros((len(trials), len(_GROUPS)))
    is_n = (statistic == "n").to_numpy()
    known[trial[is_n], arm[is_n]] = rows["estimate"][is_n]
    unknown = hidden_cells(known, _lines(known.shape, (0, 1)), minimum=minimum)
    cells = np.zeros((*known.shape, len(levels)))
    cells[trial[counted], arm[counted], level[counted]] = rows["estimate"][counted]
    lacking = _hidden_levels(cells, known, unknown, minimum)
    unknown |= lacking[:, :, -1]
    lacking = lacking[:, :, :-1]

    blank = of_arm & unknown[trial, arm]
    of_level = of_arm & (level >= 0)
    blank |= of_level & statistic.isin(["count", "percent"]).to_numpy() & lacking[trial, arm, level]
    between = np.logical_or.accumulate(lacking, axis=2)
    between &= np.logical_or.accumulate(lacking[:, :, ::-1], axis=2)[:, :, ::-1]
    between[:, :, :-1] &= between[:, :, 1:]  # up to the last one that is left out its sum may be shown
    between[:, :, -1:] = False
    blank |= of_level & (statistic == "cumulative_percent").to_numpy() & between[trial, arm, level]
    partly: Mask = np.asarray(lacking.any(axis=2))
    blank |= of_arm & statistic.isin(MOMENTS).to_numpy() & partly[trial, arm]
    blank |= (rows["arm"] == DIFFERENCE).to_numpy() & (partly | unknown)[trial, 1:].any(axis=1)
    public = _rounded(rows, variable)
    public.loc[blank, list(NUMBERS)] = np.nan
    kept: pd.DataFrame = public.loc[~blank | (statistic != "density")]
    return kept


def _hidden_levels(
    cells: npt.NDArray[np.float64], known: npt.NDArray[np.float64], unknown: Mask, minimum: int
) -> Mask:
    """Return which levels are left out, and after them whether all of their patients, (T, 3, levels + 1)."""
    rest = known[:, :, None] - cells.sum(axis=2, keepdims=True)  # of a binary variable those without it
    counts = np.concatenate([cells, rest, known[:, :, None]], axis=2)
    small = (counts > 0) & (counts < minimum) | unknown[:, :, None]
    empty = hidden_cells(counts, _lines(counts.shape, (0, 1, 2)), minimum=minimum, hidden=small)
    return np.delete(empty, cells.shape[2], axis=2)


def _lines(shape: tuple[int, ...], axes: tuple[int, ...]) -> list[Cells]:
    place = np.arange(int(np.prod(shape))).reshape(shape)
    return [line for axis in axes for line in np.moveaxis(place, axis, -1).reshape(-1, shape[axis])]


def _rounded(rows: pd.DataFrame, variable: Variable) -> pd.DataFrame:
    whole = rows[(rows["trial"] == ALL) & (rows["arm"] == ALL) & (rows["statistic"] == "sd")]
    spread = float(whole["estimate"].iloc[0]) if len(whole) else np.nan
    places = {
        **(
            {name: lambda value: rounded(value, spread=spread) for name in QUANTILES}
            if variable.type == "continuous"
            else {}
        ),
        **dict.fromkeys((*MOMENTS, "mean_transformed", "sd_transformed", "density", "p_value", "smd"), _fine),
    }
    written: pd.DataFrame = rows.copy()
    of_rows = [places.get(statistic, float) for statistic in rows["statistic"]]
    for name in NUMBERS:
        written[name] = [place(value) for place, value in zip(of_rows, rows[name], strict=True)]
    return written


def _fine(value: float) -> Any:
    return float(f"{value:.{_FINE}g}")

"""The different cells of a column: what is asked of a cell is asked once of each, not of every row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd


@dataclass(frozen=True)
class Distinct:
    """A column as its different cells, and which of them stands in each row.

    Attributes
    ----------
    cells : list
        The different cells; the last one is None, for rows in which nothing stands.
    places : (rows,) array
        Position of each row's cell among `cells`.
    """

    cells: list[Any]
    places: npt.NDArray[np.intp]

    @classmethod
    def of(cls, cells: pd.Series[Any]) -> Distinct:
        """Find the different cells of a column; two of different types are different, as 1 and True are.

        Examples
        --------
        >>> Distinct.of(pd.Series(["a", None, "a", "b"])).places.tolist()
        [0, 2, 0, 1]
        """
        if cells.dtype != object or pd.api.types.infer_dtype(cells, skipna=True) == "string":
            places, values = pd.factorize(cells, use_na_sentinel=True)
            return cls([*values, None], np.where(places < 0, len(values), places).astype(np.intp))
        # two stamps with an offset may be the same moment and say different times of day
        keys = [(type(cell), cell, getattr(cell, "tzinfo", None)) for cell in cells.array]
        known: dict[tuple[type, object, object], int] = {}
        found = [known.setdefault(key, len(known)) for key in keys]
        return cls([*(cell for _, cell, _ in known), None], np.array(found, dtype=np.intp))

    def spread(self, answers: Sequence[object], *, dtype: Any = object) -> npt.NDArray[Any]:
        """Return for each row what is true of its cell.

        Parameters
        ----------
        answers : sequence
            One for each of `cells`.
        dtype : dtype
        """
        array = np.empty(len(self.cells), dtype=dtype)
        for place, answer in enumerate(answers):
            array[place] = answer
        return array[self.places]


def mapped(cells: pd.Series[Any], function: Callable[[Any], Any]) -> pd.Series[Any]:
    """Return a function of each cell, computed once of each different one, and of None.

    Examples
    --------
    >>> mapped(pd.Series(["a", "b", "a"]), str).tolist()
    ['a', 'b', 'a']
    """
    different = Distinct.of(cells)
    answers = different.spread([function(value) for value in different.cells])
    return pd.Series(answers, index=cells.index, dtype=object)


def flagged(cells: pd.Series[Any], test: Callable[[Any], bool]) -> npt.NDArray[np.bool_]:
    """Return which cells pass a test, asked once of each different one.

    Examples
    --------
    >>> flagged(pd.Series(["a", None, "B"]), lambda cell: cell is not None and cell.isupper()).tolist()
    [False, False, True]
    """
    return mapped(cells, test).to_numpy(dtype=bool)

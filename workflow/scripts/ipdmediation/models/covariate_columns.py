"""The columns of the covariates: learnt from a cohort, and made again for its patients in either arm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from formulaic import ModelSpec, model_matrix
from formulaic.errors import FormulaicError

from ipdmediation.data.covariates import Covariates, covariate_names
from ipdmediation.data.formula import FormulaError
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.errors import (
    ConstantCovariateError,
    MissingValueError,
    ModelError,
    UnusedLevelWarning,
)
from ipdmediation.models.formulas import known_as, learnt_columns, stated
from ipdmediation.vocabulary.terms import TREATMENT, TRIAL, Term

# what a formula finds beside formulaic's own functions; with no context it would find this module's names
_CONTEXT = {"sqrt": np.sqrt}


@dataclass(frozen=True)
class CovariateColumns:
    """The columns of a model that are made of covariates.

    Attributes
    ----------
    terms : (k,) what the columns are.
    matrix : (n, k) columns of the cohort.
    with_treatment : (k,) whether treatment has a part in a column.
    notes : on each covariate with categories that nobody has.
    """

    terms: tuple[Term, ...]
    matrix: FloatArray
    with_treatment: tuple[bool, ...]
    notes: tuple[UnusedLevelWarning, ...]
    _spec: ModelSpec | None = field(repr=False)
    _positions: IntArray = field(repr=False)
    _used: pd.DataFrame = field(repr=False)

    def in_arm(self, code: int) -> FloatArray:
        """Return the (n, k) columns had all patients been in one arm: categories, knots and means stay."""
        if self._spec is None or not any(self.with_treatment):
            return self.matrix
        made = self._spec.get_model_matrix(self._used.assign(**{TREATMENT: float(code)}), context=_CONTEXT)
        return _numbers(made, self._positions)


def learn_covariates(frame: pd.DataFrame, covariates: Covariates = ()) -> CovariateColumns:
    """Make the columns of a cohort's covariates.

    Parameters
    ----------
    frame : rows with columns `trial`, `treatment` and the covariates, nothing missing in these. A categorical
        covariate is coded against its first category that somebody has; a category that nobody has gets no
        column, and a note.
    covariates : names of columns, or a formula in the syntax of `formulaic`
        ("age + bs(nihss, df=4) + occlusion").

    Raises
    ------
    MissingValueError, ConstantCovariateError, ModelError
        Each names the columns.
    """
    names = _used_columns(frame, covariates)
    _check_missing(frame, [TRIAL, TREATMENT, *names])
    notes = _check_levels(frame, names)
    used = _plain(frame[list(dict.fromkeys([TREATMENT, *names]))])
    if not (covariates.strip() if isinstance(covariates, str) else covariates):
        none = np.zeros(0, dtype=np.int64)
        return CovariateColumns((), np.empty((len(frame), 0)), (), notes, None, none, used)
    try:
        # _used_columns has read the formula: formulaic runs what stands in it
        made = model_matrix(stated(covariates), used, na_action="raise", context=_CONTEXT)
    except (FormulaicError, ValueError, TypeError, LookupError) as error:
        reason = str(error).partition("\n")[0]
        raise ModelError(f"covariates {covariates!r}: {reason}") from error
    learnt = learnt_columns(made.model_spec, treatment=TREATMENT)
    positions = np.array([column.position for column in learnt], dtype=np.int64)
    return CovariateColumns(
        terms=tuple(column.term for column in learnt),
        matrix=_numbers(made, positions),
        with_treatment=tuple(column.with_treatment for column in learnt),
        notes=notes,
        _spec=made.model_spec,
        _positions=positions,
        _used=used,
    )


def _numbers(made: pd.DataFrame, positions: IntArray) -> FloatArray:
    """Return some of the columns that formulaic made."""
    return np.asarray(made, dtype=np.float64)[:, positions]


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Nullable and boolean numbers as float64, categories that somebody has, strings as they are."""
    dtypes = frame.dtypes
    numeric = [name for name in frame.columns if pd.api.types.is_numeric_dtype(dtypes[name])]
    coded = [name for name in frame.columns if isinstance(dtypes[name], pd.CategoricalDtype)]
    plain = frame.astype(dict.fromkeys(numeric, np.float64))
    return plain.assign(**{name: plain[name].cat.remove_unused_categories() for name in coded}).rename(
        columns=known_as
    )


def _used_columns(frame: pd.DataFrame, covariates: Covariates) -> list[str]:
    try:
        used = covariate_names(covariates)
    except FormulaError as error:
        raise ModelError(f"covariates: {error}") from None
    absent = [name for name in used if name not in frame.columns]
    if absent:
        raise ModelError(
            f"covariates that are no columns of the data: {', '.join(absent)}; it has "
            + ", ".join(map(str, frame.columns))
        )
    return used


def _check_levels(frame: pd.DataFrame, covariates: Sequence[str]) -> tuple[UnusedLevelWarning, ...]:
    """Return a note on each covariate with categories that nobody has; an error if one has no others."""
    notes = []
    for name in covariates:
        if not isinstance(frame[name].dtype, pd.CategoricalDtype):
            continue
        declared = frame[name].cat.categories
        present = frame[name].cat.remove_unused_categories().cat.categories
        if len(present) == 1:
            raise ConstantCovariateError(
                f"covariate {name}: everybody has level {present[0]} ({len(frame)} patients); leave it out"
            )
        unused = ", ".join(str(level) for level in declared if level not in present)
        if not unused:
            continue
        sentence = f"covariate {name}: nobody has level {unused}, which the model leaves out"
        if declared[0] not in present:
            sentence += f"; the other levels are compared with {present[0]}"
        notes.append(UnusedLevelWarning(sentence))
    return tuple(notes)


def _check_missing(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    counts = frame[list(dict.fromkeys(columns))].isna().sum()
    counts = counts[counts > 0]
    if len(counts):
        listed = ", ".join(f"{name} ({count} of {len(frame)} rows)" for name, count in counts.items())
        raise MissingValueError(f"missing values in {listed}; impute them or drop the rows")

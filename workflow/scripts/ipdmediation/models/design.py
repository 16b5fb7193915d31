"""Design matrices: the columns of a model, learnt once from the data and applied to any frame alike.

Columns, in this order: treatment, mediator (or those of its spline), treatment times these, the covariates,
trial indicators. There is never an intercept column. A column is known by its position; its `Term` says, for
tables, what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from formulaic import ModelSpec, model_matrix
from formulaic.errors import FormulaicError
from numpy.typing import ArrayLike

from ipdmediation.data.covariates import Covariates, covariate_names
from ipdmediation.data.formula import FormulaError
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.errors import (
    ConstantCovariateError,
    FitWarning,
    MissingValueError,
    ModelError,
    OneArmError,
    OneArmTrialWarning,
    SingleTrialError,
    UnusedLevelWarning,
)
from ipdmediation.models.formulas import LearntColumn, known_as, learnt_columns, stated
from ipdmediation.models.inputs import check_design
from ipdmediation.models.splines import restricted_cubic_spline
from ipdmediation.vocabulary.terms import (
    MEDIATOR,
    TREATMENT,
    TRIAL,
    Term,
    TermKind,
    mediator_terms,
    treatment_term,
    trial_term,
)

# what a formula finds beside formulaic's own functions; with no context it would find this module's names
_CONTEXT = {"sqrt": np.sqrt}


@dataclass(frozen=True)
class Design:
    """The columns of a model: fitted to one frame, applicable to others.

    Attributes
    ----------
    terms : (p,) what the columns are.
    matrix : (n, p) columns of the frame that it was fitted to.
    trial_names : trials in the order of their first patient; the first is the reference of the indicators.
    trial_codes : (n,) index into `trial_names` of each row of that frame.
    trial_indicators : whether the design has columns of trials.
    mediator_positions : the columns that depend on the mediator: its own, then their products with treatment.
    mediator_knots : knots of a spline of the mediator; empty where it is linear.
    interaction : whether there are such products.
    adjustment_positions : the columns of covariates that treatment has no part in.
    notes : what a reader of the model has to know of its trials and of its covariates' levels.
    """

    terms: tuple[Term, ...]
    matrix: FloatArray
    trial_names: tuple[str, ...]
    trial_codes: IntArray
    trial_indicators: bool
    mediator_positions: IntArray
    mediator_knots: tuple[float, ...]
    interaction: bool
    adjustment_positions: IntArray
    notes: tuple[FitWarning, ...]
    _spec: ModelSpec | None = field(repr=False)
    _covariate_columns: IntArray = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """(p,) texts for messages and tables, all different."""
        return tuple(term.id for term in self.terms)

    @property
    def treatment_position(self) -> int:
        """The column of the treatment."""
        return 0

    @property
    def trial_positions(self) -> IntArray:
        """The columns of trial indicators."""
        count = len(self.trial_names) - 1 if self.trial_indicators else 0
        return np.arange(len(self.terms) - count, len(self.terms))

    def apply(
        self, frame: pd.DataFrame, *, treatment: ArrayLike | None = None, mediator: ArrayLike | None = None
    ) -> FloatArray:
        """Columns for another frame, with the categories, reference levels and spline knots learnt before.

        Parameters
        ----------
        frame : rows with the same variables.
        treatment : 0 or 1 (scalar or (n,)) in place of the frame's own, e.g. to set an arm.
        mediator : (n,) or scalar, on the analysis scale; required where the design has a mediator.

        Returns
        -------
        (n, p) array.

        Raises
        ------
        ModelError
            If the mediator is missing, or a trial was not among those of the fitted frame.
        """
        if self.mediator_positions.size and mediator is None:
            raise ModelError("this design has a mediator: pass its values on the analysis scale")
        rows = len(frame)
        arm = np.broadcast_to(_numbers(frame[TREATMENT] if treatment is None else treatment), (rows,))
        parts = [arm[:, None]]
        if self.mediator_positions.size:
            terms = _mediator_columns(np.broadcast_to(_numbers(mediator), (rows,)), self.mediator_knots)
            parts.append(terms)
            if self.interaction:
                parts.append(arm[:, None] * terms)
        if self._spec is not None:
            data = _plain(frame).assign(**{TREATMENT: arm})
            columns = np.asarray(self._spec.get_model_matrix(data, context=_CONTEXT), dtype=np.float64)
            parts.append(columns[:, self._covariate_columns])
        if self.trial_indicators:
            codes = _trial_codes(frame, self.trial_names)
            parts.append((codes[:, None] == np.arange(1, len(self.trial_names))).astype(np.float64))
        return np.ascontiguousarray(np.hstack(parts))


def fit_design(
    frame: pd.DataFrame,
    *,
    covariates: Covariates = (),
    mediator: ArrayLike | None = None,
    mediator_variable: str = MEDIATOR,
    mediator_knots: Sequence[float] = (),
    interaction: bool = False,
    trial_indicators: bool = False,
    by_trial: bool = False,
) -> Design:
    """Build a design and check it.

    Parameters
    ----------
    frame : rows with columns `trial`, `treatment` (0, 1) and the covariates, nothing missing in these. A
        categorical covariate is coded against its first category that somebody has; a category that nobody
        has gets no column, and a note.
    covariates : names of columns, or a formula in the syntax of `formulaic`
        ("age + bs(nihss, df=4) + occlusion").
    mediator : (n,) values on the analysis scale; None for a model without a mediator.
    mediator_variable : its variable, for the tables.
    mediator_knots : knots of a restricted cubic spline of the mediator; without them it is linear.
    interaction : whether each column of the mediator has another one, times treatment.
    trial_indicators : whether trials after the first get an indicator column (`trial_effects: fixed`).
    by_trial : whether the model uses trials in another way (random effects); asks for the same checks of
        trials.

    Returns
    -------
    Design

    Raises
    ------
    MissingValueError, ConstantCovariateError, RankDeficientError, OneArmError, SingleTrialError, ModelError
        Each names the columns or trials and says what to do.
    """
    if interaction and mediator is None:
        raise ModelError("an interaction needs a mediator")
    used = _used_columns(frame, covariates)
    _check_missing(frame, [TRIAL, TREATMENT, *used])
    unused = _check_levels(frame, used)
    arm = _numbers(frame[TREATMENT])
    trial_names = tuple(str(name) for name in pd.unique(frame[TRIAL].astype(str)))
    codes = _trial_codes(frame, trial_names)
    notes = _check_arms(arm, codes, trial_names, by_trial=by_trial or trial_indicators)

    terms = [treatment_term()]
    if mediator is not None:
        values = _numbers(mediator)
        if not np.isfinite(values).all():
            raise MissingValueError(f"{int((~np.isfinite(values)).sum())} rows have no mediator value")
        columns = max(len(mediator_knots) - 1, 1)
        spline = bool(mediator_knots)
        terms += mediator_terms(mediator_variable, columns=columns, spline=spline, interaction=interaction)
    first = len(terms)
    spec, learnt = _learn(frame, covariates)
    terms += [column.term for column in learnt]
    if trial_indicators:
        terms += [trial_term(name) for name in trial_names[1:]]
    unchecked = Design(
        terms=tuple(terms),
        matrix=np.empty((0, len(terms))),
        trial_names=trial_names,
        trial_codes=codes,
        trial_indicators=trial_indicators,
        mediator_positions=np.arange(1, first),
        mediator_knots=tuple(mediator_knots),
        interaction=interaction,
        adjustment_positions=np.array(
            [first + at for at, column in enumerate(learnt) if not column.with_treatment], dtype=np.int64
        ),
        notes=(*notes, *unused),
        _spec=spec,
        _covariate_columns=np.array([column.position for column in learnt], dtype=np.int64),
    )
    matrix = unchecked.apply(frame, mediator=mediator)
    _check_varying(matrix, terms)
    return replace(unchecked, matrix=check_design(matrix, unchecked.names, len(frame)))


def _numbers(values: ArrayLike | pd.Series | None) -> FloatArray:
    return np.asarray(values, dtype=np.float64)


def _mediator_columns(values: FloatArray, knots: Sequence[float]) -> FloatArray:
    return restricted_cubic_spline(values, knots=knots) if knots else values[:, None]


def _learn(frame: pd.DataFrame, covariates: Covariates) -> tuple[ModelSpec | None, list[LearntColumn]]:
    """Learn the columns of the covariates: what makes them again, and what they are."""
    if not (covariates.strip() if isinstance(covariates, str) else covariates):
        return None, []
    try:
        # _used_columns has read the formula: formulaic runs what stands in it
        fitted = model_matrix(stated(covariates), _plain(frame), na_action="raise", context=_CONTEXT)
    except (FormulaicError, ValueError, TypeError, LookupError) as error:
        reason = str(error).partition("\n")[0]
        raise ModelError(f"covariates {covariates!r}: {reason}") from error
    return fitted.model_spec, learnt_columns(fitted.model_spec, treatment=TREATMENT)


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


def _check_levels(frame: pd.DataFrame, covariates: Sequence[str]) -> tuple[FitWarning, ...]:
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


def _trial_codes(frame: pd.DataFrame, trial_names: tuple[str, ...]) -> IntArray:
    codes = pd.Index(trial_names).get_indexer(pd.Index(frame[TRIAL].astype(str))).astype(np.int64)
    if (codes < 0).any():
        strange = sorted(set(frame[TRIAL].astype(str)) - set(trial_names))
        raise ModelError(
            f"trials that the model does not know: {', '.join(strange)}; known: {', '.join(trial_names)}"
        )
    return codes


def _check_varying(matrix: FloatArray, terms: Sequence[Term]) -> None:
    """Raise one error for all covariates that do not vary."""
    sentences = []
    for term, column in zip(terms, matrix.T, strict=True):
        if not (term.kind.adjusts or term.kind is TermKind.TRIAL) or np.ptp(column) != 0:
            continue
        sentences.append(f"covariate {term.variable or term.id} is {column[0]:g} for everybody")
    if sentences:
        raise ConstantCovariateError(
            f"{'; '.join(sentences)} ({len(matrix)} patients); leave it out of the covariates"
        )


def _check_arms(
    arm: FloatArray, codes: IntArray, trial_names: tuple[str, ...], *, by_trial: bool
) -> tuple[FitWarning, ...]:
    if not np.isin(arm, (0, 1)).all():
        raise ModelError("the treatment column must be 0 (control) or 1 (treated)")
    if np.ptp(arm) == 0:
        raise OneArmError(
            f"all {arm.size} patients are {'treated' if arm[0] else 'controls'}; there is no effect"
        )
    if by_trial and len(trial_names) < 2:
        raise SingleTrialError(f"there is one trial only, {trial_names[0]}: use trial_effects none")
    sizes = np.bincount(codes, minlength=len(trial_names))
    treated = np.bincount(codes, weights=arm, minlength=len(trial_names))
    one_arm = [
        f"{name} ({'treated' if ones else 'control'})"
        for name, n, ones in zip(trial_names, sizes, treated, strict=True)
        if ones in (0, n)
    ]
    if not one_arm:
        return ()
    within = "" if by_trial else ", and the comparison with the other trials' patients is not randomised"
    return (
        OneArmTrialWarning(
            f"trials with one arm only: {', '.join(one_arm)}; they say nothing about the treatment effect "
            f"within a trial{within}"
        ),
    )

"""Design matrices: the columns of a model, learnt once from the data and applied to any frame alike.

Columns, in this order and with these names: `treatment`, `mediator` (`mediator[1]`, ... of a spline),
`treatment:mediator`, the covariates (`age`, `occlusion[ica]`), trial indicators (`trial[escape]`). There is
never an intercept column.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from formulaic import ModelSpec, model_matrix
from formulaic.errors import FormulaicError
from numpy.typing import ArrayLike

from ipdmediation.data.covariates import Covariates, FormulaError, covariate_names
from ipdmediation.models.errors import (
    MissingValueError,
    ModelError,
    OneArmError,
    OneArmTrialWarning,
    SingleTrialError,
)
from ipdmediation.models.inputs import check_design
from ipdmediation.models.results import FloatArray, IntArray
from ipdmediation.models.splines import restricted_cubic_spline

TREATMENT = "treatment"
MEDIATOR = "mediator"
TRIAL = "trial"
INTERACTION = f"{TREATMENT}:{MEDIATOR}"


@dataclass(frozen=True)
class Design:
    """The columns of a model: fitted to one frame, applicable to others.

    Attributes
    ----------
    names : (p,) column names.
    matrix : (n, p) columns of the frame that it was fitted to.
    trial_names : trials in the order of their first patient; the first is the reference of the indicators.
    trial_codes : (n,) index into `trial_names` of each row of that frame.
    trial_indicators : whether the design has columns `trial[...]`.
    mediator_names : the columns that depend on the mediator.
    mediator_knots : knots of a spline of the mediator; empty where it is linear.
    adjustment_names : the columns of covariates that treatment has no part in.
    """

    names: tuple[str, ...]
    matrix: FloatArray
    trial_names: tuple[str, ...]
    trial_codes: IntArray
    trial_indicators: bool
    mediator_names: tuple[str, ...]
    mediator_knots: tuple[float, ...]
    adjustment_names: tuple[str, ...]
    _interaction: bool = field(repr=False)
    _spec: ModelSpec | None = field(repr=False)

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
        if self.mediator_names and mediator is None:
            raise ModelError("this design has a mediator: pass its values on the analysis scale")
        rows = len(frame)
        arm = np.broadcast_to(_numbers(frame[TREATMENT] if treatment is None else treatment), (rows,))
        parts = [arm[:, None]]
        if self.mediator_names:
            terms = _mediator_terms(np.broadcast_to(_numbers(mediator), (rows,)), self.mediator_knots)
            parts.append(terms)
            if self._interaction:
                parts.append(arm[:, None] * terms)
        if self._spec is not None:
            data = _plain(frame).assign(**{TREATMENT: arm})
            parts.append(_without_intercept(self._spec.get_model_matrix(data))[0])
        if self.trial_indicators:
            codes = _trial_codes(frame, self.trial_names)
            parts.append((codes[:, None] == np.arange(1, len(self.trial_names))).astype(np.float64))
        return np.ascontiguousarray(np.hstack(parts))


def fit_design(
    frame: pd.DataFrame,
    *,
    covariates: Covariates = (),
    mediator: ArrayLike | None = None,
    mediator_knots: Sequence[float] = (),
    interaction: bool = False,
    trial_indicators: bool = False,
    by_trial: bool = False,
) -> Design:
    """Build a design and check it.

    Parameters
    ----------
    frame : rows with columns `trial`, `treatment` (0, 1) and the covariates, nothing missing in these. A
        categorical covariate is coded against its first category.
    covariates : names of columns, or a formula in the syntax of `formulaic`
        ("age + bs(nihss, df=4) + occlusion").
    mediator : (n,) values on the analysis scale; None for a model without a mediator.
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

    Warns
    -----
    OneArmTrialWarning
        If a trial has one arm only and the model has trial effects.
    """
    if interaction and mediator is None:
        raise ModelError("an interaction needs a mediator")
    _check_missing(frame, [TRIAL, TREATMENT, *_used_columns(frame, covariates)])
    arm = _numbers(frame[TREATMENT])
    trial_names = tuple(str(name) for name in pd.unique(frame[TRIAL].astype(str)))
    codes = _trial_codes(frame, trial_names)
    _check_arms(arm, codes, trial_names, by_trial=by_trial or trial_indicators)

    mediator_names: list[str] = []
    if mediator is not None:
        values = _numbers(mediator)
        if not np.isfinite(values).all():
            raise MissingValueError(f"{int((~np.isfinite(values)).sum())} rows have no mediator value")
        mediator_names = _mediator_names(mediator_knots)
        if interaction:
            mediator_names += [f"{TREATMENT}:{name}" for name in mediator_names]
    spec, covariate_columns = _fit_formula(frame, covariates)
    names = [TREATMENT, *mediator_names, *covariate_columns]
    if trial_indicators:
        names += [f"{TRIAL}[{name}]" for name in trial_names[1:]]
    unchecked = Design(
        names=tuple(names),
        matrix=np.empty((0, len(names))),
        trial_names=trial_names,
        trial_codes=codes,
        trial_indicators=trial_indicators,
        mediator_names=tuple(mediator_names),
        mediator_knots=tuple(mediator_knots),
        adjustment_names=_adjustment_names(spec),
        _interaction=interaction,
        _spec=spec,
    )
    matrix = check_design(unchecked.apply(frame, mediator=mediator), names, len(frame))
    return Design(**{**vars(unchecked), "matrix": matrix})


def _numbers(values: ArrayLike | pd.Series | None) -> FloatArray:
    return np.asarray(values, dtype=np.float64)


def _mediator_names(knots: Sequence[float]) -> list[str]:
    return [f"{MEDIATOR}[{position}]" for position in range(1, len(knots))] if knots else [MEDIATOR]


def _mediator_terms(values: FloatArray, knots: Sequence[float]) -> FloatArray:
    return restricted_cubic_spline(values, knots=knots) if knots else values[:, None]


def _fit_formula(frame: pd.DataFrame, covariates: Covariates) -> tuple[ModelSpec | None, list[str]]:
    """Learn the columns of the covariates; return what makes them again, and their names."""
    formula = covariates if isinstance(covariates, str) else " + ".join(f"`{name}`" for name in covariates)
    if not formula.strip():
        return None, []
    try:
        # an empty context: a formula must not find the names of this module
        fitted = model_matrix(formula, _plain(frame), na_action="raise", context={})
    except (FormulaicError, ValueError, TypeError, LookupError) as error:
        reason = str(error).partition("\n")[0]
        raise ModelError(f"covariates {formula!r}: {reason}") from error
    return fitted.model_spec, _without_intercept(fitted)[1]


def _adjustment_names(spec: ModelSpec | None) -> tuple[str, ...]:
    """Columns of the terms without treatment; `treatment:age` is a part of the treatment effect."""
    if spec is None:
        return ()
    columns = [
        spec.column_names[position]
        for term, positions in spec.term_indices.items()
        if TREATMENT not in spec.term_variables[term]
        for position in positions
    ]
    return tuple(_short_name(name) for name in columns if name != "Intercept")


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Nullable and boolean numbers as float64, categories and strings as they are."""
    numeric = [name for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name].dtype)]
    return frame.astype(dict.fromkeys(numeric, np.float64))


def _without_intercept(matrix: pd.DataFrame) -> tuple[FloatArray, list[str]]:
    kept = [name for name in matrix.columns if name != "Intercept"]
    return np.asarray(matrix[kept], dtype=np.float64), [_short_name(str(name)) for name in kept]


def _short_name(name: str) -> str:
    """`occlusion[T.ica]` of formulaic -> `occlusion[ica]`."""
    return re.sub(r"\[T\.", "[", name).replace("`", "")


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


def _check_arms(arm: FloatArray, codes: IntArray, trial_names: tuple[str, ...], *, by_trial: bool) -> None:
    if not np.isin(arm, (0, 1)).all():
        raise ModelError("the treatment column must be 0 (control) or 1 (treated)")
    if np.ptp(arm) == 0:
        raise OneArmError(
            f"all {arm.size} patients are {'treated' if arm[0] else 'controls'}; there is no effect"
        )
    if not by_trial:
        return
    if len(trial_names) < 2:
        raise SingleTrialError(f"there is one trial only, {trial_names[0]}: use trial_effects none")
    sizes = np.bincount(codes, minlength=len(trial_names))
    treated = np.bincount(codes, weights=arm, minlength=len(trial_names))
    one_arm = [name for name, n, ones in zip(trial_names, sizes, treated, strict=True) if ones in (0, n)]
    if one_arm:
        warnings.warn(
            f"trials with one arm only: {', '.join(one_arm)}; they say nothing about the treatment effect "
            "within a trial",
            OneArmTrialWarning,
            stacklevel=3,
        )

"""Design matrices: the columns of a model, learnt once from the data and applied to any frame alike.

Columns, in this order and with these names: `treatment`, `mediator`, `treatment:mediator`, the covariates
(`age`, `occlusion[ica]`), trial indicators (`trial[escape]`). There is never an intercept column.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from formulaic import ModelSpec, model_matrix
from numpy.typing import ArrayLike

from ipdmediation.models.inputs import check_design
from ipdmediation.models.results import (
    FloatArray,
    IntArray,
    MissingValueError,
    ModelError,
    OneArmError,
    OneArmTrialWarning,
    SingleTrialError,
)

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
    """

    names: tuple[str, ...]
    matrix: FloatArray
    trial_names: tuple[str, ...]
    trial_codes: IntArray
    trial_indicators: bool
    _has_mediator: bool = field(repr=False)
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
        if self._has_mediator and mediator is None:
            raise ModelError("this design has a mediator: pass its values on the analysis scale")
        rows = len(frame)
        arm = np.broadcast_to(_numbers(frame[TREATMENT] if treatment is None else treatment), (rows,))
        parts = [arm[:, None]]
        if self._has_mediator:
            values = np.broadcast_to(_numbers(mediator), (rows,))
            parts.append(values[:, None])
            if self._interaction:
                parts.append((arm * values)[:, None])
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
    covariates: Sequence[str] | str = (),
    mediator: ArrayLike | None = None,
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
    interaction : whether there is a column treatment:mediator.
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
    formula = covariates if isinstance(covariates, str) else " + ".join(f"`{name}`" for name in covariates)
    used = _used_columns(frame, covariates)
    _check_missing(frame, [TRIAL, TREATMENT, *used])
    arm = _numbers(frame[TREATMENT])
    trial_names = tuple(str(name) for name in pd.unique(frame[TRIAL].astype(str)))
    codes = _trial_codes(frame, trial_names)
    _check_arms(arm, codes, trial_names, by_trial=by_trial or trial_indicators)

    names = [TREATMENT]
    if mediator is not None:
        values = _numbers(mediator)
        if not np.isfinite(values).all():
            raise MissingValueError(f"{int((~np.isfinite(values)).sum())} rows have no mediator value")
        names += [MEDIATOR, INTERACTION] if interaction else [MEDIATOR]
    spec = None
    if formula.strip():
        fitted = model_matrix(formula, _plain(frame), na_action="raise")
        spec = fitted.model_spec
        names += _without_intercept(fitted)[1]
    if trial_indicators:
        names += [f"{TRIAL}[{name}]" for name in trial_names[1:]]
    unchecked = Design(
        names=tuple(names),
        matrix=np.empty((0, len(names))),
        trial_names=trial_names,
        trial_codes=codes,
        trial_indicators=trial_indicators,
        _has_mediator=mediator is not None,
        _interaction=interaction,
        _spec=spec,
    )
    matrix = check_design(unchecked.apply(frame, mediator=mediator), names, len(frame))
    return Design(**{**vars(unchecked), "matrix": matrix})


def _numbers(values: ArrayLike | pd.Series | None) -> FloatArray:
    return np.asarray(values, dtype=np.float64)


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


def _used_columns(frame: pd.DataFrame, covariates: Sequence[str] | str) -> list[str]:
    if isinstance(covariates, str):
        words = set(re.findall(r"[A-Za-z_][A-Za-z0-9_.]*", covariates))
        return [str(name) for name in frame.columns if name in words and name not in (TRIAL, TREATMENT)]
    absent = [name for name in covariates if name not in frame.columns]
    if absent:
        raise ModelError(
            f"covariates that are no columns of the data: {', '.join(absent)}; it has "
            + ", ".join(map(str, frame.columns))
        )
    return list(covariates)


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

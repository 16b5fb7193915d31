"""Design matrices: the columns of a model, learnt once from a cohort.

Columns, in this order: treatment, mediator (or those of its spline), treatment times these, the covariates,
trial indicators. There is never an intercept column. A column is known by its position; its `Term` says, for
tables, what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ipdmediation.data.arms import ARM_CODES
from ipdmediation.data.covariates import Covariates
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.covariate_columns import CovariateColumns, learn_covariates
from ipdmediation.models.errors import (
    ConstantCovariateError,
    FitWarning,
    MissingValueError,
    ModelError,
    OneArmError,
    OneArmTrialWarning,
    SingleTrialError,
)
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


@dataclass(frozen=True)
class Design:
    """The columns of a model of one cohort.

    Attributes
    ----------
    terms : (p,) what the columns are.
    matrix : (n, p) the columns.
    trial_names : trials in the order of their first patient; the first is the reference of the indicators.
    trial_codes : (n,) index into `trial_names` of each row.
    cluster : what random effects are of: trials, or a column that divides each of them.
    cluster_names, cluster_codes : the same of the clusters; those of the trials where these are the clusters.
    trial_indicators : whether the design has columns of trials.
    mediator_positions : (J,) the columns that depend on the mediator: its own, then their products with
        treatment.
    mediator_knots : knots of a spline of the mediator; empty where it is linear.
    interaction : whether there are such products.
    notes : what a reader of the model has to know of its trials and of its covariates' levels.
    """

    terms: tuple[Term, ...]
    matrix: FloatArray
    trial_names: tuple[str, ...]
    trial_codes: IntArray
    cluster: str
    cluster_names: tuple[str, ...]
    cluster_codes: IntArray
    trial_indicators: bool
    mediator_positions: IntArray
    mediator_knots: tuple[float, ...]
    interaction: bool
    notes: tuple[FitWarning, ...]
    _covariates: CovariateColumns = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """(p,) texts for messages and tables, all different."""
        return tuple(term.id for term in self.terms)

    @property
    def patients_per_trial(self) -> dict[str, int]:
        """How many rows are of each trial."""
        counts = np.bincount(self.trial_codes, minlength=len(self.trial_names))
        return dict(zip(self.trial_names, counts.tolist(), strict=True))

    @property
    def treatment_position(self) -> int:
        """The column of the treatment."""
        return 0

    @property
    def trial_positions(self) -> IntArray:
        """The columns of trial indicators."""
        count = len(self.trial_names) - 1 if self.trial_indicators else 0
        return np.arange(len(self.terms) - count, len(self.terms))

    @property
    def adjustment_positions(self) -> IntArray:
        """The columns of covariates that treatment has no part in."""
        return (
            1
            + self.mediator_positions.size
            + np.flatnonzero(~np.array(self._covariates.with_treatment, bool))
        )

    def with_mediator(
        self,
        values: ArrayLike,
        *,
        variable: str = MEDIATOR,
        knots: Sequence[float] = (),
        interaction: bool = False,
    ) -> Design:
        """Return the design with the columns of a mediator, checked.

        Parameters
        ----------
        values : (n,) on the analysis scale.
        variable : its variable, for the tables.
        knots : of a restricted cubic spline of the mediator; without them it is linear.
        interaction : whether each column of the mediator has another one, times treatment.

        Raises
        ------
        MissingValueError, ConstantCovariateError, RankDeficientError
            Each names the columns.
        """
        mediator = np.asarray(values, dtype=np.float64)
        if not np.isfinite(mediator).all():
            raise MissingValueError(f"{int((~np.isfinite(mediator)).sum())} rows have no mediator value")
        terms = mediator_terms(
            variable, columns=max(len(knots) - 1, 1), spline=bool(knots), interaction=interaction
        )
        design = replace(
            self,
            terms=(self.terms[0], *terms, *self.terms[1:]),
            mediator_positions=np.arange(1, 1 + len(terms)),
            mediator_knots=tuple(knots),
            interaction=interaction,
        )
        arm = self.matrix[:, :1]
        matrix = np.hstack([arm, design._of_mediator(mediator, arm), self.matrix[:, 1:]])
        return replace(design, matrix=check_design(matrix, design.names, len(matrix)))

    def mediator_columns(self, values: FloatArray) -> FloatArray:
        """Return the (2, m, J) columns that depend on the mediator at m values of it, by arm."""
        return np.array(
            [self._of_mediator(values, np.full((values.size, 1), float(arm))) for arm in ARM_CODES]
        )

    def other_columns(self) -> FloatArray:
        """Return the (2, n, p - J) columns that do not, had all patients been in one arm, by arm."""
        columns = np.delete(self.matrix, self.mediator_positions, axis=1)
        by_arm = np.stack([columns] * len(ARM_CODES))
        covariates = slice(1, 1 + len(self._covariates.terms))
        for columns, arm in zip(by_arm, ARM_CODES, strict=True):
            columns[:, 0] = arm
            columns[:, covariates] = self._covariates.in_arm(arm)
        return by_arm

    def _of_mediator(self, values: FloatArray, arm: FloatArray) -> FloatArray:
        """Return the (m, J) columns for values of the mediator in the (m, 1) arms."""
        columns = _mediator_columns(values, self.mediator_knots)
        return np.hstack([columns, arm * columns]) if self.interaction else columns


def fit_design(
    frame: pd.DataFrame,
    *,
    covariates: Covariates = (),
    trial_indicators: bool = False,
    by_trial: bool = False,
    cluster: str = TRIAL,
) -> Design:
    """Build a design without a mediator and check it.

    Parameters
    ----------
    frame : rows with columns `trial`, `treatment` (0, 1) and the covariates, nothing missing in these.
    covariates : as for `learn_covariates`.
    trial_indicators : whether trials after the first get an indicator column (`trial_effects: fixed`).
    by_trial : whether the model uses trials in another way (random effects); asks for the same checks of
        trials.
    cluster : what the random effects are of: `trial`, or a column, of which each value within a trial is a
        cluster. Several trials then have indicator columns, so that clusters differ within their trial.

    Raises
    ------
    MissingValueError, ConstantCovariateError, RankDeficientError, OneArmError, SingleTrialError, ModelError
        Each names the columns or trials and says what to do.
    """
    learnt = learn_covariates(frame, covariates)
    arm = frame[TREATMENT].to_numpy(dtype=np.float64)
    codes, trials = pd.factorize(frame[TRIAL].astype(str))
    trial_names = tuple(map(str, trials))
    own, names = codes, trial_names
    if cluster != TRIAL:
        own, names = _clusters(frame, cluster)
        trial_indicators, by_trial = len(trial_names) > 1, False
    notes = _check_arms(arm, codes, trial_names, by_trial=by_trial or trial_indicators)
    terms, parts = [treatment_term(), *learnt.terms], [arm[:, None], learnt.matrix]
    if trial_indicators:
        terms += [trial_term(name) for name in trial_names[1:]]
        parts.append((codes[:, None] == np.arange(1, len(trial_names))).astype(np.float64))
    matrix = np.ascontiguousarray(np.hstack(parts))
    _check_varying(matrix, terms)
    design = Design(
        terms=tuple(terms),
        matrix=matrix,
        trial_names=trial_names,
        trial_codes=codes.astype(np.int64),
        cluster=cluster,
        cluster_names=names,
        cluster_codes=own.astype(np.int64),
        trial_indicators=trial_indicators,
        mediator_positions=np.arange(0),
        mediator_knots=(),
        interaction=False,
        notes=(*notes, *learnt.notes),
        _covariates=learnt,
    )
    check_design(matrix, design.names, len(frame))
    return design


def _clusters(frame: pd.DataFrame, variable: str) -> tuple[IntArray, tuple[str, ...]]:
    """Return the cluster of each row, a value of a variable within a trial, and the names of the clusters."""
    if frame[variable].isna().any():
        raise MissingValueError(f"missing values in {variable} ({int(frame[variable].isna().sum())} rows)")
    codes, names = pd.factorize(frame[TRIAL].astype(str) + " / " + frame[variable].astype(str))
    if len(names) < 2:
        raise SingleTrialError(f"there is one cluster only, {variable} {names[0]}: use trial_effects none")
    return codes, tuple(map(str, names))


def _mediator_columns(values: FloatArray, knots: Sequence[float]) -> FloatArray:
    return restricted_cubic_spline(values, knots=knots) if knots else values[:, None]


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

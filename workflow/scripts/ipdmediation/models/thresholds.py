"""Thresholds of a cumulative link model: one set for everybody, or one for each arm.

With thresholds by arm the treatment's effect is free at every cut of the outcome, and proportional odds are
assumed of everything else. In arm a::

    P(Y <= k) = F(threshold[k] - effect[k] a - x'beta)

Peterson & Harrell 1990, J R Stat Soc C 39:205 (partial proportional odds); in R, `clm(..., nominal = ~ a)`.
Kernels have thresholds of each arm; results have those of the controls, and the effect at each cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.errors import EmptyLevelWarning, FitWarning, ModelError, OutcomeError
from ipdmediation.models.notes import empty_level_notes
from ipdmediation.models.standardisation import natural_jacobian
from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.terms import TREATMENT, treatment_at_cut_term
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS


class Thresholds:
    """The thresholds of a model of n rows.

    Parameters
    ----------
    levels : (n,) outcome levels 0..K - 1.
    level_names : (K,) their codes.
    arms : (n,) 0 or 1, where each arm has thresholds of its own; None where it has not.

    Attributes
    ----------
    codes : (n,) levels as kernels number them: level k of arm a is a K + k.
    n_levels, n_arms : K, and how many sets of thresholds there are.

    Raises
    ------
    ModelError
        If there are other arms than 0 and 1.
    """

    def __init__(self, levels: IntArray, level_names: Sequence[str], *, arms: ArrayLike | None) -> None:
        self.level_names = tuple(level_names)
        self.n_levels, self.n_arms = len(self.level_names), 1 if arms is None else 2
        self.codes = levels
        if arms is not None:
            own = np.asarray(arms)
            if own.shape != levels.shape or not np.isin(own, (0, 1)).all() or np.ptp(own) == 0:
                raise ModelError("thresholds by arm need both arms, as 0 and 1")
            self.codes = levels + self.n_levels * own.astype(np.int64)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the thresholds, and of the treatment's effect at each where it is free."""
        pairs = list(pairwise(self.level_names))
        at_cuts = (treatment_at_cut_term(*pair).id for pair in pairs) if self.n_arms > 1 else ()
        return (*(f"{lower}|{upper}" for lower, upper in pairs), *at_cuts)

    def unbounded(self, weights: FloatArray) -> list[tuple[int, int]]:
        """Return arms, with a level of theirs, whose lack of it sends a threshold to infinity.

        An arm without the lowest or the highest level of the other one has no effect at the cut beside it. A
        level between takes nothing away but its own probability.
        """
        if self.n_arms == 1:
            return []
        counts = np.bincount(self.codes, weights, minlength=self.n_arms * self.n_levels)
        found = counts.reshape(self.n_arms, self.n_levels) > 0
        levels = np.flatnonzero(found.any(axis=0))
        ends = levels[[0, -1]] if levels.size > 1 else levels[:0]
        return [(arm, int(level)) for arm in range(self.n_arms) for level in ends if not found[arm, level]]

    def check(self, weights: FloatArray) -> None:
        """Raise `OutcomeError` for what `unbounded` finds, naming arm and level."""
        lacking = self.unbounded(weights)
        if lacking:
            where = "; ".join(
                f"no {_patient(arm)} has outcome level {self.level_names[level]}" for arm, level in lacking
            )
            raise OutcomeError(
                f"{where}, so the treatment's effect at the cut beside it is infinite; state "
                "`proportional_odds: {treatment: proportional}`, or merge levels"
            )

    def notes(self, weights: FloatArray) -> list[FitWarning]:
        """Return what is to be known of levels that nobody has, or nobody of an arm."""
        present = np.unique(self.codes[weights > 0])
        notes = empty_level_notes(self.level_names, np.unique(present % self.n_levels))
        for arm in range(self.n_arms if self.n_arms > 1 else 0):
            own = present[present // self.n_levels == arm] % self.n_levels
            empty = np.setdiff1d(present % self.n_levels, own)
            if empty.size:
                codes = ", ".join(sorted((self.level_names[level] for level in empty), key=int))
                text = f"no {_patient(arm)} has outcome level {codes}; its probability in that arm is 0"
                notes.append(EmptyLevelWarning(text))
        return notes

    def from_kernel(self, estimates: FloatArray) -> FloatArray:
        """Put the treatment's effect at each cut in the place of the treated arm's thresholds."""
        if self.n_arms == 1:
            return estimates
        cuts = self.n_levels - 1
        shown = estimates.copy()
        with np.errstate(invalid="ignore"):
            # nan at a cut beside a level that nobody has, where both are infinite
            shown[cuts : 2 * cuts] = estimates[:cuts] - estimates[cuts : 2 * cuts]
        return shown

    def to_kernel(self, estimates: FloatArray) -> FloatArray:
        """Undo `from_kernel`."""
        if self.n_arms == 1:
            return estimates
        cuts = self.n_levels - 1
        return np.concatenate([*by_arm(estimates, cuts=cuts, free=True), estimates[2 * cuts :]])

    def jacobian(self, weights: FloatArray, *, centre: FloatArray, scale: FloatArray) -> FloatArray:
        """Return the derivatives of the results in what the kernels estimate, see `natural_jacobian`."""
        present = np.unique(self.codes[weights > 0])
        jacobian = natural_jacobian(
            present, n_levels=self.n_levels, n_arms=self.n_arms, centre=centre, scale=scale
        )
        if self.n_arms > 1:
            cuts = self.n_levels - 1
            jacobian[cuts : 2 * cuts] = jacobian[:cuts] - jacobian[cuts : 2 * cuts]
        return jacobian


def check_free_treatment(family: str, trial_effects: str) -> None:
    """Raise `ModelError` where a treatment that is free at every cut does not fit the outcome or the trials.

    Parameters
    ----------
    family, trial_effects : as of `AnalysisSpecification`.
    """
    if not FAMILIES[family].cuts:
        raise ModelError(f"a treatment free at every cut needs an ordinal outcome, not {family!r}")
    if TREATMENT in TRIAL_EFFECTS[trial_effects].random:
        raise ModelError(
            f"a treatment free at every cut has no random slope beside it, as {trial_effects!r} has"
        )


def by_arm(estimates: FloatArray, *, cuts: int, free: bool) -> FloatArray:
    """Return the (2, K - 1) thresholds of each arm, from a model's estimates.

    Parameters
    ----------
    estimates : (p,) the thresholds, then the treatment's effect at each cut where it is free.
    cuts : K - 1.
    free : whether it is.

    Examples
    --------
    >>> by_arm(np.array([0.0, 1.0, 0.5, 0.25]), cuts=2, free=True)
    array([[ 0.  ,  1.  ],
           [-0.5 ,  0.75]])
    """
    control = estimates[:cuts]
    if not free:
        return np.stack([control, control])
    effect = estimates[cuts : 2 * cuts]
    return np.stack([control, np.where(np.isinf(control), control, control - effect)])


def _patient(arm: int) -> str:
    return "treated patient" if arm else "control"

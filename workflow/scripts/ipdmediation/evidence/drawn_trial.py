"""What one trial says by itself: estimates and bootstrap draws, and the effects that are made of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ipdmediation.data.arms import ARMS
from ipdmediation.effects.catalogue import Effect
from ipdmediation.inference.summary import summarise_effects
from ipdmediation.kernels.arrays import FloatArray

#: ASSUME: a trial's replicates show how its effects scatter as long as no larger share of them failed.
MOST_FAILED = 0.1

FAILED = "failed"
LACKS_A_LEVEL = "it lacks an outcome level that other trials have"


@dataclass(frozen=True, kw_only=True)
class TrialEffects:
    """The effects of one trial with their intervals.

    Attributes
    ----------
    trial : str
    arms : mapping of str to int or None
        Patients by arm; None where a trial that sent its result holds the number back.
    reason : str
        Why it is left out; empty where it is not.
    effects : DataFrame
        With the columns of `summarise_effects`; empty where it is left out.
    draws : ndarray, shape (replicates, effects)
        Of the replicates that could be fitted, in the order of `effects`.
    sent : bool
        Whether the trial sent its result, and no rows.
    """

    trial: str
    arms: dict[str, int | None]
    reason: str = ""
    effects: pd.DataFrame
    draws: np.ndarray
    sent: bool = False


@dataclass(frozen=True, kw_only=True)
class DrawnTrial:
    """What is known of one trial before it is decided which interval its effects have.

    Attributes
    ----------
    trial, arms, reason, sent
        As in `TrialEffects`.
    levels : frozenset of float
        Values of the outcome that some of its patients have; empty where the outcome has no levels.
    effects : tuple of Effect
        None where it is left out.
    estimates : ndarray, shape (effects,)
    accelerations : ndarray, shape (effects,), or None
        For the interval `bca`.
    draws : DataFrame
        `status` and a column for each effect, one row per replicate, as `bootstrap.draw_replicates` has them.
    """

    trial: str
    arms: dict[str, int | None]
    levels: frozenset[float]
    reason: str = ""
    sent: bool = False
    effects: tuple[Effect, ...] = ()
    estimates: FloatArray
    accelerations: FloatArray | None = None
    draws: pd.DataFrame

    @classmethod
    def left_out(
        cls,
        trial: str,
        reason: str,
        *,
        arms: dict[str, int | None],
        levels: frozenset[float],
        sent: bool = False,
    ) -> DrawnTrial:
        """Return a trial that has no effects, for a reason."""
        nothing = np.empty(0)
        return cls(
            trial=trial,
            reason=reason,
            arms=arms,
            levels=levels,
            sent=sent,
            estimates=nothing,
            draws=pd.DataFrame(),
        )

    def beside(self, levels: frozenset[float]) -> DrawnTrial:
        """Return it as it is beside trials whose patients have these levels of the outcome."""
        if self.reason or not levels - self.levels:
            return self
        return self.left_out(self.trial, LACKS_A_LEVEL, arms=self.arms, levels=self.levels, sent=self.sent)

    def summarised(self, *, family: str, link: str, interval: str, level: float) -> TrialEffects:
        """Return its effects with intervals of a kind and level, as `summarise_effects` makes them."""
        if self.reason:
            return TrialEffects(
                trial=self.trial,
                arms=self.arms,
                reason=self.reason,
                effects=pd.DataFrame(),
                draws=np.empty((0, 0)),
                sent=self.sent,
            )
        effects = summarise_effects(
            self.draws,
            self.estimates,
            effects=self.effects,
            family=family,
            link=link,
            interval=interval,
            level=level,
            max_failed=MOST_FAILED,
            accelerations=self.accelerations,
        )
        columns = [effect.column for effect in self.effects]
        fitted = self.draws.loc[self.draws["status"] != FAILED, columns]
        return TrialEffects(
            trial=self.trial,
            arms=self.arms,
            effects=effects,
            draws=fitted.to_numpy(dtype=np.float64),
            sent=self.sent,
        )


def enough_patients(arms: dict[str, int | None], minimum: int) -> bool:
    """Return whether no arm has so few patients that its effects would give their outcomes away."""
    return not 0 < min(int(arms[arm] or 0) for arm in ARMS) < minimum

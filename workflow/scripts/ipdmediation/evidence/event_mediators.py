"""What stands as the mediator of patients who have none, in the analyses of everybody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata, spearmanr

from ipdmediation.data.cohort import Mask
from ipdmediation.data.covariates import Covariates
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.models.specification import mediator_knots
from ipdmediation.vocabulary.handlings import Remark
from ipdmediation.vocabulary.transforms import IDENTITY


@dataclass(frozen=True, kw_only=True)
class EventAnalysis:
    """An analysis of everybody, with what is known of the event.

    Attributes
    ----------
    analysis : ImputedAnalysis
        Of all who were randomised; the mediator of whom the event befell is missing in each completed data
        set.
    event, measured : ndarray of bool, shape (n,)
        As of `data.event.EventCohort`.
    covariates : sequence of str or str
        Of the probability of the event, and of that of not being measured.
    """

    analysis: ImputedAnalysis
    event: Mask
    measured: Mask
    covariates: Covariates

    @property
    def mediators(self) -> FloatArray:
        """The mediator in each completed data set, missing where there is none, (imputations, n)."""
        values = self.analysis.completed[self.analysis.specification.mediator]
        found = values.to_numpy(dtype=np.float64, na_value=np.nan).reshape(-1, self.event.size)
        return np.where(self.event, np.nan, found)

    @cached_property
    def known(self) -> Mask:
        """Whose mediator is measured or imputed, (n,)."""
        found: Mask = np.asarray(~np.isnan(self.mediators).any(axis=0))
        return found

    @cached_property
    def harmful_end(self) -> Remark:
        """The end of the mediator that goes with worse outcomes: the side of its rank correlation with them.

        The largest one where neither does.
        """
        stated = self.analysis.specification
        outcome = self.analysis.cohort[stated.outcome].to_numpy(dtype=np.float64)[self.measured]
        mediator = self.mediators[0][self.measured]
        if min(np.unique(mediator).size, np.unique(outcome).size) < 2:
            return Remark.LARGEST
        worse = spearmanr(mediator, outcome).statistic * (1 if stated.better == "low" else -1)
        return Remark.SMALLEST if worse < 0 else Remark.LARGEST

    def left_aside(self) -> ImputedAnalysis:
        """Return the analysis with any value for who has none: for fits to the others alone."""
        return self._with(np.where(np.isnan(self.mediators), self._middle, self.mediators))

    def at_worst_value(self) -> ImputedAnalysis:
        """Return the analysis with the most harmful value that was measured for whom the event befell."""
        measured = self.mediators[0][self.measured]
        end = measured.max() if self.harmful_end is Remark.LARGEST else measured.min()
        others = np.where(np.isnan(self.mediators), self._middle, self.mediators)
        return self._with(np.where(self.event, end, others))

    def at_worst_rank(self) -> ImputedAnalysis:
        """Return the analysis of normal scores of the ranks, the event tied beyond all others.

        They are z = qnorm((r - 1/2) / n), in units of a standard deviation (Lachin 1999, Control Clin Trials
        20:408).
        """
        beyond = np.inf if self.harmful_end is Remark.LARGEST else -np.inf
        ranked = self.event | self.known
        scores = np.zeros(self.mediators.shape)
        for own, values in zip(scores, self.mediators, strict=True):
            ranks = rankdata(np.where(self.event, beyond, values)[ranked])
            own[ranked] = ndtri((ranks - 0.5) / ranks.size)
        found = self._with(scores)
        scale = replace(found.specification, transform=IDENTITY.key, offset=0.0)
        return replace(found, specification=scale)

    @property
    def _middle(self) -> float:
        return float(np.nanmedian(self.mediators))

    def _with(self, mediators: FloatArray) -> ImputedAnalysis:
        completed = self.analysis.completed
        name = self.analysis.specification.mediator
        return replace(self.analysis, completed=completed.assign(**{name: mediators.ravel()}))


def knots_of(analysis: ImputedAnalysis, who: Mask) -> tuple[float, ...]:
    """Return the knots of the mediator's spline: those of the patients who have a mediator."""
    rows = np.tile(who, analysis.imputations)
    return mediator_knots(analysis.completed[rows], specification=analysis.specification)

"""Trials that sent their results, beside those whose rows are here: one list, as if all rows were here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ipdmediation.effects.catalogue import Effect
from ipdmediation.evidence.drawn_trial import DrawnTrial
from ipdmediation.evidence.site_agreement import disagreements
from ipdmediation.evidence.site_archive import SiteResultError, read_archive
from ipdmediation.evidence.site_tables import trial_of


class EqualTrialsError(ValueError):
    """Two trials have the same patients."""


def read_sent(
    files: Sequence[str],
    trials: Mapping[str, str],
    *,
    analysis: str,
    agreed: Mapping[str, Any],
    effects: Sequence[Effect],
) -> list[DrawnTrial]:
    """Return the trials that sent their results.

    Parameters
    ----------
    files : sequence of str
        The result of each of `trials`.
    trials : mapping of str to str
        Their ids here to those at the site.
    analysis : str
    agreed : mapping
        What has to be as in this study, see `agreed_settings`.
    effects : sequence of Effect
        What the analysis has of single trials.

    Raises
    ------
    SiteResultError
        Where a result is damaged, or does not agree with this study.
    """
    results = {file: read_archive(file) for file in dict.fromkeys(files)}
    found = []
    for file, (trial, sent_as) in zip(files, trials.items(), strict=True):
        stated = results[file].analyses.get(analysis, {"settings": {}, "trials": {}})
        if sent_as not in stated["trials"]:
            raise SiteResultError(f"{file}: has no analysis {analysis!r} of {sent_as!r}")
        for line in disagreements(stated["settings"], agreed):
            raise SiteResultError(f"{file}: {line}")
        found.append(
            trial_of(
                results[file], file=file, analysis=analysis, sent_as=sent_as, trial=trial, effects=effects
            )
        )
    return found


def levels_of(trials: Iterable[DrawnTrial]) -> frozenset[float]:
    """Return the values of the outcome that patients of some trials have."""
    return frozenset().union(*(trial.levels for trial in trials))


def side_by_side(here: Sequence[DrawnTrial], sent: Sequence[DrawnTrial]) -> list[DrawnTrial]:
    """Return the trials in the order that they would have if all rows were here: that of their ids.

    Parameters
    ----------
    here : sequence of DrawnTrial
        Those with rows, which know which levels of the outcome the others have.
    sent : sequence of DrawnTrial

    Raises
    ------
    EqualTrialsError
        Where two trials have the same estimates, so that their patients would count twice.
    """
    levels = levels_of([*here, *sent])
    every = sorted([*here, *(trial.beside(levels) for trial in sent)], key=lambda trial: trial.trial)
    fitted = [trial for trial in every if not trial.reason]
    for trial in sent:
        same = [
            other.trial
            for other in fitted
            if other.trial != trial.trial and np.array_equal(other.estimates, trial.estimates, equal_nan=True)
        ]
        if same and not trial.reason:
            raise EqualTrialsError(
                f"trials {trial.trial!r}, which sent a result, and {same[0]!r} have the same estimates to "
                "the last digit: patients would count twice; leave one of the two out"
            )
    return every

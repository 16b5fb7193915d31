"""What a reader of a fit has to know, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ipdmediation.data.disclosure import MINIMUM_COUNT
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.models.design import Design
from ipdmediation.models.errors import (
    EmptyLevelWarning,
    FitWarning,
    SeparationError,
    SeparationWarning,
    SingularFitWarning,
)
from ipdmediation.models.separation import Recession
from ipdmediation.vocabulary.terms import INTERCEPT, MEDIATOR, TREATMENT

# of a random effect, by its role
_DIFFER_IN = {INTERCEPT: "level", TREATMENT: "treatment effect", MEDIATOR: "effect of the mediator"}
_NO_SPREAD = 1e-3  # of a random effect's typical size, in units of the residual
_ALIKE = 1 - 1e-4


def empty_level_notes(level_names: Sequence[str], present: IntArray) -> list[FitWarning]:
    """Return the note on outcome levels that no patient has, if there are any.

    Parameters
    ----------
    level_names : codes of all levels.
    present : which of them patients have.
    """
    empty = np.setdiff1d(np.arange(len(level_names)), present)
    if not empty.size:
        return []
    return [
        EmptyLevelWarning(
            f"no patient has outcome level {_codes(empty, level_names)}; its probability is 0, and the "
            "threshold beside it equals its neighbour or is infinite at an end of the scale"
        )
    ]


def singular_note(
    roles: Sequence[str],
    covariance: FloatArray,
    *,
    columns: FloatArray,
    unit: float,
    trials: int,
    clusters: str = "trials",
) -> FitWarning:
    """Return the note on a covariance of random effects that is at its boundary.

    Parameters
    ----------
    roles : (q,) what the random effects are: "intercept", "treatment", "mediator".
    covariance : (q, q), estimated.
    columns : (n, q) columns of the random effects.
    unit : standard deviation of the residual, 1 for a linear predictor.
    trials : number of trials.
    clusters : what they are called.

    Examples
    --------
    >>> none = singular_note(
    ...     ["intercept"], np.zeros((1, 1)), columns=np.ones((9, 1)), unit=1.0, trials=3
    ... )
    >>> str(none)
    'the 3 trials differ in their level by no more than chance: this variance between them is estimated as 0'
    >>> roles, loadings = ["intercept", "treatment", "mediator"], np.array([[1, 0], [0, 1], [1, 1]])
    >>> str(singular_note(roles, loadings @ loadings.T, columns=np.ones((9, 3)), unit=1.0, trials=3))[29:93]
    'how their level, treatment effect and effect of the mediator go '
    """
    sds = np.sqrt(np.diag(covariance))
    words = [_DIFFER_IN.get(role, role) for role in roles]
    flat = sds * np.sqrt(np.mean(columns**2, axis=0)) < _NO_SPREAD * unit
    sentences = []
    if flat.any():
        listed = " and ".join(word for word, none in zip(words, flat, strict=True) if none)
        sentences.append(
            f"the {trials} {clusters} differ in their {listed} by no more than chance: this variance "
            "between them is estimated as 0"
        )
    for later in range(len(words)):
        for earlier in range(later):
            if flat[later] or flat[earlier]:
                continue
            sign = np.sign(covariance[earlier, later])
            correlation = covariance[earlier, later] / (sds[earlier] * sds[later])
            if abs(correlation) > _ALIKE:
                sentences.append(
                    f"{trials} {clusters} are too few to tell how their {words[earlier]} and their "
                    f"{words[later]} go together: this correlation is estimated as {sign:.0f}"
                )
    if not sentences:
        sentences.append(
            f"{trials} {clusters} are too few to tell how their {', '.join(words[:-1])} and {words[-1]} go "
            "together: one is estimated as a combination of the others"
        )
    return SingularFitWarning("; ".join(sentences))


def separation_note(
    found: Recession, design: Design, *, levels: IntArray, level_names: Sequence[str]
) -> FitWarning:
    """Return the note on covariates or trials whose coefficients are infinite.

    Parameters
    ----------
    found : the direction.
    design : its columns.
    levels, level_names : (n,) outcome levels, and their codes.
    """
    patients = int(found.decided.sum())
    codes = _codes(levels[found.decided], level_names)
    reason = "it leaves no overlap of the outcome"
    if patients:
        reason = f"all {patients} patients whom it sets apart have outcome {codes}"
    if 0 < patients < MINIMUM_COUNT:  # the note is public
        reason = "the few patients whom it sets apart are all at one end of the outcome"
    return SeparationWarning(
        f"{_apart(found, design)}: {reason}, so its coefficient is infinite and not shown; the other "
        "estimates are those of the other patients"
    )


def separation_error(
    found: Recession, design: Design, *, levels: IntArray, level_names: Sequence[str]
) -> SeparationError:
    """Return the error on a direction that leaves nothing to say of treatment or mediator.

    Parameters
    ----------
    found : a direction with treatment or mediator in it, or one that leaves no patient.
    design : its columns.
    levels, level_names : (n,) outcome levels, and their codes.
    """
    treatment, mediator = _moves(found, design)
    if treatment and not mediator:
        treated = design.matrix[:, design.treatment_position] == 1
        arms = [
            f"{name} have {_codes(levels[rows], level_names)}"
            for name, rows in (("controls", ~treated), ("treated", treated))
        ]
        what = f"the outcome separates the arms ({'; '.join(arms)})"
    elif mediator:
        what = f"the outcome is {separated_by(found, design)}"
    else:
        what = f"the outcome is {separated_by(found, design)}, which leaves nothing for the treatment"
    return SeparationError(f"{what}: no maximum-likelihood estimate exists")


def separated_by(found: Recession, design: Design) -> str:
    """Return, without numbers, what a direction sets apart the outcome by.

    Parameters
    ----------
    found : the direction.
    design : its columns.
    """
    treatment, mediator = _moves(found, design)
    if mediator:
        return f"separated by the mediator{' together with the arms' if treatment else ''}"
    return f"separated by {'the arms' if treatment else _apart(found, design)}"


def _moves(found: Recession, design: Design) -> tuple[bool, bool]:
    """Say whether treatment, and whether the mediator, has part in a direction."""
    moving = set(np.flatnonzero(found.slopes).tolist())
    return design.treatment_position in moving, bool(moving & set(design.mediator_positions.tolist()))


def _codes(levels: IntArray, level_names: Sequence[str]) -> str:
    """Return the codes of some patients' levels, in increasing order."""
    return ", ".join(sorted((level_names[level] for level in np.unique(levels)), key=int))


def _apart(found: Recession, design: Design) -> str:
    """Return the covariates and levels in a direction, or the trials of the patients that it decides."""
    terms = [design.terms[position] for position in np.flatnonzero(found.slopes)]
    named = [
        f"covariate {term.variable or term.id}" + (f", level {term.level}" if term.level else "")
        for term in terms
        if term.kind.adjusts
    ]
    if not named:
        trials = [design.trial_names[code] for code in np.unique(design.trial_codes[found.decided])]
        named = [f"trial {name}" for name in trials or [term.level for term in terms]]
    return "; ".join(named)

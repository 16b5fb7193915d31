"""A trial's own estimates and draws as the tables of a site's result, and back."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ipdmediation.data.arms import ARMS
from ipdmediation.data.result_tables import csv_text
from ipdmediation.data.variables import Variable
from ipdmediation.effects.catalogue import (
    KHB_EFFECTS,
    Effect,
    coefficient_catalogue,
    natural_catalogue,
)
from ipdmediation.evidence.by_trial import BY_TRIAL
from ipdmediation.evidence.drawn_trial import FAILED, DrawnTrial
from ipdmediation.evidence.site_archive import (
    COVARIANCE,
    DRAWS,
    EFFECTS,
    SiteResult,
    SiteResultError,
    part,
)
from ipdmediation.vocabulary.effects import PROPORTION_MEDIATED
from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.scales import scales_of

EFFECT_COLUMNS = ("effect", "scale", "estimate", "se", "acceleration")
_STATUSES = ("converged", "singular", FAILED)


def about_trial(trial: DrawnTrial, *, minimum_count: int) -> dict[str, Any]:
    """Return what the manifest says of a trial; numbers of few patients are held back."""
    small = {arm for arm, count in trial.arms.items() if 0 < (count or 0) < minimum_count}
    failed = 0 if trial.reason else int((trial.draws["status"] == FAILED).sum())
    return {
        "arms": {arm: None if arm in small else trial.arms[arm] for arm in ARMS},
        # which outcomes occur in an arm of few patients is as telling as how often
        "levels": [] if small else sorted(trial.levels),
        "reason": trial.reason,
        "replicates": len(trial.draws),
        "failed": failed,
    }


def tables_of(trial: DrawnTrial) -> dict[str, bytes]:
    """Return the tables of a trial by name; none of one that is left out.

    The covariance is that of the replicates in which all effects but the shares are finite; shares have none,
    for a ratio whose denominator may be 0 has no variance.
    """
    if trial.reason:
        return {}
    columns = [effect.column for effect in trial.effects]
    draws = trial.draws[["status", *columns]]
    fitted = draws.loc[draws["status"] != FAILED, columns]
    accelerations = trial.accelerations
    effects = pd.DataFrame(
        {
            "effect": [effect.effect for effect in trial.effects],
            "scale": [effect.scale.key for effect in trial.effects],
            "estimate": trial.estimates,
            "se": [_spread(fitted[effect.column].to_numpy(), effect) for effect in trial.effects],
            "acceleration": np.nan if accelerations is None else accelerations,
        },
        columns=list(EFFECT_COLUMNS),
    )
    together = [effect.column for effect in trial.effects if effect.effect != PROPORTION_MEDIATED]
    whole = fitted[together]
    values = np.cov(whole[np.isfinite(whole).all(axis=1)].to_numpy(dtype=np.float64), rowvar=False)
    covariance = pd.DataFrame({"effect": together, **dict(zip(together, values, strict=True))})
    return {
        EFFECTS: csv_text(effects).encode(),
        COVARIANCE: csv_text(covariance).encode(),
        DRAWS: csv_text(draws.astype({"status": object})).encode(),
    }


def effects_of(settings: Mapping[str, Any], outcome: Variable) -> tuple[Effect, ...]:
    """Return the effects of single trials that an analysis has, in the order in which they are computed.

    Parameters
    ----------
    settings : mapping
        The analysis with what it inherits.
    outcome : Variable
    """
    family = FAMILIES[settings["outcome"]["family"]]
    utility = settings["standardisation"]["utility"] is not None
    codes = (family.codes or outcome.codes) if family.levels else []
    every = (
        *coefficient_catalogue(
            interaction=settings["interaction"],
            linear=settings["mediator"]["spline_knots"] is None,
            quartiles=(0.0, 0.0, 0.0),
        ),
        *KHB_EFFECTS,
        *natural_catalogue(scales_of(codes, utility=utility)),
    )
    return tuple(effect for effect in every if effect.effect in BY_TRIAL)


def trial_of(
    result: SiteResult, *, file: str, analysis: str, sent_as: str, trial: str, effects: Sequence[Effect]
) -> DrawnTrial:
    """Return a trial of a site's result as if it had been analysed here.

    Parameters
    ----------
    result : SiteResult
    file : str
        Where it lies, for messages.
    analysis : str
    sent_as, trial : str
        The trial's id at the site and here.
    effects : sequence of Effect
        What has to be in it.

    Raises
    ------
    SiteResultError
        Where the tables are not those of a site's result.
    """
    about = result.analyses[analysis]["trials"][sent_as]
    arms = {arm: about["arms"][arm] for arm in ARMS}
    levels = frozenset(map(float, about["levels"]))
    if about["reason"]:
        return DrawnTrial.left_out(trial, about["reason"], arms=arms, levels=levels, sent=True)

    def table(name: str, words: Sequence[str]) -> pd.DataFrame:
        content = io.BytesIO(result.parts[part(analysis, sent_as, name)])
        try:
            cells = pd.read_csv(content, dtype="str")
            # as text first, for the reader of numbers is not exact to the last digit
            return cells.astype({name: np.float64 for name in cells.columns if name not in words})
        except (ValueError, UnicodeDecodeError) as error:
            raise SiteResultError(f"{file}: {part(analysis, sent_as, name)} is no table") from error

    estimated, draws = table(EFFECTS, ("effect", "scale")), table(DRAWS, ("status",))
    keys = [(effect.effect, effect.scale.key) for effect in effects]
    columns = [effect.column for effect in effects]
    sound = (
        tuple(estimated.columns) == EFFECT_COLUMNS
        and list(zip(estimated["effect"], estimated["scale"], strict=True)) == keys
        and list(draws.columns) == ["status", *columns]
        and len(draws) == about["replicates"]
        and draws["status"].isin(_STATUSES).all()
    )
    if not sound:
        text = f"has other effects or replicates than analysis {analysis!r} here"
        raise SiteResultError(f"{file}: {part(analysis, sent_as, DRAWS)} {text}")
    accelerations = estimated["acceleration"].to_numpy(dtype=np.float64)
    return DrawnTrial(
        trial=trial,
        arms=arms,
        levels=levels,
        sent=True,
        effects=tuple(effects),
        estimates=estimated["estimate"].to_numpy(dtype=np.float64),
        accelerations=None if np.isnan(accelerations).all() else accelerations,
        draws=draws.assign(reason=""),
    )


def _spread(draws: np.ndarray, effect: Effect) -> float:
    finite = draws[np.isfinite(draws)]
    return (
        float("nan") if effect.effect == PROPORTION_MEDIATED or finite.size < 2 else float(finite.std(ddof=1))
    )

"""Table: the effects with one coefficient of the treatment for all cuts, and with one for each cut."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ipdmediation.evidence.free_treatment import DIFFERENCE
from ipdmediation.present import notation
from ipdmediation.present.labels import NATURAL
from ipdmediation.present.proportional_odds import ways, why_not_free
from ipdmediation.present.scales import POINTS, Reading, named_cut, reading
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note
from ipdmediation.vocabulary.effects import PROPORTION_MEDIATED
from ipdmediation.vocabulary.proportional_odds import FREE, PROPORTIONAL
from ipdmediation.vocabulary.scales import MEAN

EFFECTS = ("te", "pnde", "tnie", PROPORTION_MEDIATED)


def free_treatment(free: pd.DataFrame, effects: pd.DataFrame, *, study: Study) -> Table:
    """Put the effects both ways beside their difference, on the mean and at the cut that is named.

    Parameters
    ----------
    free
        The effects both ways, as `evidence.free_treatment` makes them.
    effects
        The effects of the analysis, which are shown elsewhere.
    study
        Words of the study.
    """
    del effects
    cut, _ = named_cut(study)
    rows = [
        [_named(effect, scale, study), *_both_ways(found, reading(effect, scale, study=study))]
        for scale in (MEAN.key, cut.key)
        for effect in EFFECTS
        if (found := ways(free, effect, scale))
    ]
    heads = ["Effect", *(f"{way} ({study.coverage} CI)" for way in ("One for all cuts", "One for each cut"))]
    reason = why_not_free(free)
    return Table(
        name="free_treatment",
        title="Effects with one coefficient of the treatment for all cuts, and with one for each cut",
        cells=pd.DataFrame(rows, columns=[*heads, f"Difference ({study.coverage} CI)"]),
        notes=(
            "Both from the same bootstrap resamples, with indicators of the trials."
            if study.trial_effects.tell_apart
            else "Both from the same bootstrap resamples.",
            f"Differences of shares are in {POINTS}.",
            *([f"With one for each cut: not given, {reason}."] if reason else []),
            *synthetic_note(study),
        ),
    )


def _named(effect: str, scale: str, study: Study) -> str:
    on = reading("te", scale, study=study)
    return f"{NATURAL[effect]}, {on.name if effect == PROPORTION_MEDIATED else on.named}"


def _both_ways(rows: Mapping[str, Mapping[Any, Any]], read: Reading) -> list[str]:
    texts = [read.text(rows[way]) if way in rows else notation.DASH for way in (PROPORTIONAL, FREE)]
    change = rows.get(DIFFERENCE)
    if change is None or not notation.known(change["estimate"]):
        return [*texts, notation.DASH]
    low, high = (read.factor * change[name] for name in ("ci_low", "ci_high"))
    return [
        *texts,
        notation.interval(read.factor * change["estimate"], low, high, digits=read.digits, nulls=(0,)),
    ]

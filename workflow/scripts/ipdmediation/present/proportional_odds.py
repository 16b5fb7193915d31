"""What figure, table and page say alike of coefficients that may differ between the cuts of the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ipdmediation.data.covariates import all_covariate_names
from ipdmediation.evidence.coefficients_by_cut import SHOWN
from ipdmediation.evidence.cut_tests import ALL
from ipdmediation.evidence.free_treatment import DIFFERENCE
from ipdmediation.present import notation
from ipdmediation.present.house_style import people
from ipdmediation.present.labels import NATURAL
from ipdmediation.present.notation import lower
from ipdmediation.present.scales import levels_reached, mediator_scale_unit, named_cut, reading
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.effects import PROPORTION_MEDIATED
from ipdmediation.vocabulary.proportional_odds import FREE, PROPORTIONAL
from ipdmediation.vocabulary.scales import MEAN, read_cut
from ipdmediation.vocabulary.terms import MEDIATOR, TREATMENT, covariate_term

#: The panels of the figure, by model and term.
PANELS = dict(zip(SHOWN, ("total", "direct", "mediator"), strict=True))


def panel_title(model: str, term: str, study: Study) -> str:
    """Name a panel: what is compared, and which model it is of."""
    if term == MEDIATOR:
        return f"{study.label(study.mediator)}, per {mediator_scale_unit(study)}"
    return f"{study.short('treated')} vs {study.short('control')}, {PANELS[model, term]}"


def cut_label(cut: str, study: Study) -> str:
    """Name the better side of a cut by the outcome's own codes."""
    codes = list(study.levels(study.outcome))
    at = codes.index(str(read_cut(cut).cut))
    beside = codes[at : at + 2] if study.better > 0 else codes[at : at + 2][::-1]
    return levels_reached(study)["|".join(beside)]


def variable_label(term: str, study: Study) -> str:
    """Name a tested variable, by the key that the table of tests has for it."""
    mediator = study.label(study.mediator)
    known = {
        TREATMENT: f"{study.arm('treated')} vs {study.named_arm('control')}",
        MEDIATOR: mediator,
        f"{TREATMENT}:{MEDIATOR}": f"{study.arm('treated')} \N{MULTIPLICATION SIGN} {lower(mediator)}",
        ALL: "All of these together",
    }
    names = {covariate_term(name).id: name for name in all_covariate_names(study.analysis["covariates"])}
    if term in known:
        return known[term]
    return study.label(names[term]) if term in names else term


def ways(free: pd.DataFrame, effect: str, scale: str) -> dict[str, Mapping[Any, Any]]:
    """Return the rows of an effect by treatment: proportional, free and their difference."""
    found = free[(free["effect"] == effect) & (free["scale"] == scale)]
    return {str(row["treatment"]): row for row in found.to_dict("records")}


def left_blank(by_cut: pd.DataFrame, study: Study) -> list[str]:
    """Say at which cuts something is not given, and why; nothing where all is."""
    rows = by_cut[by_cut["reason"] != ""].drop_duplicates(["cut", "reason"])
    left = [f"{cut_label(str(row['cut']), study)} ({row['reason']})" for row in rows.to_dict("records")]
    return [f"Not given: {'; '.join(left)}."] if left else []


def why_not_free(free: pd.DataFrame) -> str:
    """Say why the treatment could not be free, empty where it could."""
    return next(filter(None, map(notation.text_of, free["reason"])), "")


def impact(free: pd.DataFrame, *, study: Study) -> list[str]:
    """Say what proportional odds of the treatment change in the answer.

    Parameters
    ----------
    free
        The effects both ways, as `evidence.free_treatment` makes them.
    study
        Words of the study.
    """
    first = (
        f"With enough {people()} a test rejects any model that is not exactly true; what counts is what the "
        "assumption changes in the answer."
    )
    reason = why_not_free(free)
    if reason:
        return [first, f"The effects with the treatment free at every cut are not given: {reason}."]
    cut, _ = named_cut(study)
    return [first, *filter(None, (_share(free, scale, study) for scale in (MEAN.key, cut.key)))]


def _share(free: pd.DataFrame, scale: str, study: Study) -> str:
    rows, on = ways(free, PROPORTION_MEDIATED, scale), reading("te", scale, study=study).name
    on = f"the {on}" if scale == MEAN.key else f"having {notation.with_article(lower(on))}"
    if DIFFERENCE not in rows:
        return ""
    if not all(notation.known(row["estimate"]) for row in rows.values()):
        return f"The share of the effect on {on} is not given both ways."
    read, change = reading(PROPORTION_MEDIATED, scale, study=study), rows[DIFFERENCE]
    low, high = (100 * change[name] for name in ("ci_low", "ci_high"))
    points = notation.interval(100 * change["estimate"], low, high, digits=read.digits, nulls=(0,))
    return (
        f"{NATURAL[PROPORTION_MEDIATED]} of the effect on {on}: {read.text(rows[PROPORTIONAL])} with one "
        f"coefficient of the treatment for all cuts, {read.text(rows[FREE])} with one for each cut; the "
        f"difference is {points} percentage points."
    )

"""Table: tests of proportional odds, and what the assumption changes in the effects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ipdmediation.evidence.coefficients_by_cut import BINARY, PARTIAL
from ipdmediation.evidence.cut_tests import ALL, BRANT, LIKELIHOOD_RATIO, OF_THE_OUTCOME, SCORE
from ipdmediation.evidence.free_treatment import DIFFERENCE
from ipdmediation.present import notation
from ipdmediation.present.labels import NATURAL
from ipdmediation.present.proportional_odds import (
    cut_label,
    panel_title,
    variable_label,
    ways,
    why_not_free,
)
from ipdmediation.present.scales import POINTS, named_cut, reading
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note, unique
from ipdmediation.vocabulary.effects import PROPORTION_MEDIATED
from ipdmediation.vocabulary.proportional_odds import FREE, PROPORTIONAL
from ipdmediation.vocabulary.scales import MEAN
from ipdmediation.vocabulary.terms import TREATMENT

NAMES = {SCORE: "", LIKELIHOOD_RATIO: ", likelihood ratio", BRANT: ", Brant's test"}
SQUARE = "\N{GREEK SMALL LETTER CHI}\N{SUPERSCRIPT TWO} (df)"


def proportional_odds(
    tests: pd.DataFrame, by_cut: pd.DataFrame, free: pd.DataFrame, effects: pd.DataFrame, *, study: Study
) -> Table:
    """Put the tests of the two models side by side; coefficients by cut and effects both ways are below.

    Parameters
    ----------
    tests, by_cut, free
        Tests, coefficients by cut and effects, as `evidence.cut_tests`, `coefficients_by_cut` and
        `free_treatment` make them.
    effects
        The effects of the analysis, which are shown elsewhere.
    study
        Words of the study.
    """
    del effects
    scores = tests[(tests["test"] == SCORE) & (tests["model"] == OF_THE_OUTCOME[-1])]
    shown = [(SCORE, str(term)) for term in scores["term"] if term != ALL]
    shown = [*shown[:1], (LIKELIHOOD_RATIO, TREATMENT), *shown[1:], (SCORE, ALL), (BRANT, ALL)]
    found = {(row["model"], row["test"], row["term"]): row for row in tests.to_dict("records")}
    rows = []
    for test, term in shown:
        cells = [_test(found.get((model, test, term))) for model in OF_THE_OUTCOME]
        rows.append(
            [f"{variable_label(term, study)}{NAMES[test]}", *(text for pair in cells for text in pair)]
        )
    heads = ["Same coefficient at every cut"]
    for model in OF_THE_OUTCOME:
        heads += [f"{model.capitalize()} model: {SQUARE}", notation.p_name()]
    reasons = dict.fromkeys(filter(None, map(notation.text_of, tests["reason"])))
    return Table(
        name="proportional_odds",
        title="Proportional odds" if study.link.odds else "The same coefficient at every cut",
        cells=pd.DataFrame(rows, columns=unique(heads)),
        printed=tuple(heads),
        notes=(
            "Score tests from the proportional fit where no other test is named.",
            *(
                ["Indicators of trials are in the models and not tested."]
                if study.trial_effects.tell_apart
                else []
            ),
            *(f"Where there is no test: {reason}." for reason in reasons),
            *_by_cut(by_cut, study),
            *_effects(free, study),
            *synthetic_note(study),
        ),
    )


def _test(row: Mapping[Any, Any] | None) -> tuple[str, str]:
    if row is None or not notation.known(row["chi_square"]):
        return notation.DASH, ""
    statistic = f"{notation.fixed(row['chi_square'])} ({notation.count(row['df'])})"
    return statistic, notation.p_value(row["p_value"])


def _by_cut(by_cut: pd.DataFrame, study: Study) -> list[str]:
    """Give coefficients by cut, in the form in which the others are proportional if it has a maximum."""
    read = reading("total", "coefficient", study=study)
    notes: list[str] = []
    withheld: list[str] = []
    for (model, term), rows in by_cut.groupby(["model", "term"], sort=False):
        forms = {form: found for form, found in rows.groupby("form") if found["estimate"].notna().any()}
        form = PARTIAL if PARTIAL in forms else BINARY
        if form not in forms:
            continue
        said, left = [], []
        for row in forms[form].to_dict("records"):
            name = cut_label(str(row["cut"]), study)
            if notation.known(row["estimate"]):
                said.append(f"{name}: {read.text(row)}")
            else:
                left.append(f"{name} ({row['reason']})")
        title, alone = panel_title(str(model), str(term), study), " alone" if form == BINARY else ""
        notes.append(
            f"{title}, {study.link.measure} of reaching these levels, each cut{alone} ({study.coverage} CI): "
            f"{'; '.join(said)}."
        )
        withheld.append(f"Not given: {'; '.join(left)}." if left else "")
    if len(set(withheld)) == 1:  # the same of every variable is said once
        return [*notes, *filter(None, withheld[:1])]
    return [note for each in zip(notes, withheld, strict=True) for note in each if note]


def _effects(free: pd.DataFrame, study: Study) -> list[str]:
    reason = why_not_free(free)
    if reason:
        return [f"Effects with the treatment free at every cut: not given, {reason}."]
    cut, _ = named_cut(study)
    found = [
        _both_ways(ways(free, effect, scale), effect, scale, study)
        for scale in (MEAN.key, cut.key)
        for effect in ("te", "tnie", PROPORTION_MEDIATED)
    ]
    return [note for note in found if note]


def _both_ways(rows: Mapping[str, Mapping[Any, Any]], effect: str, scale: str, study: Study) -> str:
    if DIFFERENCE not in rows:
        return ""
    read, change = reading(effect, scale, study=study), rows[DIFFERENCE]
    moved = "not given"
    if notation.known(change["estimate"]):
        low, high = (read.factor * change[name] for name in ("ci_low", "ci_high"))
        moved = notation.interval(read.factor * change["estimate"], low, high, digits=read.digits, nulls=(0,))
        moved += f" {POINTS}" if read.factor != 1 else ""
    whole = reading("te", scale, study=study)
    on = whole.name if effect == PROPORTION_MEDIATED else whole.named
    return (
        f"{NATURAL[effect]}, {on}: treatment proportional "
        f"{read.text(rows[PROPORTIONAL])}, free at every cut {read.text(rows[FREE])}, difference {moved}."
    )

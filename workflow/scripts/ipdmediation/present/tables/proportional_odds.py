"""Table: tests of proportional odds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ipdmediation.evidence.cut_tests import ALL, BRANT, LIKELIHOOD_RATIO, OF_THE_OUTCOME, SCORE
from ipdmediation.present import notation
from ipdmediation.present.proportional_odds import (
    variable_label,
)
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import Table, synthetic_note, unique
from ipdmediation.vocabulary.terms import TREATMENT

NAMES = {SCORE: "", LIKELIHOOD_RATIO: ", likelihood ratio", BRANT: ", Brant's test"}
SQUARE = "\N{GREEK SMALL LETTER CHI}\N{SUPERSCRIPT TWO} (df)"


def proportional_odds(tests: pd.DataFrame, effects: pd.DataFrame, *, study: Study) -> Table:
    """Put the tests of the two models side by side.

    Parameters
    ----------
    tests
        As `evidence.cut_tests` makes them.
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
            *synthetic_note(study),
        ),
    )


def _test(row: Mapping[Any, Any] | None) -> tuple[str, str]:
    if row is None or not notation.known(row["chi_square"]):
        return notation.DASH, ""
    statistic = f"{notation.fixed(row['chi_square'])} ({notation.count(row['df'])})"
    return statistic, notation.p_value(row["p_value"])

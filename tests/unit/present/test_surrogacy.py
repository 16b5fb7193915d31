"""The surrogacy panel: what figure, tables and page say, and what they do not say of few trials."""

# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from ipdmediation.evidence.columns import (
    SURROGACY_COLUMNS,
    SURROGATE_LINE_COLUMNS,
    SURROGATE_TRIAL_COLUMNS,
    with_words,
)
from ipdmediation.present.figures.name_places import Named, place_names
from ipdmediation.present.figures.surrogacy import MOST_NAMED
from ipdmediation.present.figures.surrogacy import surrogacy as surrogacy_figure
from ipdmediation.present.report.evidence_methods import evidence_methods
from ipdmediation.present.report.figure_words import caption
from ipdmediation.present.report.page import render
from ipdmediation.present.report.privacy import PatientRowsError
from ipdmediation.present.surrogacy import surrogacy_sentences
from ipdmediation.present.tables.surrogacy import surrogacy as surrogacy_table
from ipdmediation.present.tables.surrogate_predictions import surrogate_predictions
from tests.tracing import untraced
from tests.unit.present.examples import TEMPLATE, TRIALS, effects, many_trials, result, study

REASON = "all of its patients are in one arm"
_NUMBERS = {
    "r2_h_by_trial": 0.19, "latent_correlation": -0.44, "latent_r2": 0.19, "intercept": 0.38, "slope": -0.98,
    "tau": 0.16, "r2_tau2": 0.82, "threshold_effect": -0.43, "threshold_until": -4.28, "r2": 0.51,
    "weighted_correlation": -0.65, "weighted_r2": 0.42, "reliability": 0.38,
}  # fmt: skip


def measures(few: int = 0, **changed: Any) -> pd.DataFrame:
    """The measures of the panel; with `few` trials those that need more have a reason."""
    rows: list[dict[str, Any]] = [
        {
            "level": "prentice", "measure": name, "estimate": value, "ci_low": value - 0.1,
            "ci_high": value + 0.1, "test": test, "df": df, "p_value": 0.002, "n": 377,
        }
        for name, value, test, df in (
            ("treatment_on_mediator", -0.77, -6.91, 367),
            ("treatment_on_outcome", 1.11, 34.28, 1),
            ("mediator_given_treatment", -0.79, 75.01, 1),
            ("treatment_given_mediator", 0.62, 9.63, 1),
        )
    ]  # fmt: skip
    share = {"level": "individual", "measure": "pte", "estimate": 0.442, "ci_low": 0.26, "ci_high": 0.714}
    rows += [{**share, "interval": f"fieller_{name}", "test": 5.7} for name in ("scores", "draws")]
    explained = {"estimate": 0.18, "ci_low": 0.112, "ci_high": 0.259, "test": 75.01, "df": 1}
    rows.append({"level": "individual", "measure": "r2_h", **explained})
    rows.append(
        {
            "level": "trial", "measure": "correlation", "estimate": -0.71, "ci_low": -0.95, "ci_high": 0.09,
            "trials": few or 7, "verdict": "unclear", "note": "at 0.85 or more: proven; at 0.7 or less: not",
        }
    )  # fmt: skip
    rows += [
        {"level": "individual" if name.startswith(("r2_h", "latent")) else "trial", "measure": name,
         "estimate": value, "trials": few or 7}
        for name, value in _NUMBERS.items()
    ]  # fmt: skip
    rows.append({"level": "trial", "measure": "predicted_inside", "estimate": 6, "trials": 7})
    if few:
        nothing = {"withheld": "undefined", "note": "not defined: it needs three trials"}
        for row in rows:
            if row["level"] == "trial" and row["measure"] != "reliability":
                row |= {"estimate": math.nan, "ci_low": math.nan, "ci_high": math.nan, **nothing}
    for row in rows:
        row.update(changed.get(row["measure"], {}))
    return with_words(pd.DataFrame(rows, columns=list(SURROGACY_COLUMNS)))


def trials(names: Any = TRIALS, left_out: str = "piste") -> pd.DataFrame:
    """The trials' effects, one of them left out."""
    rows: list[dict[str, Any]] = []
    for at, name in enumerate(names):
        if name == left_out:
            rows.append({"trial": name, "n": 60, "reason": REASON})
            continue
        row: dict[str, Any] = {"trial": name, "n": 60, "weight": 1 / 6, "inside": "yes"}
        for key, value in (("on_mediator", -0.9 + at / 50), ("on_outcome", 1.2 - at / 10)):
            row |= {key: value, f"{key}_low": value - 0.4, f"{key}_high": value + 0.4}
        rows.append({**row, "predicted": 1.1, "prediction_low": -0.2, "prediction_high": 2.4})
    return with_words(pd.DataFrame(rows, columns=list(SURROGATE_TRIAL_COLUMNS)))


def line() -> pd.DataFrame:
    rows = [(-1.2, 1.5, 0.4, 2.6), (0.1, 0.3, -0.9, 1.5)]
    return pd.DataFrame(rows, columns=list(SURROGATE_LINE_COLUMNS))


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text()]


def test_the_table_has_every_measure_and_the_analysis_own_shares_beside() -> None:
    table = surrogacy_table(measures(), trials(), line(), effects(), study=study())
    rows = {cells[0]: cells[1:] for cells in table.cells.to_numpy().tolist()}
    assert rows["Treatment on the follow-up infarct volume"][2:] == ["t −6.91, df 367", ".002"]
    share = "Proportion of the effect explained"
    for kind in ("robust", "bootstrap"):
        assert rows[f"{share}, {kind} covariance"][1:3] == ["44.2% (26.0% to 71.4%)", "total effect: 5.7 SE"]
    assert rows["Share on one scale (KHB)"][1].endswith("%)")
    assert rows["Surrogate threshold effect"][1] == "0.65"
    assert rows["Trials within the prediction of the others"][1] == "6 of 7"
    assert any(note.startswith("By IQWiG's limits") for note in table.notes)
    assert any("would not prove" in note for note in table.notes)
    assert f"Left out: PISTE ({REASON})." in table.notes


def test_a_t_of_very_many_degrees_of_freedom_is_a_normal_one() -> None:
    table = surrogacy_table(
        measures(treatment_on_mediator={"df": 5e7}), trials(), line(), effects(), study=study()
    )
    assert "z −6.91" in table.cells["Test"].tolist()


def test_every_number_that_is_said_stands_in_the_table() -> None:
    sentences = surrogacy_sentences(measures(), study=study())
    given = ["95% 2011", "90", "1 mL"]
    assert untraced(sentences, {"surrogacy": measures()}, given=given) == []
    assert "a surrogate whose validity is unclear" in sentences[0]
    assert "none is predicted beyond 0.01" in sentences[1]


@pytest.mark.parametrize(("verdict", "said"), [("proven", "a proven"), ("not_valid", "no valid")])
def test_the_verdict_is_said_in_words(verdict: str, said: str) -> None:
    table = measures(correlation={"verdict": verdict})
    assert f"is {said} surrogate" in surrogacy_sentences(table, study=study())[0]


def test_a_threshold_that_means_nothing_is_none() -> None:
    why = "the prediction interval excludes 0 already where there is no effect"
    none = {"estimate": math.nan, "withheld": "undefined", "note": f"not defined: {why}"}
    said = surrogacy_sentences(measures(threshold_effect=none), study=study())[1]
    assert said == f"There is no surrogate threshold effect: {why}."


def test_of_two_trials_there_is_neither_line_nor_correlation() -> None:
    names = {"escape": "ESCAPE", "thrace": "THRACE"}
    few, two = measures(2), trials(names)
    said = surrogacy_sentences(few, study=study(trials=names))
    assert said[0].endswith("with 2 trials there is no correlation of effects (it needs three trials).")
    table = surrogacy_table(few, two, line().iloc[:0], effects(), study=study(trials=names))
    assert "Line of the effects: slope" not in table.cells["Measure"].tolist()
    drawn = texts(surrogacy_figure(few, two, line().iloc[:0], effects(), study=study(trials=names)))
    assert "No line is drawn: it needs three trials." in drawn
    assert "ESCAPE" in drawn


def test_of_one_trial_both_intervals_are_whole() -> None:
    """Of several, one that is far wider than the others is cut."""
    names = {"escape": "ESCAPE"}
    words = study(trials=names)
    wide = trials(names).assign(on_outcome_low=-30.0)
    assert "with one trial there is no" in surrogacy_sentences(measures(1), study=words)[0]
    figure = surrogacy_figure(measures(1), wide, line().iloc[:0], effects(), study=words)
    assert figure.axes[-1].get_ylim()[0] < -30
    crowded = trials()
    crowded.loc[0, "on_outcome_low"] = -30.0
    figure = surrogacy_figure(measures(), crowded, line(), effects(), study=study())
    assert figure.axes[-1].get_ylim()[0] > -10


def test_each_trial_stands_beside_its_prediction() -> None:
    table = surrogate_predictions(trials(), effects(), study=study())
    labels = [label for trial, label in TRIALS.items() if trial != "piste"]
    assert table.cells["Trial"].tolist() == labels
    assert table.cells.iloc[0].tolist()[2:] == ["3.32 (2.23–4.95)", "3.00 (0.82–11.02)", "yes"]
    tiny = trials().assign(prediction_low=-30.0)
    found = surrogate_predictions(tiny, effects(), study=study())
    assert found.cells.iloc[0, 3].startswith("3.00 (<0.01")  # a ratio is never 0


def test_the_figure_names_few_trials_and_not_many() -> None:
    drawn = texts(surrogacy_figure(measures(), trials(), line(), effects(), study=study()))
    assert {"MR CLEAN", "THRACE"} <= set(drawn)
    assert any("the surrogate threshold effect, 0.65" in text for text in drawn)
    names = many_trials(200)
    assert len(names) > MOST_NAMED
    crowded = surrogacy_figure(measures(), trials(names, ""), line(), effects(), study=study(trials=names))
    assert not set(names.values()) & set(texts(crowded))


def test_names_cover_no_point_and_no_other_name() -> None:
    points = [Named(name=f"TRIAL {at}", x=60.0 + at / 2, y=40.0 + at % 3, radius=1.0) for at in range(8)]
    places = place_names(points, width=150.0, height=88.0)
    assert len(set(places)) == 8
    for at, (x, y) in enumerate(places):
        assert 0 < x < 150
        assert all(abs(y - other[1]) > 2.4 or abs(x - other[0]) > 9 for other in places[:at])
        assert all(abs(y - each.y) > 1.2 or abs(x - each.x) > 4 for each in points)


EVIDENCE = {"surrogacy": measures(), "surrogate_predictions": trials(), "surrogate_line": line()}
STATED = {"surrogacy": {"panel": True, "covariates": ["age"], "replicates": 1000}}


def stated() -> Any:
    whole = result(evidence=EVIDENCE)
    words = replace(whole.study, analysis={**whole.study.analysis, "evidence": STATED})
    return replace(whole, study=words)


def test_the_page_has_a_section_where_the_analysis_has_the_panel() -> None:
    page = render(TEMPLATE, [stated()])
    assert 'id="surrogacy-title">Surrogacy' in page
    assert "By IQWiG&#39;s limits" in page
    assert "Prentice RL." in page
    assert "surrogacy-title" not in render(TEMPLATE, [result()])


def test_the_caption_speaks_of_a_line_only_where_there_is_one() -> None:
    assert "The line through them predicts" in caption("surrogacy", stated())
    none = replace(stated(), evidence={**EVIDENCE, "surrogate_line": line().iloc[:0]})
    assert caption("surrogacy", none) == "Effects of the trials on the outcome against those on the mediator."


def test_the_methods_say_what_was_done_of_one_trial_and_of_more() -> None:
    (text,) = evidence_methods(stated())
    assert "1000 bootstrap replicates" in text
    assert "adjusted for age" in text
    assert "Burzykowski & Buyse 2006" in text
    one = replace(stated(), evidence={**EVIDENCE, "surrogacy": measures(1).assign(trials=1)})
    (alone,) = evidence_methods(one)
    assert "Between trials" not in alone
    assert "Prentice 1989" in alone


@pytest.mark.parametrize("name", EVIDENCE)
def test_a_column_that_is_no_aggregate_s_is_refused(name: str) -> None:
    odd = {**EVIDENCE, name: EVIDENCE[name].assign(patient="P1")}
    with pytest.raises(PatientRowsError, match="patient"):
        render(TEMPLATE, [replace(stated(), evidence=odd)])

"""Proportional odds: what figure, table and page say, and an analysis whose treatment is free."""

# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
from __future__ import annotations

import copy
import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from ipdmediation.evidence.columns import (
    BY_CUT_COLUMNS,
    CUT_TEST_COLUMNS,
    FREE_TREATMENT_COLUMNS,
    with_words,
)
from ipdmediation.present.figures.proportional_odds import proportional_odds as drawn_odds
from ipdmediation.present.labels import labelled
from ipdmediation.present.proportional_odds import cut_label, impact, variable_label
from ipdmediation.present.report.evidence_methods import evidence_methods
from ipdmediation.present.report.methods import methods
from ipdmediation.present.report.page import render
from ipdmediation.present.report.privacy import PatientRowsError
from ipdmediation.present.study import Study
from ipdmediation.present.tables.coefficients_by_cut import coefficients_by_cut
from ipdmediation.present.tables.free_treatment import free_treatment
from ipdmediation.present.tables.proportional_odds import proportional_odds
from ipdmediation.vocabulary.terms import treatment_at_cut_term
from tests.tracing import untraced
from tests.unit.present.examples import TEMPLATE, effects, result, study
from tests.unit.present.test_each_trial import texts

CUTS = [f"le_{k}" for k in range(5, -1, -1)]
NUMBERS = ["estimate", "ci_low", "ci_high"]


def cut_tests() -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for model, terms in (("total", ["treatment", "age"]), ("outcome", ["treatment", "mediator", "age"])):
        for term in [*terms, "all"]:
            rows.append(
                {
                    "model": model,
                    "test": "score",
                    "term": term,
                    "chi_square": 11.25,
                    "df": 5,
                    "p_value": 0.0467,
                }
            )
        rows.append(
            {
                "model": model,
                "test": "likelihood_ratio",
                "term": "treatment",
                "chi_square": 12.5,
                "df": 5,
                "p_value": 0.0285,
            }
        )
        rows.append(
            {
                "model": model,
                "test": "brant",
                "term": "all",
                "reason": "not every cut has controls on both sides",
            }
        )
    return with_words(pd.DataFrame(rows, columns=list(CUT_TEST_COLUMNS)))


def by_cut() -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for model, term in (("total", "treatment"), ("outcome", "treatment"), ("outcome", "mediator")):
        row = {"model": model, "term": term}
        rows.append(
            {**row, "form": "proportional", "cut": "", "estimate": 0.6, "ci_low": 0.4, "ci_high": 0.8}
        )
        for form in ("binary", "partial"):
            for at, cut in enumerate(CUTS):
                numbers = {"estimate": 0.2 + at / 10, "ci_low": at / 10 - 0.1, "ci_high": 0.5 + at / 10}
                if cut == "le_0":
                    numbers = {"reason": "fewer than 5 patients of an arm on one side of it"}
                rows.append({**row, "form": form, "cut": cut, **numbers})
    return with_words(pd.DataFrame(rows, columns=list(BY_CUT_COLUMNS)))


def free(**share: Any) -> pd.DataFrame:
    rows = []
    for scale, value in (("mean", 0.30), ("prob_le_2", 0.25)):
        for effect, whole in (("te", -0.6), ("tnie", -0.2), ("pm", value)):
            for way, estimate in (("proportional", whole), ("free", whole + 0.04), ("difference", 0.04)):
                ends = {"estimate": estimate, "ci_low": estimate - 0.05, "ci_high": estimate + 0.05}
                changed = share if effect == "pm" and way != "proportional" else {}
                rows.append({"effect": effect, "scale": scale, "treatment": way, **ends, **changed})
    return with_words(pd.DataFrame(rows, columns=list(FREE_TREATMENT_COLUMNS)))


EVIDENCE = {"proportional_odds": cut_tests(), "by_cut": by_cut(), "free_treatment": free()}


def free_study(**outcome: Any) -> Study:
    made = study()
    analysis = copy.deepcopy(dict(made.analysis))
    analysis["outcome"] |= {"proportional_odds": {"treatment": "free"}, **outcome}
    return replace(made, analysis=analysis)


def test_a_cut_is_called_by_its_better_side() -> None:
    assert [cut_label(cut, study()) for cut in CUTS] == ["0–5", "0–4", "0–3", "0–2", "0–1", "0"]
    high = replace(
        study(), analysis={**study().analysis, "outcome": {**study().analysis["outcome"], "better": "high"}}
    )
    assert [cut_label(cut, high) for cut in CUTS] == ["6", "5–6", "4–6", "3–6", "2–6", "1–6"]


def test_the_table_has_the_tests_of_both_models() -> None:
    table = proportional_odds(cut_tests(), effects(), study=study())
    first = table.cells.iloc[:, 0].tolist()
    assert first[1] == f"{first[0]}, likelihood ratio"
    assert first[2:] == [variable_label(term, study()) for term in ("mediator", "age", "all")] + [
        "All of these together, Brant's test"
    ]
    assert table.cells.iloc[0].tolist()[1:] == ["11.25 (5)", ".047", "11.25 (5)", ".047"]
    assert table.cells.iloc[2].tolist()[1:] == ["–", "", "11.25 (5)", ".047"]
    assert table.cells.iloc[-1].tolist()[1:] == ["–", "", "–", ""]
    notes = " ".join(table.notes)
    assert "Where there is no test: not every cut has controls on both sides." in notes


def test_coefficients_by_cut_stand_above_the_one_for_all() -> None:
    table = coefficients_by_cut(by_cut(), effects(), study=study())
    assert table.cells.columns.tolist() == [
        "Modified Rankin Scale at 90 days: levels reached",
        "EVT vs Control, total (95% CI)",
        "EVT vs Control, direct (95% CI)",
        "Follow-up infarct volume, per ln mL (95% CI)",
    ]
    assert table.cells.iloc[:, 0].tolist() == [
        "0", "0–1", "0–2", "0–3", "0–4", "0–5", "One coefficient for all cuts",
    ]  # fmt: skip
    at_two = table.cells.iloc[2].tolist()
    assert at_two[1:] == ["1.65 (1.22–2.23)"] * 3
    assert table.cells.iloc[0].tolist()[1:] == ["–"] * 3
    assert table.cells.iloc[-1].tolist()[1:] == ["1.82 (1.49–2.23)"] * 3
    assert table.notes[0] == "Odds ratio of reaching these levels, against all worse ones; above 1 is better."
    assert "Not given: 0 (fewer than 5 patients of an arm on one side of it)." in table.notes
    assert sum(note.startswith("Estimated in one model of all cuts") for note in table.notes) == 1
    assert not any(note.startswith("Estimated at each cut alone") for note in table.notes)


def test_where_a_free_variable_has_no_maximum_each_cut_alone_is_shown() -> None:
    found = by_cut()
    crossed = (found["term"] == "mediator") & (found["form"] == "partial")
    found.loc[crossed, ["estimate", "ci_low", "ci_high"]] = math.nan
    found.loc[(found["term"] == "mediator") & (found["form"] == "binary"), "estimate"] = 0.0
    table = coefficients_by_cut(found, effects(), study=study())
    assert table.cells.iloc[1].tolist()[3].startswith("1.00 ")
    assert not table.cells.iloc[1].tolist()[1].startswith("1.00 ")
    assert "Estimated at each cut alone: Follow-up infarct volume, per ln mL." in table.notes


def test_effects_both_ways_stand_beside_their_difference() -> None:
    table = free_treatment(free(), effects(), study=study())
    assert table.cells.columns.tolist() == [
        "Effect", "One for all cuts (95% CI)", "One for each cut (95% CI)", "Difference (95% CI)",
    ]  # fmt: skip
    rows = {row[0]: row[1:] for row in table.cells.to_numpy().tolist()}
    assert rows["Proportion mediated, mean of the modified Rankin Scale at 90 days"] == [
        "30.0% (25.0% to 35.0%)", "34.0% (29.0% to 39.0%)", "4.0 (−1.0 to 9.0)",
    ]  # fmt: skip
    assert rows["Total effect, mean of the modified Rankin Scale at 90 days, points"][2].startswith("0.04 ")
    assert len(rows) == 6


def test_the_figure_has_a_panel_for_each_coefficient() -> None:
    drawn = texts(drawn_odds(cut_tests(), by_cut(), free(), effects(), study=study()))
    assert "0–2" in drawn
    assert "Not given: 0 (fewer than 5 patients of an arm on one side of it)." in " ".join(drawn)
    assert sum(", total" in text or ", direct" in text for text in drawn) == 2
    probit = replace(
        study(), analysis={**study().analysis, "outcome": {**study().analysis["outcome"], "link": "probit"}}
    )
    drawn = " ".join(texts(drawn_odds(cut_tests(), by_cut(), free(), effects(), study=probit)))
    assert "odds" not in drawn
    assert "Probit coefficient of a better outcome" in drawn


def test_the_page_says_what_the_assumption_changes() -> None:
    said = impact(free(), study=study())
    assert "30.0% (25.0% to 35.0%) with one coefficient of the treatment for all cuts" in said[1]
    assert untraced(said, {"free": free()}, given=["90 days", "of 0–2", "95%"]) == []
    page = render(TEMPLATE, [result(evidence=EVIDENCE)])
    assert "proportional-odds-title" in page
    assert "proportional-odds-title" not in render(TEMPLATE, [result()])
    (done,) = evidence_methods(result(evidence=EVIDENCE))
    assert "by Brant's test (1990)" in done
    assert "the same 1000 bootstrap replicates" in done
    assert "Brant R." in page


def test_where_it_cannot_be_said_the_reason_is() -> None:
    reason = "no treated patient has outcome level 6"
    rows = free().query("treatment == 'proportional'")
    lost = with_words(
        pd.concat([rows, pd.DataFrame([{"treatment": "free", "reason": reason}])]).reindex(
            columns=list(FREE_TREATMENT_COLUMNS)
        )
    )
    assert impact(lost, study=study())[1:] == [
        f"The effects with the treatment free at every cut are not given: {reason}."
    ]
    table = free_treatment(lost, effects(), study=study())
    assert f"With one for each cut: not given, {reason}." in table.notes
    assert table.cells.iloc[0].tolist()[1:] == ["−0.60 (−0.65 to −0.55)", "–", "–"]
    none = {"estimate": math.nan, "ci_low": math.nan, "ci_high": math.nan, "withheld": "total_uncertain"}
    assert all("is not given both ways" in line for line in impact(free(**none), study=study())[1:])
    table = free_treatment(free(**none), effects(), study=study())
    assert table.cells.iloc[2].tolist()[1:] == ["30.0% (25.0% to 35.0%)", "withheld", "–"]


@pytest.mark.parametrize("name", EVIDENCE)
def test_a_column_that_is_no_aggregate_s_is_refused(name: str) -> None:
    odd = {**EVIDENCE, name: EVIDENCE[name].assign(patient="P1")}
    with pytest.raises(PatientRowsError, match="patient"):
        render(TEMPLATE, [replace(result(), evidence=odd)])


def test_a_treatment_by_cut_is_named_by_the_levels_reached() -> None:
    term = treatment_at_cut_term("3", "2")
    row = labelled(pd.DataFrame({"term": [term.id]}), [term], study=free_study()).iloc[0]
    assert row["label"].endswith(" of 0–2")


@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_the_methods_say_that_the_treatment_is_free(link: str) -> None:
    text = methods(replace(result(), study=free_study(link=link)), version="1")
    assert "the treatment alone has a coefficient at each cut" in " ".join(text.done)
    assert "but the treatment's is the same at each cut" in " ".join(text.assumed)
    assert "the treatment alone" not in " ".join(methods(result(), version="1").done)

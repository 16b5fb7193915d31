"""Patients whose mediator an event made impossible: what figure, table and page say."""

# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
from __future__ import annotations

import copy
import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from ipdmediation.data.event import PATIENT_COLUMNS
from ipdmediation.data.notices import Noted
from ipdmediation.evidence.columns import HANDLING_COLUMNS, with_words
from ipdmediation.present.death import event_of, meaning, remarks
from ipdmediation.present.figures.death import death as figure_of
from ipdmediation.present.report.answer import answer
from ipdmediation.present.report.evidence_methods import evidence_methods
from ipdmediation.present.report.page import render
from ipdmediation.present.report.privacy import PatientRowsError
from ipdmediation.present.tables.death import death as table_of
from ipdmediation.vocabulary.handlings import Handling
from tests.tracing import untraced
from tests.unit.present.examples import TEMPLATE, effects, result, study

WITHHELD = "withheld: the interval of the total effect contains 0"
WHY = "nobody lacks the mediator for another reason than the event"
EFFECTS = {"te": -0.61, "pnde": -0.43, "tnie": -0.17, "pm": 0.286}


def handlings(reasons: dict[str, str] | None = None, **remarked: str) -> pd.DataFrame:
    """The table of effects by handling; some without effects."""
    reasons = reasons or {}
    marks = {
        "worst_value": "largest",
        "worst_rank": "largest",
        "always_measured": "trimmed_treated",
    } | remarked
    rows: list[dict[str, Any]] = []
    for handling in Handling:
        said: dict[str, Any] = {"handling": handling.value, "remark": marks.get(handling.value, "")}
        if handling.value in reasons:
            rows.append({**said, "reason": reasons[handling.value]})
            continue
        shown = {("total", "coefficient"): 0.9} if handling in (Handling.ALL, Handling.MEASURED) else {}
        if handling is Handling.ALWAYS_MEASURED:
            shown, said["kept"] = {("te_best", "mean"): -0.64, ("te_worst", "mean"): -0.58}, 0.9971
        elif not shown:
            shown = {(effect, "mean"): number for effect, number in EFFECTS.items()}
        if handling is Handling.COMPOSITE:
            shown["via_event", "mean"] = -0.012
        if handling is Handling.WEIGHTED:
            said |= {"weight_low": 0.92, "weight_high": 1.31, "effective": 1650.4}
        for (effect, scale), number in shown.items():
            numbers = {"estimate": number, "ci_low": number - 0.1, "ci_high": number + 0.1}
            rows.append({**said, "effect": effect, "scale": scale, **numbers})
    return with_words(pd.DataFrame(rows, columns=list(HANDLING_COLUMNS)))


def patients(event: Any = 37) -> pd.DataFrame:
    rows = [
        ["all", 1753, 888, 865],
        ["measured", 1665, 844, 821],
        ["event", event, 20, 17],
        ["other", 51, 24, 27],
    ]
    return pd.DataFrame(rows, columns=list(PATIENT_COLUMNS))


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text()]


def test_the_table_has_the_total_effect_in_everybody_first_and_every_handling_below() -> None:
    table = table_of(handlings(), patients(), effects(), study=study())
    assert table.cells.iloc[:, 0].tolist() == [
        "Everybody, common odds ratio",
        "Who was measured, common odds ratio",
        "As analysed",
        "Worst value",
        "Worst rank",
        "Measured, weighted",
        "Composite mediator",
        "Through the event",
        "Without the event in either arm, best for treatment",
        "Without the event in either arm, worst for treatment",
    ]
    rows = table.cells.set_index("Participants")
    assert rows.loc["Everybody, common odds ratio"].tolist() == ["2.46 (2.23–2.72)", *["–"] * 3]
    assert rows.loc["Composite mediator"].tolist()[2:] == ["−0.17 (−0.27 to −0.07)", "28.6% (18.6% to 38.6%)"]
    assert rows.loc["Through the event"].tolist() == ["–", "–", "−0.01 (−0.11 to 0.09)", "–"]
    assert [table.cells.iloc[at, 0] for at in table.indented] == ["Through the event"]
    assert rows.iloc[-1, 0] == "−0.58 (−0.68 to −0.48)"


def test_the_notes_say_who_the_participants_are_and_what_was_done() -> None:
    notes = " ".join(table_of(handlings(), patients(), effects(), study=study()).notes)
    for text in (
        "Of 1753 participants with a known outcome 1665 (EVT 821, Control 844) were measured",
        "the event, died before imaging, befell 37 (EVT 17, Control 20)",
        "get the largest follow-up infarct volume that was observed",
        "range from 0.92 to 1.31; they tell as much as 1650 participants",
        "take 99.7% of the participants without the event in the arm EVT",
        "Treatment is assumed to cause the event in nobody",
        "A subgroup by the time or the method of measuring the mediator",
    ):
        assert text in notes, text


def test_what_could_not_be_done_is_said_with_its_reason() -> None:
    found = handlings({"weighted": WHY})
    table = table_of(found, patients(), effects(), study=study())
    assert table.cells.set_index("Participants").loc["Measured, weighted"].tolist() == ["–"] * 4
    assert f"Measured, weighted: not available, because {WHY}." in table.notes
    assert "Measured, weighted" not in texts(figure_of(found, patients(), effects(), study=study()))


@pytest.mark.parametrize(
    ("remarked", "said"),
    [
        (
            {"composite": "no_event_treated"},
            "The event befell nobody in the arm EVT: its probability is 0 there",
        ),
        ({"composite": "no_event_control"}, "The event befell nobody in the arm Control"),
        ({"composite": "no_event"}, "The event befell nobody: nothing runs through it."),
        ({"always_measured": "trimmed_control"}, "Treatment is assumed to prevent the event in nobody"),
        ({"always_measured": ""}, "the event is as frequent in both"),
        ({"worst_value": "smallest", "worst_rank": "smallest"}, "get the smallest follow-up infarct volume"),
    ],
)
def test_remarks_are_in_words(remarked: dict[str, str], said: str) -> None:
    assert said in " ".join(remarks(handlings(**remarked), patients(), study()))


def test_small_counts_are_dashes_with_a_note() -> None:
    notes = table_of(handlings(), patients(None), effects(), study=study()).notes
    assert any("befell – (EVT 17" in note for note in notes)
    assert any("few participants" in note for note in notes)


def test_the_forest_has_the_parts_of_the_composite_mediator() -> None:
    drawn = texts(figure_of(handlings(), patients(), effects(), study=study()))
    for text in ("As analysed", "Worst rank", "Composite mediator", "Composite: through the event"):
        assert text in drawn, text
    assert "−0.43 (−0.53 to −0.33)" in drawn
    alone = texts(figure_of(handlings({"composite": "x"}), patients(), effects(), study=study()))
    assert not any("Composite" in text for text in alone)


def test_the_sentence_says_what_it_means_or_why_it_cannot() -> None:
    said = meaning(handlings(), effects(), study())
    assert said.startswith(
        "With nobody left out, 28.6% (95% CI 18.6% to 38.6%) of the total effect runs through"
    )
    assert "through the event, died before imaging, is −0.01 points (95% CI −0.11 to 0.09)." in said
    found = handlings()
    share = (found["handling"] == "composite") & (found["effect"] == "pm")
    found.loc[share, ["estimate", "ci_low", "ci_high"]] = math.nan
    found.loc[share, ["withheld", "note"]] = ["total_uncertain", WITHHELD]
    assert "that runs through the follow-up infarct volume is withheld" in meaning(found, effects(), study())
    assert (
        "Withheld: the interval of the total effect contains 0."
        in table_of(found, patients(), effects(), study=study()).notes
    )
    assert meaning(handlings({"composite": WHY}), effects(), study()).endswith(f"is not known: {WHY}.")


def test_a_binary_event_is_called_by_its_variable() -> None:
    stated = copy.deepcopy(dict(study().analysis))
    stated["evidence"]["death"] |= {"event": "diabetes", "levels": [1]}
    assert event_of(study(analysis=stated)) == "Diabetes mellitus"
    stated["evidence"]["death"] |= {"event": "imaging_status", "levels": ["died", "surgery"]}
    assert event_of(study(analysis=stated)) == "Died before imaging or Decompressive surgery before imaging"


EVIDENCE = {"death": handlings(), "death_patients": patients()}


def test_the_page_has_a_section_and_every_number_of_its_sentences_is_in_a_table() -> None:
    page = render(TEMPLATE, [result(evidence=EVIDENCE)])
    assert 'id="death-title">Nobody left out' in page
    assert "Lachin JM." in page
    assert "Zhang JL, Rubin DB." in page
    assert "death-title" not in render(TEMPLATE, [result()])
    sentences = [*remarks(*EVIDENCE.values(), study()), meaning(EVIDENCE["death"], effects(), study())]
    assert untraced(sentences, {**EVIDENCE, "effects": effects()}, given=["95%", "90"]) == []


def test_what_a_handling_could_not_give_is_said_in_the_section() -> None:
    told = pd.DataFrame([("death", "handling_left_out", "there are no effects")], columns=Noted._fields)
    page = render(TEMPLATE, [result(evidence=EVIDENCE, notices=told)])
    section = page.partition('id="death-title"')[2].partition("</section>")[0]
    assert "<li>There are no effects.</li>" in section
    assert page.count("There are no effects.") == 1


def in_the_answer(death: pd.DataFrame) -> list[str]:
    found = answer(result(evidence={**EVIDENCE, "death": death}))
    return [sentence for sentence in found if "not measured" in sentence]


def changed(effect: str, *numbers: float, handling: str = "composite", withheld: str = "") -> pd.DataFrame:
    found = handlings()
    row = (found["handling"] == handling) & (found["effect"] == effect)
    found.loc[row, ["estimate", "ci_low", "ci_high"]] = numbers
    found.loc[row, "withheld"] = withheld
    return found


def test_where_nobody_left_out_changes_nothing_the_answer_says_nothing_of_it() -> None:
    assert in_the_answer(handlings()) == []
    assert in_the_answer(handlings({"composite": WHY, "weighted": WHY})) == []


def test_the_answer_says_in_one_sentence_what_it_becomes_with_nobody_left_out() -> None:
    (said,) = in_the_answer(changed("pm", 0.55, 0.3, 0.8))
    assert said == (
        "This depends on participants who were not measured: with the event and the follow-up infarct volume "
        "together as one mediator of everybody, 55.0% (95% CI 30.0% to 80.0%) of the effect runs through "
        "the follow-up infarct volume, and the part through the follow-up infarct volume is −0.17 points "
        "(95% CI −0.27 to −0.07)."
    )
    (weighted,) = in_the_answer(changed("pm", 0.1, 0.05, 0.2, handling="weighted"))
    assert "with those who were measured weighted for the others, 10.0% (95% CI 5.0% to 20.0%)" in weighted
    (open_now,) = in_the_answer(changed("tnie", -0.1, -0.3, 0.1))
    assert "the part through the follow-up infarct volume is −0.10 points (95% CI −0.30 to 0.10)" in open_now
    (none,) = in_the_answer(changed("pm", *[math.nan] * 3, withheld="total_uncertain"))
    assert "and no share is given, because" in none


def test_every_number_of_that_sentence_is_in_a_table() -> None:
    death = changed("pm", 0.55, 0.3, 0.8)
    assert untraced(in_the_answer(death), {"death": death}, given=["95%"]) == []


def test_the_methods_say_what_the_probability_of_the_event_depends_on() -> None:
    (said,) = evidence_methods(result(evidence=EVIDENCE))
    assert "a logistic regression on treatment, age and NIHSS at baseline" in said
    assert "1000 bootstrap replicates" in said


@pytest.mark.parametrize("name", EVIDENCE)
def test_a_column_that_is_no_aggregate_s_is_refused(name: str) -> None:
    odd = {**EVIDENCE, name: EVIDENCE[name].assign(patient="P1")}
    with pytest.raises(PatientRowsError, match="patient"):
        render(TEMPLATE, [replace(result(), evidence=odd)])

"""What would undo the effect through the mediator: what figures, tables, answer and page say of it."""

# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
from __future__ import annotations

import copy
import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from matplotlib.text import Text

from ipdmediation.evidence.columns import (
    BENCHMARK_COLUMNS,
    CONFOUNDING_COLUMNS,
    E_VALUE_COLUMNS,
    LOGIT_COLUMNS,
    MEASUREMENT_ERROR_COLUMNS,
    UNDONE_COLUMNS,
    with_words,
)
from ipdmediation.present.figures.confounding import confounding as confounding_figure
from ipdmediation.present.figures.measurement_error import measurement_error as measurement_error_figure
from ipdmediation.present.measurement_error import stated_sentence
from ipdmediation.present.report.answer import answer
from ipdmediation.present.report.evidence_methods import evidence_methods
from ipdmediation.present.report.page import render
from ipdmediation.present.report.privacy import PatientRowsError
from ipdmediation.present.report.undoing import confounding_sentences, measurement_sentences, undone_by
from ipdmediation.present.tables.confounding import confounding as confounding_table
from ipdmediation.present.tables.measurement_error import measurement_error as measurement_error_table
from tests.tracing import untraced
from tests.unit.present.examples import TEMPLATE, effects, result, study

NAN = math.nan
WHY = "not defined: a reliability of 0.1 is not above 0.192, the squared correlation that would explain it"


def table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    return with_words(pd.DataFrame(rows, columns=list(columns)))


def rows_at(known: dict[str, Any], indirect: float, *, half: float = 0.13) -> list[dict[str, Any]]:
    """The effects on the mean at a point; the share is withheld where the indirect effect has turned."""
    rows = []
    for effect, value in (("te", -1.06), ("tnie", indirect), ("pm", indirect / -1.06)):
        row = {**known, "effect": effect, "scale": "mean", "interval": "percentile", "replicates": 1000}
        if effect == "pm" and indirect > 0:
            rows.append({**row, "withheld": "opposite_directions", "note": "withheld: they differ"})
            continue
        numbers = {"estimate": value, "ci_low": value - half, "ci_high": value + half}
        rows.append({**row, **numbers})
    return rows


def parts(
    *, explains: float = 0.4386, strongest: float = 0.1448, half: float = 0.13
) -> dict[str, pd.DataFrame]:
    """The tables of confounding."""
    curve = [
        row
        for rho in (-0.4, -0.2, 0.0, 0.2, 0.4, 0.6)
        for row in rows_at({"rho": rho, "r2": rho**2}, rho - 0.44, half=half)
    ]
    benchmarks = [
        row
        for name, rho in (("age", 0.0014), ("nihss", strongest))
        for row in rows_at({"variable": name, "rho": rho, "r2": rho**2, "against": rho}, -0.3507)
    ]
    named = {"effect": "tnie", "scale": "", "statistic": "explains"}
    undone = [
        {**named, "rho": explains, "ci_low": 0.3311, "ci_high": 0.5236, "r2": explains**2},
        {**named, "scale": "mean", "statistic": "reaches_null", "rho": 0.3279, "r2": 0.3279**2},
    ]
    values = [
        {
            "effect": effect, "scale": scale, "statistic": statistic, "estimate": ratio, "ci_low": 1.16,
            "ci_high": 1.41, "e_value": 1.86, "e_value_limit": 1.59,
        }
        for scale, statistic in (("prob_le_2", "risk ratio"), ("log_or", "common odds ratio"))
        for effect, ratio in (("tnie", 1.2488), ("pnde", 1.321))
    ]  # fmt: skip
    logit = [
        {
            "statistic": "grid",
            "rho": 0.2,
            "te": -1.02,
            "tnie": -0.3021,
            "te_probit": -1.06,
            "tnie_probit": -0.2906,
        },
        {"statistic": "explains", "rho": 0.4535, "te": -1.03, "tnie": 0.0},
    ]
    return {
        "confounding": table(curve, CONFOUNDING_COLUMNS),
        "confounding_undone": table(undone, UNDONE_COLUMNS),
        "confounding_benchmarks": table(benchmarks, BENCHMARK_COLUMNS),
        "confounding_e_values": table(values, E_VALUE_COLUMNS),
        "confounding_logit": table(logit, LOGIT_COLUMNS),
    }


def mismeasured(stated: str = "marginal_reliability", *, possible: bool = True) -> pd.DataFrame:
    """The table of error of measurement."""
    rows = []
    for name, value in (("", 1.0), ("", 0.9), ("", 0.8), (stated, 0.853 if possible else 0.1)):
        known = {
            "stated": name, "reliability": value, "error_sd": math.sqrt(1 - value), "least": 0.192,
            "marginal_reliability": 0.5 + value / 2, "method": "calibrated",
        }  # fmt: skip
        found = rows_at(known, -0.504 / value)
        if name and not possible:
            nothing = {"estimate": NAN, "ci_low": NAN, "ci_high": NAN, "withheld": "undefined", "note": WHY}
            found = [{**row, **nothing} for row in found]
        rows += found
    return table(rows, MEASUREMENT_ERROR_COLUMNS)


def everything(**changes: Any) -> dict[str, pd.DataFrame]:
    return {**parts(**changes), "measurement_error": mismeasured()}


def texts(figure: Any) -> str:
    return " ".join(text.get_text() for text in figure.findobj(Text))


def test_the_answer_says_what_would_undo_it_and_what_would_not() -> None:
    (confounded, measured) = undone_by(result(evidence=everything()))
    assert confounded == (
        "It would take an unmeasured cause that raises both the follow-up infarct volume and "
        f"{study().named_outcome}, with a correlation of 0.44 (95% CI 0.33–0.52) between what it does to "
        "both, to undo the part through the follow-up infarct volume; one as strong as NIHSS at baseline "
        "(0.14), the strongest measured covariate, would not."
    )
    assert "(a reliability of 0.85), the part through it would be −0.59 points" in measured
    assert confounded in answer(result(evidence=everything()))
    assert undone_by(result()) == []


@pytest.mark.parametrize(
    ("strength", "said"),
    [(0.33, "would leave its direction open."), (0.5, "would do that."), (0.3, "would not.")],
)
def test_a_benchmark_is_held_against_both_correlations(strength: float, said: str) -> None:
    first, *_ = undone_by(result(evidence=parts(strongest=strength)))
    assert first.endswith(said)


def test_the_sign_is_said_by_what_the_cause_does() -> None:
    first, *_ = undone_by(result(evidence=parts(explains=-0.4386)))
    assert "that raises the follow-up infarct volume and lowers " in first


def test_an_effect_that_is_open_already_needs_no_confounding_to_be_undone() -> None:
    found = result(evidence=parts(half=0.9))
    assert undone_by(found) == []
    assert confounding_sentences(found)[-1].endswith("includes the value of no effect already.")


def test_a_reliability_that_cannot_be_is_said_in_words() -> None:
    table_of = mismeasured("reliability", possible=False)
    (said,) = undone_by(result(evidence={"measurement_error": table_of}))
    assert said.startswith(
        "What the stated error of the follow-up infarct volume hides cannot be said: a reliability"
    )
    made = measurement_error_table(table_of, effects(), study=study())
    assert made.cells.iloc[-1].tolist()[3:5] == ["not defined", "not defined"]
    assert any(note.startswith("Not defined: a reliability of 0.1") for note in made.notes)
    assert "Dot" not in texts(measurement_error_figure(table_of, effects(), study=study()))


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ("reliability", "The stated reliability of the follow-up infarct volume is 0.85 given"),
        ("error_sd", "has a standard deviation of 0.383 ln mL: a reliability of 0.85 given"),
        (
            "marginal_reliability",
            "is 0.93 of the whole variance: an error with a standard deviation of 0.383",
        ),
    ],
)
def test_which_reliability_is_stated_and_which_counts(stated: str, said: str) -> None:
    found = result(evidence={"measurement_error": mismeasured(stated)})
    assert any(said in sentence for sentence in measurement_sentences(found))


def test_every_number_of_the_sentences_is_in_a_table() -> None:
    found = result(evidence=everything())
    tables = {**found.evidence, "effects": found.effects}
    sentences = [*undone_by(found), *confounding_sentences(found), *measurement_sentences(found)]
    assert untraced(sentences, tables, given=["95%", "0"]) == []


def test_the_tables_hold_what_undoes_it() -> None:
    made = confounding_table(*parts().values(), effects(), study=study())
    assert made.cells.iloc[:, 0].tolist() == [
        "No unmeasured cause",
        "One as strong as age",
        "One as strong as NIHSS at baseline",
        "Interval of the indirect effect begins to include no effect",
        "Indirect effect is 0",
    ]
    assert made.cells.iloc[-1].tolist()[1:3] == ["0.44 (0.33–0.52)", "19.2%"]
    assert any("indirect effect 1.86, 1.59 for the limit nearest 1" in note for note in made.notes)
    (named,) = (note for note in made.notes if "E-values for" in note)
    assert named.startswith("Mediational E-values for modified Rankin Scale ")
    assert any("−0.30 (−0.29) at 0.20, and 0 at 0.45" in note for note in made.notes)
    assert any("by a probit here, in place of the logit" in note for note in made.notes)
    stated = measurement_error_table(mismeasured(), effects(), study=study()).cells
    assert stated.iloc[:, 0].tolist() == ["1.00", "0.90", "0.80", "0.85 (stated)"]


def test_an_amount_of_a_mediator_that_is_not_transformed_has_its_unit_in_the_plural() -> None:
    stated = copy.deepcopy(dict(study().analysis))
    stated["mediator"] |= {"transform": "identity"}
    variables = {**study().variables, stated["mediator"]["variable"]: {"label": "Feeling", "unit": "point"}}
    text = stated_sentence(mismeasured(), study(analysis=stated, variables=variables))
    assert " points" in text
    assert " point " not in text
    del variables[stated["mediator"]["variable"]]["unit"]
    assert " units" in stated_sentence(mismeasured(), study(analysis=stated, variables=variables))


@pytest.mark.parametrize(
    ("choices", "given"),
    [
        ({}, "given treatment, covariates and trial"),
        ({"trial_effects": "none"}, "given treatment and covariates"),
        ({"trial_effects": "none", "covariates": []}, "given treatment"),
    ],
)
def test_a_reliability_is_given_what_the_models_have(choices: dict[str, Any], given: str) -> None:
    words = study(analysis={**study().analysis, **choices})
    assert f" {given}, which is what counts." in stated_sentence(mismeasured(), words)


def test_deviations_of_the_error_have_the_same_decimals() -> None:
    found = mismeasured().assign(error_sd=lambda rows: 2 * rows["error_sd"] / rows["error_sd"].max())
    written = measurement_error_table(found, effects(), study=study()).cells.iloc[:, 1]
    assert {len(text.partition(".")[2]) for text in written if text != "0"} == {2}


def test_the_figures_say_what_their_marks_are() -> None:
    drawn = texts(confounding_figure(*parts().values(), effects(), study=study()))
    assert "Dashed: 0.44, where the indirect effect is 0" in drawn
    assert "NIHSS at baseline 0.14, age 0.001" in drawn
    assert "The share is not given where the effect through the follow-up infarct volume and" in drawn
    no_share = parts()
    share = no_share["confounding"]["effect"] == "pm"
    no_share["confounding"].loc[share, ["estimate", "ci_low", "ci_high"]] = math.nan
    drawn_axes = confounding_figure(*no_share.values(), effects(), study=study()).axes
    (panel,) = (axes for axes in drawn_axes if any(text.get_text() == "not given" for text in axes.texts))
    assert panel.get_yticks().tolist() == [0]  # nothing is drawn that a scale would be of
    one = {
        name: found[found["rho"] == 0] if name == "confounding" else found for name, found in parts().items()
    }
    assert confounding_figure(*one.values(), effects(), study=study())  # a single correlation has room
    assert "Dot: the stated error." in texts(
        measurement_error_figure(mismeasured(), effects(), study=study())
    )


def test_the_page_has_a_section_where_the_analysis_asks() -> None:
    page = render(TEMPLATE, [result(evidence=everything())])
    assert 'id="undoing-title">What would undo it' in page
    assert "Cinelli C, Hazlett C." in page
    assert "Carroll RJ" in page
    without = render(TEMPLATE, [result()])
    assert "undoing" not in without
    assert len(evidence_methods(result(evidence=everything()))) == 2


@pytest.mark.parametrize("name", everything())
def test_a_column_that_is_no_aggregate_s_is_refused(name: str) -> None:
    odd = {**everything(), name: everything()[name].assign(patient="P1")}
    with pytest.raises(PatientRowsError, match="patient"):
        render(TEMPLATE, [replace(result(), evidence=odd)])

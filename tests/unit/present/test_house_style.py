# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
"""The house style: known answers of each journal; it reaches everything that is shown and nothing else."""

from __future__ import annotations

import ast
import io
import re
import zipfile
from functools import cache
from html import unescape
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from ipdmediation.data.json_schema import schema_faults
from ipdmediation.data.strict_yaml import read_yaml
from ipdmediation.present import notation
from ipdmediation.present.emphasis import italic
from ipdmediation.present.figures.balance import balance
from ipdmediation.present.figures.outcome_by_arm import outcome_by_arm
from ipdmediation.present.figures.path_diagram import path_diagram
from ipdmediation.present.house_style import JOURNALS, PEOPLE, current, written_in
from ipdmediation.present.manuscript.agrema import agrema
from ipdmediation.present.manuscript.texts import methods_text, results_text
from ipdmediation.present.manuscript.values import values
from ipdmediation.present.report.exhibits import main_tables
from ipdmediation.present.report.figure_words import legend
from ipdmediation.present.report.methods import methods
from ipdmediation.present.report.page import render
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.scales import Reading
from ipdmediation.present.surrogacy import written
from ipdmediation.present.tables.models import models
from ipdmediation.present.tables.natural_effects import natural_effects
from ipdmediation.present.tables.saving import save, save_each
from ipdmediation.present.tables.workbook import save_workbook
from tests.unit.present import (
    test_death,
    test_each_trial,
    test_proportional_odds,
    test_quality_page,
    test_surrogacy,
    test_undoing,
)
from tests.unit.present.boxes import texts

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = read_yaml(str(ROOT / "workflow/schemas/config.schema.yaml"))
ASCII_DECIMAL = re.compile(r"(?<![\d.])\d+\.\d+(?![\d.])")
PRIVATE = re.compile("[\ue000-\uf8ff]")  # marks of italics, which no output may have
PRESENT = ROOT / "workflow/scripts/ipdmediation/present"
THIN = "\N{NARROW NO-BREAK SPACE}"

KNOWN = {  # journal: fixed, negative, count, percentage, P values
    "plain": ("2.22 (1.52–3.21)", "−0.42 (−0.60 to −0.24)", "12,345", "12.2% (1.2% to 18.9%)"),
    "jama": ("2.22 (1.52-3.21)", "−0.42 (−0.60 to −0.24)", f"12{THIN}345", "12.2% (1.2%-18.9%)"),
    "lancet": ("2·22 (1·52–3·21)", "−0·42 (−0·60 to −0·24)", f"12{THIN}345", "12·2% (1·2–18·9)"),
    "nejm": ("2.22 (1.52 to 3.21)", "−0.42 (−0.60 to −0.24)", "12,345", "12.2% (1.2 to 18.9)"),
}
P_VALUES = (0.234, 0.031, 0.0498, 0.0071, 0.00052, 0.00009, 0.998)
KNOWN_P = {
    "plain": (".23", ".03", ".0498", ".007", "<.001", "<.001", ">.99"),
    "jama": (".23", ".03", ".0498", ".007", "<.001", "<.001", ">.99"),
    "lancet": ("0·23", "0·031", "0·0498", "0·0071", "0·0005", "<0·0001", ">0·99"),
    "nejm": ("0.23", "0.03", "0.0498", "0.007", "<0.001", "<0.001", ">0.99"),
}
SENTENCES = {
    "plain": ("P = .007", "P < .001", "95% CI 1.52–3.21"),
    "jama": (f"{italic('P')} = .007", f"{italic('P')} < .001", "95% CI, 1.52-3.21"),
    "lancet": ("p=0·0071", "p<0·0001", "95% CI 1·52–3·21"),
    "nejm": ("P=0.007", "P<0.001", "95% CI, 1.52 to 3.21"),
}
OTHERS = {  # a limit beside its null, a small measure, percentages at their ends, bounds, a stated limit
    "plain": ("0.999", ">−0.001", "41.5", "<0.1%", "100%", "<.001", "<.143", ".05"),
    "jama": ("0.999", ">−0.001", "41.5", "<0.1%", "100%", "<.001", "<.143", ".05"),
    "lancet": ("0·999", ">−0·001", "41·5", "<0·1%", "100%", "<0·0004", "<0·15", "0·05"),
    "nejm": ("0.999", ">−0.001", "41.5", "<0.1%", "100%", "<0.001", "<0.143", "0.05"),
}


_EVIDENCE = {
    **test_undoing.everything(),
    "trials": test_each_trial.by_trial(),
    "pooled": test_each_trial.pooled(),
    "leave_one_out": test_each_trial.left_out(),
    "surrogacy": test_surrogacy.measures(),
    "surrogate_predictions": test_surrogacy.trials(),
    "surrogate_line": test_surrogacy.line(),
    "death": test_death.handlings(),
    "death_patients": test_death.patients(),
    "proportional_odds": test_proportional_odds.cut_tests(),
    "by_cut": test_proportional_odds.by_cut(),
    "free_treatment": test_proportional_odds.free(),
}
# a step that left something out gives its reason in its own words
EVIDENCE = {
    name: frame.assign(reason=frame["reason"].where(frame["reason"] == "", "reason"))
    if "reason" in frame
    else frame
    for name, frame in _EVIDENCE.items()
}


def results(examples: ModuleType) -> list[AnalysisResult]:
    """An analysis with all evidence, and another one."""
    said = examples.study()
    other = examples.study(analysis={**said.analysis, "label": "Weighted", "weights": "nihss"})
    return [examples.result(evidence=EVIDENCE), examples.result(study=other, figures={})]


def page(examples: ModuleType) -> str:
    """The report, beside published figures and the truth, and the quality page."""
    report = render(
        examples.TEMPLATE, results(examples), published=examples.published(), quality=examples.quality(),
        manifest=examples.manifest(), truth=examples.truth(),
    )  # fmt: skip
    return report + test_quality_page.page()


def prose(html: str) -> str:
    """Every text of a page, its tables and alternative texts too, but sources, notices and versions."""
    alternatives = re.findall(r' alt="([^"]*)"', html)
    apart = r"<(style|script|details|dl|ul)\b.*?</\1>|<p class=\"lead\">.*?</p>"
    body = re.sub(r"<[^>]+>", " ", re.sub(apart, " ", html, flags=re.S))
    return unescape(" ".join([body, *alternatives]))


def manuscript(examples: ModuleType) -> str:
    found = results(examples)
    captions = [legend(name, found[0]) for name in found[0].figures]
    text = results_text(found, captions=captions, tables=main_tables(found))
    return text + methods_text(methods(found[0], version=""), study=found[0].study).partition("## Ref")[0]


@cache
def shown(examples: ModuleType, *, journal: str, people: str) -> tuple[str, str]:
    """The page and the texts to paste in a style."""
    with written_in(journal=journal, people=people):
        return page(examples), manuscript(examples)


@pytest.mark.parametrize("journal", JOURNALS)
def test_numbers_are_those_of_the_journal(journal: str) -> None:
    with written_in(journal=journal, people="participants"):
        assert KNOWN[journal] == (
            notation.interval(2.22, 1.52, 3.21),
            notation.interval(-0.42, -0.6, -0.24),
            notation.count(12345),
            notation.proportion(0.122, 0.012, 0.189),
        )
        assert tuple(map(notation.p_value, P_VALUES)) == KNOWN_P[journal]
        assert OTHERS[journal] == (
            notation.fixed(0.9991, nulls=[1]),
            notation.measure(-1e-5),
            notation.measure(41.5),
            notation.percent(0.02),
            notation.percent(100),
            notation.p_value(2 / 5001, bound=True),
            notation.p_value(2 / 14, bound=True),
            notation.stated_p(0.05),
        )
        assert notation.count(1665) == "1665"
        assert notation.spread("57", "76") == ("57-76" if journal == "jama" else "57–76")
        ends = notation.interval_parts(2.22, 1.52, 3.21)[1]
        said = (
            notation.p_sentence(0.0071),
            notation.p_sentence(1e-9),
            notation.confidence("95%", ends),
        )
        assert tuple(text.replace("\N{NO-BREAK SPACE}", " ") for text in said) == SENTENCES[journal]


@pytest.mark.parametrize("journal", JOURNALS)
def test_the_documentation_shows_what_is_written(journal: str) -> None:
    text = (ROOT / "config/README.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| `{journal}` \| (.*) \|$", text, flags=re.MULTILINE)
    with written_in(journal=journal, people="participants"):
        made = [
            notation.with_ends(estimate, notation.confidence("95%", ends))
            for estimate, ends in (
                notation.interval_parts(2.22, 1.52, 3.21),
                notation.interval_parts(-0.42, -0.6, -0.24),
                notation.proportion_parts(0.122, 0.012, 0.189),
            )
        ]
        made += [*map(notation.p_sentence, (0.0071, 1e-9)), notation.count(12345)]
    plain = [
        text.replace(italic("P"), "*P*").replace("\N{NO-BREAK SPACE}", " ").replace(THIN, " ")
        for text in made
    ]
    assert row.split(" | ") == plain


def test_a_ratio_that_rounds_to_nothing_is_written_as_below_the_least() -> None:
    with written_in(journal="lancet", people="patients"):
        assert written(-9.0, Reading(name="", ratio=True)) == "<0·01"
        assert written(-0.5, Reading(name="", ratio=True)) == "0·61"
        assert written(0.0, Reading(name="")) == "0·00"


def test_a_style_ends_with_its_context_also_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), written_in(journal="lancet", people="patients"):
        assert notation.fixed(1 / 0) == ""
    assert current() == JOURNALS["plain"]
    assert notation.fixed(0.5) == "0.50"


def test_the_configuration_states_the_styles_that_there_are() -> None:
    stated = SCHEMA["properties"]["style"]["properties"]
    assert stated["journal"]["enum"] == list(JOURNALS)
    assert stated["people"]["enum"] == list(PEOPLE)
    assert (stated["journal"]["default"], stated["people"]["default"]) == ("plain", "participants")


@pytest.mark.parametrize(
    ("style", "said"),
    [
        ({"journal": "lancett"}, "lancet"),
        ({"people": "patient"}, "patients"),
    ],
)
def test_another_style_is_refused_with_the_nearest_name(style: dict[str, str], said: str) -> None:
    (fault,) = [each for each in schema_faults({"style": style}, SCHEMA) if each.place[:1] == ("style",)]
    assert f"did you mean {said!r}" in fault.text


def test_no_decimal_point_is_left_in_what_the_lancet_prints(examples: ModuleType) -> None:
    html, text = shown(examples, journal="lancet", people="patients")
    lines = [*prose(html).split("\n"), *text.split("\n\n")]
    assert len([line for line in lines if re.search(r"\d·\d", line)]) > 60
    assert [line for line in lines if ASCII_DECIMAL.search(line.replace("doi 10.1001", ""))] == []


@pytest.mark.parametrize(
    ("journal", "people", "others"),
    [("lancet", "patients", "participant"), ("plain", "participants", "patient")],
)
def test_those_who_took_part_are_called_alike_throughout(
    examples: ModuleType, journal: str, people: str, others: str
) -> None:
    html, pasted = shown(examples, journal=journal, people=people)
    text = prose(html) + pasted
    with written_in(journal=journal, people=people):
        checklist = agrema(results(examples))
    assert len(re.findall(people, text)) > 30
    assert re.findall(f".*{others}.*", text, flags=re.IGNORECASE) == []
    # a topic of the guideline is its own word
    assert list(checklist.cells["Topic"]).count("Participants") == 2
    assert not checklist.cells["Reported by this run"].str.contains(others, case=False).any()


def test_no_text_has_a_decimal_number_or_a_word_for_people_written_by_hand() -> None:
    """In place of them stand what the style makes of them; keys are words alone."""
    word, number = r"[Pp](articipant|atient)s?", r"[a-z] ?<?\d*\.\d"
    by_hand = {
        path.stem: text
        for path in PRESENT.rglob("*.py")
        for text in texts_in(path)
        if re.search(rf"\b{word}\b.|.\b{word}\b|{number}", text) and not re.search(r"[a-z]\.[a-z]|#", text)
    }
    assert by_hand.keys() == {"privacy"}  # an error, which is no text of the page


def texts_in(path: Path) -> list[str]:
    """Every text of a module and part of one, but docstrings."""
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]


def test_figures_are_written_in_the_style(examples: ModuleType) -> None:
    study = examples.study()
    with written_in(journal="lancet", people="patients"):
        drawn = [
            balance(examples.baseline(), study=study),
            outcome_by_arm(examples.outcome(), study=study, effects=examples.effects()),
            path_diagram(examples.effects(), study=study),
        ]
        words = []
        for figure in drawn:
            figure.canvas.draw()
            words += [item.get_text() for item in texts(figure)]
    assert "Patients, %" in words
    assert any("p<0·002" in text for text in words)
    assert "0·03" in words
    assert [text for text in words if ASCII_DECIMAL.search(text)] == []


def test_the_name_of_p_is_italic_where_there_is_mark_up(examples: ModuleType, tmp_path: Path) -> None:
    study = examples.study()
    with written_in(journal="jama", people="participants"):
        html, text = page(examples), manuscript(examples)
        tables = [models(examples.models(), study=study)]
        for kind in ("html", "docx"):
            save(tables[0], tmp_path / f"models.{kind}")
        save_workbook(tables, tmp_path / "tables.xlsx", title="")
        figure = outcome_by_arm(examples.outcome(), study=study, effects=examples.effects())
        written = " ".join(item.get_text() for item in texts(figure))
    assert '<th scope="col"><i>P</i></th>' in html
    assert "and *P* values: twice" in text
    assert "<i>P</i>" in (tmp_path / "models.html").read_text()
    document = zipfile.ZipFile(tmp_path / "models.docx").read("word/document.xml").decode()
    assert re.search(r"<w:rPr><w:i/></w:rPr><w:t>P</w:t>", document)
    assert "P\N{NO-BREAK SPACE}<\N{NO-BREAK SPACE}.002" in written
    book = zipfile.ZipFile(tmp_path / "tables.xlsx")
    sheets = "".join(book.read(name).decode() for name in book.namelist() if name.startswith("xl/"))
    for output in (html, text, document, sheets, written, (tmp_path / "models.html").read_text()):
        assert not PRIVATE.search(output)
    assert not re.search(r" alt=\"[^\"]*<", html)


def test_numbers_for_machines_are_alike_in_every_style(examples: ModuleType, tmp_path: Path) -> None:
    def written(journal: str) -> tuple[str, str, list[object]]:
        with written_in(journal=journal, people="participants"):
            files = [tmp_path / f"{journal}.{kind}" for kind in ("csv", "html")]
            save_each(lambda: natural_effects(examples.effects(), study=examples.study()), files)
            found = values({"primary": examples.result()})["primary"]["effects"]["te"]["prob_le_2"]
        return files[0].read_text(), files[1].read_text(), [found[key] for key in ("estimate", "ci_low")]

    plain, lancet = written("plain"), written("lancet")
    assert plain[0] == lancet[0]
    assert plain[1] != lancet[1]
    assert plain[2] == lancet[2]
    assert pd.read_csv(io.StringIO(lancet[0])).shape == (5, 6)

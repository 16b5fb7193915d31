"""What an author pastes: the run's numbers, references that others read, numbered tables, a checklist."""

import io
import re
from dataclasses import replace

import pandas as pd
import pytest
from docx import Document
from openpyxl import load_workbook

from ipdmediation.present import notation
from ipdmediation.present.manuscript.agrema import OPEN, agrema
from ipdmediation.present.manuscript.citations import bibtex, ris
from ipdmediation.present.manuscript.texts import methods_text, results_text
from ipdmediation.present.manuscript.values import values
from ipdmediation.present.report.exhibits import main_tables
from ipdmediation.present.report.figure_words import legend
from ipdmediation.present.report.methods import methods
from ipdmediation.present.report.page import render
from ipdmediation.present.scales import reading
from ipdmediation.present.sources import SOURCES, Source
from ipdmediation.present.tables.saving import save_together
from ipdmediation.present.tables.workbook import save_workbook
from tests.tracing import untraced
from tests.unit.present import test_each_trial, test_undoing
from tests.unit.present.examples import TEMPLATE, flow, manifest, result


def text_of(*results):
    names = list(results[0].figures)
    captions = [legend(name, results[0]) for name in names]
    return results_text(results, captions=captions, tables=main_tables(results))


def test_every_number_of_the_results_is_in_a_table():
    main = result()
    text = text_of(main, main)
    tables = {name: getattr(main, name) for name in ("flow", "outcome", "mediator", "effects", "missing")}
    given = [*map(str, range(1, 20)), "95%", "Of 100 participants", main.study.label("mrs"), main.study.title]
    assert untraced(text.split("\n\n"), tables, given=given) == []
    assert len(text) > 1500


def test_the_results_follow_the_order_of_a_paper_and_number_what_they_name():
    text = text_of(result(), result())
    assert re.findall(r"^## (.*)$", text, flags=re.MULTILINE) == [
        "Participants", "Outcome and mediator", "Effects", "Other analyses", "Figures", "Tables",
    ]  # fmt: skip
    assert [int(number) for number in re.findall(r"^Figure (\d+)\.", text, flags=re.MULTILINE)] == [
        *range(1, 17)
    ]
    assert "Table 1. " in text
    assert "Other analyses" not in text_of(result())


def test_a_title_that_asks_ends_as_it_does():
    tables = [replace(main_tables([result()])[0], title=title) for title in ("Who was there", "Who was not?")]
    text = results_text([result()], captions=[], tables=tables)
    assert text.endswith("Table 1. Who was there.\n\nTable 2. Who was not?\n")


def test_who_was_not_analysed_is_counted_by_reason():
    rows = flow()
    text = text_of(result(flow=rows))
    for row in rows.iloc[1:].to_dict("records"):
        assert (f", {row['excluded']}" in text) or not row["excluded"]


def test_the_arms_are_counted_where_they_are_analysed():
    made = result()
    last, study = made.last_step, made.study
    told = " and ".join(
        f"{notation.count(last[f'remaining_{arm}'])} with {notation.lower(study.arm(arm))}"
        for arm in ("treated", "control")
    )
    assert f"{notation.count(last['remaining'])} were analysed, {told}." in text_of(made)


def test_synthetic_patients_are_named_as_such():
    made = result()
    for synthetic in (True, False):
        study = replace(made.study, synthetic=synthetic)
        told = text_of(replace(made, study=study)), methods_text(methods(made), study=study)
        assert all(("nothing here is a finding about real people" in text) == synthetic for text in told)


def test_values_are_those_of_the_tables_as_they_are_written():
    main = result()
    found = values({"primary": main})["primary"]
    for row in main.effects.to_dict("records"):
        value = found["effects"][row["effect"]][row["scale"]]
        read = reading(row["effect"], row["scale"], study=main.study)
        if value["estimate"] is None:
            assert value["text"] == read.text(row)
            continue
        assert value["estimate"] == pytest.approx(read.number(row["estimate"]))
        assert value["text"].startswith(read.parts(row)[0])
    assert found["participants"]["analysed"] == main.fitted


def test_references_have_a_key_each_and_all_their_fields():
    sources = list(SOURCES.values())
    keys = re.findall(r"^@\w+\{(\w+),$", bibtex(sources), flags=re.MULTILINE)
    assert len(set(keys)) == len(sources) == len(keys)
    entries = ris(sources).split("ER  - \r\n")[:-1]
    assert [re.search(r"ID  - (\w+)", entry).group(1) for entry in entries] == keys
    for source, entry in zip(sources, entries, strict=True):
        assert f"TI  - {source.title}\r\n" in entry
        assert f"PY  - {source.year}" in entry
        assert entry.count("AU  - ") == len(source.authors)
        assert re.search(r"^TY  - (JOUR|BOOK|COMP)", entry.lstrip())


def test_two_papers_of_a_year_have_two_keys_and_names_keep_their_parts():
    paper = Source(
        authors=("van Buuren S", "Oudshoorn CGM"), title="One", journal="J", year=2000, volume="1", page="2"
    )
    text = bibtex([paper, replace(paper, title="Two", others=True)])
    assert "@article{vanbuuren2000,\n" in text
    assert "@article{vanbuuren2000b,\n" in text
    assert "author = {van Buuren, S. and Oudshoorn, C. G. M.}" in text
    assert "author = {van Buuren, S. and Oudshoorn, C. G. M. and others}" in text


def test_the_checklist_has_every_item_and_leaves_open_what_no_run_can_know():
    table = agrema([result(), result()]).cells
    assert list(table["Item"]) == [str(number) for number in range(1, 26)]
    empty = table[table["Reported by this run"] == ""]
    assert set(empty["Left to the authors"]) == {OPEN}
    assert set(empty["Topic"]) == {
        "Background and rationale", "Study registration", "Ethical approval", "Implications",
        "Funding and role of sponsor", "Conflicts of interest and financial disclosures",
    }  # fmt: skip


#: Table 1 of Lee et al. 2021 JAMA 326:1045, the long form.
TOPICS = [
    "Title", "Abstract", "Background and rationale", "Objectives", "Study registration",
    "Study design and source of data", "Participants", "Sample size", "Effects of interest",
    "Assumed causal model", "Causal assumptions", "Measurement", "Measurement levels", "Statistical methods",
    "Sensitivity analyses", "Ethical approval", "Participants", "Outcomes and estimates",
    "Sensitivity parameters", "Limitations", "Interpretation", "Implications", "Funding and role of sponsor",
    "Conflicts of interest and financial disclosures", "Data and code",
]  # fmt: skip


def test_the_topics_are_those_of_the_guideline_in_its_order():
    assert list(agrema([result()]).cells["Topic"]) == TOPICS


def test_sensitivity_is_found_where_the_page_has_it():
    evidence = {"confounding": pd.DataFrame(), "death": pd.DataFrame(), "pooled": pd.DataFrame()}
    cells = agrema([result(evidence=evidence), result()]).cells.set_index("Topic")
    assert (
        cells.loc["Sensitivity parameters", "Section"] == "All analyses, What would undo it, Nobody left out"
    )


def test_the_page_has_every_section_that_the_checklist_names_under_that_name():
    found = [result(evidence={**test_each_trial.EVIDENCE, **test_undoing.everything()}), result()]
    table = agrema(found)
    assert [", ".join(places) for places in table.places] == list(table.cells["Section"])
    named = {(name, section) for places in table.places for name, section in places.items()}
    assert {"Each trial", "What would undo it", "Participants", "Methods"} <= {name for name, _ in named}
    page = render(TEMPLATE, found, manifest=manifest())
    contents = page[page.index('<nav aria-label="Contents"') : page.index("</nav>")]
    checklist = page[page.index("AGReMA checklist</summary>") :]
    for name, section in named:
        assert f'<section id="{section}"' in page
        assert re.search(rf'href="#{section}"[^>]*>{name}</a>', contents)
        assert f'<a href="#{section}">{name}</a>' in checklist


def test_without_other_analyses_the_checklist_says_that_none_was_run():
    table = agrema([result(evidence={})]).cells.set_index("Topic")
    for topic in ("Sensitivity analyses", "Sensitivity parameters"):
        assert list(table.loc[topic, ["Reported by this run", "Left to the authors"]]) == [
            "No sensitivity analysis was run", "Why there is none",
        ]  # fmt: skip


def test_the_checklist_leaves_nothing_open_that_the_run_knows():
    made = result()
    bare = replace(made.study, question="", source="", analysis={**made.study.analysis, "covariates": []})
    flow = made.flow.iloc[:1]
    cells = agrema([replace(made, study=bare, flow=flow)]).cells.set_index("Item")["Reported by this run"]
    assert cells["4"] == (
        "How much of the effect of endovascular therapy, compared with standard care, on the modified Rankin "
        "Scale at 90 days runs through the follow-up infarct volume"
    )
    assert cells["7"].startswith("No rule of eligibility")
    assert cells["8"].startswith("1764 randomised, 1764 analysed")
    assert cells["10"].endswith("No model had covariates.")
    assert cells["12"] == (
        "Exposure: endovascular therapy or standard care. Mediator: follow-up infarct volume in mL (analysed "
        "as its logarithm). Outcome: modified Rankin Scale at 90 days, 7 levels. Covariates: none."
    )
    named = agrema([result(evidence={"confounding": pd.DataFrame()}), made]).cells.set_index("Item")
    assert named.loc["15", "Reported by this run"] == "“Primary analysis” and unmeasured confounding"
    assert named.loc["12", "Reported by this run"].endswith(
        "intravenous alteplase and onset to randomisation in hours."
    )
    assert "hypertension" not in named.loc["12", "Reported by this run"]  # described, and in no model


def test_a_workbook_has_a_sheet_for_each_table_with_the_same_bytes_and_no_formula(tmp_path):
    tables = main_tables([result(), result()])
    tables[0] = replace(tables[0], cells=tables[0].cells.assign(Step="=1+1"))
    for name in "ab":
        save_workbook(tables, tmp_path / f"{name}.xlsx", title="A study")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    book = load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == [f"{number} {table.name}" for number, table in enumerate(tables, start=1)]
    for number, (sheet, table) in enumerate(zip(book, tables, strict=True), start=1):
        assert sheet["A1"].value == f"Table {number}. {table.title}"
        written = [
            ["" if cell is None else cell for cell in line] for line in sheet.iter_rows(values_only=True)
        ]
        size = len(table.heads)
        assert written[1][:size] == list(table.heads)
        assert [line[:size] for line in written[2 : 2 + len(table.cells)]] == [
            list(line) for line in table.cells.itertuples(index=False)
        ]
        assert [line[0] for line in written[2 + len(table.cells) :]] == list(table.notes)
    assert book.worksheets[0]["A3"].data_type == "s"


def test_all_tables_stand_in_one_document_with_their_numbers(tmp_path):
    tables = main_tables([result(), result()])
    save_together(tables, tmp_path / "a.docx", title="A study")
    save_together(tables, tmp_path / "b.docx", title="A study")
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()
    document = Document(io.BytesIO((tmp_path / "a.docx").read_bytes()))
    assert len(document.tables) == len(tables)
    assert all(row._tr.xpath("w:trPr/w:cantSplit") for grid in document.tables for row in grid.rows[1:])
    heads = [text.text for text in document.paragraphs if text.text.startswith("Table ")]
    assert heads == [f"Table {number}. {table.title}" for number, table in enumerate(tables, start=1)]
    assert len(document.sections) == len(tables)
    wide = [len(table.cells.columns) > 6 for table in tables]
    assert [section.page_width > section.page_height for section in document.sections] == wide

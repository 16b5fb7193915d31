# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
import io
import zipfile

import numpy as np
import pandas as pd
import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH

from ipdmediation.present import tables


def every(examples):
    study = examples.study()
    return {
        "baseline": tables.baseline(examples.baseline(), examples.flow(), study=study),
        "models": tables.models(examples.models(), study=study),
        "effects": tables.effects(examples.effects(), study=study),
        "published": tables.published(examples.published(), study=study),
        "quality": tables.quality(examples.quality(), study=study),
        "flow": tables.flow(examples.flow(), study=study),
    }


NAMES = ["baseline", "models", "effects", "published", "quality", "flow"]


def row(table, name):
    cells = table.cells
    return list(cells[cells.iloc[:, 0] == name].iloc[0])


def test_baseline_rows(examples):
    table = every(examples)["baseline"]
    assert list(table.cells.columns) == [
        "Characteristic", "All (n = 1665)", "Control (n = 844)", "EVT (n = 821)", "SMD", "Missing",
    ]  # fmt: skip
    assert row(table, "Age, years, median (IQR)")[1] == "68 (57–76)"
    assert row(table, "Female, n (%)")[1] == "781 (46.9)"
    assert row(table, "ASPECTS at baseline, points, median (IQR)")[-1] == "12"
    assert row(table, "Occlusion site, n (%)")[1] == ""
    names = list(table.cells["Characteristic"])
    start = names.index("Occlusion site, n (%)")
    assert names[start + 1 : start + 4] == ["M1 segment", "Internal carotid artery", "M2 segment"]
    assert table.indented == {start + 1, start + 2, start + 3}


def test_baseline_falls_back_to_the_mean(examples):
    frame = examples.baseline()
    frame = frame[frame["variable"] == "age"].replace({"statistic": {"median": "mean", "q1": "sd"}})
    frame = frame[frame["statistic"] != "q3"]
    table = tables.baseline(frame, examples.flow(), study=examples.study())
    assert row(table, "Age, years, mean (SD)")[1] == "68 (57)"


def test_models_stand_side_by_side(examples):
    table = every(examples)["models"]
    assert row(table, "Endovascular therapy") == [
        "Endovascular therapy", "0.66 (0.57–0.75)", "<.001",
        "2.48 (1.75–3.51)", "<.001", "2.22 (1.53–3.22)", "<.001",
    ]  # fmt: skip
    assert row(table, "Follow-up infarct volume, per 1 ln mL")[1:5] == [""] * 4
    assert "Follow-up infarct volume, per doubling" in set(table.cells["Term"])
    assert not table.cells["Term"].str.contains("ESCAPE|\\|", regex=True).any()
    assert table.cells.columns.is_unique
    assert table.heads.count("P") == 3


def test_terms_of_a_spline_are_marked_as_coefficients(examples):
    study, models = examples.spline()
    table = tables.models(models, study=study)
    term = "Follow-up infarct volume, spline term 2: coefficient"
    assert row(table, term)[5] == "−1.30 (−2.30 to −0.30)"
    assert any("spline with 4 knots" in note for note in table.notes)


def test_effects_are_in_words(examples):
    table = every(examples)["effects"]
    assert row(table, "Proportion mediated, difference of coefficients")[1:4] == [
        "share of the total effect", "12.2% (1.2% to 18.9%)", ".03",
    ]  # fmt: skip
    assert set(table.cells["Failed"]) == {"2"}


def test_a_withheld_effect_says_so(examples):
    effects = examples.effects()
    effects.loc[4, ["estimate", "ci_low", "ci_high"]] = np.nan
    effects.loc[4, "note"] = "the total effect's interval includes 0"
    table = tables.effects(effects, study=examples.study())
    assert table.cells.iloc[4, 2] == "withheld"
    assert table.cells.iloc[4, 7] == "the total effect's interval includes 0"


def test_natural_effects_count_failures_and_explain_missing_intervals(examples):
    effects = examples.effects()
    effects.loc[effects["effect"] == "pm", ["ci_low", "ci_high"]] = np.nan
    effects.loc[effects["effect"] == "pm", "note"] = "no BCa interval: all replicates are above the estimate"
    table = tables.natural_effects(effects, study=examples.study())
    assert "Failed bootstrap replicates: 2 of 1000." in table.notes
    assert "no BCa interval: all replicates are above the estimate" in table.notes
    assert table.cells.iloc[0, -1] == "24.4%"


def test_effects_on_a_binary_outcome_are_differences_of_probabilities(examples):
    study = examples.study()
    variables = {**study.variables, "dead": {"type": "binary", "label": "Dead at 90 days"}}
    outcome = {"variable": "dead", "family": "binary", "better": "low"}
    study = examples.study(variables=variables, analysis={**study.analysis, "outcome": outcome})
    effects = examples.effects().replace({"scale": {"prob_le_2": "prob_le_0"}})
    table = tables.natural_effects(effects, study=study)
    assert row(table, "Dead at 90 days: yes, percentage points")[1] == "−76.0 (−90.0 to −61.0)"
    assert row(table, "Dead at 90 days: no, percentage points")[1] == "17.0 (13.7–20.1)"


def test_the_intercept_stands_below_the_coefficients(examples):
    models = examples.models()
    for frame in models.values():
        intercept = frame[frame["term"] == "treatment"].assign(term="intercept", label="Intercept")
        models = {**models, str(frame["model"].iloc[0]): pd.concat([intercept, frame], ignore_index=True)}
    terms = list(tables.models(models, study=examples.study()).cells["Term"])
    coefficients = [term for term in terms if "SD" not in term and "correlation" not in term.lower()]
    assert coefficients[-1] == "Intercept"


def test_missing_notes_are_empty(examples):
    effects = examples.effects()
    effects["note"] = np.nan
    assert set(tables.effects(effects, study=examples.study()).cells["Note"]) == {""}


def test_published_says_yes_or_no(examples):
    table = every(examples)["published"]
    assert list(table.cells["Agrees"]) == ["yes", "yes", "yes", "no"]
    assert row(table, "Mediator, common odds ratio")[1:3] == [
        "0.46 (0.39–0.54)",
        "0.44 (0.40–0.49)",
    ]
    as_text = examples.published().assign(agrees=["True", "True", "True", "False"])
    assert list(tables.published(as_text, study=examples.study()).cells["Agrees"]) == [
        "yes",
        "yes",
        "yes",
        "no",
    ]


def test_quality_names_trials_variables_and_unrecorded_columns(examples):
    table = every(examples)["quality"]
    assert set(table.cells["Trial"]) == {"MR CLEAN", "ESCAPE", "EXTEND-IA"}
    assert list(table.cells.iloc[3])[:3] == ["MR CLEAN", "Hypertension", "not recorded"]


def test_flow_adds_up(examples):
    cells = every(examples)["flow"].cells
    assert cells["Excluded, all"].astype(int).sum() == 1764 - 1665
    assert list(cells.iloc[-1])[4:] == ["1665", "821", "844"]


@pytest.mark.parametrize("name", NAMES)
def test_csv_holds_every_cell(examples, name, tmp_path):
    table = every(examples)[name]
    tables.save(table, tmp_path / "t.csv")
    read = pd.read_csv(tmp_path / "t.csv", dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(read, table.cells.astype(read.dtypes))


@pytest.mark.parametrize("name", NAMES)
def test_html_holds_every_cell_and_fetches_nothing(examples, name, tmp_path):
    table = every(examples)[name]
    tables.save(table, tmp_path / "t.html")
    page = (tmp_path / "t.html").read_text()
    (read,) = pd.read_html(io.StringIO(page))
    body = read.iloc[: len(table.cells)].fillna("").astype(str)
    assert list(body.iloc[:, 0]) == list(table.cells.iloc[:, 0])
    assert "http" not in page
    assert "Synthetic data" in page


@pytest.mark.parametrize("name", NAMES)
def test_docx_holds_every_cell(examples, name, tmp_path):
    table = every(examples)[name]
    tables.save(table, tmp_path / "t.docx")
    document = Document(str(tmp_path / "t.docx"))
    (grid,) = document.tables
    read = [[cell.text for cell in line.cells] for line in grid.rows]
    assert read[0] == list(table.heads)
    assert read[1:] == [list(line) for line in table.cells.itertuples(index=False)]
    assert document.paragraphs[0].text == table.title
    assert any("Synthetic data" in paragraph.text for paragraph in document.paragraphs)


@pytest.mark.parametrize("suffix", ["csv", "html", "docx"])
def test_the_same_table_has_the_same_bytes(examples, suffix, tmp_path):
    for turn in (1, 2):
        tables.save(every(examples)["baseline"], tmp_path / f"{turn}.{suffix}")
    assert (tmp_path / f"1.{suffix}").read_bytes() == (tmp_path / f"2.{suffix}").read_bytes()


def test_a_docx_carries_no_date(examples, tmp_path):
    tables.save(every(examples)["flow"], tmp_path / "t.docx")
    with zipfile.ZipFile(tmp_path / "t.docx") as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(1980, 1, 1)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("1980-01-01T00:00:00Z") == 2
    assert "python-docx" not in core


@pytest.mark.parametrize("name", NAMES)
def test_a_word_table_fills_the_page_with_numbers_to_the_right(examples, tmp_path, name):
    tables.save(every(examples)[name], tmp_path / "table.docx")
    document = Document(str(tmp_path / "table.docx"))
    (section,), (grid,) = document.sections, document.tables
    room = section.page_width - section.left_margin - section.right_margin
    assert sum(column.width for column in grid.columns) == pytest.approx(room, rel=1e-3)
    alignments = [{cell.paragraphs[0].alignment for cell in column.cells} for column in grid.columns]
    heads = [cell.text for cell in grid.rows[0].cells]
    assert alignments[0] == {None}
    assert all(
        found == ({None} if head in tables.PROSE else {WD_ALIGN_PARAGRAPH.RIGHT})
        for head, found in zip(heads[1:], alignments[1:], strict=True)
    )

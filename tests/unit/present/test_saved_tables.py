"""Tables as files: every cell is in each format, and a Word table can be read."""

import io
import zipfile

import pandas as pd
import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH

from ipdmediation.present.tables.natural_effects import natural_effects
from ipdmediation.present.tables.saving import save
from ipdmediation.present.tables.table import PROSE
from tests.unit.present.made_tables import NAMES, every


@pytest.mark.parametrize("name", NAMES)
def test_csv_holds_every_cell(examples, name, tmp_path):
    table = every(examples)[name]
    save(table, tmp_path / "t.csv")
    read = pd.read_csv(tmp_path / "t.csv", dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(read, table.cells.astype(read.dtypes))


@pytest.mark.parametrize("name", NAMES)
def test_html_holds_every_cell_and_fetches_nothing(examples, name, tmp_path):
    table = every(examples)[name]
    save(table, tmp_path / "t.html")
    page = (tmp_path / "t.html").read_text()
    (read,) = pd.read_html(io.StringIO(page))
    body = read.iloc[: len(table.cells)].fillna("").astype(str)
    assert list(body.iloc[:, 0]) == list(table.cells.iloc[:, 0])
    assert "http" not in page
    assert "Synthetic data" in page


@pytest.mark.parametrize("name", NAMES)
def test_docx_holds_every_cell(examples, name, tmp_path):
    table = every(examples)[name]
    save(table, tmp_path / "t.docx")
    document = Document(str(tmp_path / "t.docx"))
    (grid,) = document.tables
    written = [[cell.text for cell in line.cells] for line in grid.rows]
    read = [[text.replace("\N{NO-BREAK SPACE}", " ") for text in line] for line in written]
    assert read[0] == list(table.heads)
    assert read[1:] == [list(line) for line in table.cells.itertuples(index=False)]
    assert document.paragraphs[0].text == table.title
    assert any("Synthetic data" in paragraph.text for paragraph in document.paragraphs)


@pytest.mark.parametrize("suffix", ["csv", "html", "docx"])
def test_the_same_table_has_the_same_bytes(examples, suffix, tmp_path):
    for turn in (1, 2):
        save(every(examples)["baseline"], tmp_path / f"{turn}.{suffix}")
    assert (tmp_path / f"1.{suffix}").read_bytes() == (tmp_path / f"2.{suffix}").read_bytes()


def test_a_docx_carries_no_date(examples, tmp_path):
    save(every(examples)["flow"], tmp_path / "t.docx")
    with zipfile.ZipFile(tmp_path / "t.docx") as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(1980, 1, 1)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("1980-01-01T00:00:00Z") == 2
    assert "python-docx" not in core


@pytest.mark.parametrize("name", NAMES)
def test_a_word_table_fills_the_page_with_numbers_to_the_right(examples, tmp_path, name):
    save(every(examples)[name], tmp_path / "table.docx")
    document = Document(str(tmp_path / "table.docx"))
    (section,), (grid,) = document.sections, document.tables
    room = section.page_width - section.left_margin - section.right_margin
    assert sum(column.width for column in grid.columns) == pytest.approx(room, rel=1e-3)
    alignments = [{cell.paragraphs[0].alignment for cell in column.cells} for column in grid.columns]
    heads = [cell.text.replace("\N{NO-BREAK SPACE}", " ") for cell in grid.rows[0].cells]
    assert alignments[0] == {None}
    assert all(
        found == ({None} if head in PROSE else {WD_ALIGN_PARAGRAPH.RIGHT})
        for head, found in zip(heads[1:], alignments[1:], strict=True)
    )


def test_rows_of_a_word_table_stand_apart_and_short_texts_on_one_line(examples, tmp_path):
    save(natural_effects(examples.effects(), study=examples.study()), tmp_path / "table.docx")
    (grid,) = Document(str(tmp_path / "table.docx")).tables
    assert grid._tbl.tblPr.xpath("w:tblCellMar/w:top/@w:w") == ["25"]
    texts = [cell.text for line in grid.rows for cell in line.cells]
    assert "above\N{NO-BREAK SPACE}0" in texts
    assert "Total effect (95%\N{NO-BREAK SPACE}CI)" in texts


def test_no_number_of_a_word_table_breaks(examples, tmp_path):
    """Widths of Arial at 8 points, of digits and of what stands around them in an interval."""
    points = {"%": 7.1, " ": 2.2, ".": 2.2, "(": 2.7, ")": 2.7, "t": 2.2, "\N{MINUS SIGN}": 4.7}
    save(natural_effects(examples.effects(), study=examples.study()), tmp_path / "table.docx")
    (grid,) = Document(str(tmp_path / "table.docx")).tables
    for column in grid.columns:
        for cell in column.cells[1:]:
            if "(" in cell.text and "%" in cell.text:
                needed = sum(points.get(character, 4.5) for character in cell.text)
                assert needed + 10.8 <= column.width.pt, cell.text
    head = "Better"
    (better,) = [column for column in grid.columns if column.cells[0].text == head]
    assert better.width.pt >= 10.8 + 26, "a bold word of six letters"

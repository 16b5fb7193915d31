"""Structure of csv and tsv files: a right reading, or lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipdmediation.data.errors import MappingError, SourceError
from ipdmediation.data.reading import columns, read_raw
from ipdmediation.data.reading.columns import plain_name

HEADER = "id,arm,note,vol\n"
ROWS = "1,A,ok,5\n2,B,ok,6\n3,A,ok,7\n4,B,ok,8\n"


def read(tmp_path: Path, content: str | bytes, **options: Any) -> Any:
    file = tmp_path / "trial.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    wanted = options.pop("columns", None)
    return read_raw(file, file_format="csv", options=options, columns=wanted)


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (
            HEADER + "1,A,ok\n2,B,ok,6\n3,A\n",
            ["2 of 3 rows", "line 2 (patient row 1) has 3", "line 4", "has 2"],
        ),
        (HEADER + ROWS + "5,A,o", ["1 of 5 rows", "line 6 (patient row 5) has 3"]),
        (HEADER + "1,A,ok,5,x\n", ["has 5", "allowed: 4 cells"]),
        (HEADER + '1,A,"5 cm,5\n2,B,ok,6\n3,A,late",7\n', ["lines 2 to 4", "quoting: none"]),
        (HEADER + '1,A,"5 cm,5\n2,B,late",6\n', ["lines 2 to 3", "quoting: none"]),
        (HEADER + '1,A,"ok, fine",5\n2,B,"x,6\n3,A,"a, b",7\n4,B,y",8\n', ["line", "quotation mark"]),
        (HEADER + '1,A,ok,5\n2,B,"cut off,6\n3,A,ok,7\n', ["lines 3 to 4", "quotation mark"]),
        (HEADER + '1,A,"so" he said,5\n', ["line 2", "quotation mark"]),
        (HEADER + '1,"A, x","5 cm,5\n2,B,ok,6\n3,A,late",7\n', ["lines 2 to 4", "quoting: standard"]),
        ('id,arm,vol,"note\n1,A,5,ok"\n2,B,6,ok\n', ["lines 1 to 2", "quoting: none"]),
        (HEADER + "1,A,ok\0,5\n", ["line 2", "NUL", "utf-16-le"]),
    ],
)
def test_a_doubtful_structure_is_refused_with_its_lines(
    tmp_path: Path, content: str, parts: list[str]
) -> None:
    with pytest.raises(SourceError) as error:
        read(tmp_path, content)
    for part in ["trial.csv", *parts]:
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (HEADER + '1,A,"fell, then\nrecovered",5\n2,B,x,6\n', "fell, then\nrecovered"),
        (HEADER + '1,A,"a\n\nb",5\n', "a\n\nb"),
        ('id,arm,note,"vol\n(mL)",vol\n1,A,x,4,5\n', "x"),
        (HEADER + '1,A,"said ""no""",5\n', 'said "no"'),
        (HEADER + '1,A,6" tube,5\n', '6" tube'),
        (HEADER.replace("\n", "\r\n") + '1,A,"x\r\ny",5\r\n', "x\r\ny"),
        (HEADER.replace("\n", "\r") + "1,A,x,5\r2,B,y,6\r", "x"),
        (HEADER + "1,A,x,5\r\n2,B,y,6\n", "x"),
    ],
)
def test_what_is_well_formed_stays_legal(tmp_path: Path, content: str, note: str) -> None:
    table = read(tmp_path, content)
    assert table["note"][0] == note
    assert table["vol"][0] == "5"


def test_rows_keep_their_lines(tmp_path: Path) -> None:
    table = read(tmp_path, "\n" + HEADER + '1,A,"a\nb",5\n\n2,B,x,6\n,,,\n3,A,x,7\n')
    assert table["id"].tolist() == ["1", "2", "3"]
    assert list(table.rows) == [3, 6, 8]
    assert table.place([True, False, True]) == "2 rows (lines 3, 8)"


def test_the_way_out_of_quotation_marks(tmp_path: Path) -> None:
    stray = HEADER + '1,A,"5 cm,5\n2,B,late",6\n'
    assert read(tmp_path, stray, quoting="none")["note"].tolist() == ['"5 cm', 'late"']
    assert read(tmp_path, stray, quoting="standard")["note"].tolist() == ["5 cm,5\n2,B,late"]


def test_title_lines_above_the_header(tmp_path: Path) -> None:
    wanted = {"id": "patient", "arm": "treatment"}
    for title in ("Core laboratory\n", "Core laboratory,,,\nprinted,,,\n"):
        line = title.count("\n") + 1
        with pytest.raises(SourceError, match=rf"header seems to stand in line {line}.*header_row: {line}"):
            read(tmp_path, title + HEADER + ROWS, columns=wanted)
        table = read(tmp_path, title + HEADER + ROWS, columns=wanted, header_row=line)
        assert table["id"].tolist() == list("1234")
        assert table.rows[0] == line + 1


def test_only_the_columns_that_are_used_are_read(tmp_path: Path) -> None:
    content = "id,note,arm,note\n1,caf\xe9,A,x\n2,ok,B,y\n".encode("latin-1")
    wanted = {"id": "patient", "arm": "treatment"}
    assert read(tmp_path, content, columns=wanted)["arm"].tolist() == ["A", "B"]
    with pytest.raises(SourceError, match="'note' in columns 2, 4"):
        read(tmp_path, content, columns=wanted | {"note": "age"})
    with pytest.raises(SourceError, match=r"column 'note': 1 row \(line 2\) not readable as 'utf-8'.*xe9"):
        read(tmp_path, content.replace(b",note\n", b",other\n"), columns=wanted | {"note": "age"})


def test_a_missing_column_says_where_it_might_be(tmp_path: Path) -> None:
    with pytest.raises(MappingError) as error:
        read(tmp_path, HEADER + ROWS, columns={"ID": "patient", "mrs": "outcome"})
    found = str(error.value)
    assert "'id', 'arm', 'note', 'vol'" in found
    assert "column 'ID' (patient) is not in the file; the file has 'id'" in found
    assert "column 'mrs' (outcome) is not in the file" in found
    assert "joined" in found


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("id , arm", "arm"),
        ("id,Study\xa0arm", "Study arm"),
        ("id,groupe\u0301", "group\xe9"),
        ("\ufeffarm,x", "arm"),
    ],
)
def test_what_nobody_sees_in_a_name_does_not_matter(tmp_path: Path, header: str, wanted: str) -> None:
    assert wanted in read(tmp_path, f"{header}\n1,2\n", columns={wanted: "treatment"}).columns


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("id,arm\n1,2\n".encode("utf-16"), {}, "UTF-16.*encoding: utf-16"),
        ("id,arm\n1,2\n".encode("utf-8-sig"), {"encoding": "latin-1"}, "UTF-8.*'latin-1'"),
        (b"id,arm\n1,2\n", {"encoding": "latin-99"}, "'latin-99'"),
        ("id,arm\n1,2\n".encode("utf-16-le"), {}, "NUL"),
        (b"id,arm\n1,2\n", {"header_row": 9}, "no line 9"),
    ],
)
def test_encodings_that_do_not_fit(tmp_path: Path, content: bytes, options: Any, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read(tmp_path, content, **options)


def test_utf_16_is_read(tmp_path: Path) -> None:
    for encoding in ("utf-16", "utf-16-le"):
        table = read(tmp_path, "id,arm\n1,é\n".encode(encoding), encoding=encoding)
        assert table["arm"].tolist() == ["é"]


CELLS = st.text('abc" ,;\n', max_size=8)


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_whatever_a_writer_quotes_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in ("x", *row)) for row in rows]
    content = "id,a,b\n" + "\n".join(quoted) + "\n"
    table = read(tmp_path_factory.mktemp("csv"), content, quoting="standard")
    found = [tuple(cell or "" for cell in row) for row in table.frame[["a", "b"]].itertuples(index=False)]
    assert found == [tuple(cell if cell.strip() else "" for cell in row) for row in rows]


def test_a_header_is_gone_through_once_however_wide_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names of a file of 3,000 columns are looked at a few times each, not once for each other."""
    asked: list[str] = []

    def counting(name: str) -> str:
        asked.append(name)
        return plain_name(name)

    monkeypatch.setattr(columns, "plain_name", counting)
    names = [f"c{place}" for place in range(3000)]
    (tmp_path / "a.csv").write_text(f"{','.join(names)}\n{','.join('1' for _ in names)}\n")
    assert list(read_raw(tmp_path / "a.csv", file_format="csv").columns) == names
    assert len(asked) < 10 * len(names)

"""Sheets, headers and options of a file that do not fit."""

from __future__ import annotations

from tests.unit.data.bad_inputs.bad_input import COLUMNS, Bad, source

SHEETS = [
    Bad(
        topic="sheet",
        said=("column 'AGE' (age) is not in the file", "'Age'"),
        columns={"AGE": None, "Age": COLUMNS["AGE"]},
    ),
    Bad(topic="sheet", said=("column 'AGE' (age) is not in the file",), columns={"AGE": None}, way="stata"),
    Bad(
        topic="sheet",
        said=("occur more than once: 'VOL'",),
        content=lambda file: file.replace(b"DAY", b"VOL", 1),
    ),
    Bad(
        topic="sheet",
        said=("only one column", "source.options.separator"),
        content=lambda file: file.replace(b",", b";"),
    ),
    Bad(
        topic="sheet",
        said=("1 of 8 rows with other than the header's 13 cells", "line 4", "has 12"),
        content=lambda file: file.replace(b"P3,", b"", 1),
    ),
    Bad(
        topic="sheet",
        said=("line 4", "a quotation mark that opens no whole cell", "quoting: none"),
        cells={("SITE", 4): 'm"1'},
        content=lambda file: file.replace(b'"m""1"', b'"m"1'),
    ),
    Bad(
        topic="sheet",
        said=("no sheet 'Data'; the file has 'data'",),
        way="excel",
        mapping=source(sheet="Data"),
    ),
    Bad(topic="sheet", said=("no sheet number 4",), way="ods", mapping=source(sheet=4)),
    Bad(topic="sheet", said=("the file has no line 40",), mapping=source(header_row=40)),
    Bad(topic="sheet", said=("no row below the column names",), mapping=source(rows_below_header=8)),
    Bad(
        topic="sheet",
        said=("the header seems to stand in line 1", "header_row: 1"),
        mapping=source(header_row=2),
    ),
    Bad(topic="sheet", said=("source.options.sheet", "does not belong here"), mapping=source(sheet="x")),
    Bad(
        topic="sheet",
        said=("separator", "is the decimal mark too"),
        mapping=source(separator=",", decimal=","),
    ),
    Bad(
        topic="sheet",
        said=("Python knows no encoding of text 'latin1000'",),
        mapping=source(encoding="latin1000"),
    ),
]

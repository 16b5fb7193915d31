"""Files that are not of the format that the mapping states, or are damaged."""

from __future__ import annotations

import gzip

from tests.unit.data.bad_inputs.bad_input import Bad, packed

FORMATS = [
    Bad(
        topic="format",
        said=(
            "source.file: 'a.raw'",
            "there is no such file",
        ),
        way="none",
    ),
    Bad(topic="format", said=("the file is empty",), content=lambda _: b""),
    Bad(
        topic="format",
        said=("not readable as an Excel workbook", "allowed: a file of this format"),
        mapping={"source": {"format": "excel"}},
    ),
    Bad(
        topic="format",
        said=("it begins as a file of format parquet does", "source: {format: parquet}"),
        way="parquet",
        mapping={"source": {"format": "csv"}},
    ),
    Bad(
        topic="format",
        said=("it begins as a file of format stata does",),
        way="stata",
        mapping={"source": {"format": "spss"}},
    ),
    Bad(
        topic="format",
        said=("not readable as parquet",),
        way="parquet",
        content=lambda file: file[: len(file) // 2],
    ),
    Bad(
        topic="format",
        said=("not readable as stata",),
        way="stata",
        content=lambda file: file[: len(file) // 2],
    ),
    Bad(
        topic="format", said=("not readable as spss",), way="sav", content=lambda file: file[: len(file) // 2]
    ),
    Bad(
        topic="format",
        said=("not readable as an Excel workbook",),
        way="excel",
        content=lambda file: file[: len(file) // 2],
    ),
    Bad(topic="format", said=("not readable as gzip",), content=lambda file: gzip.compress(file)[:-9]),
    Bad(
        topic="format",
        said=("a zip archive of 2 files, 'a.csv', 'b.csv'", "allowed: exactly one"),
        content=packed("a.csv", "b.csv"),
    ),
    Bad(
        topic="format",
        said=("source.format: found 'sas'", "allowed: 'csv'"),
        mapping={"source": {"format": "sas"}},
    ),
    Bad(topic="format", said=("line 4 holds a NUL character",), cells={("SEX", 4): "M\0"}),
    Bad(
        topic="format",
        said=("column 'SEX'", "(line 4)", "not readable as 'utf-8'", "latin-1"),
        content=lambda file: file.replace(b",F,", b",\xe9,", 2).replace(b",\xe9,", b",F,", 1),
    ),
    Bad(
        topic="format",
        said=("begins as a file in UTF-16 does", "source.options.encoding: utf-16"),
        content=lambda file: file.decode().encode("utf-16"),
    ),
]

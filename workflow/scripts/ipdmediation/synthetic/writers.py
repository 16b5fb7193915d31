"""A writer for each file format of a raw trial; none of them leaves the time of its making in the file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

STAMP = datetime(2000, 1, 1)


@dataclass(frozen=True)
class RawFile:
    """What a writer of one format needs."""

    path: Path
    table: pd.DataFrame
    options: Mapping[str, Any]
    layout: Mapping[str, Any]
    missing: Mapping[str, Sequence[Any]]
    notice: str


def _write_text(file: RawFile) -> None:
    """Write separated text; a column says that the patients are synthetic."""
    decimal = file.options.get("decimal", ".")
    text = file.table.map(lambda cell: str(cell).replace(".", decimal) if isinstance(cell, float) else cell)
    text.to_csv(
        file.path,
        sep=file.options["separator"],
        index=False,
        encoding=file.options.get("encoding", "utf-8"),
        lineterminator="\n",
    )


def _write_excel(file: RawFile) -> None:
    """Write one sheet; the zip entries and the document's properties get a fixed time."""
    import openpyxl

    workbook = openpyxl.Workbook()
    sheet: Any = workbook.active
    sheet.title = file.options.get("sheet", "Sheet1")
    sheet.append(list(file.table.columns))
    for row in file.table.itertuples(index=False):
        sheet.append(list(row))
    workbook.properties.title = workbook.properties.description = file.notice
    workbook.properties.creator = "synthetic"
    buffer = io.BytesIO()
    workbook.save(buffer)
    fixed = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(file.path, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            content = made.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", fixed, content)
            entry = zipfile.ZipInfo(name, date_time=STAMP.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            kept.writestr(entry, content)


def _write_stata(file: RawFile) -> None:
    """Write Stata 14 with value labels and a fixed time stamp."""
    stamps = [column for column in file.table if pd.api.types.is_datetime64_dtype(file.table[column])]
    file.table.to_stata(
        file.path,
        write_index=False,
        version=118,
        byteorder="little",
        time_stamp=STAMP,
        data_label=file.notice[:80],
        convert_dates=dict.fromkeys(stamps, "tc"),
        variable_labels=dict(file.layout.get("labels", {})),
        value_labels={column: dict(labels) for column, labels in file.layout.get("value_labels", {}).items()},
    )


def _write_spss(file: RawFile) -> None:
    """Write SPSS with value labels and user-missing codes; the header's date and time are overwritten."""
    import pyreadstat

    pyreadstat.write_sav(
        file.table,
        str(file.path),
        file_label=file.notice[:64],
        column_labels=dict(file.layout.get("labels", {})),
        variable_value_labels={
            column: dict(labels) for column, labels in file.layout.get("value_labels", {}).items()
        },
        missing_ranges={column: list(codes) for column, codes in file.missing.items() if codes},
    )
    content = bytearray(file.path.read_bytes())
    # The fixed header of the format holds the date in bytes 92-100 and the time in bytes 101-108.
    content[92:109] = STAMP.strftime("%d %b %y%H:%M:%S").encode("ascii")
    file.path.write_bytes(bytes(content))


def _write_sas_xport(file: RawFile) -> None:
    """Write SAS transport 5; every time stamp of its header records is overwritten."""
    import pyreadstat

    pyreadstat.write_xport(
        file.table,
        str(file.path),
        file_label=file.notice[:40],
        column_labels=dict(file.layout.get("labels", {})),
        table_name=file.layout["table"],
        file_format_version=5,
    )
    content = file.path.read_bytes()
    header = content.index(b"HEADER RECORD*******NAMESTR")
    fixed = STAMP.strftime("%d%b%y:%H:%M:%S").upper().encode("ascii")
    stamped = re.sub(rb"\d\d[A-Z]{3}\d\d:\d\d:\d\d:\d\d", fixed, content[:header])
    file.path.write_bytes(stamped + content[header:])


def _write_parquet(file: RawFile) -> None:
    """Write Parquet; the notice stands in the file's metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow = pa.Table.from_pandas(file.table, preserve_index=False)
    pq.write_table(arrow.replace_schema_metadata({"notice": file.notice}), file.path)


UNTYPED_FORMATS = ("csv", "tsv", "excel")
WRITERS: Mapping[str, Callable[[RawFile], None]] = {
    "csv": _write_text,
    "tsv": _write_text,
    "excel": _write_excel,
    "stata": _write_stata,
    "spss": _write_spss,
    "sas_xport": _write_sas_xport,
    "parquet": _write_parquet,
}

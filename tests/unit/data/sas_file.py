"""A .sas7bdat file, written by the library in C that is inside pyreadstat, which writes none from Python."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path

from pyreadstat import _readstat_writer

TEXT, NUMBER = 0, 5  # readstat_type_t

WRITE = ctypes.CFUNCTYPE(ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)


def write_sas7bdat(
    path: Path, columns: Mapping[str, Sequence[float | str | None]], formats: Mapping[str, str] | None = None
) -> None:
    """Write columns of numbers or texts; in one of numbers, the text ".A" is the special missing value A."""
    library = ctypes.CDLL(_readstat_writer.__file__)
    library.readstat_writer_init.restype = ctypes.c_void_p
    library.readstat_add_variable.restype = ctypes.c_void_p
    written = bytearray()

    def keep(data: int, length: int, _: int) -> int:
        written.extend(ctypes.string_at(data, length))
        return length

    writer, keeper = ctypes.c_void_p(library.readstat_writer_init()), WRITE(keep)
    done(library.readstat_set_data_writer(writer, keeper))
    texts = {name: is_text(cells) for name, cells in columns.items()}
    variables = {}
    for name, cells in columns.items():
        width = max(len(str(cell or " ").encode()) for cell in cells) if texts[name] else 8
        kind = TEXT if texts[name] else NUMBER
        variable = library.readstat_add_variable(writer, name.encode(), kind, ctypes.c_size_t(width))
        variables[name] = ctypes.c_void_p(variable)
        if formats and name in formats:
            library.readstat_variable_set_format(variables[name], formats[name].encode())
    rows = list(zip(*columns.values(), strict=True))
    done(library.readstat_begin_writing_sas7bdat(writer, None, ctypes.c_long(len(rows))))
    for row in rows:
        done(library.readstat_begin_row(writer))
        for (name, variable), cell in zip(variables.items(), row, strict=True):
            if texts[name]:
                done(library.readstat_insert_string_value(writer, variable, str(cell or "").encode()))
            elif isinstance(cell, str):
                done(
                    library.readstat_insert_tagged_missing_value(
                        writer, variable, ctypes.c_char(cell[1].encode())
                    )
                )
            elif cell is None or isnan(cell):
                done(library.readstat_insert_missing_value(writer, variable))
            else:
                done(library.readstat_insert_double_value(writer, variable, ctypes.c_double(cell)))
        done(library.readstat_end_row(writer))
    done(library.readstat_end_writing(writer))
    library.readstat_writer_free(writer)
    path.write_bytes(bytes(written))


def is_text(cells: Sequence[float | str | None]) -> bool:
    """Return whether a column is one of texts, not of numbers of which some have a special missing value."""
    known = [cell for cell in cells if cell is not None]
    return any(isinstance(cell, str) and not (len(cell) == 2 and cell[0] == ".") for cell in known)


def done(code: int) -> None:
    assert code == 0, f"ReadStat says {code}"

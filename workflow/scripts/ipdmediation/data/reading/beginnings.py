"""Which format a file is of by its first bytes: one under another's name is told before it is read."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from ipdmediation.data.errors import SourceError

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
GZIP = b"\x1f\x8b"

#: First bytes to the format that they are of. Stata's releases before 117 begin with a letter, as texts do.
STARTS: Mapping[bytes, str] = {
    OLE2: "xls",
    b"$FL2": "spss",
    b"$FL3": "spss",
    b"<stata_dta>": "stata",
    bytes(12) + b"\xc2\xea\x81": "sas7bdat",
    b"HEADER RECORD*******LIB": "sas_xport",
    b"PAR1": "parquet",
    b"ARROW1": "feather",
}

#: A part of a zip archive to the format that it is of.
PARTS: Mapping[str, str] = {"xl/workbook.bin": "xlsb", "xl/workbook.xml": "excel"}

#: What an OpenDocument file says in its part `mimetype`.
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"

#: What a password leaves to be seen of a workbook, and of a file of SPSS.
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
ENCRYPTED_SPSS = b"ENCRYPTEDSAV"

#: Where a portable file of SPSS says what it is.
PORTABLE = b"SPSS PORT FILE"
PORTABLE_WITHIN = 400


def known_format(path: Path) -> str | None:
    """Return the format whose mark a file carries, None where it carries none."""
    with path.open("rb") as file:
        start = file.read(PORTABLE_WITHIN)
    if start.startswith(ZIP):
        return _format_of_archive(path)
    if PORTABLE in start.replace(b"\r", b"").replace(b"\n", b""):
        return "spss_por"
    return next((name for mark, name in STARTS.items() if start.startswith(mark)), None)


def _format_of_archive(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "mimetype" in names and archive.read("mimetype").startswith(OPEN_DOCUMENT):
                return "ods"
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return None  # what is wrong is said by the reader
    return next((name for part, name in PARTS.items() if part in names), None)


def check_beginning(path: Path, file_format: str) -> None:
    """Raise where a file carries the mark of another format than the mapping names.

    Raises
    ------
    SourceError
        Names the format that it is of, or says that it has a password.
    """
    if _is_encrypted(path):
        raise has_password(path)
    known = known_format(path)
    if known is not None and known != file_format:
        raise SourceError(
            f"{path}: not readable as {file_format}: it begins as a file of format {known} does; say so: "
            f"source: {{format: {known}}}"
        )


def has_password(path: Path) -> SourceError:
    """Return the error of a file with a password."""
    return SourceError(f"{path}: the file has a password; allowed: one that was saved without")


def unreadable(
    path: Path, known_as: str, error: BaseException, *, where: str = "", hint: str = ""
) -> SourceError:
    """Return the error of a file that its reader cannot read, on one line.

    Parameters
    ----------
    path : Path
        The file.
    known_as : str
        What messages call its format.
    error : BaseException
        What the reader says.
    where, hint : str
        The part of the file, and a way out.
    """
    said = " ".join(str(error).split()) or type(error).__name__
    return SourceError(
        f"{path}: {where}not readable as {known_as} ({said}); allowed: a file of this format, whole and "
        f"undamaged{hint}"
    )


def _is_encrypted(path: Path) -> bool:
    """Return whether a file is what a password makes of a workbook or of a file of SPSS."""
    with path.open("rb") as file:
        start = file.read(PORTABLE_WITHIN)
        in_package = start.startswith(OLE2) and ENCRYPTED_PACKAGE in start + file.read()
    return in_package or ENCRYPTED_SPSS in start

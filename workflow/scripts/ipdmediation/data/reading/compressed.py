"""The text of a file, which may be compressed: gzip, or a zip archive of one file."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import Path
from typing import IO

from ipdmediation.data.errors import SourceError, listing
from ipdmediation.data.reading.beginnings import GZIP, ZIP, unreadable
from ipdmediation.data.reading.sizes import check_size

#: How much is decompressed at once.
PIECE = 1024**2

#: How an archive without files begins.
EMPTY_ZIP = b"PK\x05\x06"

#: Where an archive that macOS made keeps what belongs to no file's content.
OF_MACOS = "__MACOSX/"


def content_of(path: Path) -> bytes:
    """Return what a text file holds, or the one file in it where it is compressed.

    Raises
    ------
    SourceError
        For a damaged archive, one with a password, one that holds not exactly one file, and one that becomes
        too large.
    """
    content = path.read_bytes()
    if content.startswith(GZIP):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
                content = _unpacked(packed, path)
        except (OSError, EOFError, zlib.error) as error:
            raise unreadable(path, "gzip", error) from error
    elif content.startswith((ZIP, EMPTY_ZIP)):
        content = _member(content, path)
    if not content:
        raise SourceError(f"{path}: the compressed file in it is empty")
    return content


def check_archive(path: Path) -> None:
    """Raise where the parts of an archive, such as a workbook, say that they become too large together.

    Raises
    ------
    SourceError
        Says how large, and what is allowed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return  # what is wrong is said by the reader
    check_size(size, path)


def _unpacked(packed: IO[bytes] | gzip.GzipFile, path: Path) -> bytes:
    """Return what a compressed file holds, as far as it does not become too large."""
    pieces = []
    total = 0
    while piece := packed.read(PIECE):
        pieces.append(piece)
        total += len(piece)
        check_size(total, path)
    return b"".join(pieces)


def _member(content: bytes, path: Path) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [
                member
                for member in archive.infolist()
                if not member.is_dir() and not member.filename.startswith(OF_MACOS)
            ]
            if len(members) != 1:
                found = f", {listing(member.filename for member in members)}" if members else ""
                raise SourceError(
                    f"{path}: a zip archive of {len(members)} files{found}; allowed: exactly one, the trial's"
                )
            if members[0].flag_bits & 1:
                raise SourceError(f"{path}: the zip archive has a password; pack it without one")
            with archive.open(members[0]) as packed:
                return _unpacked(packed, path)
    except SourceError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise unreadable(path, "zip", error) from error

"""The text of a file, which may be compressed: gzip, or a zip archive of one file."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import Path

from ipdmediation.data.errors import SourceError, listing
from ipdmediation.data.reading.beginnings import GZIP, ZIP, unreadable

#: How an archive without files begins.
EMPTY_ZIP = b"PK\x05\x06"

#: Where an archive that macOS made keeps what belongs to no file's content.
OF_MACOS = "__MACOSX/"


def content_of(path: Path) -> bytes:
    """Return what a text file holds, or the one file in it where it is compressed.

    Raises
    ------
    SourceError
        For a damaged archive, one with a password, and one that holds not exactly one file.
    """
    content = path.read_bytes()
    if content.startswith(GZIP):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise unreadable(path, "gzip", error) from error
    elif content.startswith((ZIP, EMPTY_ZIP)):
        content = _member(content, path)
    if not content:
        raise SourceError(f"{path}: the compressed file in it is empty")
    return content


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
            return archive.read(members[0])
    except SourceError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise unreadable(path, "zip", error) from error

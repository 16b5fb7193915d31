"""The file in which a site sends its result: a zip archive whose parts are listed with checksums (light)."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ipdmediation.data.arms import ARMS
from ipdmediation.data.errors import SourceError, listing
from ipdmediation.data.problems import shown

#: What the archive is called where a run makes it.
NAME = "site_result.zip"
#: Of what is written, and the newest that is read.
FORMAT = 1
KIND = "ipdmediation site result"
MANIFEST, CHECKSUM = "manifest.json", "manifest.sha256"
#: The tables of a trial in an analysis.
EFFECTS, COVARIANCE, DRAWS = PARTS = ("effects.csv", "covariance.csv", "draws.csv")

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest date of a zip archive
_ID = r"[a-z][a-z0-9_]{0,59}"
_PART = re.compile(rf"{_ID}/{_ID}/(?:{'|'.join(map(re.escape, PARTS))})")
_NEWER = "made by a newer version of this workflow; update this one, or let the site use {} of the format"


class SiteResultError(SourceError):
    """A file is not the result of a site, or not as the site made it."""


@dataclass(frozen=True, kw_only=True)
class SiteResult:
    """A site's result, whole and as it was sent.

    Attributes
    ----------
    manifest : dict
        What `docs/site-results.md` describes.
    parts : dict of str to bytes
        The tables, by analysis, trial and name: `primary/north/effects.csv`.
    """

    manifest: dict[str, Any]
    parts: dict[str, bytes]

    @property
    def analyses(self) -> dict[str, Any]:
        """Analyses by name: their `settings`, `interval` and `trials`."""
        analyses: dict[str, Any] = self.manifest["analyses"]
        return analyses

    @property
    def trials(self) -> list[str]:
        """Ids of the trials of any analysis, in order."""
        return sorted({trial for analysis in self.analyses.values() for trial in analysis["trials"]})


def part(analysis: str, trial: str, name: str) -> str:
    """Return how a table of a trial is called in the archive.

    Examples
    --------
    >>> part("primary", "north", EFFECTS)
    'primary/north/effects.csv'
    """
    return f"{analysis}/{trial}/{name}"


def write_archive(path: str | Path, result: SiteResult) -> None:
    """Write a site's result; the same result gives the same bytes.

    Parameters
    ----------
    path : str or Path
    result : SiteResult
        Its manifest without `format`, `kind` and the checksums.
    """
    files = {name: _checksum(result.parts[name]) for name in sorted(result.parts)}
    stated = {"kind": KIND, "format": FORMAT, **result.manifest, "files": files}
    manifest = (json.dumps(stated, indent=2) + "\n").encode()
    contents = {MANIFEST: manifest, CHECKSUM: f"{_checksum(manifest)}\n".encode(), **result.parts}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)


def read_archive(path: str | Path) -> SiteResult:
    """Read a site's result into memory, after a look at its names, sizes and checksums.

    Raises
    ------
    SiteResultError
        In one line, where it is damaged, was changed after it was made, is of a newer format, holds anything
        else than a site's result, or would become too large.
    """
    path = Path(path)
    from ipdmediation.data.reading.compressed import check_archive  # heavy, and seldom needed

    try:
        check_archive(path)
        with zipfile.ZipFile(path) as archive:
            _check_names(path, archive)
            contents = {name: archive.read(name) for name in archive.namelist()}
    except SiteResultError:
        raise
    except SourceError as error:
        raise SiteResultError(str(error)) from None
    # zipfile calls a way of packing that it does not know "not implemented"
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError) as error:
        raise SiteResultError(f"{path}: no sound zip archive; ask the site to send it again") from error
    manifest = _manifest(path, contents)
    parts = {name: content for name, content in contents.items() if name not in (MANIFEST, CHECKSUM)}
    _check_parts(path, manifest, parts)
    return SiteResult(manifest=manifest, parts=parts)


def _check_names(path: Path, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    names = [member.filename for member in members]
    if any(member.flag_bits & 1 for member in members):
        raise SiteResultError(f"{path}: the zip archive has a password; it has to be sent as it was made")
    if MANIFEST not in names:
        raise SiteResultError(
            f"{path}: no result of a site, for it has no {MANIFEST}; allowed: the file {NAME} that "
            "`snakemake site_result` makes at a site"
        )
    # a newer format may have parts that this one does not know: it is told by its manifest
    twice = [name for name in names if names.count(name) > 1]
    foreign = [name for name in names if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name)]
    if twice or foreign:
        what = f"the name {shown(twice[0])} twice" if twice else f"the name {shown(foreign[0])}"
        raise SiteResultError(
            f"{path}: has {what}, which no site's result has; ask the site to send it again"
        )


def _manifest(path: Path, contents: Mapping[str, bytes]) -> dict[str, Any]:
    try:
        found = json.loads(contents[MANIFEST])
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("kind") != KIND:
        raise SiteResultError(f"{path}: no result of a site; its {MANIFEST} says something else")
    version = found.get("format")
    if isinstance(version, int) and not isinstance(version, bool) and version > FORMAT:
        raise SiteResultError(f"{path}: format {version}, {_NEWER.format(f'version {FORMAT}')}")
    if version != FORMAT or isinstance(version, bool):
        raise SiteResultError(f"{path}: format {shown(version)}; allowed: {FORMAT}")
    stated = contents.get(CHECKSUM, b"").decode("ascii", "replace").strip()
    if stated != _checksum(contents[MANIFEST]):
        raise SiteResultError(f"{path}: {MANIFEST} {_CHANGED}")
    return found


def _check_parts(path: Path, manifest: Mapping[str, Any], parts: Mapping[str, bytes]) -> None:
    """Raise where the tables are not those of the manifest."""
    listed, analyses = manifest.get("files"), manifest.get("analyses")
    if not isinstance(listed, dict) or not isinstance(analyses, dict) or not _are_analyses(analyses):
        raise SiteResultError(f"{path}: {MANIFEST} is not as format {FORMAT} has it")
    wanted = {
        part(analysis, trial, name)
        for analysis, stated in analyses.items()
        for trial, about in stated["trials"].items()
        if not about["reason"]
        for name in PARTS
    }
    unknown = sorted({*parts} - wanted)
    if unknown:
        raise SiteResultError(f"{path}: holds {listing(unknown)}, which no site's result does")
    for name in sorted(wanted):
        if name not in parts or _PART.fullmatch(name) is None:
            raise SiteResultError(f"{path}: {name} is missing; ask the site to send it again")
        if listed.get(name) != _checksum(parts[name]):
            raise SiteResultError(f"{path}: {name} {_CHANGED}")


_CHANGED = "was changed after the site made it (its checksum is another one); ask the site to send it again"


def _are_analyses(analyses: Mapping[str, Any]) -> bool:
    return all(
        isinstance(stated, dict)
        and isinstance(stated.get("settings"), dict)
        and isinstance(stated.get("interval"), str)
        and isinstance(stated.get("trials"), dict)
        and all(_is_a_trial(about) for about in stated["trials"].values())
        for stated in analyses.values()
    )


def _is_a_trial(about: Any) -> bool:
    if not isinstance(about, dict) or not isinstance(about.get("arms"), dict):
        return False
    counts, levels = [about["arms"].get(arm, "") for arm in ARMS], about.get("levels")
    return (
        all(count is None or isinstance(count, int) for count in counts)
        and isinstance(levels, list)
        and all(isinstance(level, int | float) for level in levels)
        and isinstance(about.get("reason"), str)
        and isinstance(about.get("replicates"), int)
    )


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

"""The manifest of a folder of results: a checksum of every file in it that may be shown (light to import)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from ipdmediation.plumbing.provenance import file_hash
from ipdmediation.plumbing.result_files import files_in

MANIFEST = "manifest.json"
SHARED = "shared.zip"

#: Key of the manifest that the checksums stand under.
FILES = "files"

#: What lies beside the results that may be shown: patients' rows, logs and running times where a study names
#: no other folder for them, a page for people, all of it as one file, what a site sends elsewhere, and the
#: manifest itself.
NOT_LISTED = ("ipd", "logs", "benchmarks", "README.md", "site", SHARED, MANIFEST)


def checksums(files: Iterable[str | Path], *, folder: str | Path) -> dict[str, str]:
    """Return the SHA-256 of files by their paths below a folder, in the order of the paths."""
    named = {Path(file).relative_to(folder).as_posix(): Path(file) for file in files}
    return {name: file_hash(named[name]) for name in sorted(named)}


def refresh(manifest: str | Path) -> None:
    """Let a manifest have the checksums that its files have now."""
    path = Path(manifest)
    content = json.loads(path.read_bytes())
    content[FILES] = checksums((path.parent / name for name in content[FILES]), folder=path.parent)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def problems(folder: str | Path) -> list[str]:
    """Return a line for each file of a folder that is not as its manifest has it.

    Parameters
    ----------
    folder : str or Path
        A folder of results, wherever it was copied to.

    Returns
    -------
    list of str
        Files that are missing, changed, or unknown to the manifest; one line where there is no manifest.
    """
    folder = Path(folder)
    try:
        listed: dict[str, str] = json.loads((folder / MANIFEST).read_bytes())[FILES]
    except (OSError, ValueError, KeyError, TypeError):
        return [f"{folder / MANIFEST}: no manifest with the checksums of the results; finish a run first"]
    lines = []
    for name, checksum in listed.items():
        if not (folder / name).is_file():
            lines.append(f"{folder / name}: missing")
        elif file_hash(folder / name) != checksum:
            lines.append(f"{folder / name}: changed since the manifest was written")
    there = (path.relative_to(folder) for path in sorted(files_in(folder)))
    unknown = (path for path in there if path.parts[0] not in NOT_LISTED and path.as_posix() not in listed)
    return [*lines, *(f"{folder / path}: not in the manifest" for path in unknown)]

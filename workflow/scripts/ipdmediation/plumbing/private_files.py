"""Files with patients' rows: where they lie, and that nobody but their owner can read or publish them."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from pathlib import Path

FOLDER = "ipd"  # below the results
IGNORED = ".gitignore"

#: Names of the rules' outputs, and of inputs, that have a row a patient or counts that may be of one.
PATIENT_ROWS = frozenset({"raw", "harmonised", "trials", "pooled", "cohort", "imputed", "steps"})

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def close_folders(paths: Iterable[str | Path]) -> None:
    """Close the folders of patients' files to everybody else, and keep them out of git.

    Parameters
    ----------
    paths : iterable of str or Path
        Files below `<results>/ipd`, made or about to be made. That folder and those between are closed, or
        what stands there as a link, none above; the folder gets a `.gitignore` of its own.

    Raises
    ------
    PermissionError
        Where such a folder is open to others and belongs to somebody else.
    """
    for path in map(Path, paths):
        root = private_folder(path)
        for folder in (root, *(each for each in path.parents if root in each.parents)):
            folder.mkdir(exist_ok=True)
            _close(folder, 0o700)
        ignored = root / IGNORED
        if not ignored.is_file() or not ignored.read_text():
            ignored.write_text("*\n")
            close_file(ignored)


def private_folder(path: str | Path) -> Path:
    """Return the folder of patients' files that a file lies below."""
    return next(folder for folder in Path(path).parents if folder.name == FOLDER)


def close_file(path: Path) -> None:
    """Let nobody but the owner read or write a file."""
    _close(path, 0o600)


def _close(path: Path, mode: int) -> None:
    if not path.stat().st_mode & _OTHERS:
        return
    try:
        path.chmod(mode)
    except PermissionError as error:
        raise PermissionError(
            f"{path} is to hold patients' rows, is open to others, and is not yours to close: "
            f"let its owner run `chmod {mode:o} {path}`, or keep the results elsewhere (pathvars: results)"
        ) from error

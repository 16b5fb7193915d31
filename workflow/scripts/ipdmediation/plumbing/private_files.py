"""Files with patients' rows: where they lie, and that nobody but their owner can read or publish them."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

FOLDER = "ipd"  # below the results
IGNORED = ".gitignore"

#: Names of the rules' outputs, and of inputs, that have a row per patient or counts that may be of one.
PATIENT_ROWS = frozenset({"raw", "harmonised", "trials", "pooled", "cohort", "imputed", "steps", "counts"})

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def files_of_patients(named: Mapping[str, str | Sequence[str]]) -> list[str]:
    """Return those of a job's inputs or outputs that have patients' rows, and what lies in their folder.

    Parameters
    ----------
    named : mapping of str to str or sequence of str
        Files by the rule's names for them; a trial's own file may lie anywhere.
    """
    every = {name: [files] if isinstance(files, str) else list(files) for name, files in named.items()}
    private = [file for name, files in every.items() if name in PATIENT_ROWS for file in files]
    roots = {root for file in private if (root := _root(file))}
    beside = [file for files in every.values() for file in files if roots.intersection(Path(file).parents)]
    return list(dict.fromkeys([*private, *beside]))


def lies_with_patients(path: str | Path) -> bool:
    """Return whether a file lies in the folder of patients' rows, or is to lie there.

    Examples
    --------
    >>> lies_with_patients("results/ipd/pooled.parquet"), lies_with_patients("results/ipd.csv")
    (True, False)
    """
    return FOLDER in Path(path).parts


def _root(path: str | Path) -> Path | None:
    """Return the innermost folder of that name that a path lies in: above may be others."""
    return next((folder for folder in Path(path).parents if folder.name == FOLDER), None)


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
        root = _root(path)
        if root is None:
            raise ValueError(f"{path} is to have patients' rows and lies in no folder {FOLDER!r}")
        for folder in (root, *(each for each in path.parents if root in each.parents)):
            folder.mkdir(exist_ok=True)
            _close(folder, 0o700)
        ignored = root / IGNORED
        if not ignored.is_file() or not ignored.read_text():
            ignored.write_text("*\n")
            close_file(ignored)


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

"""A new study as a command: a draft of its configuration and mappings from the files of its trials."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ipdmediation.data.drafting.study import draft_study
from ipdmediation.data.drafting.words import Words
from ipdmediation.data.errors import DataError
from ipdmediation.data.open_decisions import MARK
from ipdmediation.data.strict_yaml import read_yaml
from ipdmediation.data.written_text import path_fault

WORKFLOW = Path(__file__).resolve().parents[3]
USAGE = (
    "usage: python workflow/scripts/new_study.py <folder of the study> <trial's file> [<trial's file> ...]"
)
IGNORED = """\
# Patients' data and what a run makes never go into git.
/data/
/results/
"""


class NewStudyError(ValueError):
    """A study that cannot be drafted here: a file is in the way, or a path leads nowhere."""


def new_study(folder: str | Path, files: Sequence[str | Path]) -> list[Path]:
    """Write the draft of a study; nothing is written over, and all of it or nothing is written.

    Parameters
    ----------
    folder : str or Path
        Of the study; it may be there already.
    files : sequence of str or Path
        Of the trials.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    NewStudyError
        Where a file would be written over, is named twice, or has a path that Snakemake does not take.
    DataError
        Where a trial's file is not read.
    """
    folder = Path(folder)
    _check_folder(folder)
    stated = {Path(file): _from_folder(Path(file), folder) for file in files}
    same = [
        file
        for file in map(Path, files)
        if [Path(each).resolve() for each in files].count(file.resolve()) > 1
    ]
    if same:
        raise NewStudyError(f"{same[0]}: named twice; its patients would count twice")
    _check_free(folder, ["config.yaml", ".gitignore"])  # before any file is read, which may take long
    words = Words(read_yaml(WORKFLOW / "draft_words.yaml"))
    texts = draft_study(stated, words=words) | {".gitignore": _ignored(folder, files)}
    _check_free(folder, texts)
    return _write(folder, texts)


def _check_folder(folder: Path) -> None:
    if (fault := path_fault(str(folder))) is not None:
        raise NewStudyError(f"{str(folder)!r}: {fault}")
    if folder.exists() and not folder.is_dir():
        raise NewStudyError(f"{folder}: a file, not a folder; name the folder of the new study")


def _check_free(folder: Path, names: Sequence[str] | dict[str, str]) -> None:
    there = [str(folder / name) for name in names if os.path.lexists(folder / name)]
    if there:
        raise NewStudyError(
            f"{', '.join(there)}: there already, and nothing is written over; move it, or name another folder"
        )


def _from_folder(file: Path, folder: Path) -> str:
    """Return a file's path as the mapping states it, so that it leads to this file alone."""
    path = Path(os.path.relpath(file.absolute(), folder.absolute())).as_posix()
    if Path(path).exists() and not Path(path).samefile(file):
        # the same path leads to another file in the directory of the run
        path = file.absolute().as_posix()
    if (fault := path_fault(path)) is not None:
        raise NewStudyError(f"{str(file)!r}: {fault}")
    return path


def _ignored(folder: Path, files: Sequence[str | Path]) -> str:
    """Return a `.gitignore` of the study, which keeps trials' files anywhere in the folder out of git."""
    paths = [Path(os.path.relpath(Path(file).absolute(), folder.absolute())) for file in files]
    others = [path for path in paths if path.parts[0] not in ("..", "data")]
    return IGNORED + "".join(f"/{path.as_posix().replace(' ', chr(92) + ' ')}\n" for path in others)


def _write(folder: Path, texts: dict[str, str]) -> list[Path]:
    made: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            with (folder / name).open("x", encoding="utf-8", newline="\n") as file:
                made.append(folder / name)
                file.write(text)
    except OSError as error:
        for path in made:
            path.unlink(missing_ok=True)
        raise NewStudyError(f"{folder}: the study cannot be written: {error.strerror or error}") from error
    return made


def main(arguments: Sequence[str]) -> int:
    """Draft a study and say what to do next; return 1 where it cannot be drafted, 2 for wrong arguments."""
    if len(arguments) < 2 or any(argument.startswith("-") for argument in arguments):
        print(USAGE, file=sys.stderr)
        return 2
    folder, files = arguments[0], arguments[1:]
    try:
        made = new_study(folder, files)
    except (DataError, NewStudyError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or folder}: {error.strerror or error}", file=sys.stderr)
        return 1
    print("\n".join(map(str, made)))
    decisions = sum(path.read_text(encoding="utf-8").count(f"# {MARK}: ") for path in made)
    print(
        f"{decisions} decisions are left, in comments that begin with {MARK}; `make check "
        f"CONFIG={Path(folder) / 'config.yaml'}` lists them."
    )
    return 0

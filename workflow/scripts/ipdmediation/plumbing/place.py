"""Where a run can work: what stands in its way, in one line, and what is put elsewhere (light to import)."""

from __future__ import annotations

import os
import shlex
from pathlib import Path


class PlaceError(ValueError):
    """A place where Snakemake cannot work."""


def callable_python(executable: str, folder: str | Path) -> str:
    """Return a path of this Python that a shell takes as one word.

    Snakemake calls the Python of a script without quotes.

    Parameters
    ----------
    executable : str
        Absolute path of the interpreter.
    folder : str or Path
        Where the jobs run.

    Raises
    ------
    PlaceError
        If the path has blanks or the like, seen from the folder too.

    Examples
    --------
    >>> callable_python("/my study/.venv/bin/python", "/my study")
    '.venv/bin/python'
    """
    for path in (executable, os.path.relpath(executable, folder)):
        if shlex.quote(path) == path:
            return path
    message = f"{executable}: Snakemake calls no Python in a path with blanks; make it elsewhere"
    raise PlaceError(message)


def check_workflow(folder: str) -> None:
    """Check that Snakemake can read the workflow where it lies.

    Parameters
    ----------
    folder : str
        Path or address of the workflow.

    Raises
    ------
    PlaceError
        If the path has braces, which Snakemake takes for wildcards.
    """
    if set("{}") & set(folder):
        message = f"{folder}: Snakemake takes braces for wildcards; rename the folder of the workflow"
        raise PlaceError(message)


def check_working_directory(folder: str | Path) -> None:
    """Check that a run can write where it was started.

    Parameters
    ----------
    folder : str or Path
        The working directory.

    Raises
    ------
    PlaceError
        If it cannot.
    """
    own = Path(folder, ".snakemake")
    if not os.access(own if own.exists() else folder, os.W_OK):
        message = (
            f"{Path(folder).resolve()}: you may not write here; copy config/ and profiles/ to a folder "
            "of your own and run there: snakemake --snakefile <this folder>/Snakefile"
        )
        raise PlaceError(message)


def kernel_cache(user: str | Path, folder: str | Path) -> str | None:
    """Return where compiled kernels go if they cannot go to the user's cache.

    Parameters
    ----------
    user : str or Path
        The user's cache, whether it is there or not.
    folder : str or Path
        The working directory.

    Returns
    -------
    str or None
        A folder for numba; None where the user's cache can be written.
    """
    there = next(path for path in (Path(user), *Path(user).parents) if path.exists())
    return None if os.access(there, os.W_OK) else str(Path(folder, ".snakemake", "kernels").resolve())

"""Links from the page to the files beside it: those of each exhibit, and all of the run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

from ipdmediation.present.report.result import AnalysisResult

#: The folders that have exhibits, by what is in them.
FOLDERS = {"figures": "figures", "all_analyses": "figures", "tables": "tables"}


def exhibit_files(files: Iterable[str]) -> dict[str, dict[str, dict[str, str]]]:
    """Return the files of figures and tables: by kind of exhibit, by its name, by their format.

    Parameters
    ----------
    files
        Paths from the page's folder: the study's, and those of the analysis that is told in full.

    Examples
    --------
    >>> exhibit_files(["primary/flow.csv", "primary/figures/a.svg", "primary/figures/a.pdf"])["figures"]
    {'a': {'SVG': 'primary/figures/a.svg', 'PDF': 'primary/figures/a.pdf'}}
    """
    found: dict[str, dict[str, dict[str, str]]] = {"figures": {}, "tables": {}}
    for file in files:
        path = PurePosixPath(file)
        kind = FOLDERS.get(path.parent.name)
        if kind is not None:
            found[kind].setdefault(path.stem, {})[path.suffix.removeprefix(".").upper()] = file
    return found


def all_files(files: Sequence[Sequence[str]], results: Sequence[AnalysisResult]) -> list[dict[str, Any]]:
    """Return every file by whose it is, in the order of their paths.

    Parameters
    ----------
    files
        Paths from the page's folder: the study's, then those of each analysis.
    results
        All analyses, in the same order.
    """
    titles = ["Of the study", *(str(result.study.analysis["label"]) for result in results)]
    return [
        {"title": title, "files": sorted(paths)} for title, paths in zip(titles, files, strict=False) if paths
    ]

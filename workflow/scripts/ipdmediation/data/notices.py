"""Warnings that concern what a reader believes, from a step to one table (light to import)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ipdmediation.data.spreadsheet import cell_text, text_of_cell


class Notice(UserWarning):
    """A warning that belongs beside the results, not only into a log.

    Parameters
    ----------
    message : str
        One sentence without a full stop.
    kind : str, optional
        Key that stays the same while the words may change; by default the name of the class.

    Examples
    --------
    >>> Notice("trial 'b' has patients in arm 'treated' only", kind="one_arm_trial").kind
    'one_arm_trial'
    """

    def __init__(self, message: str, *, kind: str | None = None) -> None:
        super().__init__(message)
        name = type(self).__name__.removesuffix("Warning")
        self.kind = kind or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


class Noted(NamedTuple):
    """A notice as it stands in `notices.csv`.

    Attributes
    ----------
    step : str
        What was being done: pooling, cohort, imputation, the mediator, total or outcome model, bootstrap,
        figures, or a piece of evidence, such as `each trial`.
    kind : str
        Key of the notice.
    message : str
        Its words.
    """

    step: str
    kind: str
    message: str


def model_step(model: str) -> str:
    """Return the step in which a model is fitted.

    Examples
    --------
    >>> model_step("total")
    'total model'
    """
    return f"{model} model"


def write_notices(path: str | Path, notices: Iterable[Noted]) -> None:
    """Write notices, each once, as a table with the columns of `Noted`."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")  # cells with a mark of it are quoted
    table.writerow(Noted._fields)
    table.writerows(map(cell_text, notice) for notice in dict.fromkeys(notices))
    Path(path).write_text(text.getvalue().replace("\r\n", "\n"), encoding="utf-8", newline="")


def read_notices(path: str | Path) -> list[Noted]:
    """Return the notices of a file: a table of `write_notices`, or the diagnostics of a model's fits.

    Parameters
    ----------
    path : str or Path
        `<name>.csv`, or `<model>.json` with its `warnings`.
    """
    path = Path(path)
    text = path.read_bytes().decode()
    if path.suffix == ".json":
        step = model_step(path.stem)
        found = json.loads(text)["warnings"]
        # Diagnostics of an older version, which a run that failed may have left, have texts there.
        return [Noted(step, each["kind"], each["message"]) for each in found if isinstance(each, dict)]
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [Noted(**{name: str(text_of_cell(cell)) for name, cell in row.items()}) for row in rows]


def notice_lines(notices: Mapping[str, Sequence[Noted]]) -> list[str]:
    """Return a line for each distinct notice of a study, which says the analyses that it concerns.

    Parameters
    ----------
    notices : mapping of str to sequence of Noted
        Of every analysis.

    Examples
    --------
    >>> one = Noted("cohort", "one_arm_trial", "trial 'b' has one arm")
    >>> notice_lines({"primary": [one], "early": [one]})
    ["cohort: trial 'b' has one arm (primary, early)"]
    """
    concerned: dict[Noted, list[str]] = {}
    for analysis, found in notices.items():
        for notice in dict.fromkeys(found):
            concerned.setdefault(notice, []).append(analysis)
    return [f"{notice.step}: {notice.message} ({', '.join(names)})" for notice, names in concerned.items()]

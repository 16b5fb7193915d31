"""The files that a run makes, as patterns with wildcards and folders like `<results>` (light to import)."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

MODELS = ("mediator", "total", "outcome")
FIGURES = (
    "patient_flow",
    "outcome_by_arm",
    "mediator_by_arm",
    "path_diagram",
    "proportion_distribution",
    "model_coefficients",
    "outcome_by_trial",
    "mediator_by_trial",
)
COMPARE_TRIALS = ("outcome_by_trial", "mediator_by_trial")  # of two at least
TABLES = ("baseline", "flow", "models", "effects", "natural_effects")
STEPS_OF_ANALYSIS = (
    "select_cohort",
    "describe_flow",
    "describe_cohort",
    "estimate_effects",
    "collect_notices",
    "figures",
    "tables",
)
STEPS_OF_STUDY = ("pool_trials", "compare_published", "report")

KERNELS = "<results>/kernels/{link}.txt"
FLOW = "<results>/{analysis}/flow.csv"
MISSING = "<results>/{analysis}/missing.csv"
EFFECTS = "<results>/{analysis}/effects.csv"
NOTICES = "<results>/{analysis}/notices.csv"
DESCRIPTIONS = [f"<results>/{{analysis}}/describe/{part}.csv" for part in ("baseline", "outcome", "mediator")]
FITS = [f"<results>/{{analysis}}/models/{model}.{kind}" for model in MODELS for kind in ("csv", "json")]
FITTED = {
    name: [f"<results>/{{analysis}}/models/{model}.{kind}" for model in MODELS]
    for name, kind in {"models": "csv", "diagnostics": "json"}.items()
}

POOLING = "<results>/notices/pooling.csv"

#: What the steps before an analysis, its own and its models' fits have to say.
NOTED = [
    POOLING,
    "<results>/{analysis}/notices/cohort.csv",
    "<results>/{analysis}/notices/imputation.csv",
    *FITTED["diagnostics"],
    "<results>/{analysis}/notices/bootstrap.csv",
]


def files_in(folder: str | Path) -> Iterator[Path]:
    """Go through all files below a folder, also while jobs that outlived their run make and remove drafts."""
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names)


class ResultFiles:
    """The files of one study.

    Parameters
    ----------
    config : mapping
        Its configuration.
    trials : collection of str
        Its trials.

    Attributes
    ----------
    figures : list of str
        Names of the figures of each analysis.
    drawn : dict of str to list of str
        Their files by kind.
    written : dict of str to list of str
        The files of the tables by kind.
    shown : list of str
        All of these.
    compared : list of str
        Tables that have a published figure, named from the results and without suffix, in order.
    """

    def __init__(self, config: Mapping[str, Any], trials: Collection[str]) -> None:
        self._config = config
        self.figures = [name for name in FIGURES if len(trials) > 1 or name not in COMPARE_TRIALS]
        self.drawn = {kind: _shown("figures", self.figures, kind) for kind in ("svg", "png", "pdf")}
        self.written = {kind: _shown("tables", TABLES, kind) for kind in ("csv", "html", "docx")}
        self.shown = [file for files in [*self.drawn.values(), *self.written.values()] for file in files]
        self.compared = sorted({f"{figure['analysis']}/{figure['table']}" for figure in config["published"]})

    def caption(self, part: str, file: str) -> dict[str, Any]:
        """Return how Snakemake's report shows a figure or a table; `part` is its folder."""
        name = Path(file).stem
        return {
            "caption": f"../report/{part}/{name}.rst",
            "category": "{analysis}",
            "subcategory": part.capitalize(),
            "labels": {
                "shows": name.replace("_", " "),
                "data": "synthetic" if self._config["study"]["synthetic"] else "of the trials",
            },
        }

    @property
    def noted(self) -> dict[str, list[str]]:
        """Each analysis' files of what is to be known of its results."""
        return {name: of_analysis(name, NOTED) for name in self._config["analyses"]}

    def of_study(self, links: Iterable[str]) -> list[str]:
        """Return every result that may be shown and belongs to no analysis, but `run.json` and the manifest.

        `links` are those of the study's analyses.
        """
        sources = self._config["trials"]
        return [
            "<results>/report.html",
            "<results>/published_comparison.csv",
            POOLING,
            *(["<results>/synthetic_truth.json"] if self._config["study"]["synthetic"] else []),
            *(f"<results>/quality/{source}.csv" for source in sources),
            *(f"<results>/notices/contract/{source}.csv" for source in sources),
            *(f"<results>/provenance/harmonise_trial/{source}.json" for source in sources),
            *(f"<results>/provenance/{step}.json" for step in STEPS_OF_STUDY),
            *(KERNELS.format(link=link) for link in links),
            *(f"<results>/provenance/compile_kernels/{link}.json" for link in links),
        ]

    @property
    def targets(self) -> list[str]:
        """The results of an analysis that a person asks for."""
        return [FLOW, MISSING, NOTICES, EFFECTS, *DESCRIPTIONS, *FITS, *self.shown]

    def listed(self, name: str, draws: Iterable[str]) -> list[str]:
        """Return every result of an analysis that may be shown; `draws` are its own bootstrap files."""
        own = [file for file in NOTED if file.endswith(".csv") and file != POOLING]
        tables = [FLOW, MISSING, EFFECTS, NOTICES, *own]
        records = [f"<results>/{{analysis}}/provenance/{step}.json" for step in STEPS_OF_ANALYSIS]
        return [
            *of_analysis(name, [*tables, *DESCRIPTIONS, *FITS, *self.shown, *records]),
            *draws,
        ]


def of_analysis(name: str, patterns: Iterable[str]) -> list[str]:
    """Return files of one analysis.

    Examples
    --------
    >>> of_analysis("early", [EFFECTS])
    ['<results>/early/effects.csv']
    """
    return [pattern.replace("{analysis}", name) for pattern in patterns]


def _shown(folder: str, names: Iterable[str], kind: str) -> list[str]:
    return [f"<results>/{{analysis}}/{folder}/{name}.{kind}" for name in names]

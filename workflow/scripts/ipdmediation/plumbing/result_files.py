"""The files that a run makes, as patterns with wildcards and folders like `<results>` (light to import)."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from ipdmediation.data.configuration import resolve_analysis


class Evidence(NamedTuple):
    """What switches a piece of evidence on, as keys under `evidence`, and the tables of numbers it makes.

    It is shown by a figure and a table of its own name, and by `more` tables.
    """

    asked_by: tuple[str, ...]
    tables: tuple[str, ...]
    more: tuple[str, ...] = ()


MODELS = ("mediator", "total", "outcome")
#: In the order in which page and manuscript have them; those of the evidence come after.
FIGURES = (
    "patient_flow",
    "balance",
    "outcome_by_arm",
    "outcome_by_trial",
    "mediator_by_arm",
    "mediator_by_trial",
    "causal_graph",
    "model_coefficients",
    "mediator_curve",
    "calibration",
    "mediator_residuals",
    "path_diagram",
    "four_worlds",
    "effects_by_cut",
    "proportion_distribution",
)
COMPARE_TRIALS = ("outcome_by_trial", "mediator_by_trial")  # of two at least
OF_BASELINE = ("balance",)  # of a study that describes one
TABLES = ("trials", "flow", "baseline", "outcome", "models", "natural_effects", "effects", "four_way")
ON_SCREEN, *IN_PRINT = ("svg", "png", "pdf")
KINDS = {"figures": (ON_SCREEN, *IN_PRINT), "tables": ("csv", "html", "docx")}
#: What the section `evidence` of an analysis can ask for. A piece's name is that of the step that computes
#: it, and of the figure and the table that show it.
EVIDENCE = {
    "each_trial": Evidence(asked_by=("trials", "two_stages"), tables=("trials", "pooled")),
    "leave_one_out": Evidence(asked_by=("trials", "leave_one_out"), tables=("leave_one_out",)),
    "confounding": Evidence(
        asked_by=("confounding", "curve"),
        tables=(
            "confounding",
            "confounding_undone",
            "confounding_benchmarks",
            "confounding_e_values",
            "confounding_logit",
        ),
    ),
    "measurement_error": Evidence(asked_by=("measurement_error", "error"), tables=("measurement_error",)),
    "surrogacy": Evidence(
        asked_by=("surrogacy", "panel"),
        tables=("surrogacy", "surrogate_predictions", "surrogate_line"),
        more=("surrogate_predictions",),
    ),
    "death": Evidence(asked_by=("death", "event"), tables=("death", "death_patients")),
    "proportional_odds": Evidence(
        asked_by=("proportional_odds", "tests"),
        tables=("proportional_odds", "by_cut", "free_treatment"),
        more=("coefficients_by_cut", "free_treatment"),
    ),
}
STEPS_OF_ANALYSIS = (
    "select_cohort",
    "describe_flow",
    "describe_cohort",
    "estimate_effects",
    "collect_notices",
    "figures",
    "tables",
)
STEPS_OF_STUDY = (
    "pool_trials",
    "describe_trials",
    "compare_published",
    "quality_report",
    "report",
    "manuscript",
)

KERNELS = "<results>/kernels/{compiled_for}.txt"
FLOW = "<results>/{analysis}/flow.csv"
MISSING = "<results>/{analysis}/missing.csv"
EFFECTS = "<results>/{analysis}/effects.csv"
NOTICES = "<results>/{analysis}/notices.csv"
#: Beside the effects and the models: what these are differences of, and whether they fit.
EXPECTED = {
    "worlds": "<results>/{analysis}/worlds.csv",
    "curve": "<results>/{analysis}/mediator_curve.csv",
    "calibration": "<results>/{analysis}/calibration.csv",
    "residuals": "<results>/{analysis}/mediator_residuals.csv",
}
DESCRIPTIONS = [f"<results>/{{analysis}}/describe/{part}.csv" for part in ("baseline", "outcome", "mediator")]
FITS = [f"<results>/{{analysis}}/models/{model}.{kind}" for model in MODELS for kind in ("csv", "json")]
FITTED = {
    name: [f"<results>/{{analysis}}/models/{model}.{kind}" for model in MODELS]
    for name, kind in {"models": "csv", "diagnostics": "json"}.items()
}

#: Of no use to a reader of the page, who reads there what steps say.
_HIDDEN = {"provenance", "notices", "kernels"}
POOLING = "<results>/notices/pooling.csv"
DISTRIBUTIONS = "<results>/distributions.csv"
INTEGRITY = "<results>/integrity.csv"

#: The tables of each analysis that the page and the manuscript tell of, but for the models' own reports.
TOLD = {
    "distributions": DISTRIBUTIONS,
    "flow": FLOW,
    "baseline": "<results>/{analysis}/describe/baseline.csv",
    "outcome": "<results>/{analysis}/describe/outcome.csv",
    "mediator": "<results>/{analysis}/describe/mediator.csv",
    **{f"{model}_model": f"<results>/{{analysis}}/models/{model}.csv" for model in MODELS},
    "effects": EFFECTS,
    "missing": MISSING,
    "notices": NOTICES,
    **EXPECTED,
}
#: What shows all analyses beside each other, where there are several, by kind.
ALL_ANALYSES = {kind: f"<results>/all_analyses/specification_curve.{kind}" for kind in KINDS["figures"]}
#: What an author pastes, by the names of the outputs.
MANUSCRIPT = {
    name.replace(".", "_"): f"<results>/manuscript/{name}"
    for name in (
        "methods.md", "results.md", "values.json", "references.bib", "references.ris", "tables.docx",
        "tables.xlsx",
        "agrema.docx",
    )
}  # fmt: skip

#: What the steps before an analysis, its own and its models' fits have to say; its evidence comes after.
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
    drawn : list of str
        Their files for the screen, of every analysis.
    printed : dict of str to list of str
        Their files for print by kind, of the analyses that are printed.
    written : dict of str to list of str
        The files of the tables by kind.
    shown : list of str
        Those of every analysis.
    quality : list of str
        What harmonising did, one file for each mapping, in an order of their own.
    compared : list of str
        Tables that have a published figure, named from the results and without suffix, in order.
    """

    def __init__(self, config: Mapping[str, Any], trials: Collection[str]) -> None:
        self._config = config
        described = config.get("describe", {}).get("baseline")
        without = (*(COMPARE_TRIALS if len(trials) < 2 else ()), *(() if described else OF_BASELINE))
        self.figures = [name for name in FIGURES if name not in without]
        self.drawn = _shown("figures", self.figures, ON_SCREEN)
        self.printed = {kind: _shown("figures", self.figures, kind) for kind in IN_PRINT}
        self.written = {kind: _shown("tables", TABLES, kind) for kind in KINDS["tables"]}
        self.shown = [*self.drawn, *chain(*self.written.values())]
        self.quality = [f"<results>/quality/{source}.csv" for source in sorted(config["trials"])]
        self.compared = sorted({f"{figure['analysis']}/{figure['table']}" for figure in config["published"]})

    def caption(self, part: str, file: str) -> dict[str, Any]:
        """Return how Snakemake's report shows a figure or a table; `part` is its folder."""
        name = Path(file).stem
        return {
            "caption": f"../report/{part}/{name}.rst",
            "category": self.category,
            "subcategory": part.capitalize(),
            "labels": {
                "shows": name.replace("_", " "),
                "data": "synthetic" if self._config["study"]["synthetic"] else "of the trials",
            },
        }

    @property
    def pages(self) -> str:
        """Where Snakemake's report, which sorts categories by their text, has the pages: first of all."""
        return f"{0:0{self._digits}}. Pages"

    def category(self, wildcards: Any) -> str:
        """Return where Snakemake's report has an analysis: at its place in the configuration."""
        place = list(self._config["analyses"]).index(wildcards.analysis) + 1
        return f"{place:0{self._digits}}. {wildcards.analysis}"

    @property
    def _digits(self) -> int:
        return len(str(len(self._config["analyses"])))

    @property
    def noted(self) -> dict[str, list[str]]:
        """Each analysis' files of what is to be known of its results."""
        return {
            name: of_analysis(name, [*NOTED, *map(notices, self._asked(name))])
            for name in self._config["analyses"]
        }

    def of_study(self, compiled: Iterable[str]) -> list[str]:
        """Return every result that may be shown and belongs to no analysis, but `run.json` and the manifest.

        `compiled` says what kernels are compiled for.
        """
        sources = self._config["trials"]
        return [
            "<results>/report.html",
            "<results>/quality/report.html",
            *MANUSCRIPT.values(),
            *self.numbered,
            *self._of_all_analyses,
            "<results>/published_comparison.csv",
            POOLING,
            DISTRIBUTIONS,
            INTEGRITY,
            *self.quality,
            *(["<results>/synthetic_truth.json"] if self._config["study"]["synthetic"] else []),
            *(f"<results>/notices/contract/{source}.csv" for source in sources),
            *(f"<results>/provenance/harmonise_trial/{source}.json" for source in sources),
            *(f"<results>/provenance/{step}.json" for step in STEPS_OF_STUDY),
            *(KERNELS.format(compiled_for=each) for each in compiled),
            *(f"<results>/provenance/compile_kernels/{each}.json" for each in compiled),
        ]

    def evidence(self, name: str) -> list[str]:
        """Return the results of an analysis that its section `evidence` asks for."""
        found = []
        for piece in self._asked(name):
            found += [*numbers(piece), *(file for folder in KINDS for file in shown_evidence(piece, folder))]
        return of_analysis(name, found)

    @property
    def told(self) -> dict[str, list[str]]:
        """What page and manuscript tell of, by name: a file for each analysis, or for each of its fits."""
        names = list(self._config["analyses"])
        tables = {
            kind: [file for name in names for file in of_analysis(name, [told])]
            for kind, told in TOLD.items()
        }
        reports = [file for name in names for file in of_analysis(name, FITTED["diagnostics"])]
        return {**tables, "diagnostics": reports}

    def all_analyses(self, kind: str) -> list[str]:
        """Return the figures of all analyses beside each other, none where there is one."""
        return [ALL_ANALYSES[kind]] if len(self._config["analyses"]) > 1 else []

    @property
    def _of_all_analyses(self) -> list[str]:
        drawn = [file for kind in ALL_ANALYSES for file in self.all_analyses(kind)]
        return [*drawn, "<results>/provenance/all_analyses.json"] if drawn else []

    @property
    def numbered(self) -> list[str]:
        """The figures of the primary analysis, and of all together, by their number in a manuscript."""
        shown = [*self.figures, *self._asked("primary"), *self.all_analyses("pdf")]
        return [f"<results>/manuscript/figure_{number}.pdf" for number in range(1, len(shown) + 1)]

    @property
    def evidence_on_the_page(self) -> dict[str, list[str]]:
        """What the page shows of the primary analysis' evidence: tables by name, and the figures."""
        asked = self._asked("primary")
        return {
            "evidence_tables": of_analysis("primary", [file for piece in asked for file in numbers(piece)]),
            "evidence_figures": of_analysis("primary", _shown("figures", asked, "svg")),
        }

    @property
    def evidence_in_print(self) -> list[str]:
        """The figures of the primary analysis' evidence, for paper."""
        return of_analysis("primary", _shown("figures", self._asked("primary"), "pdf"))

    def in_print(self, name: str) -> list[str]:
        """Return the figures of an analysis for print; none where it is not printed."""
        printed = name == "primary" or self._config["style"]["print"] == "all"
        return of_analysis(name, chain(*self.printed.values())) if printed else []

    def _asked(self, name: str) -> list[str]:
        stated = resolve_analysis(self._config, name)["evidence"]
        return [piece for piece, evidence in EVIDENCE.items() if _at(stated, evidence.asked_by)]

    @property
    def targets(self) -> list[str]:
        """The results of an analysis that a person asks for."""
        return [FLOW, MISSING, NOTICES, EFFECTS, *EXPECTED.values(), *DESCRIPTIONS, *FITS, *self.shown]

    def listed(self, name: str, draws: Iterable[str]) -> list[str]:
        """Return every result of an analysis that may be shown; `draws` are its own bootstrap files."""
        own = [file for file in self.noted[name] if file.endswith(".csv") and file != POOLING]
        tables = [FLOW, MISSING, EFFECTS, *EXPECTED.values(), NOTICES, *own]
        evidence = [f"{shows}{piece}" for piece in self._asked(name) for shows in ("", "show_")]
        steps = [*STEPS_OF_ANALYSIS, *evidence]
        records = [f"<results>/{{analysis}}/provenance/{step}.json" for step in steps]
        printed = self.in_print(name)
        return [
            *of_analysis(name, [*tables, *DESCRIPTIONS, *FITS, *self.shown, *records]),
            *printed,
            *([f"<results>/{name}/provenance/figures_for_print.json"] if printed else []),
            *self.evidence(name),
            *draws,
        ]

    @property
    def opened(self) -> list[list[str]]:
        """What a reader may open, from the folder of the page: the study's files, then each analysis'."""
        _page, *beside = self.of_study(())
        own = ["<results>/run.json", "<results>/manifest.json", *beside]
        every = [own, *(self.listed(name, ()) for name in self._config["analyses"])]
        return [
            [path.removeprefix("<results>/") for path in files if not _HIDDEN & set(path.split("/"))]
            for files in every
        ]


def of_analysis(name: str, patterns: Iterable[str]) -> list[str]:
    """Return files of one analysis.

    Examples
    --------
    >>> of_analysis("early", [EFFECTS])
    ['<results>/early/effects.csv']
    """
    return [pattern.replace("{analysis}", name) for pattern in patterns]


def numbers(piece: str) -> list[str]:
    """Return the tables of numbers that a piece of evidence makes."""
    return [f"<results>/{{analysis}}/evidence/{table}.csv" for table in EVIDENCE[piece].tables]


def notices(piece: str) -> str:
    """Return the file of what a piece of evidence has to say to a reader of the results."""
    return f"<results>/{{analysis}}/notices/{piece}.csv"


def shown_evidence(piece: str, folder: str) -> list[str]:
    """Return the figure (`figures`) or tables (`tables`) of a piece of evidence, in each kind of file."""
    names = [piece, *(EVIDENCE[piece].more if folder == "tables" else ())]
    return [file for kind in KINDS[folder] for file in _shown(folder, names, kind)]


def _at(stated: Any, keys: Iterable[str]) -> Any:
    for key in keys:
        stated = stated.get(key, {})
    return stated


def _shown(folder: str, names: Iterable[str], kind: str) -> list[str]:
    return [f"<results>/{{analysis}}/{folder}/{name}.{kind}" for name in names]

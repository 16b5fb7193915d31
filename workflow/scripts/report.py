"""Put everything that a reader wants to see on one page."""

from job import run, snakemake  # first: it makes the other imports faster

import json
from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.data.result_tables import read_table
from ipdmediation.plumbing.provenance import KEY
from ipdmediation.present.labels import labelled
from ipdmediation.present.report.page import render
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.terms import read_terms


def main(
    *,
    templates: list[str],
    figures: list[str],
    diagnostics: list[str],
    quality: list[str],
    published: str,
    recorded: str,
    truth: str | list[str],
    evidence_tables: list[str],
    evidence_figures: list[str],
    report: str,
    studies: list[dict[str, Any]],
    figure_names: list[str],
    models: list[str],
    **tables: list[str],
) -> None:
    """Read the tables of every analysis and the figures of the first one; write the page."""
    results = []
    drawn = dict(zip(figure_names, figures, strict=True))
    drawn |= {Path(path).stem: path for path in evidence_figures}
    for position, words in enumerate(studies):
        frames = {name: read_table(paths[position]) for name, paths in tables.items()}
        fitted = dict(zip(models, diagnostics[position * len(models) :], strict=False))
        study = Study(**words)
        results.append(
            AnalysisResult(
                study=study,
                models={
                    name: labelled(frames.pop(f"{name}_model"), read_terms(path), study=study)
                    for name, path in fitted.items()
                },
                diagnostics={name: _without_provenance(path) for name, path in fitted.items()},
                figures={name: Path(path).read_text() for name, path in drawn.items() if position == 0},
                evidence={Path(path).stem: read_table(path) for path in evidence_tables if position == 0},
                **frames,
            )
        )
    compared = read_table(published)
    page = render(
        Path(templates[0]),  # which takes parts from the others beside it
        results,
        published=None if compared.empty else compared,
        quality=_by_trial(pd.concat(map(read_table, quality))),
        manifest=_without_provenance(recorded),
        truth=_without_provenance(str(truth)) if truth else None,  # [] where no patient is synthetic
    )
    Path(report).write_text(page)


def _by_trial(counts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the counts of each trial, in their order."""
    return {str(trial): rows for trial, rows in counts.groupby("trial", sort=False)}


def _without_provenance(path: str) -> dict[str, Any]:
    """Read what a JSON file says, but for what made it."""
    content: dict[str, Any] = json.loads(Path(path).read_text())
    return {name: value for name, value in content.items() if name != KEY}


if __name__ == "__main__":
    run(main, snakemake)

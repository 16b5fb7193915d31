"""Put everything that a reader wants to see on one page."""

from job import run, snakemake  # first: it makes the other imports faster

from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.data.result_tables import read_table
from ipdmediation.plumbing.provenance import KEY
from ipdmediation.present.house_style import written_in
from ipdmediation.present.report.page import render
from ipdmediation.present.report.reading import read_facts, read_results


def main(
    *,
    templates: list[str],
    figures: list[str],
    all_analyses: list[str],
    diagnostics: list[str],
    quality: list[str],
    integrity: str,
    published: str,
    recorded: str,
    truth: str | list[str],
    evidence_tables: list[str],
    evidence_figures: list[str],
    report: str,
    studies: list[dict[str, Any]],
    figure_names: list[str],
    files: list[list[str]],
    models: list[str],
    style: dict[str, str],
    **tables: list[str],
) -> None:
    """Read the tables of every analysis and the figures of the first one; write the page."""
    with written_in(**style):
        drawn = dict(zip(figure_names, figures, strict=True))
        drawn |= {Path(path).stem: path for path in (*evidence_figures, *all_analyses)}
        results = read_results(
            studies,
            tables,
            models=models,
            diagnostics=diagnostics,
            evidence=evidence_tables,
            figures=drawn,
            leave_out=KEY,
        )
        compared = read_table(published)
        page = render(
            Path(templates[0]),  # which takes parts from the others beside it
            results,
            published=None if compared.empty else compared,
            quality=_by_trial(pd.concat(map(read_table, quality))),
            integrity=read_table(integrity),
            manifest=read_facts(recorded, leave_out=KEY),
            # [] where no patient is synthetic
            truth=read_facts(str(truth), leave_out=KEY) if truth else None,
            files=files,
        )
    Path(report).write_text(page)


def _by_trial(counts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the counts of each trial, in their order."""
    return {str(trial): rows for trial, rows in counts.groupby("trial", sort=False)}


if __name__ == "__main__":
    run(main, snakemake)

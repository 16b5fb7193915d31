"""Put everything that a reader wants to see on one page."""

from job import run  # first: it makes the other imports faster

import json
from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.present.report import AnalysisResult, render
from ipdmediation.present.style import Study


def main(
    *,
    template: str,
    figures: list[str],
    diagnostics: list[str],
    quality: list[str],
    published: str,
    manifest: str,
    report: str,
    studies: list[dict[str, Any]],
    figure_names: list[str],
    trials: list[str],
    models: list[str],
    **tables: list[str],
) -> None:
    """Read the tables of every analysis and the figures of the first one; write the page."""
    results = []
    for position, words in enumerate(studies):
        frames = {name: pd.read_csv(paths[position]) for name, paths in tables.items()}
        fitted = diagnostics[position * len(models) :]
        results.append(
            AnalysisResult(
                study=Study(**words),
                models={name: frames.pop(f"{name}_model") for name in models},
                diagnostics={
                    name: json.loads(Path(path).read_text())
                    for name, path in zip(models, fitted, strict=False)
                },
                figures={
                    name: Path(path).read_text()
                    for name, path in zip(figure_names, figures, strict=True)
                    if position == 0
                },
                **frames,
            )
        )
    compared = pd.read_csv(published)
    page = render(
        Path(template),
        results,
        published=None if compared.empty else compared,
        quality={trial: pd.read_csv(path) for trial, path in zip(trials, quality, strict=True)},
        manifest=json.loads(Path(manifest).read_text()),
    )
    Path(report).write_text(page)


if __name__ == "__main__":
    run(main, snakemake)

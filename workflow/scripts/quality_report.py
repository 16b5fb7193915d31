"""Show on one page what was read of each trial, and the trials side by side."""

from job import run, snakemake  # first: it makes the other imports faster

from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.data.missing import MissingData
from ipdmediation.data.result_tables import read_table
from ipdmediation.present.house_style import people, written_in
from ipdmediation.present.report.quality_page import render_quality
from ipdmediation.present.study import Study


def main(
    *,
    templates: list[str],
    quality: list[str],
    distributions: str,
    integrity: str,
    notices: str,
    page: str,
    study: dict[str, Any],
    conversions: dict[str, dict[str, str]],
    needed: dict[str, Any],
    minimum_count: int,
    style: dict[str, str],
) -> None:
    """Read the public tables of the trials; write the page."""
    counts = pd.concat(
        [read_table(path).assign(source=source) for source, path in zip(conversions, quality, strict=True)]
    )
    with written_in(**style):
        plan = MissingData.of(**needed, variables=study["variables"])
        handled = dict.fromkeys(plan.imputed, "missing values are imputed")
        handled |= dict.fromkeys(plan.required, f"{people()} without it are left out")
        made = render_quality(
            Path(templates[0]),  # which takes parts from the others beside it
            study=Study(**study),
            quality={
                str(trial): rows.drop(columns="source") for trial, rows in counts.groupby("trial", sort=False)
            },
            distributions=read_table(distributions),
            integrity=read_table(integrity),
            notices=read_table(notices),
            units={
                str(trial): conversions[source]
                for trial, source in counts.groupby("trial", sort=False)["source"].first().items()
            },
            handled=handled,
            minimum=minimum_count,
        )
    Path(page).write_text(made)


if __name__ == "__main__":
    run(main, snakemake)

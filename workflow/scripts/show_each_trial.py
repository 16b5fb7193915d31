"""Show each trial by itself, and the pooled effects beside those of all trials together."""

from job import run, snakemake  # first: it makes the other imports faster

from pathlib import Path
from typing import Any

from ipdmediation.data.result_tables import read_table
from ipdmediation.present.figures.each_trial import each_trial as each_trial_figure
from ipdmediation.present.figures.saving import save_all
from ipdmediation.present.study import Study
from ipdmediation.present.tables.each_trial import each_trial as each_trial_table
from ipdmediation.present.tables.saving import save


def main(
    *,
    by_trial: str,
    together: str,
    effects: str,
    figures: list[str],
    tables: list[str],
    study: dict[str, Any],
) -> None:
    """Read the tables of numbers; write the figure and the table in each format."""
    words = Study(**study)
    frames = [read_table(path) for path in (by_trial, together, effects)]
    drawn = each_trial_figure(*frames, study=words)
    save_all([drawn], {Path(path).suffix.removeprefix("."): [Path(path)] for path in figures})
    table = each_trial_table(*frames, study=words)
    for path in tables:
        save(table, Path(path))


if __name__ == "__main__":
    run(main, snakemake)

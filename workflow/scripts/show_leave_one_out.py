"""Show an analysis without one trial after the other."""

from job import run, snakemake  # first: it makes the other imports faster

from pathlib import Path
from typing import Any

from ipdmediation.data.result_tables import read_table
from ipdmediation.present.figures.leave_one_out import leave_one_out as leave_one_out_figure
from ipdmediation.present.figures.saving import save_all
from ipdmediation.present.study import Study
from ipdmediation.present.tables.leave_one_out import leave_one_out as leave_one_out_table
from ipdmediation.present.tables.saving import save


def main(
    *, left_out: str, effects: str, figures: list[str], tables: list[str], study: dict[str, Any]
) -> None:
    """Read the tables of numbers; write the figure and the table in each format."""
    words = Study(**study)
    frames = [read_table(path) for path in (left_out, effects)]
    drawn = leave_one_out_figure(*frames, study=words)
    save_all([drawn], {Path(path).suffix.removeprefix("."): [Path(path)] for path in figures})
    table = leave_one_out_table(*frames, study=words)
    for path in tables:
        save(table, Path(path))


if __name__ == "__main__":
    run(main, snakemake)

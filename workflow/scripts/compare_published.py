"""Put the published figures beside those of this run."""

from job import run, snakemake  # first: it makes the other imports faster

from typing import Any

from ipdmediation.data.result_tables import read_table, write_table
from ipdmediation.evidence.published import compare_with_published


def main(*, tables: list[str], comparison: str, figures: list[dict[str, Any]], names: list[str]) -> None:
    """Read the tables of this run; write one row for each published figure."""
    frames = {name: read_table(path) for name, path in zip(names, tables, strict=True)}
    write_table(compare_with_published(figures, frames), comparison)


if __name__ == "__main__":
    run(main, snakemake)

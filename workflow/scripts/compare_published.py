"""Put the published figures beside those of this run."""

from job import run  # first: it makes the other imports faster

from typing import Any

import pandas as pd

from ipdmediation.evidence.published import compare_with_published


def main(*, tables: list[str], comparison: str, figures: list[dict[str, Any]], names: list[str]) -> None:
    """Read the tables of this run; write one row for each published figure."""
    frames = {name: pd.read_csv(path) for name, path in zip(names, tables, strict=True)}
    compare_with_published(figures, frames).to_csv(comparison, index=False)


if __name__ == "__main__":
    run(main, snakemake)

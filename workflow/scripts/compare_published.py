"""Put the published figures beside those of this run."""

from typing import Any

import pandas as pd

from ipdmediation.evidence.published import compare_with_published


def main(*, comparison: str, figures: list[dict[str, Any]], **tables: str) -> None:
    """Read the tables of this run; write one row for each published figure."""
    frames = {name: pd.read_csv(path, keep_default_na=True) for name, path in tables.items()}
    compare_with_published(figures, frames).to_csv(comparison, index=False)


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

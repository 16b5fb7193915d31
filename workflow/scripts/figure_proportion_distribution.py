"""Draw the bootstrap distribution of the proportion mediated."""

from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.present.figures.proportion_distribution import proportion_distribution
from ipdmediation.present.figures.sheet import save
from ipdmediation.present.style import Study


def main(*, draws: list[str], effects: str, study: dict[str, Any], **written: str) -> None:
    """Read the draws and the effects; write the figure in each format."""
    table = pd.read_csv(effects)
    drawn = pd.concat(map(pd.read_parquet, draws))
    # Chunks are full, so there may be more replicates than the table of effects was made of.
    counted = drawn[drawn["replicate"] < table["replicates"].iloc[0]]
    given = set(table.loc[table["estimate"].notna(), "effect"])
    # With an interaction there is no single direct coefficient to compare with the total one.
    effect = "khb" if "khb" in given and "log_or_difference" not in given else "log_or_difference"
    figure = proportion_distribution(counted, table, study=Study(**study), effect=effect)
    for path in written.values():
        save(figure, Path(path))


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

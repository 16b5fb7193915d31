"""Write the three models for a paper."""

from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.present import tables
from ipdmediation.present.style import Study


def main(*, mediator: str, total: str, outcome: str, study: dict[str, Any], **written: str) -> None:
    """Read the three models; write the table in each format."""
    paths = {"mediator": mediator, "total": total, "outcome": outcome}
    models = {name: pd.read_csv(path) for name, path in paths.items()}
    table = tables.models(
        models,
        study=Study(**study),
    )
    for path in written.values():
        tables.save(table, Path(path))


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

"""Write the natural effects for a paper."""

from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.present import tables
from ipdmediation.present.style import Study


def main(*, effects: str, study: dict[str, Any], **written: str) -> None:
    """Read the effects; write the table in each format."""
    table = tables.natural_effects(pd.read_csv(effects), study=Study(**study))
    for path in written.values():
        tables.save(table, Path(path))


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

"""Write the patient flow for a paper."""

from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.present import tables
from ipdmediation.present.style import Study


def main(*, flow: str, study: dict[str, Any], **written: str) -> None:
    """Read the patient flow; write the table in each format."""
    table = tables.flow(pd.read_csv(flow), study=Study(**study))
    for path in written.values():
        tables.save(table, Path(path))


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

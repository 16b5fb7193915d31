"""Draw the outcome by arm."""

from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.present.figures.outcome_by_arm import outcome_by_arm
from ipdmediation.present.figures.sheet import save
from ipdmediation.present.style import Study


def main(*, outcome: str, total: str, study: dict[str, Any], **written: str) -> None:
    """Read the described outcome and the total model; write the figure in each format."""
    figure = outcome_by_arm(pd.read_csv(outcome), total=pd.read_csv(total), study=Study(**study))
    for path in written.values():
        save(figure, Path(path))


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

"""Draw the outcome by arm."""

from typing import Any

import pandas as pd

from ipdmediation.present.figures.outcome_by_arm import outcome_by_arm
from ipdmediation.present.saving import save_figure
from ipdmediation.present.style import Study


def main(*, outcome: str, total: str, study: dict[str, Any], **written: str) -> None:
    """Read the described outcome and the total model; write the figure in each format."""
    save_figure(outcome_by_arm(pd.read_csv(outcome), total=pd.read_csv(total), study=Study(**study)), written.values())


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

"""Draw the outcome by arm in each trial."""

from typing import Any

import pandas as pd

from ipdmediation.present.figures.outcome_by_trial import outcome_by_trial
from ipdmediation.present.saving import save_figure
from ipdmediation.present.style import Study


def main(*, outcome: str, study: dict[str, Any], **written: str) -> None:
    """Read the described outcome; write the figure in each format."""
    save_figure(outcome_by_trial(pd.read_csv(outcome), study=Study(**study)), written.values())


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

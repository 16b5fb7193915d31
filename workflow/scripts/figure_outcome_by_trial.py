"""Draw the outcome by arm in each trial."""

from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.present.figures.outcome_by_trial import outcome_by_trial
from ipdmediation.present.figures.sheet import save
from ipdmediation.present.style import Study


def main(*, outcome: str, study: dict[str, Any], **written: str) -> None:
    """Read the described outcome; write the figure in each format."""
    figure = outcome_by_trial(pd.read_csv(outcome), study=Study(**study))
    for path in written.values():
        save(figure, Path(path))


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

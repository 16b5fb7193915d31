"""Draw the mediator by arm."""

from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.present.figures.mediator_by_arm import mediator_by_arm
from ipdmediation.present.figures.sheet import save
from ipdmediation.present.style import Study


def main(*, mediator: str, study: dict[str, Any], **written: str) -> None:
    """Read the described mediator; write the figure in each format."""
    figure = mediator_by_arm(pd.read_csv(mediator), study=Study(**study))
    for path in written.values():
        save(figure, Path(path))


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

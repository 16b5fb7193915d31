"""Draw the mediator by arm."""

from typing import Any

import pandas as pd

from ipdmediation.present.figures.mediator_by_arm import mediator_by_arm
from ipdmediation.present.saving import save_figure
from ipdmediation.present.style import Study


def main(*, mediator: str, study: dict[str, Any], **written: str) -> None:
    """Read the described mediator; write the figure in each format."""
    save_figure(mediator_by_arm(pd.read_csv(mediator), study=Study(**study)), written.values())


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

"""Draw the coefficients of the outcome models."""

from typing import Any

import pandas as pd

from ipdmediation.present.figures.model_coefficients import model_coefficients
from ipdmediation.present.saving import save_figure
from ipdmediation.present.style import Study


def main(*, total: str, outcome: str, study: dict[str, Any], **written: str) -> None:
    """Read both models of the outcome; write the figure in each format."""
    save_figure(model_coefficients(pd.read_csv(total), pd.read_csv(outcome), study=Study(**study)), written.values())


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

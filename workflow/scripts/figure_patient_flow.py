"""Draw who was randomised, excluded and analysed."""

from typing import Any

import pandas as pd

from ipdmediation.present.figures.patient_flow import patient_flow
from ipdmediation.present.saving import save_figure
from ipdmediation.present.style import Study


def main(*, flow: str, study: dict[str, Any], **written: str) -> None:
    """Read the patient flow; write the figure in each format."""
    save_figure(patient_flow(pd.read_csv(flow), study=Study(**study)), written.values())


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

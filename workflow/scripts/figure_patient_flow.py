"""Draw who was randomised, excluded and analysed."""

from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.present.figures.patient_flow import patient_flow
from ipdmediation.present.figures.sheet import save
from ipdmediation.present.style import Study


def main(*, flow: str, study: dict[str, Any], **written: str) -> None:
    """Read the patient flow; write the figure in each format."""
    figure = patient_flow(pd.read_csv(flow), study=Study(**study))
    for path in written.values():
        save(figure, Path(path))


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

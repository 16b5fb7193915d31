"""Draw the paths from treatment to outcome."""

from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.present.figures.path_diagram import path_diagram
from ipdmediation.present.figures.sheet import save
from ipdmediation.present.style import Study


def main(*, mediator: str, total: str, outcome: str, study: dict[str, Any], **written: str) -> None:
    """Read the three models; write the figure in each format."""
    paths = {"mediator": mediator, "total": total, "outcome": outcome}
    models = {name: pd.read_csv(path) for name, path in paths.items()}
    figure = path_diagram(
        models,
        study=Study(**study),
    )
    for path in written.values():
        save(figure, Path(path))


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

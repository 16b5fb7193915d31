"""Write every table of an analysis for a paper."""

from job import run  # first: it makes the other imports faster

from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.present import tables
from ipdmediation.present.style import Study


def main(
    *,
    baseline: str,
    flow: str,
    mediator_model: str,
    total_model: str,
    outcome_model: str,
    effects: str,
    study: dict[str, Any],
    **written: list[str],
) -> None:
    """Read the tables of numbers; write each table that is asked for by its name, in each format."""
    words = Study(**study)
    flows, estimated = pd.read_csv(flow), pd.read_csv(effects)
    models = {
        "mediator": pd.read_csv(mediator_model),
        "total": pd.read_csv(total_model),
        "outcome": pd.read_csv(outcome_model),
    }
    makers = {
        "baseline": lambda: tables.baseline(pd.read_csv(baseline), flows, study=words),
        "flow": lambda: tables.flow(flows, study=words),
        "models": lambda: tables.models(models, study=words),
        "effects": lambda: tables.effects(estimated, study=words),
        "natural_effects": lambda: tables.natural_effects(estimated, study=words),
    }
    for paths in zip(*written.values(), strict=True):
        table = makers[Path(paths[0]).stem]()
        for path in paths:
            tables.save(table, Path(path))


if __name__ == "__main__":
    run(main, snakemake)

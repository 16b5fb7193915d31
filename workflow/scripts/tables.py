"""Write every table of an analysis for a paper."""

from job import run, snakemake  # first: it makes the other imports faster

from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.data.result_tables import read_table
from ipdmediation.present.house_style import written_in
from ipdmediation.present.labels import labelled
from ipdmediation.present.study import Study
from ipdmediation.present.tables.baseline import baseline as baseline_table
from ipdmediation.present.tables.effects import effects as effects_table
from ipdmediation.present.tables.flow import flow as flow_table
from ipdmediation.present.tables.four_way import four_way
from ipdmediation.present.tables.models import models as models_table
from ipdmediation.present.tables.natural_effects import natural_effects
from ipdmediation.present.tables.outcome import outcome as outcome_table
from ipdmediation.present.tables.saving import save_each
from ipdmediation.present.tables.trials import trials
from ipdmediation.vocabulary.terms import read_terms


def main(
    *,
    distributions: str,
    baseline: str,
    outcome: str,
    flow: str,
    models: list[str],
    diagnostics: list[str],
    effects: str,
    study: dict[str, Any],
    model_names: list[str],
    style: dict[str, str],
    **written: list[str],
) -> None:
    """Read the tables of numbers; write each table that is asked for by its name, in each format."""
    words = Study(**study)
    flows, outcomes, estimated = map(read_table, (flow, outcome, effects))

    def coefficients() -> dict[str, pd.DataFrame]:
        return {
            name: labelled(read_table(table), read_terms(fit), study=words)
            for name, table, fit in zip(model_names, models, diagnostics, strict=True)
        }

    makers = {
        "baseline": lambda: baseline_table(read_table(baseline), flows, study=words),
        "flow": lambda: flow_table(flows, study=words),
        "trials": lambda: trials(read_table(distributions), outcomes, study=words),
        "outcome": lambda: outcome_table(outcomes, study=words),
        "models": lambda: models_table(coefficients(), study=words),
        "effects": lambda: effects_table(estimated, study=words),
        "natural_effects": lambda: natural_effects(estimated, study=words),
        "four_way": lambda: four_way(estimated, study=words),
    }
    with written_in(**style):
        for paths in zip(*written.values(), strict=True):
            save_each(makers[Path(paths[0]).stem], map(Path, paths))


if __name__ == "__main__":
    run(main, snakemake)

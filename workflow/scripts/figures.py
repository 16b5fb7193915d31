"""Draw every figure of an analysis."""

from job import run, snakemake  # first: it makes the other imports faster

from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.data.result_tables import read_table
from ipdmediation.inference.draws import join_draws
from ipdmediation.present.directions import isolated
from ipdmediation.present.figures.balance import balance
from ipdmediation.present.figures.calibration import calibration as calibration_figure
from ipdmediation.present.figures.causal_graph import causal_graph
from ipdmediation.present.figures.effects_by_cut import effects_by_cut
from ipdmediation.present.figures.four_worlds import four_worlds
from ipdmediation.present.figures.mediator_by_arm import mediator_by_arm
from ipdmediation.present.figures.mediator_by_trial import mediator_by_trial
from ipdmediation.present.figures.mediator_curve import mediator_curve
from ipdmediation.present.figures.mediator_residuals import mediator_residuals
from ipdmediation.present.figures.model_coefficients import model_coefficients
from ipdmediation.present.figures.outcome_by_arm import outcome_by_arm
from ipdmediation.present.figures.outcome_by_trial import outcome_by_trial
from ipdmediation.present.figures.path_diagram import path_diagram
from ipdmediation.present.figures.patient_flow import patient_flow
from ipdmediation.present.figures.proportion_distribution import proportion_distribution
from ipdmediation.present.figures.saving import save_all
from ipdmediation.present.house_style import written_in
from ipdmediation.present.labels import labelled
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.terms import read_terms


def main(
    *,
    flow: str,
    baseline: str,
    outcome: str,
    mediator: str,
    models: list[str],
    diagnostics: list[str],
    effects: str,
    worlds: str,
    curve: str,
    calibration: str,
    residuals: str,
    draws: list[str],
    study: dict[str, Any],
    model_names: list[str],
    style: dict[str, str],
    **written: list[str],
) -> None:
    """Read the tables of numbers; write each figure that is asked for by its name, in each format."""
    with written_in(**style):
        words = isolated(Study(**study))
        flows, outcomes, mediators, estimated = map(read_table, (flow, outcome, mediator, effects))
        coefficients = {
            name: labelled(read_table(table), read_terms(fit), study=words)
            for name, table, fit in zip(model_names, models, diagnostics, strict=True)
        }
        drawers = {
            "patient_flow": lambda: patient_flow(flows, study=words),
            "balance": lambda: balance(read_table(baseline), study=words),
            "outcome_by_arm": lambda: outcome_by_arm(outcomes, effects=estimated, study=words),
            "outcome_by_trial": lambda: outcome_by_trial(outcomes, study=words),
            "mediator_by_arm": lambda: mediator_by_arm(mediators, study=words),
            "mediator_by_trial": lambda: mediator_by_trial(mediators, study=words),
            "causal_graph": lambda: causal_graph(flows, study=words),
            "path_diagram": lambda: path_diagram(estimated, study=words),
            "four_worlds": lambda: four_worlds(read_table(worlds), estimated, study=words),
            "effects_by_cut": lambda: effects_by_cut(estimated, study=words),
            "mediator_curve": lambda: mediator_curve(read_table(curve), study=words),
            "calibration": lambda: calibration_figure(read_table(calibration), study=words),
            "mediator_residuals": lambda: mediator_residuals(read_table(residuals), study=words),
            "model_coefficients": lambda: model_coefficients(
                coefficients["total"], coefficients["outcome"], estimated, study=words
            ),
            "proportion_distribution": lambda: proportion_distribution(
                join_draws(map(pd.read_parquet, draws), replicates=int(estimated["replicates"].iloc[0])),
                estimated,
                study=words,
            ),
        }
        paths = {kind: list(map(Path, files)) for kind, files in written.items()}
        save_all([drawers[path.stem]() for path in next(iter(paths.values()))], paths, study=words)


if __name__ == "__main__":
    run(main, snakemake)

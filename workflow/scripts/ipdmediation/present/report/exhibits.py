"""The tables of a run in the order in which page and manuscript have them."""

from __future__ import annotations

from collections.abc import Sequence

from ipdmediation.present.report.comparison import beside
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.tables.baseline import baseline
from ipdmediation.present.tables.effects import effects
from ipdmediation.present.tables.evidence import evidence_tables
from ipdmediation.present.tables.flow import flow
from ipdmediation.present.tables.four_way import four_way
from ipdmediation.present.tables.models import models
from ipdmediation.present.tables.natural_effects import natural_effects
from ipdmediation.present.tables.outcome import outcome
from ipdmediation.present.tables.table import Table
from ipdmediation.present.tables.trials import trials


def main_tables(results: Sequence[AnalysisResult]) -> list[Table]:
    """Return the tables of the main analysis, of what stands beside it, and of all analyses."""
    main = results[0]
    study = main.study
    tables = [
        trials(main.distributions, main.outcome, study=study),
        flow(main.flow, study=study),
        baseline(main.baseline, main.flow, study=study),
        outcome(main.outcome, study=study),
        models(main.models, study=study),
        natural_effects(main.effects, study=study),
        effects(main.effects, study=study),
        four_way(main.effects, study=study),
    ]
    tables += evidence_tables(main.evidence, main.effects, study=study).values()
    return [*tables, *([beside(results)] if len(results) > 1 else [])]

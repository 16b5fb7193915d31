"""The tables of a run in the order in which a paper has them."""

from __future__ import annotations

from collections.abc import Sequence

from ipdmediation.present.report.comparison import beside
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.tables.baseline import baseline
from ipdmediation.present.tables.each_trial import each_trial
from ipdmediation.present.tables.effects import effects
from ipdmediation.present.tables.flow import flow
from ipdmediation.present.tables.leave_one_out import leave_one_out
from ipdmediation.present.tables.models import models
from ipdmediation.present.tables.natural_effects import natural_effects
from ipdmediation.present.tables.table import Table


def main_tables(results: Sequence[AnalysisResult]) -> list[Table]:
    """Return the tables of the main analysis, of what stands beside it, and of all analyses."""
    main = results[0]
    study, evidence = main.study, main.evidence
    tables = [
        flow(main.flow, study=study),
        baseline(main.baseline, main.flow, study=study),
        natural_effects(main.effects, study=study),
        models(main.models, study=study),
        effects(main.effects, study=study),
    ]
    if "pooled" in evidence:
        tables.append(each_trial(evidence["trials"], evidence["pooled"], main.effects, study=study))
    if "leave_one_out" in evidence:
        tables.append(leave_one_out(evidence["leave_one_out"], main.effects, study=study))
    return [*tables, *([beside(results)] if len(results) > 1 else [])]

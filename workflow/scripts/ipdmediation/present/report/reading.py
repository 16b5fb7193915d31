"""Reading the tables of all analyses, and what stands beside the main one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ipdmediation.data.result_tables import read_table
from ipdmediation.present.labels import labelled
from ipdmediation.present.remarks import with_remarks
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.terms import read_terms


def read_results(
    studies: Sequence[Mapping[str, Any]],
    tables: Mapping[str, Sequence[str]],
    *,
    models: Sequence[str],
    diagnostics: Sequence[str],
    evidence: Sequence[str] = (),
    figures: Mapping[str, str] | None = None,
    leave_out: str,
) -> list[AnalysisResult]:
    """Read all analyses, the main one first.

    Parameters
    ----------
    studies
        Words of the study and of each analysis.
    tables
        Files by name of the table, one for each analysis; those of the models end in ``_model``.
    models, diagnostics
        Names of the models; what each fit reports, all models of an analysis and then those of the next.
    evidence
        Tables beside the effects of the main analysis.
    figures
        SVG files of the main analysis by name.
    leave_out
        Key of what made a file, in the reports of the fits.
    """
    results = []
    for position, words in enumerate(studies):
        frames = {name: read_table(paths[position]) for name, paths in tables.items()}
        fitted = dict(zip(models, diagnostics[position * len(models) :], strict=False))
        study = Study(**words)
        main = position == 0
        results.append(
            AnalysisResult(
                study=study,
                models={
                    name: labelled(frames.pop(f"{name}_model"), read_terms(path), study=study)
                    for name, path in fitted.items()
                },
                diagnostics={name: read_facts(path, leave_out=leave_out) for name, path in fitted.items()},
                figures={name: Path(path).read_text() for name, path in (figures or {}).items() if main},
                evidence={Path(path).stem: with_remarks(read_table(path)) for path in evidence if main},
                **frames,
            )
        )
    return results


def read_facts(path: str, *, leave_out: str) -> dict[str, Any]:
    """Read what a JSON file says, but for one key."""
    content: dict[str, Any] = json.loads(Path(path).read_text())
    return {name: value for name, value in content.items() if name != leave_out}

"""Write what an author pastes: texts, numbers by name, references, all tables in one file, the checklist."""

from job import run, snakemake  # first: it makes the other imports faster

import json
import shutil
from pathlib import Path
from typing import Any

from ipdmediation.plumbing.provenance import KEY
from ipdmediation.present.house_style import written_in
from ipdmediation.present.manuscript.agrema import agrema
from ipdmediation.present.manuscript.citations import bibtex, ris
from ipdmediation.present.manuscript.texts import methods_text, results_text
from ipdmediation.present.manuscript.values import values
from ipdmediation.present.report.exhibits import main_tables
from ipdmediation.present.report.figure_words import legend
from ipdmediation.present.report.methods import methods
from ipdmediation.present.report.reading import read_facts, read_results
from ipdmediation.present.tables.saving import save, save_together
from ipdmediation.present.tables.workbook import save_workbook


def main(
    *,
    figures: list[str],
    all_analyses: list[str],
    evidence_tables: list[str],
    evidence_figures: list[str],
    diagnostics: list[str],
    recorded: str,
    methods_md: str,
    results_md: str,
    values_json: str,
    references_bib: str,
    references_ris: str,
    tables_docx: str,
    tables_xlsx: str,
    agrema_docx: str,
    numbered: list[str],
    studies: list[dict[str, Any]],
    analyses: list[str],
    models: list[str],
    style: dict[str, str],
    **tables: list[str],
) -> None:
    """Read the tables of every analysis; write the texts, and copy the figures of the first one by number."""
    with written_in(**style):
        results = read_results(
            studies, tables, models=models, diagnostics=diagnostics, evidence=evidence_tables, leave_out=KEY
        )
        first = results[0]
        version = str(read_facts(recorded, leave_out=KEY)["software"]["version"])
        done = methods(first, version=version)
        shown = main_tables(results)
        drawn = (*figures, *evidence_figures, *all_analyses)
        names = [Path(path).stem for path in drawn]
        Path(methods_md).write_text(methods_text(done, study=first.study))
        Path(results_md).write_text(
            results_text(results, captions=[legend(name, first) for name in names], tables=shown)
        )
        Path(values_json).write_text(
            json.dumps(values(dict(zip(analyses, results, strict=True))), indent=1) + "\n"
        )
        Path(references_bib).write_text(bibtex(list(done.sources.values())))
        Path(references_ris).write_text(ris(list(done.sources.values())), newline="")
        save_together(shown, Path(tables_docx), title=first.study.title)
        save_workbook(shown, Path(tables_xlsx), title=first.study.title)
        save(agrema(results), Path(agrema_docx))
        for source, target in zip(drawn, numbered, strict=True):
            shutil.copyfile(source, target)


if __name__ == "__main__":
    run(main, snakemake)

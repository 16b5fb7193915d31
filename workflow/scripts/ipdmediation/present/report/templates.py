"""How tables and words get into the pages' templates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from ipdmediation.data.codes import EXCLUDED
from ipdmediation.present.emphasis import in_html
from ipdmediation.present.house_style import people, person
from ipdmediation.present.notation import p_name, stated_p
from ipdmediation.present.report.pairs import Drawn
from ipdmediation.present.study import Study
from ipdmediation.present.tables.table import PROSE, Table


def page_template(path: Path) -> Template:
    """Return a page's template with the words of the house style; it may take parts from others beside it."""
    environment = Environment(
        loader=FileSystemLoader(path.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: in_html(value) if type(value) is str else value,
    )
    environment.globals.update(people=people(), person=person(), p_name=p_name(), stated_p=stated_p)
    return environment.get_template(path.name)


def page_table(table: Table, beside: Drawn | None = None) -> dict[str, Any]:
    """Return a table as the templates' macro `table` takes it, with what is drawn beside its rows."""
    return {
        "name": table.name,
        "title": table.title,
        "heads": table.heads,
        "prose": [position for position, name in enumerate(table.cells.columns) if name in PROSE],
        "rows": [[str(cell) for cell in row] for row in table.cells.itertuples(index=False)],
        "indented": table.indented,
        "notes": table.notes,
        "places": table.places,
        "drawn": beside,
    }


def named_trial(trial: str, study: Study) -> str:
    """Return the label of a trial, or of the rows of all that are left out."""
    return "Trials that are not pooled" if trial == EXCLUDED else study.trial(trial)

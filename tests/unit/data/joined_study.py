"""A trial in four files, and what is said of it: by the check, or where it is read."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from ipdmediation.data.configuration import resolve_source, stated_files
from ipdmediation.data.errors import DataError
from ipdmediation.data.harmonise import HarmonisedTrial, harmonise_trial
from ipdmediation.data.json_schema import schema_faults
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.mapping_references import mapping_faults
from ipdmediation.data.problems import in_words
from ipdmediation.data.references import Study
from ipdmediation.data.sources import named_files, read_source
from ipdmediation.data.strict_yaml import read_yaml
from ipdmediation.data.variables import variables_from_config
from ipdmediation.plumbing.settings import ordered, reading
from ipdmediation.plumbing.trial_files import equal_source_faults, source_faults

SCHEMA = read_yaml(Path(__file__).parents[3] / "workflow/schemas/trial.schema.yaml")
DECLARED: dict[str, dict[str, Any]] = {
    "age": {"type": "continuous", "label": "Age", "unit": "year", "minimum": 18, "maximum": 105},
    "bmi": {"type": "continuous", "label": "BMI", "minimum": 10, "maximum": 80},
    "delay": {"type": "continuous", "label": "Delay", "unit": "hour", "minimum": 0, "maximum": 24},
    "volume": {"type": "continuous", "label": "Volume", "unit": "mL", "minimum": 0, "maximum": 900},
    "marker": {"type": "continuous", "label": "Marker", "minimum": 0},
    "mrs": {"type": "ordinal", "label": "mRS", "levels": {0: "0", 1: "1", 2: "2", 3: "3"}},
}
VARIABLES = variables_from_config(DECLARED)

#: Four files: the second has no row of `3` and one of nobody, the third a row for each visit.
TABLES: dict[str, list[list[Any]]] = {
    "base": [
        ["SUBJID", "ARM", "AGE", "ONSET", "KG"],
        ["1", "A", "61", "2015-03-01 10:00", "80"],
        ["2", "B", "70", "2015-03-02 10:00", "72"],
        ["3", "A", "55", "2015-03-03 10:00", "91"],
        ["4", "B", "48", "2015-03-04 10:00", "60"],
    ],
    "imaging": [
        ["PATIENT", "VOLUME", "SCAN"],
        ["4", "12,5", "2015-03-04 12:30"],
        ["2", "-9", "2015-03-02 11:00"],
        ["1", "30", "2015-03-01 14:00"],
        ["77", "1", "2015-03-01 14:00"],
    ],
    "outcome": [
        ["SUBJID", "DAY", "MRS"],
        ["1", "30", "2"],
        ["1", "92", "1"],
        ["3", "88", "3"],
        ["4", "200", "0"],
    ],
    "lab": [["SUBJID", "CM", "MARKER"], ["1", 180, 1.5], ["2", 160, 2.5], ["3", 170, 3.5], ["4", 150, 4.5]],
}
MAPPING: dict[str, Any] = {
    "label": "Four files",
    "missing": [-9],
    "source": {
        "files": {
            "base": {"file": "base.csv", "format": "csv"},
            "imaging": {
                "file": "imaging.csv",
                "format": "csv",
                "options": {"separator": ";", "decimal": ","},
                "key": "PATIENT",
            },
            "outcome": {"file": "outcome.csv", "format": "csv", "visits": {"day": "DAY"}},
            "lab": {"file": "lab.xlsx", "format": "excel", "options": {"sheet": "values"}},
        }
    },
    "patient": {"column": "SUBJID"},
    "treatment": {"column": "base/ARM", "codes": {"A": "treated", "B": "control"}},
    "variables": {
        "age": {"column": "base/AGE"},
        "bmi": {"derive": "`base/KG` / (`lab/CM` / 100 * `lab/CM` / 100)"},
        "delay": {"from": "base/ONSET", "to": "imaging/SCAN"},
        "volume": {"column": "imaging/VOLUME"},
        "marker": {"column": "lab/MARKER"},
        "mrs": {"column": "outcome/MRS", "at": {"day": 90, "from": 60, "to": 120}},
    },
}


def stated(**changes: Any) -> dict[str, Any]:
    """The mapping with other files (`imaging={...}`) or variables (`mrs={...}`); None takes one out."""
    mapping = copy.deepcopy(MAPPING)
    for name, entry in changes.items():
        place = mapping["source"]["files"] if name in TABLES or name == "more" else mapping["variables"]
        if name not in place and name != "more":
            place = mapping
        if entry is None:
            del place[name]
        elif isinstance(entry, dict) and name in TABLES:
            place[name] = {**place[name], **entry}
        else:
            place[name] = entry
    return mapping


def written(folder: Path, **tables: list[list[Any]] | None) -> Path:
    """Write the four files, some of them changed."""
    every = {**copy.deepcopy(TABLES), **tables}
    for name, rows in every.items():
        if rows is None:
            continue
        if name == "lab":
            book = openpyxl.Workbook()
            book.active.title = "notes"
            sheet = book.create_sheet("values")
            for row in rows:
                sheet.append(row)
            book.save(folder / "lab.xlsx")
            continue
        mark = ";" if name == "imaging" else ","
        lines = [mark.join("" if cell is None else str(cell) for cell in row) for row in rows]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return folder


def faults(mapping: dict[str, Any], folder: Path) -> list[str]:
    """What the check before a run says of a mapping; its defaults are filled in."""
    found = schema_faults(mapping, SCHEMA)
    if not found:
        for entry in stated_files(mapping["source"]).values():
            if "file" in entry:
                entry["file"] = str(folder / entry["file"])
        study = Study(config={"variables": DECLARED}, declared=tuple(DECLARED), trials=("four",))
        found = list(mapping_faults(mapping, study))
        missing = list(source_faults("four", mapping["source"], synthetic=False, there=True))
        found += missing
        if not missing:
            found += [fault for _, fault in equal_source_faults({"four": mapping["source"]})]
    return [f"{in_words(fault.place)}: {fault.text}" for fault in found]


def harmonised(mapping: dict[str, Any], folder: Path) -> HarmonisedTrial:
    """Check a mapping as a run does, and read and harmonise its files as its job does."""
    assert faults(mapping, folder) == []
    read = ordered(reading(mapping))
    declared = TrialMapping.from_mapping(read)
    paths = [str(resolve_source(entry)) for entry in stated_files(mapping["source"]).values()]
    return harmonise_trial(
        read_source(paths, read["source"], declared),
        mapping=declared,
        trial="four",
        variables=VARIABLES,
        file=named_files(paths, read["source"]),
    )


def said(mapping: dict[str, Any], folder: Path) -> str:
    """What is said of a mapping and files that are wrong, one text."""
    checked = copy.deepcopy(mapping)
    found = faults(checked, folder)
    if found:
        return "\n".join(found)
    try:
        harmonised(mapping, folder)
    except DataError as error:
        return str(error)
    raise AssertionError("nothing was said")


def column(result: HarmonisedTrial, name: str) -> list[Any]:
    """A column with None where it is missing."""
    return [None if pd.isna(value) else value for value in result.frame[name]]


def changed(name: str, row: int, place: int, cell: Any) -> dict[str, Any]:
    """A file with one other cell; row 0 is the header."""
    rows = [list(each) for each in TABLES[name]]
    rows[row][place] = cell
    return {name: rows}


def more(name: str, *rows: list[Any]) -> dict[str, Any]:
    return {name: [*TABLES[name], *rows]}

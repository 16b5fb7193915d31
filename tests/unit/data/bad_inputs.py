"""Studies of one small trial, each broken in one place: what is edited, and what has to be said.

The trial's file has the columns and rows of `COLUMNS`; a text file has them on lines 2 to 9.
"""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

COLUMNS: Mapping[str, list[Any]] = {
    "ID": ["P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8"],
    "ARM": ["A", "B", "A", "B", "A", "B", "A", "B"],
    "STUDY": ["N", "N", "N", "N", "S", "S", "S", "S"],
    "VISIT": ["D1", "D1", "D1", "D1", "D1", "D1", "D1", "D1"],
    "DAY": [1, 1, 2, 1, 1, 3, 1, 1],
    "AGE": [61, 72, 55, 48, 66, 70, 81, 39],
    "SEX": ["M", "F", "F", "M", "M", "F", "M", "F"],
    "ONSET": [f"2014-03-0{day} 10:00" for day in range(1, 9)],
    "SCAN": [f"2014-03-0{day} 16:30" for day in range(1, 9)],
    "SITE": ["m1", "ica", "m1", "m1", "ica", "m1", "m1", "ica"],
    "VOL": [12.5, 3.25, 80.5, 41.75, 7.5, 0.5, 150.25, 22.5],
    "CRP": [3.5, 8.25, 12.5, 4.5, 6.5, 2.5, 9.5, 5.5],
    "MRS": [0, 1, 2, 2, 1, 0, 2, 1],
}

CONFIG: dict[str, Any] = {
    "study": {"title": "Title", "question": "Why?"},
    "seed": 1,
    "trials": {"a": "a.yaml"},
    "variables": {
        "age": {"type": "continuous", "label": "Age", "unit": "year", "minimum": 18, "maximum": 105},
        "female": {"type": "binary", "label": "Female"},
        "delay": {"type": "continuous", "label": "Delay", "unit": "hour", "minimum": 0, "maximum": 48},
        "site": {"type": "categorical", "label": "Site", "levels": {"m1": "M1", "ica": "ICA"}},
        "volume": {"type": "continuous", "label": "Volume", "unit": "mL", "minimum": 0, "maximum": 900},
        "crp": {"type": "continuous", "label": "CRP", "unit": "mg/L", "minimum": 0},
        "mrs": {"type": "ordinal", "label": "mRS", "levels": {0: "Well", 1: "Ill", 2: "Dead"}},
    },
    "analyses": {
        "primary": {
            "label": "Primary",
            "mediator": {"variable": "volume", "transform": "log", "offset": 1},
            "outcome": {"variable": "mrs", "family": "ordinal", "better": "low"},
            "trial_effects": "none",
        }
    },
}
MAPPING: dict[str, Any] = {
    "label": "Trial A",
    "source": {"file": "a.raw", "format": "csv"},
    "patient": {"column": "ID"},
    "treatment": {"column": "ARM", "codes": {"A": "treated", "B": "control"}},
    "variables": {
        "age": {"column": "AGE"},
        "female": {"column": "SEX", "codes": {"M": 0, "F": 1}},
        "delay": {"from": "ONSET", "to": "SCAN"},
        "site": {"column": "SITE"},
        "volume": {"column": "VOL"},
        "crp": {"column": "CRP"},
        "mrs": {"column": "MRS"},
    },
}


@dataclass(frozen=True, kw_only=True)
class Bad:
    """One broken input.

    Attributes
    ----------
    topic : what it is about.
    said : what the message has to hold, beside the name of the file.
    cells : column and line (from 2) to what stands there.
    columns : columns that are added or replaced; None takes one out.
    config, mapping : changes of these files; None takes a key out.
    way : how the file is written.
    content : what the file holds instead of rows, or what is made of what was written.
    """

    topic: str
    said: tuple[str, ...]
    cells: Mapping[tuple[str, int], Any] = field(default_factory=dict)
    columns: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    mapping: Mapping[str, Any] = field(default_factory=dict)
    way: str = "csv"
    content: Callable[[bytes], bytes] | None = None

    def table(self) -> pd.DataFrame:
        columns = {name: list(values) for name, values in COLUMNS.items()}
        for (name, line), cell in self.cells.items():
            columns[name][line - 2] = cell
        columns |= {name: values for name, values in self.columns.items() if values is not None}
        kept = [name for name in columns if name not in self.columns or self.columns[name] is not None]
        return pd.DataFrame({name: columns[name] for name in kept})


def variable(name: str, **entry: Any) -> dict[str, Any]:
    """Change what the mapping says of a variable; one that is given a column anew loses what it had."""
    return {"variables": {name: entry}}


def declared(name: str, **entry: Any) -> dict[str, Any]:
    """Change a variable of the configuration."""
    return {"variables": {name: entry}}


def anew(**entry: Any) -> dict[str, Any]:
    """Change where the delay comes from, which has two columns else."""
    return variable("delay", **{"from": None, "to": None}, **entry)


def packed(*members: str) -> Callable[[bytes], bytes]:
    def make(content: bytes) -> bytes:
        path = Path("packed.zip")
        with zipfile.ZipFile(path, "w") as archive:
            for name in members:
                archive.writestr(name, content)
        made = path.read_bytes()
        path.unlink()
        return made

    return make


def source(**options: Any) -> dict[str, Any]:
    return {"source": {"options": options}}


TRIALS = {"N": {"id": "north", "label": "North"}, "S": {"id": "south", "label": "South"}}
VISITS = {"column": "VISIT", "day": "DAY"}
SEVERAL = {"label": None, "trial": {"column": "STUDY", "codes": TRIALS}}
#: A file with a second row of patient P1.
AGAIN = {"cells": {("ID", 3): "P1", ("ARM", 3): "A", ("VISIT", 3): "D5", ("DAY", 3): 5}}


def rule(text: str, **more: Any) -> dict[str, Any]:
    return {"contract": [{"rule": text, **more}]}


BAD = [
    # formats
    Bad(
        topic="format",
        said=(
            "source.file: 'a.raw'",
            "there is no such file",
        ),
        way="none",
    ),
    Bad(topic="format", said=("the file is empty",), content=lambda _: b""),
    Bad(
        topic="format",
        said=("not readable as an Excel workbook", "allowed: a file of this format"),
        mapping={"source": {"format": "excel"}},
    ),
    Bad(
        topic="format",
        said=("it begins as a file of format parquet does", "source: {format: parquet}"),
        way="parquet",
        mapping={"source": {"format": "csv"}},
    ),
    Bad(
        topic="format",
        said=("it begins as a file of format stata does",),
        way="stata",
        mapping={"source": {"format": "spss"}},
    ),
    Bad(
        topic="format",
        said=("not readable as parquet",),
        way="parquet",
        content=lambda file: file[: len(file) // 2],
    ),
    Bad(
        topic="format",
        said=("not readable as stata",),
        way="stata",
        content=lambda file: file[: len(file) // 2],
    ),
    Bad(
        topic="format", said=("not readable as spss",), way="sav", content=lambda file: file[: len(file) // 2]
    ),
    Bad(
        topic="format",
        said=("not readable as an Excel workbook",),
        way="excel",
        content=lambda file: file[: len(file) // 2],
    ),
    Bad(topic="format", said=("not readable as gzip",), content=lambda file: gzip.compress(file)[:-9]),
    Bad(
        topic="format",
        said=("a zip archive of 2 files, 'a.csv', 'b.csv'", "allowed: exactly one"),
        content=packed("a.csv", "b.csv"),
    ),
    Bad(
        topic="format",
        said=("source.format: found 'sas'", "allowed: 'csv'"),
        mapping={"source": {"format": "sas"}},
    ),
    Bad(topic="format", said=("line 4 holds a NUL character",), cells={("SEX", 4): "M\0"}),
    Bad(
        topic="format",
        said=("column 'SEX'", "(line 4)", "not readable as 'utf-8'", "latin-1"),
        content=lambda file: file.replace(b",F,", b",\xe9,", 2).replace(b",\xe9,", b",F,", 1),
    ),
    Bad(
        topic="format",
        said=("begins as a file in UTF-16 does", "source.options.encoding: utf-16"),
        content=lambda file: file.decode().encode("utf-16"),
    ),
    # the sheet and its header
    Bad(
        topic="sheet",
        said=("column 'AGE' (age) is not in the file", "'Age'"),
        columns={"AGE": None, "Age": COLUMNS["AGE"]},
    ),
    Bad(topic="sheet", said=("column 'AGE' (age) is not in the file",), columns={"AGE": None}, way="stata"),
    Bad(
        topic="sheet",
        said=("occur more than once: 'VOL'",),
        content=lambda file: file.replace(b"DAY", b"VOL", 1),
    ),
    Bad(
        topic="sheet",
        said=("only one column", "source.options.separator"),
        content=lambda file: file.replace(b",", b";"),
    ),
    Bad(
        topic="sheet",
        said=("1 of 8 rows with other than the header's 13 cells", "line 4", "has 12"),
        content=lambda file: file.replace(b"P3,", b"", 1),
    ),
    Bad(
        topic="sheet",
        said=("line 4", "a quotation mark that opens no whole cell", "quoting: none"),
        cells={("SITE", 4): 'm"1'},
        content=lambda file: file.replace(b'"m""1"', b'"m"1'),
    ),
    Bad(
        topic="sheet",
        said=("no sheet 'Data'; the file has 'data'",),
        way="excel",
        mapping=source(sheet="Data"),
    ),
    Bad(topic="sheet", said=("no sheet number 4",), way="ods", mapping=source(sheet=4)),
    Bad(topic="sheet", said=("the file has no line 40",), mapping=source(header_row=40)),
    Bad(topic="sheet", said=("no row below the column names",), mapping=source(rows_below_header=8)),
    Bad(
        topic="sheet",
        said=("the header seems to stand in line 1", "header_row: 1"),
        mapping=source(header_row=2),
    ),
    Bad(topic="sheet", said=("source.options.sheet", "does not belong here"), mapping=source(sheet="x")),
    Bad(
        topic="sheet",
        said=("separator", "is the decimal mark too"),
        mapping=source(separator=",", decimal=","),
    ),
    Bad(
        topic="sheet",
        said=("Python knows no encoding of text 'latin1000'",),
        mapping=source(encoding="latin1000"),
    ),
    # who is who
    Bad(
        topic="patients",
        said=("column 'ID' (patient)", "2 rows (lines 2, 5) share an id", "allowed: each patient once"),
        cells={("ID", 5): "P1"},
    ),
    Bad(
        topic="patients",
        said=("column 'ID' (patient)", "1 row (line 6) without an id"),
        cells={("ID", 6): None},
    ),
    Bad(
        topic="patients",
        said=("column 'ID' (patient)", "numbers of more digits than the file keeps"),
        columns={"ID": [9007199254740993.0 + row for row in range(8)]},
        way="excel",
    ),
    Bad(
        topic="patients",
        said=("is that of the patient's id, and is read for 'age' too",),
        mapping=variable("age", column="ID"),
    ),
    Bad(
        topic="patients",
        said=("patient", "exactly one of 'column', 'row_number' is needed"),
        mapping={"patient": {"row_number": True}},
    ),
    Bad(
        topic="patients",
        said=("column 'ARM' (treatment)", "1 row (line 3) without an arm", "allowed: 'A', 'B'"),
        cells={("ARM", 3): None},
    ),
    Bad(
        topic="patients",
        said=("column 'ARM' (treatment)", "1 row (line 3) holds codes without a mapping, 'C'", "`excluded`"),
        cells={("ARM", 3): "C"},
    ),
    Bad(
        topic="patients",
        said=("treatment.codes", "no code means 'control'"),
        mapping={"treatment": {"codes": {"B": "excluded"}}},
    ),
    Bad(
        topic="patients",
        said=("treatment.codes.B: found 'placebo'", "allowed: 'treated', 'control', 'excluded'"),
        mapping={"treatment": {"codes": {"B": "placebo"}}},
    ),
    Bad(
        topic="patients",
        said=("allocation.treated: 0 is too small", "allowed: 1 or more"),
        mapping={"allocation": {"treated": 0, "control": 1}},
    ),
    Bad(
        topic="patients",
        said=("allocation: found the text '2:1'", "allowed: a mapping of keys to values"),
        mapping={"allocation": "2:1"},
    ),
    # the column of the trial
    Bad(
        topic="trial column",
        said=("column 'STUDY' (trial)", "(line 4)", "'X'", "allowed: 'N', 'S'"),
        cells={("STUDY", 4): "X"},
        mapping=SEVERAL,
    ),
    Bad(
        topic="trial column",
        said=("column 'STUDY' (trial)", "(line 4)"),
        cells={("STUDY", 4): None},
        mapping=SEVERAL,
    ),
    Bad(
        topic="trial column",
        said=("column 'STUDY' (trial)", "no row is of trial 'third'"),
        mapping={
            "label": None,
            "trial": {"column": "STUDY", "codes": {**TRIALS, "T": {"id": "third", "label": "Third"}}},
        },
    ),
    Bad(
        topic="trial column",
        said=("column 'STUDIE' (trial) is not in the file",),
        mapping={"label": None, "trial": {"column": "STUDIE", "codes": TRIALS}},
    ),
    Bad(
        topic="trial column",
        said=("trial.codes", "every code means 'excluded'"),
        mapping={"label": None, "trial": {"column": "STUDY", "codes": {"N": "excluded", "S": "excluded"}}},
    ),
    Bad(
        topic="trial column",
        said=("trial.codes.S.id", "'all'"),
        mapping={
            "label": None,
            "trial": {"column": "STUDY", "codes": {**TRIALS, "S": {"id": "all", "label": "All of them"}}},
        },
    ),
    Bad(
        topic="trial column",
        said=("exactly one of 'label', 'trial' is needed",),
        mapping={"trial": {"column": "STUDY", "codes": TRIALS}},
    ),
    Bad(
        topic="trial column",
        said=("trial.codes.S", "key 'label' is missing"),
        mapping={"label": None, "trial": {"column": "STUDY", "codes": {**TRIALS, "S": {"id": "south"}}}},
    ),
    # visits
    Bad(
        topic="visits",
        said=(
            "column 'VOL' (volume)",
            "1 row (line 3) holds another value",
            "in other rows of the same patient",
            "`at`",
        ),
        mapping={
            "visits": VISITS,
            "variables": {
                "age": {"absent": True, "column": None},
                "female": {"column": None, "codes": None, "absent": True},
                "delay": {"from": None, "to": None, "absent": True},
                "site": {"column": None, "absent": True},
                "crp": {"column": None, "absent": True},
                "mrs": {"at": "last"},
            },
        },
        **AGAIN,
    ),
    Bad(
        topic="visits",
        said=("(volume)", "no row is of visit 'M3'", "column 'VISIT'"),
        mapping={"visits": VISITS, **variable("volume", at={"visit": "M3"})},
    ),
    Bad(
        topic="visits",
        said=("(volume)", "no row has a day that is asked for"),
        mapping={"visits": VISITS, **variable("volume", at={"day": 90, "from": 60})},
    ),
    Bad(
        topic="visits", said=("variables.volume.at", "say `visits:`"), mapping=variable("volume", at="first")
    ),
    Bad(
        topic="visits",
        said=("variables.volume.at.day", "say `visits: {day: ...}`"),
        mapping={"visits": {"column": "VISIT"}, **variable("volume", at={"day": 3})},
    ),
    Bad(
        topic="visits",
        said=("variables.volume.at", "day 90 does not lie from 1 to 7"),
        mapping={"visits": VISITS, **variable("volume", at={"day": 90, "from": 1, "to": 7})},
    ),
    Bad(
        topic="visits",
        said=("variables.site.at", "'site' has no largest level"),
        mapping={"visits": VISITS, **variable("site", at="largest")},
    ),
    Bad(
        topic="visits",
        said=("column 'DAY' (day of the visit)", "1 row (line 4) holds 'two'", "allowed: numbers"),
        cells={("DAY", 4): "two"},
        mapping={"visits": VISITS},
    ),
    Bad(
        topic="visits",
        said=("patient.row_number", "found by an id"),
        mapping={"visits": VISITS, "patient": {"column": None, "row_number": True}},
    ),
    # codes and numbers
    Bad(
        topic="codes",
        said=(
            "column 'SEX' (female)",
            "1 row (line 5) holds codes without a mapping, 'X'",
            "allowed: 'F', 'M'",
        ),
        cells={("SEX", 5): "X"},
    ),
    Bad(
        topic="codes",
        said=("column 'SEX' (female)", "2 rows (lines 3, 5)", "'f'", "'F'"),
        cells={("SEX", 5): "f", ("SEX", 3): "f"},
    ),
    Bad(
        topic="codes",
        said=("column 'MRS' (mrs)", "1 row (row 4) holds codes without a mapping, 7", "allowed: 0, 1, 2"),
        cells={("MRS", 5): 7},
        way="parquet",
    ),
    Bad(
        topic="codes",
        said=("column 'AGE' (age)", "1 row (line 4) holds 'old'", "missing: ['old']"),
        cells={("AGE", 4): "old"},
    ),
    Bad(
        topic="codes",
        said=("column 'VOL' (volume)", "1 row (line 4) holds '80,5'", "decimal: ','"),
        cells={("VOL", 4): "80,5"},
    ),
    Bad(
        topic="codes",
        said=(
            "column 'AGE' (age)",
            "1 row (line 3) outside the range, '7'",
            "numbers from 18 to 105 year",
            "out_of_range: missing",
        ),
        cells={("AGE", 3): 7},
    ),
    Bad(
        topic="codes",
        said=("column 'AGE' (age)", "1 row (row 2) outside the range, '999'"),
        cells={("AGE", 3): 999},
        way="stata",
    ),
    Bad(
        topic="codes", said=("column 'AGE' (age)", "truth values"), columns={"AGE": [True] * 8}, way="parquet"
    ),
    Bad(
        topic="codes",
        said=("column 'AGE' (age)", "dates or time stamps"),
        columns={"AGE": pd.date_range("2014-01-01", periods=8)},
        way="feather",
    ),
    Bad(
        topic="codes",
        said=("variables.female", "1 and '01' are the same code"),
        mapping=variable("female", codes={1: 0, "01": 1, "M": None, "F": None}),
    ),
    Bad(
        topic="codes",
        said=("variables.female", "is mapped, and the same code, 'F', means missing"),
        mapping=variable("female", missing=["F"]),
    ),
    Bad(
        topic="codes",
        said=("variables.site.codes.m1", "'m2'", "allowed: m1, ica"),
        mapping=variable("site", codes={"m1": "m2", "ica": "ica"}),
    ),
    Bad(
        topic="codes",
        said=("variables.vol", "no variable 'vol'", "'volume'"),
        mapping=variable("vol", column="VOL"),
    ),
    Bad(
        topic="codes",
        said=("variables", "'crp' is not mapped", "`absent: true`"),
        mapping={"variables": {"crp": None}},
    ),
    # limits of detection
    Bad(
        topic="detection limits",
        said=(
            "column 'CRP' (crp)",
            "1 row (line 4) holds '<1'",
            "missing: ['<1'], or codes: {'<1': <number>}",
        ),
        cells={("CRP", 4): "<1"},
    ),
    Bad(
        topic="detection limits",
        said=("column 'CRP' (crp)", "1 row (sheet row 4) holds '>300'"),
        cells={("CRP", 4): ">300"},
        way="excel",
    ),
    Bad(
        topic="detection limits",
        said=("column 'CRP' (crp)", "1 row (row 3) holds '<1'"),
        columns={"CRP": ["3", "4", "<1", "5", "6", "7", "8", "9"]},
        way="sav",
    ),
    Bad(
        topic="detection limits",
        said=("column 'CRP' (crp)", "1 row (line 4) holds '< 1'"),
        cells={("CRP", 4): "< 1"},
        mapping=variable("crp", codes={"<1": 0.5}),
    ),
    Bad(
        topic="detection limits",
        said=("variables.crp.codes", "'<1' is taken for 'half'", "allowed: a number"),
        mapping=variable("crp", codes={"<1": "half"}),
    ),
    Bad(
        topic="detection limits",
        said=("column 'CRP' (crp)", "1 row (line 4) outside the range, '-1'"),
        cells={("CRP", 4): "<1"},
        mapping=variable("crp", codes={"<1": -1}),
    ),
    # derived variables
    Bad(
        topic="derive",
        said=("variables.delay.derive", "no function 'summ'; did you mean sum?", "allowed: abs"),
        mapping=anew(derive="summ(DAY, AGE)"),
    ),
    Bad(
        topic="derive",
        said=("variables.delay.derive", "** is no operator here"),
        mapping=anew(derive="DAY ** 2"),
    ),
    Bad(
        topic="derive",
        said=("variables.delay.derive", "a point looks something up"),
        mapping=anew(derive="DAY.real"),
    ),
    Bad(
        topic="derive",
        said=("variables.delay.derive", "texts have no order"),
        mapping=anew(derive="1 if SEX > 'F' else 2"),
    ),
    Bad(
        topic="derive", said=("variables.delay.derive", "no column of the file"), mapping=anew(derive="1 + 1")
    ),
    Bad(
        topic="derive",
        said=("variables.delay.derive", "days_between() counts days, found unit 'hour'", "say `unit: day`"),
        mapping=anew(derive="days_between(ONSET, SCAN)", unit="hour"),
    ),
    Bad(topic="derive", said=("column 'GONE' (delay) is not in the file",), mapping=anew(derive="GONE + 1")),
    Bad(
        topic="derive",
        said=("derived: DAY / (DAY - 1) (delay)", "divides by 0", "lines 2, 3, 5"),
        mapping=anew(derive="DAY / (DAY - 1)"),
    ),
    Bad(
        topic="derive",
        said=("(delay)", "column 'SEX'", "8 rows", "allowed: numbers"),
        mapping=anew(derive="SEX + 1"),
    ),
    Bad(
        topic="derive",
        said=("variables.female.derive", "it gives 3, which is no code"),
        mapping=variable("female", column=None, codes=None, derive="3 if SEX == 'F' else 0"),
    ),
    Bad(
        topic="derive",
        said=("variables.delay.timezone", "the expression has no stamps"),
        mapping=anew(derive="DAY * 2", timezone="UTC"),
    ),
    # units and substances
    Bad(
        topic="units",
        said=("variables.volume.unit", "'mmHg' (pressure) cannot be converted to 'mL' (volume)"),
        mapping=variable("volume", unit="mmHg"),
    ),
    Bad(
        topic="units",
        said=("variables.age.unit", "'M' could be two units", "month"),
        mapping=variable("age", unit="M"),
    ),
    Bad(
        topic="units",
        said=("variables.age.unit", "'m' could be two units; allowed: metre, month, minute"),
        mapping=variable("age", unit="m"),
    ),
    Bad(
        topic="units",
        said=("variables.age.unit", "unit 'yeer' is not known", "did you mean year?"),
        mapping=variable("age", unit="yeer"),
    ),
    Bad(
        topic="units",
        said=("variables.crp.unit", "'mmol/L'", "say of what, as in `substance: glucose`"),
        mapping=variable("crp", unit="mmol/L"),
    ),
    Bad(
        topic="units",
        said=("variables.crp.substance", "no substance 'glucos'; did you mean glucose?", "molar_mass"),
        mapping=variable("crp", unit="mmol/L", substance="glucos"),
    ),
    Bad(
        topic="units",
        said=("variables.crp", "does not belong here"),
        mapping=variable("crp", unit="mmol/L", substance="glucose", molar_mass="180 g/mol"),
    ),
    Bad(
        topic="units",
        said=("variables.crp.molar_mass: found '180'", "as in 180.156 g/mol"),
        mapping=variable("crp", unit="mmol/L", molar_mass="180"),
    ),
    Bad(
        topic="units",
        said=("variables.crp.molar_mass: found '0 g/mol'", "a number above 0"),
        mapping=variable("crp", unit="mmol/L", molar_mass="0 g/mol"),
    ),
    Bad(
        topic="units",
        said=("variables.crp.substance", "it needs 'unit' beside it"),
        mapping=variable("crp", substance="glucose"),
    ),
    Bad(
        topic="units",
        said=("variables.crp.unit", "'mEq/L'", "by what is known of the substance"),
        mapping=variable("crp", unit="mEq/L", substance="glucose"),
    ),
    Bad(
        topic="units",
        said=("variables.site.unit", "is for continuous variables"),
        mapping=variable("site", unit="mL"),
    ),
    Bad(
        topic="units",
        said=("variables.site.substance", "is for continuous variables"),
        mapping=variable("site", unit="mL", substance="glucose"),
    ),
    Bad(
        topic="units",
        said=("variables.crp.unit", "units '%' and 'mmol/mol': not by a factor", "substance: hba1c"),
        config=declared("crp", unit="mmol/mol"),
        mapping=variable("crp", unit="%"),
    ),
    Bad(
        topic="units",
        said=("variables.crp.unit", "9**9", "a power of a number"),
        mapping=variable("crp", unit="9**9*mg/L"),
    ),
    Bad(
        topic="units",
        said=("config.yaml", "variables.crp.unit", "'U' could be two units"),
        config=declared("crp", unit="U"),
    ),
    # stamps
    Bad(
        topic="time", said=("'SCAN'", "1 row (line 5) holds 'soon'", "ISO 8601"), cells={("SCAN", 5): "soon"}
    ),
    Bad(
        topic="time",
        said=("'SCAN'", "1 row (line 5)", "a date without a time", "incomplete: missing"),
        cells={("SCAN", 5): "2014-03-04"},
    ),
    Bad(
        topic="time",
        said=("stamps with an offset from UTC", "(line 5)", "allowed: all with an offset or all without"),
        cells={("SCAN", 5): "2014-03-04T16:30Z"},
    ),
    Bad(
        topic="time",
        said=("(delay)", "1 row (line 5) outside the range, '-5'", "2014-03-04 05:00"),
        cells={("SCAN", 5): "2014-03-04 05:00"},
    ),
    Bad(
        topic="time",
        said=("variables.delay.format", "it names no year"),
        mapping=variable("delay", format="%d-%m %H:%M"),
    ),
    Bad(
        topic="time",
        said=("variables.delay.format", "has years of two digits", "two_digit_years: {pivot: 30}"),
        mapping=variable("delay", format="%d-%m-%y %H:%M"),
    ),
    Bad(
        topic="time",
        said=("variables.delay.two_digit_years", "the format has no year of two digits"),
        mapping=variable("delay", format="%d-%m-%Y %H:%M", two_digit_years={"pivot": 30}),
    ),
    Bad(
        topic="time",
        said=("variables.delay.two_digit_years.pivot", "1930 is too large"),
        mapping=variable("delay", format="%d-%m-%y", two_digit_years={"pivot": 1930}),
    ),
    Bad(
        topic="time",
        said=("variables.delay.timezone", "no time zone 'Amsterdam'; did you mean Europe/Amsterdam?"),
        mapping=variable("delay", timezone="Amsterdam"),
    ),
    Bad(
        topic="time",
        said=("variables.delay.ambiguous", "it needs 'timezone' beside it"),
        mapping=variable("delay", ambiguous="first"),
    ),
    Bad(
        topic="time",
        said=("variables.delay.ambiguous: found 'both'", "allowed: 'error', 'first'"),
        mapping=variable("delay", timezone="UTC", ambiguous="both"),
    ),
    Bad(
        topic="time",
        said=("'SCAN'", "1 row (line 5) holds '2014-10-26 02:30'", "showed twice", "`ambiguous: first`"),
        cells={("SCAN", 5): "2014-10-26 02:30", ("ONSET", 5): "2014-10-26 01:30"},
        mapping=variable("delay", timezone="Europe/Amsterdam"),
    ),
    Bad(
        topic="time",
        said=(
            "'ONSET'",
            "1 row (row 4) holds",
            "no clock of Europe/Amsterdam showed",
            "`ambiguous: missing`",
        ),
        cells={("ONSET", 5): "2014-03-30 02:30", ("SCAN", 5): "2014-03-30 05:30"},
        mapping=variable("delay", timezone="Europe/Amsterdam"),
        way="feather",
    ),
    Bad(
        topic="time",
        said=("variables.volume", "it needs 'from' or 'derive' beside it"),
        mapping=variable("volume", timezone="UTC"),
    ),
    # rules of the study
    Bad(
        topic="contract",
        said=("a.raw", "trial 'a': 2 rows (lines 4, 8) break the rule volume < 50"),
        config=rule("volume < 50"),
    ),
    Bad(
        topic="contract",
        said=("trial 'a': 1 row (row 7) breaks the rule Small: volume < 100 (when mrs == 2)",),
        config=rule("volume < 100", when="mrs == 2", label="Small"),
        way="stata",
    ),
    Bad(
        topic="contract",
        said=("trial 'south': 1 row (line 8) breaks the rule",),
        config=rule("volume < 100"),
        mapping=SEVERAL,
    ),
    Bad(
        topic="contract",
        said=("contract[entry 1].rule", "no variable 'volum'; did you mean 'volume'?"),
        config=rule("volum < 50"),
    ),
    Bad(
        topic="contract",
        said=("contract[entry 1].when", "'m2' is no level of 'site'"),
        config=rule("volume < 50", when="site == 'm2'"),
    ),
    Bad(
        topic="contract",
        said=("contract[entry 1].rule", "`volume + 1` is a number"),
        config=rule("volume + 1"),
    ),
    Bad(
        topic="contract",
        said=("contract[entry 1].when_broken: found 'warn'", "allowed: 'error', 'notice'"),
        config=rule("volume < 50", when_broken="warn"),
    ),
    Bad(
        topic="contract",
        said=("contract[entry 1].if: unknown key", "'when'"),
        config=rule("volume < 50", **{"if": "mrs == 1"}),
    ),
    Bad(
        topic="contract",
        said=("contract[entry 1]", "key 'rule' is missing"),
        config={"contract": [{"label": "Nothing"}]},
    ),
    Bad(
        topic="contract",
        said=("contract", "a mapping", "allowed: a list"),
        config={"contract": {"rule": "volume < 50"}},
    ),
    Bad(
        topic="contract",
        said=("has no answer", "divides by 0", "(lines 2, 7)"),
        config=rule("volume / mrs > 0", when="mrs == 0"),
    ),
]

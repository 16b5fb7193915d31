"""A study of one small trial that is sound, and one place of it that is broken."""

from __future__ import annotations

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

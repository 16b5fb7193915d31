"""A small study: every variable type, a unit, a range, levels; and what is said of it as it is stated."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.json_schema import schema_faults
from ipdmediation.data.mapping_references import mapping_faults
from ipdmediation.data.problems import in_words
from ipdmediation.data.references import Study, study_faults
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import Variable, variables_from_config
from tests.yaml_files import read_yaml

ROOT = Path(__file__).parents[3]
SCHEMAS = ROOT / "workflow" / "schemas"

DECLARED: dict[str, dict[str, Any]] = {
    "age": {"type": "continuous", "label": "Age", "unit": "year", "minimum": 18, "maximum": 105},
    "female": {"type": "binary", "label": "Female"},
    "delay": {"type": "continuous", "label": "Delay", "unit": "hour", "minimum": 0, "maximum": 24},
    "site": {"type": "categorical", "label": "Site", "levels": {"m1": "M1", "ica": "ICA", "none": "None"}},
    "volume": {"type": "continuous", "label": "Volume", "unit": "mL", "minimum": 0, "maximum": 900},
    "mrs": {"type": "ordinal", "label": "mRS", "levels": {0: "Well", 1: "Ill", 2: "Dead"}},
}

VARIABLES = variables_from_config(DECLARED)
TARGETS = ["age", "female", "delay", "site"]

MAPPING: dict[str, Any] = {
    "label": "Trial A",
    "source": {"file": "a.csv", "format": "csv", "options": {"separator": ";", "decimal": ","}},
    "missing": [-9],
    "patient": {"column": "PATNR"},
    "treatment": {"column": "ARM", "codes": {1: "treated", 2: "control"}},
    "variables": {
        "age": {"column": "LEEFTIJD"},
        "female": {"column": "SEX", "codes": {"M": 0, "F": 1}},
        "delay": {"from": "ONSET", "to": "RAND", "format": "%d-%m-%Y %H:%M"},
        "site": {"column": "OCC", "codes": {1: "m1", 2: "ica"}},
        "volume": {"column": "VOL", "unit": "cL", "missing": [-1]},
        "mrs": {"column": "MRS"},
    },
}

RAW = {
    "PATNR": ["001", "002", "-9", "a4"],
    "ARM": ["1", "2", "1,0", " 2"],
    "LEEFTIJD": ["61,5", "70", "-9", None],
    "SEX": ["M", "F", "F ", "-9"],
    "ONSET": ["01-02-2013 10:00", "01-02-2013 23:30", None, "-9"],
    "RAND": ["01-02-2013 11:30", "02-02-2013 00:00", "01-02-2013 11:30", "01-02-2013 11:30"],
    "OCC": ["1", "2", "2", None],
    "VOL": ["1,5", "-1", "0", "3"],
    "MRS": ["0", "1", "2", "-9"],
}

CONFIG: dict[str, Any] = {
    "study": {"title": "T", "question": "Q?"},
    "seed": 1,
    "trials": {"a": "a.yaml", "b": "b.yaml"},
    "variables": DECLARED,
    "eligibility": [{"variable": "mrs", "measured": True, "reason": "Unknown"}],
    "analyses": {
        "primary": {
            "label": "Primary",
            "mediator": {"variable": "volume", "transform": "log", "offset": 1},
            "outcome": {"variable": "mrs", "family": "ordinal", "better": "low"},
            "covariates": ["age", "female"],
        },
        "early": {
            "label": "Early",
            "eligibility": [{"variable": "delay", "between": [None, 6], "reason": "Late"}],
            "bootstrap": {"replicates": 40},
        },
    },
}


@cache
def schema(name: str) -> Any:
    return read_yaml(SCHEMAS / f"{name}.schema.yaml")


def departures(content: Any, name: str = "config") -> list[str]:
    faults = schema_faults(content, schema(name))
    return [f"{in_words(fault.place)}: {fault.text}" for fault in faults]


def filled(config: dict[str, Any]) -> dict[str, Any]:
    config = copy.deepcopy(config)
    assert departures(config) == []
    return config


def found(config: dict[str, Any], mappings: dict[str, Any]) -> list[str]:
    """Return all that does not fit in a configuration and its mappings, in words."""
    study = Study(config=config, declared=tuple(config["variables"]), trials=tuple(config["trials"]))
    faults = [f"{in_words(fault.place)}: {fault.text}" for fault in study_faults(study)]
    for trial, mapping in mappings.items():
        faults += [f"{trial}.{in_words(each.place)}: {each.text}" for each in mapping_faults(mapping, study)]
    return list(dict.fromkeys(faults))


@pytest.fixture
def variables() -> dict[str, Variable]:
    return variables_from_config(DECLARED)


@pytest.fixture
def mapping() -> dict[str, Any]:
    return copy.deepcopy(MAPPING)


@pytest.fixture
def config() -> dict[str, Any]:
    return filled(CONFIG)


@pytest.fixture
def mappings() -> dict[str, Any]:
    return {"a": copy.deepcopy(MAPPING), "b": copy.deepcopy(MAPPING)}


@pytest.fixture
def raw() -> pd.DataFrame:
    return pd.DataFrame(RAW, dtype="str")


def a_cohort(n: int, seed: int, *, share: float = 0.2, trials: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the cohort before and after values went missing, more often where the outcome is bad."""
    rng = np.random.default_rng(seed)
    age = rng.normal(65, 10, n).clip(18, 105)
    volume = rng.lognormal(2 + 0.02 * (age - 65), 1).clip(0, 900)
    site = np.where(rng.random(n) < 0.2 + 0.4 * (volume > 20), "ica", "m1")
    mrs = np.digitize(np.log(volume) + 0.05 * (age - 65) + rng.normal(0, 1, n), [1.5, 3])
    full = conform(
        pd.DataFrame(
            {
                "trial": [f"t{row % trials}" for row in range(n)],
                "patient": [str(row) for row in range(n)],
                "treatment": rng.integers(0, 2, n),
                "age": age,
                "female": rng.random(n) < 0.03 * (age - 50),
                "delay": rng.gamma(3, 1, n).clip(0, 24),
                "site": site,
                "volume": volume,
                "mrs": mrs,
            }
        ),
        VARIABLES,
    )
    holes = full.copy()
    for name in TARGETS:
        holes.loc[rng.random(n) < share * (0.5 + mrs / 2), name] = None
    return full, holes

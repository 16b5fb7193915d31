"""Examples of config/README.md on units, clocks and rules are read as they stand, and do what they say."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from ipdmediation.data.contract import rules_from_config
from ipdmediation.data.harmonise import harmonise_trial
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.mapping_references import mapping_faults
from ipdmediation.data.reading import RawTable
from ipdmediation.data.references import Study, study_faults
from ipdmediation.data.substances import SUBSTANCES
from ipdmediation.data.variables import variables_from_config
from tests.unit.data.conftest import CONFIG, MAPPING, departures, filled
from tests.unit.data.test_config_readme import README, merged

TEXT = README.read_text(encoding="utf-8")
SUBSTANCE_TABLE = re.compile(r"<!-- substances -->\n(.*?)<!-- end -->", re.DOTALL)


def example(key: str) -> dict[str, Any]:
    """Return the example that holds a key."""
    found = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)]
    (wanted,) = [each for each in found if key in each or key in (each.get("variables") or {})]
    return dict(wanted)


BLOCKS = [
    pytest.param(name, text, id=text.split("\n")[0])
    for name, part in zip(("config", "trial"), TEXT.split("\n## A trial's mapping\n"), strict=True)
    for text in re.findall(r"```yaml\n(.*?)```", part, re.DOTALL)
]


@pytest.mark.parametrize(("name", "text"), BLOCKS)
def test_the_schema_allows_what_an_example_says(name: str, text: str) -> None:
    """Each is set into a whole configuration or mapping; where keys recur, a line is an example."""
    keys = re.findall(r"^\w+", text, re.MULTILINE)
    for stated in map(read_example, [text] if len(keys) == len(set(keys)) else text.splitlines()):
        if "result" in stated.get("source", {}):
            assert departures(stated, "site_result") == []
            continue
        base = copy.deepcopy(CONFIG if name == "config" else MAPPING)
        if "trial" in stated:
            del base["label"]
        assert departures(merged(base, stated) if name == "config" else base | stated, name) == []


def read_example(text: str) -> dict[str, Any]:
    """Return what an example states."""
    stated = yaml.safe_load(text)
    assert isinstance(stated, dict)
    return stated


def harmonised(entries: dict[str, Any], units: dict[str, str], cells: dict[str, list[Any]]) -> pd.DataFrame:
    """Check and harmonise a trial of which the variables are mapped as an example says."""
    declared = {name: {"type": "continuous", "label": name, "unit": unit} for name, unit in units.items()}
    mapping = {
        "label": "A",
        "source": {"file": "a.csv", "format": "csv"},
        "patient": {"column": "ID"},
        "treatment": {"column": "ARM", "codes": {"A": "treated", "B": "control"}},
        "variables": copy.deepcopy(entries),
    }
    assert departures(mapping, "trial") == []
    study = Study(config={"variables": declared}, declared=tuple(declared), trials=("a",))
    assert list(mapping_faults(mapping, study)) == []
    rows = len(next(iter(cells.values())))
    columns = {"ID": list(range(rows)), "ARM": ["A", "B"] * (rows // 2) + ["A"] * (rows % 2), **cells}
    return harmonise_trial(
        RawTable.of_rows(pd.DataFrame(columns, dtype=object)),
        mapping=TrialMapping.from_mapping(mapping),
        trial="a",
        variables=variables_from_config(declared),
        file="a.csv",
    ).frame


def test_units() -> None:
    units = {
        "glucose": "mmol/L",
        "hba1c": "mmol/mol",
        "calcium": "mmol/L",
        "platelets": "10^9/L",
        "valproate": "umol/L",
    }
    cells = {"GLUC": ["90"], "HBA1C": ["7"], "CA": ["5"], "PLT": ["250"], "VPA": ["100"]}
    (row,) = harmonised(example("glucose")["variables"], units, cells)[list(units)].to_numpy()
    np.testing.assert_allclose(row, [4.9957, 52.995, 2.5, 250, 693.4], rtol=1e-4)


def test_stamps() -> None:
    units = {"onset_to_imaging": "hour", "age": "year"}
    cells = {
        "ONSET": ["2014-10-25 20:00", "2014-10-26 02:30"],
        "SCAN": ["2014-10-26 06:00", "2014-10-26 06:00"],
        "BIRTH": ["01-07-31", "01-07-02"],
        "RAND": ["01-07-14", "01-07-14"],
    }
    frame = harmonised(example("onset_to_imaging")["variables"], units, cells)
    assert frame["onset_to_imaging"].tolist() == [11, 4.5]
    np.testing.assert_allclose(frame["age"], [83, 12], atol=0.01)


def test_rules() -> None:
    config = filled(CONFIG)
    config["contract"] = example("contract")["contract"]
    names = {"imaging_time": "continuous", "onset_to_randomisation": "continuous", "nihss": "continuous"}
    config["variables"] |= {name: {"type": kind, "label": name} for name, kind in names.items()}
    config["variables"]["aspects"] = {"type": "continuous", "label": "ASPECTS"}
    levels = {"died": "Died", "done": "Done"}
    config["variables"]["imaging_status"] = {"type": "categorical", "label": "Status", "levels": levels}
    config["variables"]["mrs"]["levels"] = {score: str(score) for score in range(7)}
    assert departures(config) == []
    study = Study(config=config, declared=tuple(config["variables"]), trials=("a", "registry"))
    assert [fault for fault in study_faults(study) if fault.place[0] == "contract"] == []
    assert len(rules_from_config(config["contract"])) == 3


def substances() -> str:
    """Return the rows of the table of substances, as the list in the code has them."""
    rows = [
        f"| `{name}` | {substance.molar_mass:.6g} | {substance.valence or ''} |".replace("  ", " ")
        for name, substance in SUBSTANCES.items()
        if substance.molar_mass is not None
    ]
    return "\n".join(["| substance | g/mol | Eq/mol |", "|---|---|---|", *rows, ""])


def test_the_table_of_substances_is_the_list_in_the_code() -> None:
    (table,) = SUBSTANCE_TABLE.findall(TEXT)
    assert table == substances(), "run `python -m tests.unit.data.test_readme_values`"


@pytest.mark.parametrize("name", [name for name, known in SUBSTANCES.items() if known.molar_mass is None])
def test_substances_of_another_kind_are_told_below_it(name: str) -> None:
    below = TEXT.partition("<!-- substances -->")[2].partition("**")[0]
    assert name in below.lower()


if __name__ == "__main__":
    Path(README).write_text(
        SUBSTANCE_TABLE.sub(lambda _: f"<!-- substances -->\n{substances()}<!-- end -->", TEXT),
        encoding="utf-8",
    )

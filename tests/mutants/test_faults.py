"""The list of faults fits the code that it is made for, and a fault really is in what Python reads."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from tests.mutants.run import ROOT, Fault, noticed, read_faults, table

FAULTS = read_faults()
FLOORS = (
    "vocabulary",
    "kernels",
    "data",
    "synthetic",
    "models",
    "effects",
    "inference",
    "evidence",
    "present",
    "plumbing",
    "scripts",
    "rules",
)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_changes_one_place(fault: Fault) -> None:
    assert fault.path.read_text().count(fault.was) == 1
    assert fault.was != fault.becomes
    assert all((ROOT / "tests" / test).exists() for test in fault.tests)


def test_every_floor_has_faults() -> None:
    counts = Counter(fault.floor for fault in FAULTS)
    assert set(counts) == set(FLOORS)
    assert min(counts.values()) >= 3


def test_a_fault_is_noticed_in_a_module_and_in_a_rule_and_nothing_is_noticed_without_one() -> None:
    in_module, in_rule = (
        next(fault for fault in FAULTS if fault.floor == floor and not fault.why)
        for floor in ("evidence", "rules")
    )
    assert noticed(in_module)
    assert noticed(in_rule)
    assert not noticed(replace(in_module, becomes=in_module.was))


def test_the_table_counts_by_floor_and_leaves_out_what_changes_nothing() -> None:
    def fault(floor: str, why: str = "") -> Fault:
        return Fault(floor=floor, file="x.py", was="a", becomes="b", tests=(), why=why)

    faults = [fault("data"), fault("data"), fault("models"), fault("models", why="the same number")]
    assert table(faults, [True, False, True, False]).splitlines()[2:] == [
        "| data | 2 | 1 (50%) |",
        "| models | 1 | 1 (100%) |",
        "| all | 3 | 2 (67%) |",
    ]


def test_the_page_counts_the_faults_of_the_list_by_floor() -> None:
    counted = Counter(fault.floor for fault in FAULTS if not fault.why)
    page = (ROOT / "docs/validation.md").read_text()
    table = dict(re.findall(r"^\| (\w+) \| (\d+) \| \2 \(100%\) \|$", page, flags=re.MULTILINE))
    expected = {**counted, "all": counted.total()}
    assert {floor: int(number) for floor, number in table.items()} == expected

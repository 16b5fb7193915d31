"""Visits that a mapping asks for, as they are checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.plumbing.checked_template import problems


@pytest.mark.parametrize(
    ("visits", "variable", "old", "said"),
    [
        (
            "",
            "delay",
            "{column: hours, at: first}",
            "each patient has one row; where the file has a row for each",
        ),
        (
            "visits: {day: D}",
            "delay",
            "{column: hours, at: {visit: 3}}",
            "at.visit: no column of it is stated; say ",
        ),
        ("visits: {column: V}", "delay", "{column: hours, at: {day: 3}}", "say `visits: {day: ...}`"),
        (
            "visits: {day: D}",
            "delay",
            "{column: hours, at: {day: 90, from: 100}}",
            "day 90 does not lie from 100 to inf",
        ),
        (
            "visits: {}",
            "delay",
            "{absent: true, at: first}",
            "a variable that is in no column has no visit either",
        ),
        ("visits: {}", "delay", "{column: hours, at: worst}", "variables.delay.at: "),
        ("visits: {}", "delay", "{column: hours, at: {visit: []}}", "variables.delay.at"),
        ("visits: {rows: 3}", "delay", "{column: hours}", "visits.rows: unknown key"),
        ("visits: {}\npatient: {row_number: true}", "delay", "{column: hours}", "patients of its rows"),
    ],
)
def test_a_visit_that_cannot_be_asked_for_is_said(
    study: Path, visits: str, variable: str, old: str, said: str
) -> None:
    mapping = (study / "north.yaml").read_text().replace("{column: hours}", old)
    if "row_number" in visits:
        mapping, said = (
            mapping.replace("patient: {column: id}\n", ""),
            "the rows of a patient are found by an id",
        )
    (study / "north.yaml").write_text(f"{mapping}{visits}\n")
    (line,) = problems()
    assert said in line


def test_an_arm_at_a_visit_needs_rows_of_visits(study: Path) -> None:
    mapping = (study / "north.yaml").read_text()
    assert "usual: control}}" in mapping
    mapping = mapping.replace("usual: control}}", "usual: control}, at: first}")
    (study / "north.yaml").write_text(mapping)
    (line,) = problems()
    assert "treatment.at: each patient has one row" in line
    (study / "north.yaml").write_text(f"{mapping}visits: {{}}\n")
    assert problems() == []


def test_a_derived_variable_may_be_that_of_a_visit(study: Path) -> None:
    mapping = (study / "north.yaml").read_text().replace("{column: hours}", "{derive: hours + 1, at: last}")
    (study / "north.yaml").write_text(f"{mapping}visits: {{}}\n")
    assert problems() == []

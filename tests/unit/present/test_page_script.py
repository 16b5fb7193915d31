"""What the page's script does, in a browser that is offline: nothing else can say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ipdmediation.present.house_style import written_in
from ipdmediation.present.notation import unbroken
from ipdmediation.present.report.comparison import beside
from ipdmediation.present.report.page import render
from ipdmediation.present.report.result import AnalysisResult
from tests.unit.present import examples
from tests.unit.present.browser import visit

#: A reader who sorts the analyses by an effect, then by name, chooses two, copies their table, and prints.
READER = """
const said = [];
addEventListener("error", (event) => said.push(event.message));
navigator.clipboard.writeText = async (text) => said.push(text);
const table = document.querySelector("table.sortable");
const texts = (row) => [...row.cells].map((cell) => cell.textContent);
const cells = (table) => [...table.tBodies[0].rows].map(texts);
const heads = table.querySelectorAll("thead button");
heads[2].click();
heads[2].click();
const falling = cells(table).map((row) => row[0]);
heads[0].click();
const pair = document.querySelector("table.pair");
const choices = [...pair.querySelectorAll("select")];
choices[0].selectedIndex = 2;
choices[0].dispatchEvent(new Event("change"));
table.parentElement.nextElementSibling.click();
setTimeout(() => {
  const hidden = pair.parentElement.hidden;
  tell({ said, hidden, falling, pair: cells(pair), sorted: cells(table).map((row) => row[0]) });
}, 100);
"""


def three() -> list[AnalysisResult]:
    made = examples.result(figures={})
    results = [made]
    for label, shift in (("A second one", 0.1), ("Complete cases", 0.2)):
        study = examples.study(analysis={**made.study.analysis, "label": label})
        numbers = {name: made.effects[name] + shift for name in ("estimate", "ci_low", "ci_high")}
        results.append(replace(made, study=study, effects=made.effects.assign(**numbers)))
    return results


@pytest.fixture(scope="module", autouse=True)
def _in_another_decimal_mark() -> Iterator[None]:
    with written_in(journal="lancet", people="participants"):
        yield


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a reader finds, with all that the browser says of errors."""
    return visit(render(examples.TEMPLATE, three()), READER, folder=tmp_path_factory.mktemp("page"))


@pytest.mark.tool("chromium")
def test_a_table_is_copied_as_tab_separated_text(found: dict[str, Any]) -> None:
    cells = beside(three()).cells.sort_values("Analysis")
    lines = [list(cells.columns), *map(list, cells.itertuples(index=False))]
    assert found["said"] == ["\n".join("\t".join(line) for line in lines)]
    assert found["console"] == []


@pytest.mark.tool("chromium")
def test_two_analyses_stand_side_by_side_however_their_table_is_sorted(found: dict[str, Any]) -> None:
    cells = beside(three()).cells
    assert found["sorted"] == sorted(cells["Analysis"])
    heads = list(cells.columns[1:])
    wanted = [[head, *(unbroken(cells[head].iloc[row]) for row in (2, 1))] for head in heads]
    assert found["pair"] == wanted
    assert not found["hidden"]


@pytest.mark.tool("chromium")
def test_numbers_are_sorted_by_their_size_whatever_their_marks(found: dict[str, Any]) -> None:
    assert found["falling"] == list(beside(three()).cells["Analysis"])[::-1]

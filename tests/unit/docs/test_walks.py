"""The walks of the architecture page name files that exist, and few of them."""

import re

import pytest

from tests.unit.docs.pages import ARCHITECTURE, ROOT, Walk, section, walks

WALKS = list(walks())
#: Code files of the walks for which a registry is missing; a walk may become shorter, never longer.
LONGER = {"How do I add an outcome family?": 4}
PAGE = ARCHITECTURE.read_text()
SOURCE = "\n".join(
    path.read_text() for pattern in ("*.py", "*.smk", "*.yaml") for path in (ROOT / "workflow").rglob(pattern)
)


def test_there_is_a_walk_for_each_kind_of_thing() -> None:
    kinds = [
        "a link",
        "an effect scale",
        "a file format",
        "a figure",
        "a table",
        "a piece of evidence",
        "an outcome family",
    ]
    assert [walk.heading for walk in WALKS] == [f"How do I add {kind}?" for kind in kinds]


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.heading)
def test_a_walk_names_files_that_exist_and_at_most_three_of_code(walk: Walk) -> None:
    assert walk.files
    for file in walk.files:
        path = ROOT / file
        if "<" in file:
            like = path.parent.glob(re.sub(r"<\w+>", "*", path.name))
            assert len(list(like)) >= 2, f"{file}: nothing there is like it"
        else:
            assert path.is_file(), file
    assert len(walk.code) <= LONGER.get(walk.heading, 3)


def test_the_names_that_a_walk_mentions_are_in_the_code() -> None:
    steps = re.findall(
        r"^\d+\. `[^`]+`(.*?)(?=^\d+\. |^$)", section(PAGE, "## How to add something"), re.S | re.M
    )
    names = {name for step in steps for name in re.findall(r"`([A-Za-z_]\w*)`", step)}
    assert len(names) >= 25
    assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", SOURCE)] == []


def test_a_step_names_a_place_in_its_file() -> None:
    found = re.findall(
        r"^\d+\. `([^`<]+\.(?:py|smk))`(.*?)(?=^\d+\. |^$)",
        section(PAGE, "## How to add something"),
        re.S | re.M,
    )
    assert len(found) >= 14
    for file, step in found:
        text = (ROOT / file).read_text()
        names = re.findall(r"`([A-Za-z_][\w.]*)`", step)
        if names or file.startswith("workflow/scripts/ipdmediation/"):
            assert any(name.rpartition(".")[2] in text for name in names), (file, names)


def test_a_row_s_and_a_replicate_s_life_go_through_rules_and_modules_that_exist() -> None:
    rules = set(re.findall(r"^ *rule (\w+):", SOURCE, re.MULTILINE))
    row = section(PAGE, "## The life of a patient's row")
    named = [
        name
        for cell in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", row, re.MULTILINE)
        for name in re.findall(r"\w+", cell)
    ]
    assert set(named) <= rules
    assert len(named) >= 9
    package = ROOT / "workflow/scripts/ipdmediation"
    text = row + section(PAGE, "## The life of a bootstrap replicate") + section(PAGE, "## Why did it rerun?")
    modules = re.findall(r"`([a-z_]+/[\w/]+\.py)`", text)
    assert len(modules) >= 12
    assert [module for module in modules if not (package / module).is_file()] == []

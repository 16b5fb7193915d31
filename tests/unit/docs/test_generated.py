"""The pages list modules, scripts, assumptions and examples as the code has them."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.unit.docs.generated import (
    CAPTIONS,
    PACKAGE,
    SCRIPTS,
    assumed,
    assumptions,
    captions,
    first_line,
    written,
)
from tests.unit.docs.pages import ARCHITECTURE, BLOCK, OWN_TRIALS, ROOT
from tests.unit.test_architecture import FLOORS

PAGE = ARCHITECTURE.read_text()


@pytest.mark.parametrize("page", [ARCHITECTURE, OWN_TRIALS], ids=lambda page: page.stem)
def test_a_page_says_what_the_code_and_the_examples_say(page: Path) -> None:
    text = page.read_text()
    assert BLOCK.search(text)
    assert written(text) == text, "run `make pages`"


def test_snakemake_s_report_has_the_captions_of_the_page() -> None:
    assert {path: path.read_text() for path in CAPTIONS.glob("*.rst")} == captions(), "run `make pages`"


def test_every_floor_has_its_reason_and_its_modules_in_the_order_of_the_imports() -> None:
    blocks = [(block["kind"], block["of"]) for block in BLOCK.finditer(PAGE)]
    assert blocks == [*(("modules", floor) for floor in FLOORS), ("scripts", None), ("assumptions", None)]
    for floor in FLOORS:
        reason = re.search(
            rf"^### {floor}\n\n(.+?)\n\n<!-- modules: {floor} -->", PAGE, re.DOTALL | re.MULTILINE
        )
        assert reason, floor
        assert len(reason[1].split()) >= 10, floor


@pytest.mark.parametrize("folder", [PACKAGE, SCRIPTS], ids=["package", "scripts"])
def test_no_module_is_left_out(folder) -> None:
    files = [path for path in folder.rglob("*.py") if path.name != "__init__.py"]
    files = files if folder == PACKAGE else [path for path in files if path.parent == SCRIPTS]
    listed = re.findall(r"^\| `((?!workflow/)[\w/]+\.py)` \|", PAGE, re.MULTILINE)
    assert {str(path.relative_to(folder)) for path in files} <= set(listed)
    assert len(listed) == len(set(listed))


def test_a_module_without_a_sentence_is_named(tmp_path, monkeypatch) -> None:
    module = tmp_path / "quiet.py"
    module.write_text('"""says little"""\n')
    monkeypatch.setattr("tests.unit.docs.generated.ROOT", tmp_path)
    with pytest.raises(ValueError, match=r"quiet\.py: the first line"):
        first_line(module)


def test_every_assumption_is_in_the_index() -> None:
    """Counted by git, which does not know how the index is made."""
    counted = subprocess.run(
        ["git", "grep", "-h", "--count", "ASSUME: ", "--", "workflow", "config"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert sum(map(int, counted)) == len(assumptions()) >= 14
    assert all(each.text[0].islower() and each.text.endswith(".") for each in assumptions())


@pytest.mark.parametrize(
    "text",
    [
        "x = 1  \n    # ASSUME: it is\n    # so.\n    y = 2",
        "#: ASSUME: it is so.\nLIMIT = 3",
        '"""Do it.\n\n    ASSUME: it is\n    so.\n\n    More.\n    """',
        '"""Do it.\n\n    ASSUME: it is\n    so.\n    """',
        '"""ASSUME: it is so."""\nmore()',
        "# ASSUME: it is so.\n# ASSUME: and so.",
    ],
)
def test_an_assumption_goes_on_to_the_end_of_its_comment_or_paragraph(text) -> None:
    assert next(assumed(text, file="a.py")).text == "it is so."

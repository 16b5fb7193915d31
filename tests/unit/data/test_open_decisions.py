"""Comments that leave a decision open are found wherever they stand, and values like them are not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ipdmediation.data.open_decisions import open_decisions
from ipdmediation.data.strict_yaml import read_document

ASKED = "to be decided: which?; delete the comment when it is"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# DECIDE: which?\na: 1\n", [1]),
        ("a: 1 # DECIDE: which?\n", [1]),
        ("a: 1 # 80 patients # DECIDE: which?\n", [1]),
        ("a: 'x # DECIDE: which?'\n", []),
        ('a: "x\n  # DECIDE: which?"\n', []),
        ("a: |\n  # DECIDE: which?\n", []),
        ("a: | # DECIDE: which?\n  text\nb: 1\n", [1]),
        ("a: >-\n  text\n# DECIDE: which?\nb: 1\n", [3]),
        ("a: {b: 1, # DECIDE: which?\n  c: 2} # DECIDE: which?\n", [1, 2]),
        ("a: x#DECIDE\n", []),
        ("a: 1 # UNDECIDED: which?\n# DECIDED\n", []),
        ("a: 1\r\nb: 2 # DECIDE: which?\r\n", [2]),
    ],
)
def test_a_comment_is_told_from_a_value(text: str, lines: list[int]) -> None:
    for loader in (yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        assert list(open_decisions(text, loader)) == [(line, ASKED) for line in lines]


def test_a_comment_without_a_question_is_open_as_well() -> None:
    assert list(open_decisions("a: 1 # DECIDE\n", yaml.SafeLoader)) == [
        (1, "to be decided; delete the comment when it is")
    ]


def test_a_file_with_an_open_decision_is_read_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\nb: 2 # DECIDE: which?\n")
    document = read_document(path)
    assert document.content == {"a": 1, "b": 2}
    assert [(problem.line, problem.text) for problem in document.problems] == [(2, ASKED)]

"""The glossary has the terms that the code uses, in alphabetical order."""

import re

import pytest

from tests.unit.docs.pages import ARCHITECTURE, ROOT, section

ROWS = re.findall(
    r"^\| ([^|`]+?) \| (`[^|]+`) \| (.+) \|$", section(ARCHITECTURE.read_text(), "## Glossary"), re.M
)
SOURCE = "\n".join(
    path.read_text() for pattern in ("*.py", "*.smk") for path in (ROOT / "workflow").rglob(pattern)
)


@pytest.mark.parametrize(("term", "names", "meaning"), ROWS, ids=[row[0] for row in ROWS])
def test_a_term_is_in_the_code_and_has_a_meaning(term: str, names: str, meaning: str) -> None:
    for name in re.findall(r"`(\w+)`", names):
        whole = name if name.endswith("_") else rf"{name}\b"
        assert re.search(rf"\b{whole}", SOURCE), name
    assert meaning.endswith("."), term


def test_the_glossary_is_in_order_and_whole() -> None:
    terms = [row[0] for row in ROWS]
    assert terms == sorted(terms, key=str.lower)
    assert len(terms) == len(set(terms)) >= 40
    lines = section(ARCHITECTURE.read_text(), "## Glossary").count("\n| ")
    assert lines - 1 == len(terms)  # the head of the table; the rule below it begins with |-

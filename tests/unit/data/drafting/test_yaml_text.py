"""What a draft writes is read back as what it was, by the project's reader and by Snakemake's."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ipdmediation.data.drafting.yaml_text import code_of, comment, entry, flow, scalar
from ipdmediation.data.open_decisions import open_decisions
from ipdmediation.data.strict_yaml import StrictLoader

NAMES = [
    "Pat: Nr",
    "a b",
    " a",
    "a ",
    "'",
    '"',
    "it's",
    'say "x"',
    "yes",
    "No",
    "ON",
    "~",
    "null",
    "",
    "1e3",
    "007",
    "0x1F",
    "1_000",
    "1:30",
    "2014-03-01",
    ".5",
    "-",
    "- a",
    "?",
    "# x",
    "a #b",
    "a # DECIDE: x",
    "[",
    "{a}",
    "&a",
    "*a",
    "!a",
    "%a",
    "@a",
    "`a",
    "a,b",
    "a: ",
    ":",
    "=",
    "<<",
    "Größe",
    "体重",
    "\u00e9",
    "e\u0301",
    "a\nb",
    "a\tb",
    "\x00",
    "\x85",
    "\u2028",
    "\ufeffa",
    "\U0001f600",
    "\\n",
    "..",
    "---",
    "...",
    "Y",
    "n",
    "inf",
    ".inf",
    ".nan",
    "NaN",
    "true",
    "1.5",
]


def read(text: str, loader: Any = StrictLoader) -> Any:
    return yaml.load(text, Loader=loader)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_comes_back_as_it_was(name: str) -> None:
    for loader in (StrictLoader, yaml.SafeLoader):
        for text in (f"{scalar(name)}: {scalar(name)}", flow({name: name}), "\n".join(entry(name, name))):
            assert read(text, loader) == {name: name}
        assert read(flow([name, {name: [name]}]), loader) == [name, {name: [name]}]
    assert "\n" not in scalar(name)
    assert not list(open_decisions(comment(f"  {scalar(name)}: x"), yaml.SafeLoader))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_comes_back(text: str) -> None:
    for loader in (StrictLoader, yaml.SafeLoader):
        assert read(flow({text: [text]}), loader) == {text: [text]}
        assert read(comment(text) + "\na: 1", loader) == {"a": 1}


@given(
    st.one_of(
        st.booleans(),
        st.none(),
        st.integers(-(10**15), 10**15),
        st.floats(allow_nan=False, allow_infinity=False),
    )
)
def test_a_value_comes_back_as_the_same_kind(value: Any) -> None:
    for loader in (StrictLoader, yaml.SafeLoader):
        found = read(scalar(value), loader)
        assert found == value
        assert type(found) is type(value)


def test_a_long_entry_goes_over_several_lines_and_is_the_same() -> None:
    value = {"column": "x" * 60, "codes": {f"code {n}": {"id": f"t{n}", "label": "x" * 40} for n in range(5)}}
    lines = entry("trial", value, decide=["is it?"])
    assert len(lines) > 5
    assert read("\n".join(lines)) == {"trial": value}
    assert lines[0] == "# DECIDE: is it?"


def test_a_code_is_written_as_a_mapping_writes_it() -> None:
    written = [code_of(cell) for cell in ("1", "01", "-0", "1.5", "x ", 1.0, 2.5, True, "1e3")]
    assert written == [1, "01", "-0", "1.5", "x", 1, 2.5, "true", "1e3"]

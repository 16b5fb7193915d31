from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ipdmediation.data.errors import ConfigurationError
from ipdmediation.data.strict_yaml import check_yaml, read_yaml


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("010", "010"),
        ("1:30", "1:30"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("2014-03-01", "2014-03-01"),
        ("2014-03-01 10:00:00", "2014-03-01 10:00:00"),
        ("-9", -9),
        ("0", 0),
        ("99.9", 99.9),
        ("-.5", -0.5),
        ("1.5e+3", 1500.0),
        ("yes", True),
        ("~", None),
        ("M", "M"),
    ],
)
def test_a_word_is_read_as_it_looks(tmp_path: Path, word: str, value: Any) -> None:
    found = read_yaml(written(tmp_path, f"a: {word}\n"))["a"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("check", [read_yaml, check_yaml])
@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a: 1\nb: 2\na: 3\n", ["line 1: 'a' and line 3: 'a'"]),
        ("x:\n  y:\n    1: a\n    1.0: b\n", ["line 3: '1' and line 4: '1.0'"]),
        ("x: {1: a, yes: b}\n", ["line 1: '1' and line 1: 'yes'"]),
        ("x: [{a: 1, b: 2, a: 3}]\n", ["'a'"]),
    ],
)
def test_a_key_given_twice(tmp_path: Path, check: Any, text: str, parts: list[str]) -> None:
    with pytest.raises(ConfigurationError) as error:
        check(written(tmp_path, text))
    for part in [str(tmp_path / "a.yaml"), *parts]:
        assert part in str(error.value)


def test_merge_keys_and_anchors_stay_legal(tmp_path: Path) -> None:
    text = "base: &base {a: 1, b: 2}\none: {<<: *base, b: 3}\ntwo: {<<: *base, b: 4}\nthree: *base\n"
    path = written(tmp_path, text)
    check_yaml(path)
    assert read_yaml(path)["one"] == {"a": 1, "b": 3}
    assert read_yaml(path)["two"] == {"a": 1, "b": 4}


def test_words_that_yaml_changes_in_a_file_that_snakemake_reads(tmp_path: Path) -> None:
    text = "levels:\n  010: a\n  1:30: b\nday: 2014-03-01\nquoted: '010'\nplain: 10\n"
    with pytest.raises(ConfigurationError) as error:
        check_yaml(written(tmp_path, text))
    found = str(error.value)
    assert "line 2: '010' is a number to YAML" in found
    assert "line 3: '1:30' is a number to YAML" in found
    assert "line 4: '2014-03-01' is a date to YAML" in found
    assert len(found.splitlines()) == 4


@pytest.mark.parametrize("text", ["a: [1\n", "a: b: c\n", "\x00"])
def test_no_yaml(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"a\.yaml"):
        read_yaml(written(tmp_path, text))
    with pytest.raises(ConfigurationError, match=r"no\.yaml"):
        read_yaml(tmp_path / "no.yaml")

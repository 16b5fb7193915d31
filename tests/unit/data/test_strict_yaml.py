from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ipdmediation.data.errors import ConfigurationError
from ipdmediation.data.strict_yaml import read_document, read_yaml


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def problems(path: Path, *, read_elsewhere: bool = False) -> list[str]:
    found = read_document(path, name="a.yaml", read_elsewhere=read_elsewhere).problems
    return [str(problem) for problem in found]


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


@pytest.mark.parametrize("read_elsewhere", [False, True])
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: 2\na: 3\n", "a.yaml:3: the key 'a' was given before, 'a' in line 1"),
        ("x:\n  y:\n    1: a\n    1.0: b\n", "a.yaml:4: the key '1.0' was given before, '1' in line 3"),
        ("x: {1: a, yes: b}\n", "a.yaml:1: the key 'yes' was given before, '1' in line 1"),
        ("x: [{a: 1, b: 2, a: 3}]\n", "a.yaml:1: the key 'a' was given before, 'a' in line 1"),
    ],
)
def test_a_key_given_twice(tmp_path: Path, read_elsewhere: bool, text: str, problem: str) -> None:
    path = written(tmp_path, text)
    assert problems(path, read_elsewhere=read_elsewhere) == [problem]
    with pytest.raises(ConfigurationError, match="was given before"):
        read_yaml(path)


def test_merge_keys_and_anchors_stay_legal(tmp_path: Path) -> None:
    text = "base: &base {a: 1, b: 2}\none: {<<: *base, b: 3}\ntwo: {<<: *base, b: 4}\nthree: *base\n"
    path = written(tmp_path, text)
    assert problems(path, read_elsewhere=True) == []
    assert read_yaml(path)["one"] == {"a": 1, "b": 3}
    assert read_yaml(path)["two"] == {"a": 1, "b": 4}


def test_words_that_yaml_changes_in_a_file_that_snakemake_reads(tmp_path: Path) -> None:
    text = "levels:\n  010: a\n  1:30: b\nday: 2014-03-01\nquoted: '010'\nplain: 10\nlong: 1_000\nhex: 0x1F\n"
    path = written(tmp_path, text)
    found = problems(path, read_elsewhere=True)
    assert [text.partition(" to YAML")[0] for text in found] == [
        "a.yaml:2: '010' is a number",
        "a.yaml:3: '1:30' is a number",
        "a.yaml:4: '2014-03-01' is a date",
        "a.yaml:7: '1_000' is a number",
        "a.yaml:8: '0x1F' is a number",
    ]
    assert problems(path) == []


def test_where_everything_stands(tmp_path: Path) -> None:
    text = (
        "a: 1\nb:\n  - x\n  - y: 2\n    z: [1,\n        2]\nbase: &base\n  c: 1\n"
        "d:\n  <<: *base\n  e: 2\n? f\n: 3\n1: g\n"
    )
    places = read_document(written(tmp_path, text)).places
    expected = {
        (): 1,
        ("a",): 1,
        ("b", 0): 3,
        ("b", 1, "y"): 4,
        ("b", 1, "z"): 5,
        ("b", 1, "z", 1): 6,
        ("d", "c"): 8,
        ("d", "e"): 11,
        ("f",): 12,
        (1,): 14,
    }
    assert {place: places.line(place) for place in expected} == expected
    assert all(places.holds(place) for place in expected)
    assert not places.holds(("b", 2))
    assert places.line(("b", 1, "q", "r")) == 4


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [1\n", "a.yaml:2: not readable as YAML: "),
        ("x: 1\na: b: c\n", "a.yaml:2: not readable as YAML: mapping values are not allowed"),
        ("a:\n\t- b\n", "a.yaml:2: not readable as YAML: a tab; lines of YAML are indented by blanks"),
        ("a: 'b\n", "a.yaml:2: not readable as YAML: "),
        ("\x00", "a.yaml: "),
        ("a: 1\n---\nb: 2\n", "a.yaml:2: not readable as YAML: expected a single document"),
        ("a: !!python/object/apply:os.system [ls]\n", "a.yaml:1: not readable as YAML: could not determine"),
        ("a: !!python/name:os.system\n", "a.yaml:1: not readable as YAML: could not determine"),
        ("a: !thing 1\n", "a.yaml:1: not readable as YAML: could not determine a constructor"),
        ("a: !!int x\n", "a.yaml: not readable as YAML"),
        ("[a]: 1\n", "a.yaml:1: a list or a mapping in the place of a key"),
        ("? {a: b}\n: 1\n", "a.yaml:1: a list or a mapping in the place of a key"),
        ("a: &a [*a]\n", "a.yaml:1: an anchor that holds itself"),
        ("a: *b\n", "a.yaml:1: not readable as YAML: found undefined alias"),
        ("a: " + "[" * 100 + "]" * 100, "a.yaml:1: more than 40 lists or mappings inside one another"),
        ("a: " + "[" * 100_000, "a.yaml:1: more than 40 lists or mappings inside one another"),
        (f"a: {'9' * 5000}\n", "a.yaml:1: a number of 5000 digits; allowed: 25"),
        ("", "a.yaml: the file is empty"),
        ("# nothing\n", "a.yaml: the file is empty"),
        ("a: 1\nb: Zürich\n".encode("latin-1"), "a.yaml:2: not UTF-8 (byte 0xfc); save it in this encoding"),
        ("a: 1\n".encode("utf-16"), "a.yaml:1: not UTF-8 (byte 0xff)"),
        ("a: 1\n" + "#" * 2_000_000, "a.yaml: more than 2 MB"),
        (
            "\n".join(["a: &a0 x", *(f"b{n}: &a{n + 1} [*a{n}, *a{n}]" for n in range(30))]),
            "values when written",
        ),
        ("\n".join(["a: &a0 x", *(f"b{n}: &a{n + 1} [*a{n}]" for n in range(50))]), "more than 40 deep"),
        ("\n".join(["a: &a0 x", *(f"b{n}: &a{n + 1} [*a{n}]" for n in range(5000))]), "more than 40 deep"),
    ],
    ids=range(25),
)
def test_what_is_no_yaml_is_one_line_with_the_file(tmp_path: Path, text: str | bytes, problem: str) -> None:
    path = written(tmp_path, text)
    found = problems(path)
    assert len(found) == 1
    assert problem in found[0]
    assert found[0].startswith("a.yaml:")
    assert len(found[0].splitlines()) == 1
    with pytest.raises(ConfigurationError):
        read_yaml(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert read_yaml(written(tmp_path, "\ufeffa: 1\n")) == {"a": 1}


def test_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert problems(tmp_path / "no.yaml") == ["a.yaml: there is no such file"]
    assert problems(tmp_path) == ["a.yaml: a folder, not a file"]
    assert problems(Path("a\0b")) == ["a.yaml: it cannot be read: embedded null byte"]
    assert problems(Path("x" * 300)) == ["a.yaml: it cannot be read: File name too long"]

    def locked(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", locked)
    assert problems(tmp_path / "a.yaml") == ["a.yaml: it may not be read: no permission"]


def test_a_template_is_a_program_and_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "__use_yte__: true\nseed: ?__import__('os').getpid()\n")
    assert problems(path, read_elsewhere=True) == [
        "a.yaml:1: '__use_yte__' makes a program of a configuration; leave it out"
    ]

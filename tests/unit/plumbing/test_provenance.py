"""What made a result, in the result: written and read again, the same everywhere, and compared."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from ipdmediation.plumbing import provenance
from ipdmediation.plumbing.parquet_metadata import Footer, outside, write_value
from ipdmediation.plumbing.provenance import Provenance, content_hash, difference, of_job, read, write

FRAME = pd.DataFrame(
    {
        "trial": ["a", "b"] * 50,
        "site": pd.Categorical(["m", "i"] * 50, categories=["i", "m", "o"]),
        "age": [40.5, None] * 50,
        "score": pd.array([1, None] * 50, dtype="Int8"),
    }
)
MADE = Provenance(
    step="impute_missing",
    settings="s",
    code="c",
    analysis="primary",
    seed=5,
    inputs={"cohort": "h"},
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "imputed.parquet"
    FRAME.to_parquet(path)
    return path


def test_a_parquet_file_carries_it_and_keeps_its_rows_and_types(table: Path) -> None:
    write(MADE, {"imputed": str(table)})
    found = read(table)
    assert found == replace(MADE, outputs={"imputed": content_hash(table)})
    pd.testing.assert_frame_equal(pd.read_parquet(table), FRAME)


@pytest.mark.parametrize("length", [1, 127, 128, 20_000])
def test_it_is_read_as_pyarrow_reads_it_whatever_its_length(table: Path, length: int) -> None:
    write_value(table, "provenance", "ä" * length)
    written = pq.read_schema(table).metadata[b"provenance"]
    assert Footer.of(table).value("provenance") == json.loads(written) == "ä" * length


def test_the_rows_have_the_same_hash_whoever_made_them(table: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.parquet"
    FRAME.to_parquet(again)
    write(MADE, {"imputed": str(table)})
    write(replace(MADE, analysis="early", settings="another"), {"imputed": str(again)})
    assert table.read_bytes() != again.read_bytes()
    assert content_hash(table) == content_hash(again)


def test_the_manifest_is_made_of_whole_files_other_steps_of_what_they_hold(table: Path) -> None:
    files = {"imputed": str(table)}

    def hashes() -> list[object]:
        return [provenance.input_hashes(step, files) for step in ("fit_models", "manifest")]

    write(MADE, files)
    before = hashes()
    write(replace(MADE, code="d"), files)
    assert [now == then for now, then in zip(hashes(), before, strict=True)] == [True, False]


def test_the_hash_of_the_rows_is_of_all_bytes_before_the_footer(table: Path) -> None:
    numbers = np.random.default_rng(1).random(300_000)
    pd.DataFrame({"number": numbers}).to_parquet(table)
    write(MADE, {"imputed": str(table)})
    content = table.read_bytes()
    footer = int.from_bytes(content[-8:-4], "little") + 8
    assert len(content) > 2 * provenance.PART
    assert content_hash(table) == hashlib.sha256(content[:-footer]).hexdigest()


def test_other_rows_have_another_hash(table: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.parquet"
    FRAME.assign(age=1.0).to_parquet(other)
    for path in (table, other):
        write(MADE, {"imputed": str(path)})
    assert content_hash(table) != content_hash(other)


def test_it_is_the_same_bytes_wherever_and_whenever_it_is_written(table: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "a folder" / "imputed.parquet"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(table.read_bytes())
    for path in (table, elsewhere):
        write(MADE, {"imputed": str(path)})
    assert table.read_bytes() == elsewhere.read_bytes()
    write(MADE, {"imputed": str(table)})  # again, over what it says already
    assert table.read_bytes() == elsewhere.read_bytes()


def test_json_files_carry_it_beside_what_they_say(tmp_path: Path) -> None:
    models = {name: tmp_path / f"{name}.json" for name in ("total", "outcome")}
    for name, path in models.items():
        path.write_text(json.dumps({"family": name, "n": 12.5}, indent=2) + "\n")
    (tmp_path / "total.csv").write_text("a\n1\n")
    before = {name: json.loads(path.read_text()) for name, path in models.items()}
    files = {"table": str(tmp_path / "total.csv")} | {name: str(path) for name, path in models.items()}
    write(MADE, files)
    for name, path in models.items():
        content = json.loads(path.read_text())
        assert {key: value for key, value in content.items() if key != "provenance"} == before[name]
        found = read(path)
        assert found is not None
        assert found.outputs == {each: content_hash(files[each]) for each in sorted(files)}


def test_a_step_of_other_files_has_one_of_its_own(tmp_path: Path) -> None:
    figures = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for path in figures:
        path.write_text(path.name)
    record = tmp_path / "figures.json"
    write(MADE, {"svg": list(map(str, figures)), "provenance": str(record)})
    found = read(record)
    assert found is not None
    assert found.outputs == {"svg": [content_hash(path) for path in figures]}
    assert list(json.loads(record.read_text())) == ["provenance"]


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ({"draws": "x.parquet"}, ["draws"]),
        ({"imputed": "x.parquet", "notices": "n.csv"}, ["imputed"]),
        ({"a": "a.csv", "a_json": "a.json", "b_json": "b.json"}, ["a_json", "b_json"]),
        ({"harmonised": "x.parquet", "provenance": "x.json"}, ["provenance"]),
        ({"svg": ["a.svg"], "provenance": "p.json"}, ["provenance"]),
        ({"kernels": "kernels.txt"}, []),
    ],
)
def test_which_files_carry_it(outputs: dict[str, object], expected: list[str]) -> None:
    assert provenance.carriers(outputs) == expected


@pytest.mark.parametrize("content", [b"", b"PAR1", b"\xff\xff\xff\xffPAR1", b"PAR1 cut off"])
def test_a_broken_file_carries_nothing(tmp_path: Path, content: bytes) -> None:
    for name in ("x.parquet", "x.json", "x.csv"):
        (tmp_path / name).write_bytes(content)
        assert read(tmp_path / name) is None
        content_hash(tmp_path / name)


def test_a_trial_s_file_that_may_be_edited_is_not_held_to_its_content(tmp_path: Path) -> None:
    raw, record = tmp_path / "a.csv", tmp_path / "a.json"
    raw.write_text("1")
    write(MADE, {"raw": str(raw), "provenance": str(record)})
    found = read(record)
    assert found is not None
    assert found.outputs == {}


def test_a_job_says_its_wildcards_its_seed_and_one_hash_of_the_rest() -> None:
    def made(**changes: object) -> Provenance:
        params = {"code": "c", "seed": 3, "model": {"covariates": ["age"]}, **changes}
        wildcards = {"analysis": "primary", "start": "20", "stop": "40"}
        return of_job("bootstrap_chunk", wildcards=wildcards, params=params, inputs={})

    first = made()
    assert (first.analysis, first.start, first.stop, first.seed, first.code) == ("primary", 20, 40, 3, "c")
    assert made(start="0", expected={"a": 1}, ranges={"age": {}}).settings == first.settings
    assert made(code="d").settings == first.settings
    assert made(model={"covariates": ["sex"]}).settings != first.settings
    assert made(seed=4).settings != first.settings


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"step": "fit_models"}, "step 'impute_missing', not 'fit_models'"),
        ({"analysis": "early"}, "analysis 'primary', not 'early'"),
        ({"trial": "a"}, "trial None, not 'a'"),
        ({"start": 0}, "start None, not 0"),
        ({"stop": 9}, "stop None, not 9"),
        ({"seed": 6}, "seed 5, not 6"),
        ({"settings": "t"}, "other settings"),
        ({"code": "d"}, "other code"),
        ({"inputs": {"cohort": "g"}}, "another input: cohort"),
        ({"inputs": {"cohort": "h", "more": "i"}}, "another input: more"),
        ({"inputs": {}}, "another input: cohort"),
        ({"inputs": {"cohort": ["h"]}}, "another input: cohort"),
        ({"inputs": {"cohort": ""}}, ""),
        ({"outputs": {"imputed": "z"}}, ""),
    ],
)
def test_each_difference_is_said(change: dict[str, object], said: str) -> None:
    assert difference(MADE, replace(MADE, **change)) == said  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "wanted", "expected"),
    [(["a", "b"], ["a", "b"], True), (["a", "b"], ["a", ""], True), (["a", "b"], ["b", "a"], False),
     (["a", "b"], ["a"], False), ("a", "b", False), ("a", "", True), (None, "a", False)],
)  # fmt: skip
def test_lists_of_files_are_compared_one_by_one(
    found: str | list[str] | None, wanted: str | list[str], expected: bool
) -> None:
    assert provenance.same(found, wanted) == expected


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [({"minimum": 40.5, "maximum": 40.5}, []), ({"maximum": 40.4}, ["age"]), ({"minimum": 41}, ["age"]),
     ({}, [])],
)  # fmt: skip
def test_values_outside_a_range_are_found_without_reading_them(
    table: Path, bounds: dict[str, float], expected: list[str]
) -> None:
    assert outside(table, {"age": bounds, "nothing": {"minimum": 0}}) == expected

"""Every checksum of a manifest is that of its file, and a folder is held against it wherever it lies."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

import manifest
import verify
from ipdmediation.plumbing.manifest import checksums, problems, refresh

FILES = ("primary/effects.csv", "primary/figures/a.svg", "report.html", "run.json")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    for name in (*FILES, "ipd/pooled.parquet", "README.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"content of {name}")
    (folder / "run.json").write_text(json.dumps({"seed": 1, "provenance": {"step": "record_run"}}))
    manifest.main(
        recorded=str(folder / "run.json"),
        study=[str(folder / "report.html")],
        analyses=[str(folder / name) for name in reversed(FILES[:2])],
        manifest=str(folder / "manifest.json"),
    )
    return folder


def test_every_checksum_is_that_of_its_file(results: Path) -> None:
    written = json.loads((results / "manifest.json").read_text())
    assert written["files"] == {
        name: hashlib.sha256((results / name).read_bytes()).hexdigest() for name in FILES
    }
    assert list(written["files"]) == sorted(FILES)
    assert written["seed"] == 1
    assert "provenance" not in written


def test_a_copy_of_the_folder_is_as_its_manifest(results: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(results, tmp_path / "elsewhere" / "copy")
    assert problems(copy) == []
    verify.main(results=str(copy))


def test_logs_and_running_times_are_no_results(results: Path) -> None:
    for name in ("logs/figures/primary.log", "benchmarks/fit_models/primary.tsv"):
        (results / name).parent.mkdir(parents=True)
        (results / name).write_text("")
    assert problems(results) == []
    (results / "primary/logs").mkdir()
    (results / "primary/logs/a.log").write_text("")
    assert problems(results) == [f"{results / 'primary/logs/a.log'}: not in the manifest"]


@pytest.mark.parametrize("name", FILES)
def test_one_line_for_each_file_that_is_not(results: Path, name: str) -> None:
    (results / name).write_text("something else")
    assert problems(results) == [f"{results / name}: changed since the manifest was written"]
    (results / name).unlink()
    (results / "primary/more.csv").write_text("")
    lines = [f"{results / name}: missing", f"{results / 'primary/more.csv'}: not in the manifest"]
    assert problems(results) == lines
    with pytest.raises(ExceptionGroup) as error:
        verify.main(results=str(results))
    assert list(map(str, error.value.exceptions)) == lines


@pytest.mark.parametrize("content", ["", "{}", "[]", "no JSON", None])
def test_a_folder_without_a_manifest_is_one_line(results: Path, content: str | None) -> None:
    path = results / "manifest.json"
    path.unlink()
    if content is not None:
        path.write_text(content)
    (line,) = problems(results)
    assert line.startswith(f"{path}: no manifest")


def test_a_manifest_can_take_the_checksums_of_now(results: Path) -> None:
    (results / FILES[0]).write_text("something else")
    refresh(results / "manifest.json")
    assert problems(results) == []
    assert json.loads((results / "manifest.json").read_text())["seed"] == 1


def test_a_file_outside_the_folder_is_no_result(results: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("")
    with pytest.raises(ValueError, match="not in the subpath"):
        checksums([tmp_path / "a.csv"], folder=results)

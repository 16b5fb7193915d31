"""One file of all results that may be shown, and none where something lies among them that may not be."""

from __future__ import annotations

import json
import os
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from ipdmediation.plumbing.manifest import checksums, problems
from ipdmediation.plumbing.shared_results import refusals, share
from share_results import command

RESULTS = Path("results/odd")


@pytest.fixture
def results(copied: Path) -> Path:
    """The finished study's results, from the working directory."""
    assert (copied / RESULTS / "manifest.json").is_file()
    return RESULTS


def listed(results: Path, *more: str) -> None:
    """Let the manifest have the files as they are now, and some more."""
    path = results / "manifest.json"
    content = json.loads(path.read_text())
    names = [*content["files"], *more]
    content["files"] = checksums((results / name for name in names), folder=results)
    path.write_text(json.dumps(content))


def test_all_that_may_be_shown_is_in_it_and_nothing_else(results: Path, tmp_path: Path) -> None:
    assert re.fullmatch(r"results/odd/shared\.zip: \d+ files, \d+\.\d MB", share(results))
    with zipfile.ZipFile(results / "shared.zip") as archive:
        archive.extractall(tmp_path / "elsewhere")
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    found = tmp_path / "elsewhere/results"
    assert problems(found) == []
    names = {path.relative_to(found).as_posix() for path in found.rglob("*") if path.is_file()}
    assert names == {"manifest.json", *json.loads((results / "manifest.json").read_text())["files"]}
    assert {
        "report.html",
        "quality/report.html",
        "distributions.csv",
        "primary/bootstrap/0-8.parquet",
    } <= names
    assert not any(name.startswith(("ipd/", "logs/", "benchmarks/")) for name in names)


def test_the_same_results_give_the_same_bytes_whatever_their_dates(results: Path, tmp_path: Path) -> None:
    assert command([str(results), str(tmp_path / "one.zip")]) == 0
    for path in results.rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    assert command([str(results), str(tmp_path / "two.zip")]) == 0
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert problems(results) == []


def test_what_was_unpacked_can_be_shared_again(results: Path, tmp_path: Path) -> None:
    share(results, tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        archive.extractall(tmp_path)
    share(tmp_path / "results", tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_the_manifest_has_no_place_of_this_machine(results: Path) -> None:
    text = (results / "manifest.json").read_text()
    assert str(Path.cwd()) not in text
    assert "pathvars" not in text
    assert '"key"' not in text


def patients() -> pd.DataFrame:
    return pd.read_parquet(RESULTS / "ipd/pooled.parquet")


def rows_as(path: Path) -> None:
    rows = patients()
    if path.suffix == ".parquet":
        rows.to_parquet(path)
    else:
        rows.to_csv(path, index=False)


def more(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("")


def named(path: Path) -> None:
    patient = patients()["patient"].iloc[3]
    if path.suffix == ".docx":
        with zipfile.ZipFile(path, "a") as parts:
            parts.writestr("word/comments.xml", f"<w>{patient}</w>")
    else:
        path.write_bytes(path.read_bytes() + f"\n<!-- {patient} -->".encode())


def replicates_missing(path: Path) -> None:
    pd.read_parquet(path).iloc[:5].to_parquet(path)


REFUSED = {
    "rows as draws": (rows_as, "primary/bootstrap/0-8.parquet", "60 rows of"),
    "other draws": (replicates_missing, "primary/bootstrap/0-8.parquet", "5 rows of"),
    "rows as a table": (rows_as, "primary/flow.csv", "columns trial, patient, treatment,"),
    "rows as a description": (rows_as, "distributions.csv", "columns patient, treatment,"),
    "rows as checks": (rows_as, "integrity.csv", "columns patient, treatment,"),
    "rows as counts": (rows_as, "quality/trial_2.csv", "columns patient, treatment,"),
    "rows as a paper's table": (rows_as, "primary/tables/flow.csv", "columns patient "),
    "an unknown file": (more, "primary/rows.parquet", "no file that a run"),
    "of another analysis": (more, "old/effects.csv", "no file that a run"),
    "patients' folder": (more, "ipd/notes.txt", "no file that a run"),
    "a pseudonym on a page": (named, "report.html", "pseudonyms of patients"),
    "a pseudonym in a figure": (named, "primary/figures/path_diagram.png", "pseudonyms of patients"),
    "a pseudonym in Word": (named, "primary/tables/flow.docx", "pseudonyms of patients"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_may_have_patients_rows_is_refused_though_the_manifest_has_it(
    case: str, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put, name, said = REFUSED[case]
    put(results / name)
    listed(results, name)
    assert command([str(results)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [str(results / name)]
    assert said in lines[0]
    assert not list(results.glob("*shared.zip*"))


def test_files_that_are_not_of_the_run_are_refused_with_a_line_each(results: Path) -> None:
    (results / "primary/flow.csv").write_text("step\n")
    (results / "primary/notes.csv").write_text("")
    (results / "run.json").unlink()
    assert refusals(results) == [
        f"{results}/primary/flow.csv: changed since the manifest was written",
        f"{results}/run.json: missing",
        f"{results}/primary/notes.csv: not in the manifest",
    ]
    with pytest.raises(ExceptionGroup, match="not shared"):
        share(results)
    assert not (results / "shared.zip").exists()


@pytest.mark.parametrize("content", ["", '{"files": {}}', None])
def test_a_folder_without_a_whole_manifest_is_one_line(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    (line,) = refusals(tmp_path)
    assert line.startswith(f"{tmp_path / 'manifest.json'}: ")
    assert "finish a run" in line


def test_an_earlier_one_is_replaced_and_said(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    share(results)
    assert command([str(results)]) == 0
    assert capsys.readouterr().out.strip().endswith("it replaces an earlier one")


@pytest.mark.parametrize(
    "where", ["report.zip", "nowhere/shared.zip", "results/odd/other.zip", "results/odd/ipd/a.zip"]
)
def test_something_else_in_its_place_stays(
    where: str, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("report.zip").write_bytes(b"mine")
    assert command([str(results), where]) == 1
    assert capsys.readouterr().err.startswith(f"{where}: ")
    assert Path("report.zip").read_bytes() == b"mine"
    assert problems(results) == []


def test_a_full_disk_leaves_the_earlier_one(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    share(results)
    before = (results / "shared.zip").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    assert command([str(results)]) == 1
    assert (results / "shared.zip").read_bytes() == before
    assert not list(results.glob(".partial-*"))


@pytest.mark.parametrize("arguments", [[], ["--help"], ["a", "b", "c"]])
def test_its_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert command(arguments) == 2
    assert capsys.readouterr().err.startswith("usage: ")

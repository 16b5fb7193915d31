"""Patients' files: closed to others and out of git, and nothing above their folder is touched."""

from __future__ import annotations

import re
import stat
import subprocess
from pathlib import Path

import pytest

from ipdmediation.plumbing import private_files
from ipdmediation.plumbing.private_files import PATIENT_ROWS, close_file, close_folders
from ipdmediation.plumbing.provenance import KEY

RULES = Path(__file__).resolve().parents[3] / "workflow/rules"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_folder_and_what_is_below_it_is_closed(tmp_path: Path) -> None:
    """Another folder above has the same name, as the results may lie in a disk of patients' data."""
    results = tmp_path / "ipd/study/results"
    results.mkdir(parents=True)
    above = [tmp_path / "ipd", tmp_path / "ipd/study", results]
    for folder in above:
        folder.chmod(0o755)
    close_folders([results / "ipd/harmonised/a.parquet", results / "ipd/pooled.parquet"])
    assert [mode(folder) for folder in above] == [0o755] * 3
    assert [mode(results / name) for name in ("ipd", "ipd/harmonised")] == [0o700] * 2
    assert mode(results / "ipd/.gitignore") == 0o600
    assert (results / "ipd/.gitignore").read_text() == "*\n"


def test_what_stands_there_as_a_link_is_closed_itself(tmp_path: Path) -> None:
    elsewhere, results = tmp_path / "safe/place", tmp_path / "results"
    elsewhere.mkdir(parents=True)
    results.mkdir()
    for folder in (elsewhere, elsewhere.parent):
        folder.chmod(0o755)
    (results / "ipd").symlink_to(elsewhere)
    close_folders([results / "ipd/raw/a.csv"])
    assert mode(elsewhere) == 0o700
    assert mode(elsewhere.parent) == 0o755
    assert (elsewhere / ".gitignore").is_file()


def test_a_file_is_its_owner_s(tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    file.touch(0o644)
    close_file(file)
    assert mode(file) == 0o600


def test_git_sees_nothing_of_it(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    rows = tmp_path / "elsewhere/ipd/primary/cohort.parquet"
    rows.parent.mkdir(parents=True)
    close_folders([rows])
    rows.write_text("rows")
    seen = subprocess.run(
        ["git", "-C", str(tmp_path), "status", "--porcelain", "-uall"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout == ""


def test_a_gitignore_that_was_cut_off_or_is_the_user_s(tmp_path: Path) -> None:
    ignored = tmp_path / "ipd/.gitignore"
    ignored.parent.mkdir()
    ignored.touch()
    close_folders([tmp_path / "ipd/pooled.parquet"])
    assert ignored.read_text() == "*\n"
    ignored.write_text("*\n!README\n")
    close_folders([tmp_path / "ipd/pooled.parquet"])
    assert ignored.read_text() == "*\n!README\n"


def test_a_folder_that_is_somebody_else_s_and_open_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("not yours")

    (tmp_path / "ipd").mkdir()
    (tmp_path / "ipd").chmod(0o755)
    monkeypatch.setattr(Path, "chmod", refuse)
    with pytest.raises(PermissionError, match=r"ipd is to hold .* is open to others, .*`chmod 700 "):
        close_folders([tmp_path / "ipd/pooled.parquet"])


def test_every_output_below_the_folder_is_known_by_its_name_and_no_other_has_it() -> None:
    found = {
        (name, "<results>/ipd/" in path)
        for file in RULES.glob("*.smk")
        for block in re.findall(r"    output:\n((?: {8,}.*\n)+)", file.read_text())
        for name, path in re.findall(r'(\w+)="([^"]+)"', block)
    }
    assert {name for name, below in found if below} - {KEY} <= PATIENT_ROWS
    assert not {name for name, below in found if not below} & PATIENT_ROWS
    assert len([name for name, below in found if below]) >= 5
    assert private_files.FOLDER == "ipd"

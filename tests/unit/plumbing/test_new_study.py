"""A new study as a command: all of its files or none, and nothing is written over."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ipdmediation.plumbing.check_command import check
from ipdmediation.plumbing.new_study_command import main, new_study

ROOT = Path(__file__).parents[3]
FILES = ["data/north.csv", "data/south.csv", "data/east.tsv"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of the run, with files of trials."""
    shutil.copytree(ROOT / "config/examples/template/data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_study_is_written_and_its_check_lists_the_open_decisions(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["my-study", *FILES]) == 0
    made = {path.name for path in (run / "my-study").iterdir()}
    assert made == {"config.yaml", "north.yaml", "south.yaml", "east.yaml", ".gitignore"}
    said = capsys.readouterr().out
    problems = check(["my-study/config.yaml"])
    assert problems
    assert f"{len(problems)} decisions are left" in said
    for problem in problems:
        assert problem.text.startswith("to be decided: ")
        assert "DECIDE" in Path(problem.file).read_text().splitlines()[problem.line - 1]
    assert {Path(problem.file).name for problem in problems} == made - {".gitignore"}


def test_paths_lead_to_the_files_from_anywhere(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new_study("studies/one", FILES)
    (run / "elsewhere").mkdir()
    monkeypatch.chdir(run / "elsewhere")
    assert all("to be decided" in str(problem) for problem in check(["../studies/one/config.yaml"]))


def test_a_path_that_would_lead_to_another_file_of_the_run_is_written_whole(run: Path) -> None:
    (run / "study/data").mkdir(parents=True)
    shutil.copy("data/south.csv", "study/data/north.csv")
    new_study("study", ["study/data/north.csv"])
    assert f"{run}/study/data/north.csv" in (run / "study/north.yaml").read_text()
    assert all("to be decided" in str(problem) for problem in check(["study/config.yaml"]))


@pytest.mark.parametrize("there", ["config.yaml", "south.yaml", ".gitignore"])
def test_nothing_is_written_over(run: Path, there: str, capsys: pytest.CaptureFixture[str]) -> None:
    (run / "my-study").mkdir()
    (run / "my-study" / there).write_text("mine\n")
    assert main(["my-study", *FILES]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith(f"my-study/{there}: there already")
    assert [path.name for path in (run / "my-study").iterdir()] == [there]
    assert (run / "my-study" / there).read_text() == "mine\n"


def test_a_link_that_leads_nowhere_is_there_too(run: Path) -> None:
    (run / "my-study").mkdir()
    (run / "my-study/config.yaml").symlink_to("nowhere")
    assert main(["my-study", *FILES]) == 1
    assert not (run / "my-study/nowhere").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["my-study", "data/west.csv"], "data/west.csv: no such file"),
        (["my-study", "data"], "data: no such file"),
        (["my-study", "data/north.csv", "data/../data/north.csv"], "named twice"),
        (["data/north.csv", "data/south.csv"], "a file, not a folder"),
        (["data/north.csv/study", "data/south.csv"], "data/north.csv"),
        (["a{b}", "data/south.csv"], "curly braces"),
        (["my-study", "data/empty.csv"], "data/empty.csv: the file is empty"),
    ],
)
def test_what_cannot_be_drafted_is_one_line_and_nothing_is_written(
    run: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (run / "data/empty.csv").touch()
    before = sorted(run.rglob("*"))
    assert main(arguments) == 1
    found = capsys.readouterr()
    assert said in found.err
    assert found.err.count("\n") == 1
    assert found.out == ""
    assert sorted(run.rglob("*")) == before


def test_a_study_that_fails_half_way_leaves_no_file(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def failing(path: Path, *args: str, **kwargs: str) -> object:
        if path.name == "east.yaml" and args[:1] == ("x",):
            raise OSError(28, "No space left on device")
        return opened(path, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", failing)
    assert main(["my-study", *FILES]) == 1
    assert list((run / "my-study").iterdir()) == []


def test_files_elsewhere_in_the_study_are_kept_out_of_git_as_well(run: Path) -> None:
    shutil.copytree("data", "my-study/raw")
    new_study("my-study", ["my-study/raw/north.csv", "data/south.csv"])
    ignored = (run / "my-study/.gitignore").read_text()
    assert ignored.splitlines()[1:] == ["/data/", "/results/", "/raw/north.csv"]
    template = (ROOT / "config/examples/template/.gitignore").read_text()
    assert [line for line in template.splitlines() if line.startswith("/")] == ["/data/", "/results/"]


@pytest.mark.parametrize("arguments", [[], ["my-study"], ["--help", "x"]])
def test_wrong_arguments_are_told_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("usage: ")


def test_the_script_stands_alone(run: Path) -> None:
    command = [sys.executable, str(ROOT / "workflow/scripts/new_study.py"), "my-study", "data/north.csv"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=run, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""

"""The command that checks a study, and what is refused before Snakemake reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ipdmediation.plumbing.check_command import configuration_files, main, refuse_unreadable, unreadable
from tests.unit.plumbing.slips import CONFIG


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        (["--configfile", "a", "b", "-n"], ["a", "b"]),
        (["--configfiles", "a", "--cores", "1"], ["a"]),
        (["--configfi", "a"], ["a"]),
        (["--configfile=a", "pool"], ["a"]),
        (["--config", "a=1"], []),
        (["--conf", "a"], []),
        (["--configfile", "a", "--configfile", "b"], ["b"]),
        (["pool", "--cores", "1"], []),
        (["--configfile", "a", "--", "pool"], ["a"]),
    ],
)
def test_the_files_among_snakemake_s_arguments(arguments: list[str], files: list[str]) -> None:
    assert configuration_files(arguments) == files


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seed: 1", "seed: [1"),
        ("seed: 1", "seed: 1\n__use_yte__: true"),
        ("results: <study>/results", "results: 5"),
        ("results: <study>/results", "results: <results>/x"),
        ("results: <study>/results", "results: <logs>/x\n  logs: <results>/y"),
    ],
)
def test_what_snakemake_would_stumble_over_is_refused_before(study: Path, old: str, new: str) -> None:
    arguments = ["-n", "--configfile", "study/config.yaml"]
    assert unreadable(arguments) == []
    text = (study / CONFIG).read_text()
    (study / CONFIG).write_text(text.replace("seed: 1", "seed: -1"))
    assert unreadable(arguments) == [], "all else is for the workflow to say"
    (study / CONFIG).write_text(text.replace(old, new))
    assert unreadable(arguments)
    assert unreadable([*arguments, "--target-jobs", "a"]) == []
    with pytest.raises(SystemExit):
        refuse_unreadable(arguments)


def test_the_command_says_what_it_found(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study/config.yaml"]) == 0
    assert capsys.readouterr().out == "study/config.yaml: no problem found\n"
    assert main([]) == main(["--help"]) == 2
    assert "usage: " in capsys.readouterr().err
    assert main(["study"]) == 1
    assert capsys.readouterr().err.endswith("\n  study: a folder, not a file\n")

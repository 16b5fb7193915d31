"""One job in a process of one's own choice, as a debugger wants it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.steps.conftest import CONFIG, SNAKEFILE

SCRIPT = SNAKEFILE.parent / "workflow/scripts/run_step.py"
FLOW = Path("results/odd/primary/flow.csv")


def python(*arguments: str, told: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments, "--configfile", str(CONFIG)],
        input=told,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.usefixtures("copied")
def test_it_makes_what_a_run_makes_and_says_it_here() -> None:
    made, log = FLOW.read_bytes(), Path("results/odd/logs/describe_flow/primary.log")
    FLOW.unlink()
    log.unlink()
    done = python(str(SCRIPT), str(FLOW))
    assert done.returncode == 0, done.stderr
    assert FLOW.read_bytes() == made
    assert done.stdout.startswith("computed in ")
    assert not log.exists()
    again = python(str(SCRIPT), str(FLOW))
    assert "computed in " in again.stdout


@pytest.mark.usefixtures("copied")
def test_a_debugger_stops_in_the_script_and_sees_its_error_where_it_is_raised() -> None:
    steps = Path("results/odd/ipd/primary/steps.csv")
    steps.write_text("no such column\n")
    done = python("-m", "pdb", "-c", "continue", str(SCRIPT), str(FLOW), told="where\nquit\n")
    assert "Uncaught exception. Entering post mortem debugging" in done.stdout
    assert "describe_flow.py" in done.stdout
    assert "main(" in done.stdout
    assert FLOW.exists()
    assert not list(FLOW.parent.glob(".partial-*"))


@pytest.mark.usefixtures("copied")
def test_a_breakpoint_in_a_script_is_hit() -> None:
    script = SCRIPT.with_name("describe_flow.py")
    line = next(
        number for number, text in enumerate(script.read_text().splitlines(), 1) if "    write_table(" in text
    )
    told = f"break {script}:{line}\ncontinue\nprint('minimum', minimum_count)\nquit\n"
    done = python("-m", "pdb", str(SCRIPT), str(FLOW), told=told)
    assert "minimum 3" in done.stdout


@pytest.mark.usefixtures("copied")
@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("results/odd/primary/flaw.csv", "results/odd/primary/flaw.csv"),
        ("primary", "primary: no script makes it"),
    ],
)
def test_what_no_script_makes_is_said_in_words(output: str, said: str) -> None:
    done = python(str(SCRIPT), output)
    assert done.returncode != 0
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("copied")
def test_an_input_that_is_missing_is_named() -> None:
    Path("results/odd/ipd/primary/steps.csv").unlink()
    done = python(str(SCRIPT), str(FLOW))
    assert done.returncode == 1
    assert f"{FLOW}: is made of results/odd/ipd/primary/steps.csv, which is not there" in done.stderr

"""Places that are not easy: odd names, a checkout that is read-only, each Python that is supported."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.faults.conftest import Study, alone_in, contents

pytestmark = pytest.mark.slow

FLOW = "results/primary/flow.csv"
READ_ONLY = """
mount --bind {checkout} {checkout}
mount -o remount,bind,ro {checkout}
cd {folder}
exec "$@"
"""


def copy_to(study: Study, root: Path) -> Study:
    shutil.copytree(study.root, root, symlinks=True)
    return Study(root)


@pytest.mark.parametrize("name", ["a study (of 2)", "it's & more"])
def test_a_path_with_odd_characters(undisturbed: Study, tmp_path: Path, name: str) -> None:
    """With the environment in it, as `make environment` has it."""
    study = copy_to(undisturbed, tmp_path / name)
    before = contents(study)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", study.root / ".venv"], check=True)
    (packages,) = (study.root / ".venv").glob("lib/python*/site-packages")
    (packages / "ours.pth").write_text(sysconfig.get_path("purelib") + "\n")
    command = [study.root / ".venv/bin/python", "-m", "snakemake", "--cores", "1", "--force", FLOW]
    done = subprocess.run(command, cwd=study.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 of 1 steps (100%) done" in done.stderr
    assert contents(study) == before


def test_braces_in_the_path_of_the_workflow_are_one_line(undisturbed: Study, tmp_path: Path) -> None:
    study = copy_to(undisturbed, tmp_path / "{study}")
    done = study.snakemake(FLOW)
    assert done.returncode == 1
    assert "{study}/workflow/rules: Snakemake takes braces for wildcards" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("alone")
def test_a_checkout_that_cannot_be_written_is_run_from_elsewhere(undisturbed: Study, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    for part in ("config", "profiles"):
        shutil.copytree(undisturbed.root / part, folder / part)
    places = READ_ONLY.format(checkout=undisturbed.root, folder=folder)
    done = alone_in(places, "--snakefile", f"{undisturbed.root}/Snakefile", FLOW)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / FLOW).read_bytes() == undisturbed.read(FLOW)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("arguments", [[FLOW], ["--dry-run"]], ids=" ".join)
def test_a_working_directory_that_cannot_be_written_is_one_line(study: Study, arguments: list[str]) -> None:
    done = alone_in(READ_ONLY.format(checkout=study.root, folder=study.root), *arguments)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert f"{study.root}: you may not write here; copy config/ and profiles/ to a folder of your own" in said
    assert "Traceback" not in said

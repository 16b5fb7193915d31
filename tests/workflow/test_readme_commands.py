"""Every Snakemake command that the README names does what the README says of it."""

import re
import shlex
import shutil

import pytest

from tests.workflow.conftest import ROOT, Study

pytestmark = pytest.mark.slow

README = (ROOT / "README.md").read_text()
UP_TO_DATE = "Nothing to be done"
# Run by other tests.
ELSEWHERE = {
    "snakemake --cores 2 --configfile my-study/config.yaml",
    "snakemake --cores 4 --configfile my-study/config.yaml",
    "snakemake --cores 4 primary --configfile my-study/config.yaml",
    "snakemake --cores 2 --configfile config/examples/framing/config.yaml",
    "snakemake --cores 1 verify",
    "snakemake --cores 1 share",
    "snakemake --cores 2 site_result",
    "snakemake --cores 4 --cache",
    "snakemake --workflow-profile profiles/slurm",
}
# What a command says in a finished study.
PROMISED = {
    "snakemake --cores 4": UP_TO_DATE,
    "snakemake -n": UP_TO_DATE,
    "snakemake -n --quiet rules": UP_TO_DATE,
    "snakemake --summary": r"results/primary/effects.csv\t.*\testimate_effects\t.*\tok\t",
    "snakemake --cores 4 primary": UP_TO_DATE,
    "snakemake --cores 4 results/primary/effects.csv": UP_TO_DATE,
    "snakemake --cores 4 pool": UP_TO_DATE,
    "snakemake --cores 4 --until estimate_effects": UP_TO_DATE,
    "snakemake --cores 4 --forcerun estimate_effects": r"(?s)forced:\s+estimate_effects.*figures",
    "snakemake --report report.zip": "Report created",
    "snakemake --cores 1 --touch": UP_TO_DATE,
}
DRY = "snakemake --cores 4 --forcerun estimate_effects"  # the one that would make much again
# The same after a setting of one analysis has changed.
AFTER_A_CHANGE = {
    "snakemake -n": r"Params have changed since last execution: .*before: 'percentile' now: 'basic'",
    "snakemake -n --quiet rules": r"estimate_effects +1\n",
    "snakemake --summary": r"results/complete_case/effects.csv\t.*\testimate_effects\t.*params changed",
}


def named() -> set[str]:
    """Return the commands that the README names in its text, or on a line of their own in a block."""
    return set(
        re.findall(r"`(snakemake [^`]*)`", README) + re.findall(r"^(snakemake .*)$", README, re.MULTILINE)
    )


@pytest.fixture(scope="module")
def copy(finished_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A finished study, which none of these commands changes."""
    study = Study(tmp_path_factory.mktemp("readme") / "study")
    shutil.copytree(finished_study.root, study.root, symlinks=True)
    return study


def test_every_command_is_held_to_its_promise() -> None:
    assert set(PROMISED) < named() <= ELSEWHERE | set(PROMISED)


@pytest.mark.parametrize("command", PROMISED)
def test_a_command_in_a_finished_study(copy: Study, command: str) -> None:
    done = copy.snakemake(*shlex.split(command)[1:], *(["--dry-run"] if command == DRY else []))
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert re.search(PROMISED[command], said)


def test_commands_that_look_show_what_a_change_would_run(study: Study) -> None:
    config = study.config()
    config["analyses"]["complete_case"]["bootstrap"] = {"interval": "basic"}
    study.configure(config)
    for command, promised in AFTER_A_CHANGE.items():
        done = study.snakemake(*shlex.split(command)[1:])
        assert re.search(promised, done.stdout + done.stderr), command

"""Nothing of the workflow is Slurm's: another executor runs it, and no rule knows of one."""

import re
from pathlib import Path

import pytest

from tests.workflow.conftest import Study

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_a_generic_cluster_gives_the_local_results(undrawn_study: Study, local_study: Study) -> None:
    """The cluster of this test is a shell: what it is given to submit, it runs."""
    said = undrawn_study.run(
        "mediation", "--executor", "cluster-generic", "--cluster-generic-submit-cmd", "sh", "--jobs", "2"
    )
    assert re.search(r"^rule bootstrap_chunk:", said, re.MULTILINE)
    assert undrawn_study.read("results/primary/effects.csv") == local_study.read(
        "results/primary/effects.csv"
    )


def test_no_rule_or_script_knows_of_a_cluster() -> None:
    files = [path for path in (ROOT / "workflow").rglob("*") if path.suffix in (".smk", ".py", ".yaml")]
    assert len(files) > 50
    found = re.compile(r"slurm|sbatch|executor", re.IGNORECASE)
    assert [path for path in files if found.search(path.read_text())] == []

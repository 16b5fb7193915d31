"""The small study on a real Slurm: the local results, also when a job, a node or Snakemake dies."""

import os
import re
import signal

import pytest

from tests.cluster.conftest import CHUNK, Run, slurm, start, wait_for
from tests.workflow.conftest import Study, small_study

pytestmark = [pytest.mark.slow, pytest.mark.tool("sbatch")]

CHUNKS = tuple(f"{first}-{first + CHUNK}" for first in range(0, 40, CHUNK))
DRAWN = len(CHUNKS) + 1  # jobs that the undrawn study needs: each chunk, and the effects
RESULTS = ["effects.csv", *(f"bootstrap/{chunk}.parquet" for chunk in CHUNKS)]


def results(study: Study) -> dict[str, bytes]:
    return {name: study.read(f"results/primary/{name}") for name in RESULTS}


def test_a_run_on_slurm_gives_the_local_results(cluster: None, local_study: Study, tmp_path) -> None:
    study = small_study(tmp_path / "study", analyses=("primary",), chunk=CHUNK)
    run = start(study)
    said = run.finish()
    assert results(study) == results(local_study)
    submitted = set(re.findall(r"^rule (\w+):", said, re.MULTILINE))
    here = set(re.findall(r"^localrule (\w+):", said, re.MULTILINE))
    assert {"compile_kernels", "impute_missing", "estimate_effects"} <= submitted
    assert {"simulate_trial", "harmonise_trial", "pool_trials", "select_cohort"} <= here
    assert {job.node for job in run.jobs()} == {"node1", "node2"}
    assert study.jobs("mediation") == []


def test_a_cancelled_job_is_tried_again_with_twice_the_memory(
    run: Run, undrawn_study: Study, local_study: Study
) -> None:
    cancelled = run.running()
    slurm("scancel", cancelled.number)
    (undrawn_study.root / "held").unlink()
    run.finish()
    jobs = run.jobs()
    assert [job.number for job in jobs if job.state != "COMPLETED"] == [cancelled.number]
    # The cancelled one a second time.
    assert sorted(job.memory for job in jobs) == ["1000M"] * DRAWN + ["2000M"]
    assert results(undrawn_study) == results(local_study)


def test_a_node_that_goes_down_costs_only_its_own_job(
    run: Run, undrawn_study: Study, local_study: Study
) -> None:
    lost = run.running(node="node1")
    slurm("scontrol", "update", "NodeName=node1", "State=DOWN", "Reason=test")
    try:
        wait_for(lambda: [job for job in run.jobs() if job.number == lost.number and job.state == "PENDING"])
        # Slurm puts a lost job back into the queue, to start in two minutes; no need to wait for them. But
        # the node refuses a job in the second in which it lost it.
        slurm("scontrol", "update", f"JobId={lost.number}", "StartTime=now+3")
    finally:
        slurm("scontrol", "update", "NodeName=node1", "State=RESUME")
    (undrawn_study.root / "held").unlink()
    run.finish()
    assert [job.state for job in run.jobs()] == ["COMPLETED"] * DRAWN
    assert results(undrawn_study) == results(local_study)


def test_after_snakemake_was_killed_the_same_command_makes_what_is_missing(
    run: Run, undrawn_study: Study, local_study: Study
) -> None:
    folder, held = undrawn_study.root / "results/primary/bootstrap", undrawn_study.root / "held"
    held.write_text("\n".join(f".partial-{chunk}." for chunk in CHUNKS[:-1]))  # the last one waits
    wait_for(lambda: list(folder.glob("*.parquet")))
    os.kill(run.process.pid, signal.SIGKILL)
    run.process.wait()
    held.unlink()
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}
    # Its jobs are not cancelled: what they finish in time is kept, else the new run makes it again.
    again = start(undrawn_study)
    again.finish()
    kept = [path for path, made in before.items() if path.stat().st_mtime_ns == made]
    finished = re.findall(r"Finished jobid: \d+ \(Rule: bootstrap_chunk\)", run.said())
    assert len(finished) <= len(kept) < len(CHUNKS)
    assert 1 <= len(again.jobs()) <= len(CHUNKS) - len(kept) + 1
    wait_for(lambda: all(job.state not in ("PENDING", "RUNNING", "COMPLETING") for job in run.jobs()))
    assert results(undrawn_study) == results(local_study)
    assert list((undrawn_study.root / "results").rglob(".partial-*")) == []

"""The engine beside itself at an earlier commit, each measured in turn in one sitting."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from tests.benchmarks.study import ROOT, copy_configuration

COMMIT = "1951699"
MEASURED = Path(__file__).with_name("measured.py")
COLUMNS = ["what", "then", "now", "ratio", "target", "met"]
#: What has a target: how much of the earlier commit's cost it may have at most.
TARGETS = {
    "first run from nothing, s": 0.55,
    "figures of all analyses, s": 0.6,
    "compiling, s": 0.6,
    "logit outcome refit, ms": 0.65,
    "logit effects, ms": 0.6,
}
SECOND = "kernels of a second process, s"
SECOND_CHECKOUT = 5.0
PROBIT = 1.5  # times the logit


def targets_table(directory: Path, cohort: Path, turns: int) -> pd.DataFrame:
    """Measure both commits.

    Parameters
    ----------
    directory : where the earlier commit is put, and where both run.
    cohort : the primary analysis' completed data sets.
    turns : how often each is measured; the smallest counts.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; empty where the repository does not have the commit.
    """
    trees = {"then": _earlier(directory / "earlier"), "now": ROOT}
    if trees["then"] is None:
        return pd.DataFrame(columns=COLUMNS)
    cost: dict[str, dict[str, float]] = {"then": {}, "now": {}}
    for turn in range(turns):
        for when, tree in trees.items():
            caches = {"NUMBA_CACHE_DIR": str(directory / f"kernels-{when}-{turn}")}
            replicates = ["replicates", str(cohort), str(ROOT / "config/config.yaml")]
            for arguments in (["compiling"], replicates):
                _keep_smallest(cost[when], _measured(tree, arguments, caches))
            again = _measured(tree, ["compiling"], caches)["compiling, s"]
            _keep_smallest(cost[when], {SECOND: again})
            if turn == 0:
                _keep_smallest(cost[when], _whole(tree, directory / f"run-{when}"))
    now = cost["now"]
    second, probit = now.pop(SECOND), now["probit outcome refit, ms"] / now["logit outcome refit, ms"]
    rows = [
        _row(what, cost["then"].get(what, np.nan), value, TARGETS.get(what)) for what, value in now.items()
    ]
    rows.append([SECOND, cost["then"][SECOND], second, *_held(second, SECOND_CHECKOUT)])
    rows.append(["probit outcome refit over logit", np.nan, probit, *_held(probit, PROBIT)])
    return pd.DataFrame(rows, columns=COLUMNS)


def _held(value: float, bound: float) -> list[object]:
    """The ratio, which there is none of, the target and whether it is met."""
    return [np.nan, f"at most {bound:g}", _met(value, bound)]


def _row(what: str, then: float, now: float, target: float | None) -> list[object]:
    stated = "" if target is None else f"at most {target:g}"
    return [what, then, now, now / then, stated, "" if target is None else _met(now / then, target)]


def _met(measured: float, bound: float) -> str:
    return "met" if measured <= bound else "not met"


def _keep_smallest(cost: dict[str, float], measured: dict[str, float]) -> None:
    for what, value in measured.items():
        cost[what] = min(value, cost.get(what, value))


def _earlier(place: Path) -> Path | None:
    """Check the earlier commit out, unless it is not in the repository."""
    if not place.exists():
        known = subprocess.run(["git", "cat-file", "-e", f"{COMMIT}^{{commit}}"], cwd=ROOT, check=False)
        if known.returncode:
            return None
        subprocess.run(["git", "clone", "--quiet", "--no-checkout", str(ROOT), str(place)], check=True)
        subprocess.run(["git", "checkout", "--quiet", COMMIT], cwd=place, check=True)
    return place


def _environment(tree: Path, **further: str) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    return {**os.environ, "PATH": path, "PYTHONPATH": str(tree / "workflow/scripts"), **single, **further}


def _measured(tree: Path, arguments: list[str], caches: dict[str, str]) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, str(MEASURED), *arguments],
        env=_environment(tree, **caches),
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _whole(tree: Path, directory: Path) -> dict[str, float]:
    """CPU seconds of a first run from nothing, and of making its figures again."""
    copy_configuration(directory, of=tree)
    caches = {"NUMBA_CACHE_DIR": str(directory / "kernels")}
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(tree / "Snakefile"), "--cores", "1"]
    found = {}
    for what, arguments in {
        "first run from nothing, s": [],
        "figures of all analyses, s": ["--forcerun", "figures", "--until", "figures"],
    }.items():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [*command, *arguments],
            cwd=directory,
            env=_environment(tree, **caches),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found[what] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return found

"""Put one-line faults into the code, one at a time, and count those that the tests notice: `make mutants`.

`faults.yaml` lists them. No file is changed: `hook/sitecustomize.py` lets Python read a fault in its place.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.yaml_files import read_yaml

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
WORKFLOW = ROOT / "workflow"
TESTS_FAILED = 1  # pytest's exit code; any other than 0 says that the tests could not be run


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault.

    Attributes
    ----------
    floor : of the package, or `scripts` or `rules`.
    file : below `workflow/`.
    was, becomes : a text that the file has once, and what stands in its place.
    tests : the test files that ought to notice, below `tests/`.
    why : for a fault that nothing need notice, why the results are the same with it; else empty.
    """

    floor: str
    file: str
    was: str
    becomes: str
    tests: tuple[str, ...]
    why: str = ""

    @property
    def path(self) -> Path:
        """The file that has it."""
        return WORKFLOW / self.file

    @property
    def compiled(self) -> bool:
        """Whether the file is compiled, so that machine code of it without the fault may lie in the cache."""
        return "kernels" in self.path.parts

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.file}: {' '.join(self.was.split())}  ->  {' '.join(self.becomes.split())}"


def read_faults() -> list[Fault]:
    """Return the faults of the list, floor by floor."""
    floors = read_yaml(HERE / "faults.yaml")
    return [
        Fault(floor=floor, **{**fault, "tests": tuple(fault["tests"])})
        for floor, faults in floors.items()
        for fault in faults
    ]


def noticed(fault: Fault) -> bool:
    """Return whether a test fails with the fault.

    Raises
    ------
    RuntimeError
        Where the tests could not be run at all.
    """
    with ExitStack() as stack:
        environment = {
            **os.environ,
            "MUTANT": json.dumps({"file": str(fault.path), "was": fault.was, "becomes": fault.becomes}),
            "PYTHONPATH": str(HERE / "hook"),
        }
        if fault.compiled:
            environment["NUMBA_CACHE_DIR"] = stack.enter_context(tempfile.TemporaryDirectory())
        tests = [str(ROOT / "tests" / test) for test in fault.tests]
        options = ["-x", "-q", "-m", "not slow", "-p", "no:cacheprovider"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode not in (0, TESTS_FAILED):
        raise RuntimeError(f"{fault}\n{done.stdout}{done.stderr}")
    return done.returncode == TESTS_FAILED


def table(faults: Iterable[Fault], found: Iterable[bool]) -> str:
    """Return the score by floor as a table in Markdown."""
    scores: dict[str, list[bool]] = {}
    for fault, seen in zip(faults, found, strict=True):
        if not fault.why:
            scores.setdefault(fault.floor, []).append(seen)
    every = [seen for floor in scores.values() for seen in floor]
    lines = ["| floor | faults | noticed |", "|---|---|---|"]
    for floor, seen in [*scores.items(), ("all", every)]:
        lines.append(f"| {floor} | {len(seen)} | {sum(seen)} ({sum(seen) / len(seen):.0%}) |")
    return "\n".join(lines)


def main() -> int:
    """Run the tests with each fault; print what went unnoticed, and the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--floor", action="append", help="only this floor; may be given more than once")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="faults at the same time")
    options = parser.parse_args()
    faults = [one for one in read_faults() if not options.floor or one.floor in options.floor]
    with ThreadPoolExecutor(options.jobs) as pool:
        found = list(pool.map(noticed, faults))
    for fault, seen in zip(faults, found, strict=True):
        if not seen and not fault.why:
            print(f"not noticed: {fault}")
        if seen and fault.why:
            print(f"noticed, though it is said to change nothing: {fault}")
    print(table(faults, found))
    return int(any(seen == bool(fault.why) for fault, seen in zip(faults, found, strict=True)))


if __name__ == "__main__":
    sys.exit(main())

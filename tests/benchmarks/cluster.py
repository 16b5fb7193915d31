"""What many bootstrap replicates cost on a cluster, from the benchmark files of a run.

Run it by `python -m tests.benchmarks.cluster` after a run; docs/cluster.md says how to read its table.
"""

import argparse
import heapq
from collections.abc import Iterable
from pathlib import Path
from statistics import mean

import pandas as pd


def chunk_seconds(benchmarks: Path, chunk: int) -> dict[str, float]:
    """Return the mean seconds of a bootstrap chunk of this many replicates, by analysis."""
    found: dict[str, list[float]] = {}
    for path in sorted(benchmarks.glob("bootstrap_chunk/*/*.tsv")):
        start, stop = map(int, path.stem.split("-"))
        if stop - start == chunk:
            found.setdefault(path.parent.name, []).append(pd.read_csv(path, sep="\t")["s"].iloc[0])
    if not found:
        raise FileNotFoundError(f"{benchmarks}: no chunk of {chunk} replicates was drawn")
    return {analysis: mean(seconds) for analysis, seconds in found.items()}


def makespan(jobs: Iterable[float], cores: int) -> float:
    """Return when the last job ends if each starts, in order, on the core that is free first."""
    free = [0.0] * cores
    for seconds in jobs:
        heapq.heapreplace(free, free[0] + seconds)
    return max(free)


def table(chunks: list[float], *, cores: list[int], together: list[int], overhead: float) -> pd.DataFrame:
    """Return minutes until all chunks are drawn, by number of cores and of chunks in one cluster job.

    Parameters
    ----------
    chunks : seconds of each chunk.
    cores : numbers of cores, one job on each.
    together : numbers of chunks that one job draws, one after the other.
    overhead : seconds from a job's start to that of its first chunk and from the last one's end to the job's.
    """
    rows = []
    for size in together:
        jobs = [overhead + sum(chunks[first : first + size]) for first in range(0, len(chunks), size)]
        minutes = {f"{number} cores": makespan(jobs, number) / 60 for number in cores}
        rows.append({"chunks per job": size, "jobs": len(jobs), "minutes per job": max(jobs) / 60, **minutes})
    return pd.DataFrame(rows)


def main() -> None:
    """Print the cost of a chunk by analysis and the table, in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--benchmarks", type=Path, default=Path("benchmarks"), help="of a finished run")
    parser.add_argument("--chunk", type=int, default=1000, help="replicates of its chunks")
    parser.add_argument("--replicates", type=int, default=10_000, help="of each analysis")
    parser.add_argument("--analyses", type=int, help="more than the run has: the others at the mean cost")
    parser.add_argument("--cores", type=int, nargs="+", default=[2, 16, 128])
    parser.add_argument("--together", type=int, nargs="+", default=[1, 10, 20], help="chunks in one job")
    parser.add_argument("--overhead", type=float, default=5.0, help="seconds that a cluster job adds")
    options = parser.parse_args()
    seconds = chunk_seconds(options.benchmarks, options.chunk)
    costs = list(seconds.values())
    costs += [mean(costs)] * ((options.analyses or len(costs)) - len(costs))
    chunks = [cost for cost in costs for _ in range(-(-options.replicates // options.chunk))]
    minutes = table(chunks, cores=options.cores, together=options.together, overhead=options.overhead)
    print(pd.Series(seconds, name="seconds per chunk").to_markdown(floatfmt=".1f"))
    print(f"\n{len(chunks)} chunks, {sum(chunks) / 60:.0f} minutes of one core\n")
    print(minutes.to_markdown(index=False, floatfmt=(".0f", ".0f", *[".1f"] * len(minutes.columns))))


if __name__ == "__main__":
    main()

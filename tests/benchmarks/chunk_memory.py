"""Run one bootstrap chunk in this process; print its seconds and largest resident memory in MB.

Usage: python chunk_memory.py <config.yaml> <imputed.parquet>
"""

import resource
import sys
import time
from pathlib import Path

import yaml


def largest_memory() -> float:
    """Largest resident memory of this process in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage counts the parent's memory on Linux
        line = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main(config_file: str, imputed: str) -> None:
    """Do what the job of a chunk does, imports included."""
    start = time.perf_counter()
    from bootstrap_chunk import main as bootstrap_chunk

    config = yaml.safe_load(Path(config_file).read_text())
    bootstrap_chunk(
        imputed=imputed,
        draws=f"{imputed}.draws",
        analysis="primary",
        start="0",
        stop="10",
        model=config["analyses"]["primary"],
        standardisation=config["analyses"]["primary"]["standardisation"],
        resampling="stratified",
        variables=config["variables"],
        seed=config["seed"],
    )
    print(time.perf_counter() - start, largest_memory())


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Write down what went into a run and the checksum of every result that may be shown."""

from job import run, snakemake  # first: it makes the other imports faster

import json
from pathlib import Path

from ipdmediation.plumbing.manifest import FILES, checksums
from ipdmediation.plumbing.provenance import KEY


def main(*, recorded: str, study: list[str], analyses: list[str], manifest: str) -> None:
    """Read what the run was made of, and its results; write both into one file."""
    content = json.loads(Path(recorded).read_text())
    content.pop(KEY, None)
    content[FILES] = checksums([recorded, *study, *analyses], folder=Path(recorded).parent)
    Path(manifest).write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    run(main, snakemake)

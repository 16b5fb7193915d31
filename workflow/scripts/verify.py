"""Hold a folder of results against its manifest: `snakemake verify`, or `python verify.py <folder>`."""

from job import run, snakemake  # first: it makes the other imports faster

import sys

from ipdmediation.plumbing.manifest import problems


def main(*, results: str) -> None:
    """Read every result; raise one error for each that is not as the manifest has it."""
    found = problems(results)
    if found:
        raise ExceptionGroup(f"{results}: not as its manifest", [ValueError(line) for line in found])


if __name__ == "__main__":
    if snakemake is not None:
        run(main, snakemake)
    lines = problems(sys.argv[1])
    print("\n".join(lines) or "Every file is as the manifest has it.")
    sys.exit(bool(lines))

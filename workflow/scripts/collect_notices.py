"""Gather what a reader of an analysis has to know into one table."""

from job import run, snakemake  # first: it makes the other imports faster

from ipdmediation.data.notices import read_notices, write_notices


def main(*, noted: list[str], collected: str) -> None:
    """Read the notices of every step; write them in the order of the steps."""
    write_notices(collected, [notice for path in noted for notice in read_notices(path)])


if __name__ == "__main__":
    run(main, snakemake)

"""Gather what a reader of an analysis has to know into one table."""

from job import run, snakemake  # first: it makes the other imports faster

from ipdmediation.data.notices import Noted, read_notices, write_notices


def main(*, noted: list[str], collected: str, of_fonts: list[tuple[str, str]]) -> None:
    """Read the notices of every step; write them in the order of the steps, and then those of the fonts."""
    found = [notice for path in noted for notice in read_notices(path)]
    write_notices(collected, [*found, *(Noted("figures", kind, message) for kind, message in of_fonts)])


if __name__ == "__main__":
    run(main, snakemake)

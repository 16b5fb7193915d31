"""Say why patients left at each step of an analysis' flow, with no count that may be of one patient."""

from job import run, snakemake  # first: it makes the other imports faster

from ipdmediation.data.cohort import with_reasons
from ipdmediation.data.disclosure import public_flow
from ipdmediation.data.result_tables import read_table, write_table


def main(*, steps: str, flow: str, stated: list[str], minimum_count: int) -> None:
    """Read the steps with their numbers; write what may be shown, with the reasons of the configuration."""
    named = with_reasons(read_table(steps), stated)
    write_table(public_flow(named, minimum=minimum_count), flow)


if __name__ == "__main__":
    run(main, snakemake)

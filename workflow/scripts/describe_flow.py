"""Say why patients left at each step of an analysis' flow."""

from job import run  # first: it makes the other imports faster

from ipdmediation.data.cohort import with_reasons
from ipdmediation.data.disclosure import public_flow
from ipdmediation.data.result_tables import read_table, write_table


def main(*, steps: str, flow: str, stated: list[str], minimum_count: int) -> None:
    """Read the steps with their numbers; write them with the reasons stated, and without small counts."""
    table = public_flow(read_table(steps), minimum=minimum_count)
    write_table(with_reasons(table, stated), flow)


if __name__ == "__main__":
    run(main, snakemake)

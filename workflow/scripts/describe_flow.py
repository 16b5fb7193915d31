"""Say why patients left at each step of an analysis' flow."""

from job import run  # first: it makes the other imports faster

import pandas as pd

from ipdmediation.data.cohort import with_reasons


def main(*, steps: str, flow: str, stated: list[str]) -> None:
    """Read the steps with their numbers; write them with the reasons that the configuration states."""
    table = pd.read_csv(steps, keep_default_na=False)
    with_reasons(table, stated).to_csv(flow, index=False)


if __name__ == "__main__":
    run(main, snakemake)

"""Describe the cohort of an analysis: baseline, outcome and mediator by arm."""


def main() -> None:
    """Read the cohort; write the tables."""


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

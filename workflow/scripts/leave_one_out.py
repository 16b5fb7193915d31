"""Repeat an analysis without one trial after the other."""

from job import run, snakemake  # first: it makes the other imports faster

from typing import Any

from ipdmediation.data.result_tables import write_table
from ipdmediation.evidence.leave_one_out import leave_one_out
from ipdmediation.evidence.notices import leave_to_the_analysis, warn_of
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream


def main(
    *,
    imputed: str,
    effects: str,
    drawn_as: str,
    model: dict[str, Any],
    standardisation: dict[str, Any],
    resampling: str,
    replicates: int,
    interval: str,
    level: float,
    max_failed: float,
    variables: dict[str, Any],
    seed: int,
) -> None:
    """Read the imputed cohort; write the effects without each trial in turn."""
    leave_to_the_analysis()
    analysis = ImputedAnalysis.read(
        imputed,
        model=model,
        standardisation=standardisation,
        resampling=resampling,
        variables=variables,
    )
    table = leave_one_out(
        analysis,
        replicates=replicates,
        stream=lambda trial, replicate: stream(seed, "leave one out", drawn_as, trial, replicate),
        interval=interval,
        level=level,
        max_failed=max_failed,
    )
    write_table(table, effects)
    warn_of(table, "there is no analysis without trial {trial!r}", kind="trial_not_left_out")


if __name__ == "__main__":
    run(main, snakemake)

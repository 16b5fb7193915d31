"""Say what the effects of an analysis would be of a mediator measured without error."""

from job import run, snakemake  # first: it makes the other imports faster

from typing import Any

from ipdmediation.data.result_tables import write_table
from ipdmediation.evidence.measurement_error import measurement_error
from ipdmediation.evidence.notices import leave_to_the_analysis, warn_of
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream
from ipdmediation.vocabulary.withheld import Withheld


def main(
    *,
    imputed: str,
    effects: str,
    drawn_as: str,
    model: dict[str, Any],
    standardisation: dict[str, Any],
    resampling: str,
    error: dict[str, float | None],
    replicates: int,
    interval: str,
    level: float,
    max_failed: float,
    variables: dict[str, Any],
    seed: int,
) -> None:
    """Read the imputed cohort; write the effects along the reliability."""
    leave_to_the_analysis()
    analysis = ImputedAnalysis.read(
        imputed,
        model=model,
        standardisation=standardisation,
        resampling=resampling,
        variables=variables,
    )
    table = measurement_error(
        analysis,
        error=error,
        replicates=replicates,
        # the resamples of the analysis' own bootstrap
        stream=lambda replicate: stream(seed, "bootstrap", drawn_as, replicate),
        interval=interval,
        level=level,
        max_failed=max_failed,
    )
    write_table(table, effects)
    warn_of(
        table[(table["stated"] != "") & (table["withheld"] == Withheld.UNDEFINED)],
        "no effects at the stated error of measurement",
        kind="error_impossible",
        why="note",
    )


if __name__ == "__main__":
    run(main, snakemake)

"""Draw a chunk of bootstrap replicates of an analysis."""

from job import run, snakemake  # first: it makes the other imports faster

from typing import Any

from ipdmediation.inference.bootstrap import draw_replicates
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream


def main(
    *,
    imputed: str,
    draws: str,
    analysis: str,
    start: str,
    stop: str,
    model: dict[str, Any],
    standardisation: dict[str, Any],
    resampling: str,
    variables: dict[str, Any],
    seed: int,
) -> None:
    """Read the imputed cohort; write the effects of replicates start to stop - 1."""
    prepared = ImputedAnalysis.read(
        imputed,
        model=model,
        standardisation=standardisation,
        resampling=resampling,
        variables=variables,
    )
    table = draw_replicates(
        prepared,
        replicates=range(int(start), int(stop)),
        stream=lambda replicate: stream(seed, "bootstrap", analysis, replicate),
    )
    table.to_parquet(draws)


if __name__ == "__main__":
    run(main, snakemake)

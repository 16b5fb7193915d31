"""Say what an unmeasured cause of mediator and outcome would make of the effects of an analysis."""

from job import run, snakemake  # first: it makes the other imports faster

from typing import Any

from ipdmediation.data.result_tables import write_table
from ipdmediation.evidence.confounding import NO_LOGIT, confounding
from ipdmediation.evidence.notices import leave_to_the_analysis, warn_of
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream
from ipdmediation.vocabulary.scales import MEAN


def main(
    *,
    imputed: str,
    curve: str,
    undone: str,
    benchmarks: str,
    e_values: str,
    logit: str,
    drawn_as: str,
    model: dict[str, Any],
    standardisation: dict[str, Any],
    resampling: str,
    correlations: list[float],
    covariates: list[str],
    logit_check: bool,
    replicates: int,
    interval: str,
    level: float,
    max_failed: float,
    variables: dict[str, Any],
    seed: int,
) -> None:
    """Read the imputed cohort; write the curve, what it comes to, the benchmarks and both checks."""
    leave_to_the_analysis()
    analysis = ImputedAnalysis.read(
        imputed,
        model=model,
        standardisation=standardisation,
        resampling=resampling,
        variables=variables,
    )
    tables = confounding(
        analysis,
        correlations=correlations,
        benchmarks=covariates,
        logit_check=logit_check,
        replicates=replicates,
        # the resamples of the analysis' own bootstrap
        stream=lambda replicate: stream(seed, "bootstrap", drawn_as, replicate),
        interval=interval,
        level=level,
        max_failed=max_failed,
    )
    for table, path in zip(tables, (curve, undone, benchmarks, e_values, logit), strict=True):
        write_table(table, path)
    warn_of(
        tables.logit[tables.logit["note"] != NO_LOGIT],
        "the confounding curve is not checked with a logit model",
        kind="logit_not_checked",
        why="note",
    )
    through = tables.curve[(tables.curve["effect"] == "tnie") & (tables.curve["scale"] == MEAN.key)]
    warn_of(
        through[through["withheld"] != ""],
        "the effect through the mediator is not known at each correlation",
        kind="curve_withheld",
        why="note",
    )


if __name__ == "__main__":
    run(main, snakemake)

"""Ask whether the mediator could stand for the outcome: within patients, and over trials."""

from job import run, snakemake  # first: it makes the other imports faster

from typing import Any

from ipdmediation.data.covariates import StatedCovariates
from ipdmediation.data.missing import never_measured
from ipdmediation.data.result_tables import read_table, write_table
from ipdmediation.evidence.notices import leave_to_the_analysis, warn_of
from ipdmediation.evidence.surrogacy import surrogacy, surrogate_line, surrogate_predictions
from ipdmediation.evidence.surrogate_trials import surrogate_trials
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream


def main(
    *,
    imputed: str,
    missing: str,
    measures: str,
    predictions: str,
    line: str,
    drawn_as: str,
    model: dict[str, Any],
    standardisation: dict[str, Any],
    resampling: str,
    covariates: StatedCovariates,
    replicates: int,
    level: float,
    max_failed: float,
    minimum_count: int,
    variables: dict[str, Any],
    seed: int,
) -> None:
    """Read the imputed cohort; write the panel's measures, what trials predict, and the line."""
    leave_to_the_analysis()
    analysis = ImputedAnalysis.read(
        imputed,
        model=model,
        standardisation=standardisation,
        resampling=resampling,
        variables=variables,
    )
    trials = list(
        surrogate_trials(
            analysis,
            covariates=covariates,
            unmeasured=never_measured(read_table(missing), analysis.specification.mediator),
            minimum_count=minimum_count,
        )
    )
    table = surrogacy(
        analysis,
        trials,
        replicates=replicates,
        stream=lambda replicate: stream(seed, "bootstrap", drawn_as, replicate),
        level=level,
        max_failed=max_failed,
    )
    predicted = surrogate_predictions(trials, level=level)
    write_table(table, measures)
    write_table(predicted, predictions)
    write_table(surrogate_line(trials, level=level), line)
    warn_of(predicted, "trial {trial!r} is left out of the surrogacy panel", kind="trial_left_out")
    warn_of(
        table[(table["measure"] == "slope") & (table["withheld"] != "")],
        "the surrogacy panel has no level of the trials",
        kind="no_trial_level",
        why="note",
    )


if __name__ == "__main__":
    run(main, snakemake)

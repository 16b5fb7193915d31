"""Analyse every trial of an analysis by itself, and pool their effects in a second stage."""

from job import run, snakemake  # first: it makes the other imports faster

from typing import Any

from ipdmediation.data.covariates import StatedCovariates
from ipdmediation.data.missing import never_measured
from ipdmediation.data.result_tables import read_table, write_table
from ipdmediation.data.variables import variables_from_config
from ipdmediation.evidence.by_trial import drawn_trials
from ipdmediation.evidence.notices import leave_to_the_analysis, warn_of
from ipdmediation.evidence.pooled_trials import tables
from ipdmediation.evidence.sent_trials import levels_of, read_sent, side_by_side
from ipdmediation.evidence.site_tables import effects_of
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream


def main(
    *,
    imputed: str,
    missing: str,
    sent: list[str],
    by_trial: str,
    together: str,
    drawn_as: str,
    model: dict[str, Any],
    standardisation: dict[str, Any],
    covariates: StatedCovariates,
    replicates: int,
    interval: str,
    level: float,
    minimum_count: int,
    analysis: str,
    sent_trials: dict[str, str],
    agreed: dict[str, Any],
    variables: dict[str, Any],
    seed: int,
) -> None:
    """Read the imputed cohort and results of other trials; write the effects of each, and the same pooled."""
    leave_to_the_analysis()
    known = variables_from_config(variables)
    stated = {**model, "standardisation": standardisation}
    elsewhere = read_sent(
        sent,
        sent_trials,
        analysis=analysis,
        agreed=agreed,
        effects=effects_of(stated, known[model["outcome"]["variable"]]),
    )
    cohort = ImputedAnalysis.read(
        imputed,
        model=model,
        standardisation=standardisation,
        resampling="stratified",
        variables=variables,
    )
    here = drawn_trials(
        cohort,
        covariates=covariates,
        unmeasured=never_measured(read_table(missing), cohort.specification.mediator),
        minimum_count=minimum_count,
        replicates=replicates,
        stream=lambda trial, replicate: stream(seed, "each trial", drawn_as, trial, replicate),
        interval=interval,
        levels_elsewhere=levels_of(elsewhere),
    )
    family, link = cohort.specification.family, cohort.specification.link
    found = [
        trial.summarised(family=family, link=link, interval=interval, level=level)
        for trial in side_by_side(list(here), elsewhere)
    ]
    trials, pooled = tables(found, level=level, minimum_count=minimum_count)
    write_table(trials, by_trial)
    write_table(pooled, together)
    warn_of(trials, "trial {trial!r} is left out of the two stages", kind="trial_left_out")


if __name__ == "__main__":
    run(main, snakemake)

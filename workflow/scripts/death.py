"""Set beside the effects what they are if nobody is left out whose mediator cannot exist."""

from job import run, snakemake  # first: it makes the other imports faster

from functools import partial
from typing import Any

import pandas as pd

from ipdmediation.data.clusters import check_clusters
from ipdmediation.data.covariates import Covariates
from ipdmediation.data.event import Event, select_with_event
from ipdmediation.data.event_imputation import impute_with_event
from ipdmediation.data.missing import MissingData
from ipdmediation.data.result_tables import write_table
from ipdmediation.data.schema import conform
from ipdmediation.data.transforms import to_analysis_scale
from ipdmediation.data.variables import variables_from_config
from ipdmediation.data.weights import check_weights
from ipdmediation.evidence.death import NOTHING_TO_DO, handlings
from ipdmediation.evidence.event_mediators import EventAnalysis
from ipdmediation.evidence.notices import leave_to_the_analysis, warn_of
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream
from ipdmediation.vocabulary.terms import TRIAL


def main(
    *,
    pooled: str,
    effects: str,
    patients: str,
    drawn_as: str,
    eligibility: list[dict[str, Any]],
    needed: dict[str, Any],
    missing: dict[str, Any],
    model: dict[str, Any],
    standardisation: dict[str, Any],
    event: str,
    levels: list[Any],
    measurement: list[str],
    covariates: Covariates,
    resampling: str,
    replicates: int,
    interval: str,
    level: float,
    max_failed: float,
    minimum_count: int,
    variables: dict[str, Any],
    seed: int,
) -> None:
    """Read the pooled trials; write the effects by handling, and how many patients there are of each kind."""
    leave_to_the_analysis()
    known = variables_from_config(variables)
    plan = MissingData.of(**needed, variables=known)
    mediator, outcome = model["mediator"], model["outcome"]
    cohort = select_with_event(
        conform(pd.read_parquet(pooled), known, excluded_arms=True),
        event=Event(variable=event, levels=levels, measurement=measurement),
        mediator=mediator["variable"],
        outcome=outcome["variable"],
        better=outcome["better"],
        rules=[rule | {"reason": ""} for rule in eligibility],
        variables=known,
        missing=plan,
    )
    if model["weights"] is not None:
        check_weights(cohort.frame, variable=model["weights"])
    if model["cluster"] != TRIAL:
        check_clusters(cohort.frame, variable=model["cluster"])
    scale = partial(to_analysis_scale, transform=mediator["transform"], offset=mediator["offset"])
    completed = impute_with_event(
        cohort,
        variables=known,
        plan=plan,
        mediator=mediator["variable"],
        rng=stream(seed, "imputation of everybody", drawn_as),
        imputations=missing["imputations"],
        iterations=missing["iterations"],
        donors=missing["donors"],
        scales={mediator["variable"]: scale},
    )
    table = handlings(
        EventAnalysis(
            analysis=ImputedAnalysis.from_config(
                completed,
                model=model,
                standardisation=standardisation,
                resampling=resampling,
                variables=known,
            ),
            event=cohort.event,
            measured=cohort.measured,
            covariates=covariates,
        ),
        replicates=replicates,
        stream=lambda replicate: stream(seed, "bootstrap", drawn_as, replicate),
        interval=interval,
        level=level,
        max_failed=max_failed,
    )
    write_table(table, effects)
    write_table(cohort.counts(minimum=minimum_count), patients)
    warn_of(
        table[~table["reason"].isin(NOTHING_TO_DO)],
        "there are no effects by the handling {handling!r}",
        kind="handling_left_out",
    )


if __name__ == "__main__":
    run(main, snakemake)

"""Analyse the trials of a site by themselves, and put what they say into one file without rows."""

from job import run, snakemake  # first: it makes the other imports faster

import warnings
from typing import Any

import pandas as pd

from ipdmediation.data.missing import never_measured
from ipdmediation.data.result_tables import read_table
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config
from ipdmediation.evidence.by_trial import drawn_trials
from ipdmediation.evidence.site_archive import SiteResult, part, write_archive
from ipdmediation.evidence.site_tables import about_trial, tables_of
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream
from ipdmediation.inference.summary import BootstrapWarning
from ipdmediation.models.errors import FitWarning
from ipdmediation.plumbing.software import software

NOTHING = (
    "no analysis of this study has two stages, so that there is nothing to send; write `evidence: {trials: "
    "{two_stages: true}}` in one"
)


def main(
    *,
    imputed: list[str],
    missing: list[str],
    archive: str,
    stages: dict[str, dict[str, Any]],
    minimum_count: int,
    variables: dict[str, Any],
    seed: int,
) -> None:
    """Read the imputed cohorts; write the estimates and draws of each trial in each analysis."""
    if not stages:
        raise ValueError(NOTHING)
    for category in (FitWarning, BootstrapWarning):  # of single trials: who pools them is told
        warnings.simplefilter("ignore", category)
    known = variables_from_config(variables)
    analyses: dict[str, Any] = {}
    parts: dict[str, bytes] = {}
    for (name, stage), rows, lacking in zip(stages.items(), imputed, missing, strict=True):
        analysis = ImputedAnalysis.from_config(
            conform(pd.read_parquet(rows), known),
            model=stage["model"],
            standardisation=stage["standardisation"],
            resampling="stratified",
            variables=known,
        )
        drawn = list(
            drawn_trials(
                analysis,
                covariates=stage["covariates"],
                unmeasured=never_measured(read_table(lacking), analysis.specification.mediator),
                minimum_count=minimum_count,
                replicates=stage["replicates"],
                # as the step each_trial names it: the same seed gives the numbers that its rows would give
                stream=lambda trial, replicate, of=stage["drawn_as"]: stream(  # type: ignore[misc]
                    seed, "each trial", of, trial, replicate
                ),
                interval=stage["interval"],
            )
        )
        analyses[name] = {
            "settings": stage["agreed"],
            "interval": stage["interval"],
            "missing": stage["missing"],
            "trials": {each.trial: about_trial(each, minimum_count=minimum_count) for each in drawn},
        }
        for each in drawn:
            parts |= {part(name, each.trial, table): text for table, text in tables_of(each).items()}
    manifest = {**software(), "seed": seed, "minimum_count": minimum_count, "analyses": analyses}
    write_archive(archive, SiteResult(manifest=manifest, parts=parts))


if __name__ == "__main__":
    run(main, snakemake)

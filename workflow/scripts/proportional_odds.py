"""Test proportional odds; compute coefficients cut by cut, and the effects with a treatment that is free."""

from job import run, snakemake  # first: it makes the other imports faster

from dataclasses import replace
from typing import Any

from ipdmediation.data.result_tables import write_table
from ipdmediation.evidence.coefficients_by_cut import coefficients_by_cut
from ipdmediation.evidence.cut_tests import cut_tests, form_of_tests
from ipdmediation.evidence.free_treatment import free_treatment
from ipdmediation.evidence.notices import leave_to_the_analysis, warn_of, warn_of_rejected_odds
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream
from ipdmediation.models.specification import (
    AnalysisSpecification,
    MediationModels,
    models_by_imputation,
)


def main(
    *,
    imputed: str,
    tests: str,
    by_cut: str,
    effects: str,
    drawn_as: str,
    model: dict[str, Any],
    standardisation: dict[str, Any],
    replicates: int,
    interval: str,
    level: float,
    max_failed: float,
    minimum_count: int,
    variables: dict[str, Any],
    seed: int,
) -> None:
    """Read the imputed cohort; write the tests, the coefficients by cut, and the effects both ways."""
    leave_to_the_analysis()
    analysis = ImputedAnalysis.read(
        imputed,
        model=model,
        standardisation=standardisation,
        resampling="stratified",
        variables=variables,
    )
    trials = analysis.completed["trial"].nunique()
    tested = replace(
        analysis,
        specification=form_of_tests(analysis.specification, trials=trials),
        options=replace(analysis.options, population="these_trials", controlled_at=()),
    )

    def build(specification: AnalysisSpecification) -> list[MediationModels]:
        return models_by_imputation(tested.completed, specification=specification, variables=tested.variables)

    found = cut_tests(tested.specification, build)
    write_table(found, tests)
    warn_of_rejected_odds(found)
    warn_of(found, "no test {test!r} of proportional odds in the {model} model", kind="no_test_of_odds")
    coefficients = coefficients_by_cut(tested.specification, build, level=level, minimum_count=minimum_count)
    write_table(coefficients, by_cut)
    both = free_treatment(
        tested,
        replicates=replicates,
        stream=lambda replicate: stream(seed, "proportional odds", drawn_as, replicate),
        interval=interval,
        level=level,
        max_failed=max_failed,
    )
    write_table(both, effects)
    warn_of(both, "no effects of a treatment that is free at every cut", kind="no_free_treatment")


if __name__ == "__main__":
    run(main, snakemake)

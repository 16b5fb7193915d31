"""What would undo the effect through the mediator, in words: confounding, and error of measurement."""

from __future__ import annotations

from ipdmediation.present import notation
from ipdmediation.present.confounding import (
    LEAVES,
    UNDOES,
    cause,
    correlation,
    ends_of,
    on_the_mean,
    reach,
    reached_row,
    strongest_first,
    undone_row,
)
from ipdmediation.present.measurement_error import method_sentence, reliability, stated_row, stated_sentence
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.scales import Row, reading
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.effects import HEADLINE, PROPORTION_MEDIATED
from ipdmediation.vocabulary.scales import MEAN
from ipdmediation.vocabulary.withheld import Withheld


def undone_by(result: AnalysisResult) -> list[str]:
    """Say beside the answer what would undo it, nothing where the analysis does not ask.

    Parameters
    ----------
    result
        The analysis.
    """
    sentences = []
    if "confounding" in result.evidence:
        undone = result.evidence["confounding_undone"]
        explains = undone_row(undone, "explains")
        # an effect whose direction is open needs no confounding to be undone
        if explains is not None and not _open_already(result):
            strongest = strongest_first(result.evidence["confounding_benchmarks"])
            sentences.append(
                f"It would take {cause(explains['rho'], result.study)}, with a correlation of "
                f"{_said(explains, result.study)} between what it does to both, to undo the part through "
                f"{result.study.named(result.study.mediator)}{_beside(strongest, result)}."
            )
    return [*sentences, *_with_error(result)]


def confounding_sentences(result: AnalysisResult) -> list[str]:
    """Say what the curve and the benchmarks show."""
    study, evidence = result.study, result.evidence
    undone, benchmarks = evidence["confounding_undone"], evidence["confounding_benchmarks"]
    explains, reached = undone_row(undone, "explains"), reached_row(undone)
    mediator = study.named(study.mediator)
    sentences = [
        f"An unmeasured cause of both {mediator} and {study.named_outcome} would make part of the effect "
        f"through {mediator} its own. It shows as a correlation between what the models of the two leave "
        "unexplained; the total effect, which is randomised, does not depend on it."
    ]
    if explains is not None:
        sentences.append(
            f"With {cause(explains['rho'], study)} and a correlation of {_said(explains, study)}, nothing "
            f"would run through {mediator}: such a cause explains shares of what is unexplained in both "
            f"whose product is {notation.percent(100 * explains['r2'])}."
        )
    if reached is not None:
        sentences.append(
            f"From a correlation of {correlation(reached['rho'])} on, the interval of the part through "
            f"{mediator} includes the value of no effect."
        )
    if _open_already(result):
        sentences.append(
            f"Without any such cause the interval of the part through {mediator} includes the value of no "
            "effect already."
        )
        return sentences
    return [*sentences, *(_benchmark(row, result) for row in strongest_first(benchmarks)[:1])]


def measurement_sentences(result: AnalysisResult) -> list[str]:
    """Say what is stated of the error, and what the effects would be without it."""
    study, table = result.study, result.evidence["measurement_error"]
    return [
        f"Error in the measurement of {study.named(study.mediator)} hides part of the effect that "
        "runs through it, if it is independent of everything else.",
        stated_sentence(table, study),
        *_with_error(result),
        method_sentence(table, study),
    ]


def _said(row: Row, study: Study) -> str:
    return notation.with_ends(correlation(row["rho"]), notation.confidence(study.coverage, ends_of(row)))


def _open_already(result: AnalysisResult) -> bool:
    """Whether the interval of the indirect effect includes the value of no effect without confounding."""
    curve = on_the_mean(result.evidence["confounding"], "tnie")
    start = dict(curve[curve["rho"] == 0].iloc[0])
    return reading("tnie", MEAN.key, study=result.study).side(start) == 0


def _beside(strongest: list[Row], result: AnalysisResult) -> str:
    if not strongest:
        return ""
    row = strongest[0]
    label = result.study.named(str(row["variable"]))
    verdict = reach(row, result.evidence["confounding_undone"])
    does = {UNDOES: "would do that", LEAVES: "would not"}.get(verdict, "would leave its direction open")
    as_strong = f"one as strong as {label} ({correlation(row['against'])})"
    return f"; {as_strong}, the strongest measured covariate, {does}"


def _benchmark(row: Row, result: AnalysisResult) -> str:
    study, undone = result.study, result.evidence["confounding_undone"]
    read = reading("tnie", MEAN.key, study=study)
    does = {UNDOES: "would undo it", LEAVES: "would not undo it"}.get(
        reach(row, undone), "would leave its direction open"
    )
    left = f": {read.sentence(row, study)} would still run through it"
    kept = left if reach(row, undone) == LEAVES and notation.known(row["estimate"]) else ""
    return (
        f"Of the measured covariates, {study.named(str(row['variable']))} is the strongest in this: "
        f"an unmeasured cause as strong, with a correlation of {correlation(row['against'])}, {does}{kept}."
    )


def _with_error(result: AnalysisResult) -> list[str]:
    """Say what the effects would be at the stated error."""
    if "measurement_error" not in result.evidence:
        return []
    study, table = result.study, result.evidence["measurement_error"]
    mediator = study.named(study.mediator)
    share, indirect = (stated_row(table, effect) for effect in (PROPORTION_MEDIATED, "tnie"))
    assert share is not None
    assert indirect is not None
    start = f"If {mediator} were measured without the stated error (a reliability of"
    start = f"{start} {reliability(indirect['reliability'])}),"
    if not notation.known(indirect["estimate"]):
        reason = Withheld(indirect["withheld"]).reason(notation.text_of(indirect["note"]))
        return [f"What the stated error of {mediator} hides cannot be said: {reason}."]
    read = reading("tnie", MEAN.key, study=study)
    whole = f"{start} the part through it would be {read.sentence(indirect, study)}"
    if notation.known(share["estimate"]) and result.estimated(*HEADLINE) is not None:
        written = reading(*HEADLINE, study=study).sentence(share, study)
        return [f"{whole}, {written} of the total effect."]
    return [f"{whole}."]

"""What the mediation effects mean and what they do not mean, with the run's numbers."""

from __future__ import annotations

from ipdmediation.present import notation
from ipdmediation.present.house_style import people
from ipdmediation.present.labels import quartile
from ipdmediation.present.report.answer import APART, published_gap
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.scales import Row, reading
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.effects import (
    DIRECT_AT,
    DIRECT_AT_MEDIAN,
    HEADLINE,
    MEDIATOR_EFFECT_IN,
    OF_THE_MEDIATOR,
    ON_THE_MEDIATOR,
    SHARE_BY_DIFFERENCE,
    SHARE_ON_ONE_SCALE,
)


def meaning(result: AnalysisResult) -> list[str]:
    """Explain paths, shares and their limits.

    Coefficients of models with a link are not collapsible (Greenland, Robins & Pearl 1999 Stat Sci 14:29), so
    a proportion of them mixes mediation with a change of scale (Karlson, Holm & Breen 2012 Sociol Methodol
    42:286).

    Parameters
    ----------
    result
        The analysis.
    """
    return [
        _natural(result),
        *paths(result),
        *_direct_at_values(result),
        *_change_of_scale(result),
        *_stretched(result),
        _assumption(result),
    ]


def paths(result: AnalysisResult) -> list[str]:
    """Give the estimates from treatment to mediator and from mediator to outcome."""
    return [_path_a(result), *_path_b(result)]


def _natural(result: AnalysisResult) -> str:
    study = result.study
    mediator = study.named(study.mediator)
    return (
        f"The total effect compares the same {people()} with and without {study.named_arm('treated')}. "
        f"It is the sum of two parts: the direct effect, with {mediator} as it would be without treatment; "
        f"and the indirect effect, through {mediator}: that of moving it, in the treated, from there to what "
        "it is under treatment."
    )


def _path(row: Row, study: Study) -> str:
    read = reading(str(row["effect"]), str(row["scale"]), study=study)
    direction = f"; {read.direction}" if read.direction else f"; no effect is {read.null}"
    return f"{read.name}, {read.sentence(row, study)}{direction}"


def _path_a(result: AnalysisResult) -> str:
    row = result.estimated(ON_THE_MEDIATOR, "coefficient")
    text = "not estimated" if row is None else _path(row, result.study)
    return f"Path a, from treatment to mediator: {text}."


def _path_b(result: AnalysisResult) -> list[str]:
    study = result.study
    start = f"Path b, from mediator to outcome among {people()} on the same treatment"
    if study.spline_knots:
        return [f"{start}: a curve (restricted cubic spline) without a single number."]
    if study.interaction:
        read = reading(MEDIATOR_EFFECT_IN["treated"], "coefficient", study=study)
        arms = [
            f"{read.sentence(row, study)} with {study.named_arm(arm)}"
            for arm in ("treated", "control")
            if (row := result.estimated(MEDIATOR_EFFECT_IN[arm], "coefficient")) is not None
        ]
        return [
            f"{start}, which differs by arm in this model: {read.name}, {notation.joined(arms)}; "
            f"{read.direction}."
        ]
    row = result.estimated("mediator_effect", "coefficient")
    return [] if row is None else [f"{start}: {_path(row, study)}."]


def _direct_at_values(result: AnalysisResult) -> list[str]:
    """With an interaction, say what the direct effect is at stated values of the mediator."""
    study = result.study
    rows = {
        quartile(effect): row
        for effect in DIRECT_AT
        if (row := result.estimated(effect, "coefficient")) is not None
    }
    if not rows:
        return []
    read = reading(DIRECT_AT_MEDIAN, "coefficient", study=study)
    values = [
        f"{read.sentence(row, study)} at the {named} of {study.amount(study.mediator, row['at'])}"
        for named, row in rows.items()
    ]
    measure = notation.with_article(read.name)
    return [
        f"The direct effect depends on {study.named(study.mediator)}; as {measure} it is "
        f"{notation.joined(values)} ({read.direction}). The natural direct effect is its average over the "
        f"{people()}, on the scale of the outcome."
    ]


def _change_of_scale(result: AnalysisResult) -> list[str]:
    study = result.study
    if not study.has_levels:
        return (
            []
            if study.interaction or study.spline_knots
            else [
                "The outcome is modelled on its own scale, where effects along the paths add up; the "
                "difference and the product describe the same quantity."
            ]
        )
    if study.free_treatment:
        return [
            f"The treatment has another {study.link.measure} at each cut of the outcome, so that there is no "
            "single step from the total to the direct one, and no share of it; the shares given are those of "
            "effects on the outcome itself."
        ]
    mediator = notation.upper(study.named(study.mediator))
    rows = [row for effect in OF_THE_MEDIATOR if (row := result.estimated(effect, "coefficient")) is not None]
    predictor = "may be such a predictor"
    if rows:
        sides = [reading(str(row["effect"]), "coefficient", study=study).side(row) for row in rows]
        predictor = "is such a predictor" if any(sides) else "is not clearly one here"
    step = (
        "adds up two things: what the mediator carries, and a stretching of the scale that usually works the "
        "other way."
    )
    if _against_each_other(result):
        step = (
            "adds up two things that here work the same way: what the mediator carries, and a stretching of "
            "the scale."
        )
    elif result.estimated(*SHARE_BY_DIFFERENCE):
        step += (
            " The share from the difference is then too small, and can be negative although something is "
            "mediated."
        )
    sentences = [
        f"{notation.upper(notation.with_article(study.link.measure))} changes when a strong predictor of the "
        "outcome enters the model, even if that predictor has nothing to do with the treatment "
        f"(non-collapsibility). {mediator} {predictor}. The step from the total to the direct "
        f"{study.coefficient} therefore {step}"
    ]
    if study.interaction:
        sentences.append(
            f"With an interaction the direct {study.coefficient} depends on the mediator, so that the share "
            "from the difference is not defined."
        )
    return sentences + _shares_apart(result)


def _against_each_other(result: AnalysisResult) -> bool:
    """Whether the effect through the mediator and the total effect clearly have opposite directions."""
    total, indirect = result.estimated("total", "coefficient"), result.estimated("tnie", "mean")
    if total is None or indirect is None:
        return False
    odds, mean = (reading(*key, study=result.study) for key in (("total", "coefficient"), ("tnie", "mean")))
    return odds.verdict(total) * mean.verdict(indirect) < 0


def _shares_apart(result: AnalysisResult) -> list[str]:
    gap = published_gap(result)
    share, published = result.estimated(*HEADLINE), result.estimated(*SHARE_BY_DIFFERENCE)
    on_one_scale = result.estimated(*SHARE_ON_ONE_SCALE)
    # Where the share of the answer is withheld, others would be read in its place.
    if share is None or on_one_scale is None:
        return []
    average = result.study.average
    if published is None:
        read = reading(*HEADLINE, study=result.study)
        return [
            f"The share on one scale (Karlson-Holm-Breen), {read.point(on_one_scale)}, is one of the effect "
            f"on the {result.study.link.scale}, that of the answer, {read.point(share)}, one of the effect "
            f"on the {average}: shares on different scales need not agree."
        ]
    keys = {
        SHARE_BY_DIFFERENCE: "from the difference",
        SHARE_ON_ONE_SCALE: "when both models are put on one scale (Karlson-Holm-Breen)",
        HEADLINE: f"of the effect on the {average}",
    }
    given = [
        f"{reading(*key, study=result.study).point(row)} {words}"
        for key, words in keys.items()
        if (row := result.estimated(*key)) is not None
    ]
    start = f"In this analysis the same fits give {notation.joined(given)}"
    if gap >= APART:
        text = f"{start}. The first lies below the second because of the stretching"
        if abs(float(published["estimate"]) - float(share["estimate"])) < APART:
            return [f"{text}; that it comes close to the third, a share on another scale, is a coincidence."]
        return [
            f"{text}, so it should not be read as the share that is mediated; the second and the third are "
            "shares on different scales and need not agree."
        ]
    if gap <= -APART:
        return [
            f"{start}. The first lies above the second, which the stretching does not explain: chance, or "
            "models that describe the data badly, may be the reason."
        ]
    return [f"{start}: the stretching is small here."]


def _stretched(result: AnalysisResult) -> list[str]:
    """Say where the mediator moves the treatment's coefficient away from 0, beside the indirect effect."""
    study = result.study
    total, direct = (result.estimated(effect, "coefficient") for effect in ("total", "direct"))
    indirect = result.estimated("tnie", "mean")
    if not study.has_levels or total is None or direct is None or indirect is None:
        return []
    if not total["estimate"] * (direct["estimate"] - total["estimate"]) > 0:
        return []
    odds, mean = reading("total", "coefficient", study=study), reading("tnie", "mean", study=study)
    verdict = "is clear" if mean.side(indirect) else "is not clearly different from none"
    step = "a change of scale makes that step, not mediation"
    if _against_each_other(result):
        step = (
            "part of that step is mediation, as the effect through the mediator works against the total one, "
            "and part a change of scale"
        )
    return [
        f"Here the {study.coefficient} moves away from {odds.null} when the mediator enters, from "
        f"{odds.point(total)} to {odds.point(direct)}: {step}. The indirect effect on the "
        f"{study.average} of the outcome, {mean.sentence(indirect, study)}, {verdict}."
    ]


def _assumption(result: AnalysisResult) -> str:
    study = result.study
    mediator, outcome = study.named(study.mediator), study.named_outcome
    return (
        f"{notation.upper(study.named_arm('treated'))} was allotted by chance; {mediator} was not. "
        f"{notation.upper(people())} with different values differ in other ways too, and whatever affects "
        f"both {mediator} and {outcome} and is not among the covariates moves the parts and their share. "
        f"They describe the average of these {people()} and do not show that changing the mediator by other "
        "means would change the outcome."
    )

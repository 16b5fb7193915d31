"""The words of every figure: what stands below it, and what it shows for readers who cannot see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ipdmediation.present import notation, style
from ipdmediation.present.balance import SMALL_DIFFERENCE
from ipdmediation.present.each_trial import sent_sentence
from ipdmediation.present.house_style import people, person
from ipdmediation.present.report import figure_numbers as numbers
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.shares import shares_of
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.effects import HEADLINE, SHARE_BY_DIFFERENCE, SHARE_ON_ONE_SCALE, EffectKey
from ipdmediation.vocabulary.transforms import IDENTITY


@dataclass(frozen=True, kw_only=True)
class FigureWords:
    """The words of a figure.

    Parameters
    ----------
    caption
        What stands below it, on the page and in a manuscript; `people` in braces is what they are called, and
        `small` the difference of the arms at baseline that is called small.
    shows
        What it shows, for readers who cannot see it; `outcome` and `mediator` in braces are their labels, and
        `people` as above.
    reads
        Its numbers in sentences, where these are not too many, of all analyses.
    narrow
        Whether it is as wide as a column of a journal.
    """

    caption: str | Callable[[AnalysisResult], str]
    shows: str
    reads: Callable[[Sequence[AnalysisResult]], list[str]] = lambda results: []
    narrow: Callable[[Study], bool] = lambda study: False


def caption(name: str, result: AnalysisResult) -> str:
    """Return what stands below a figure."""
    stated = FIGURE_WORDS[name].caption
    if not isinstance(stated, str):
        return stated(result)
    return stated.format(people=people(), small=notation.stated(SMALL_DIFFERENCE))


def legend(name: str, result: AnalysisResult) -> str:
    """Return the same for a manuscript, where nothing else says that data are synthetic."""
    return caption(name, result) + _synthetic(result.study)


def shows(name: str, result: AnalysisResult) -> str:
    """Say what a figure shows, without its numbers.

    Parameters
    ----------
    name
        Of the figure.
    result
        The analysis.

    Raises
    ------
    KeyError
        For a figure that has no words here.
    """
    study = result.study
    words = {"outcome": study.label(study.outcome), "mediator": study.label(study.mediator)}
    words["people"] = people()
    return FIGURE_WORDS[name].shows.format(**words) + _synthetic(study)


def alternative(name: str, results: Sequence[AnalysisResult]) -> str:
    """Say what a figure shows with its numbers, for readers who cannot see it.

    Parameters
    ----------
    name
        Of the figure.
    results
        All analyses, the one whose figure it is first.
    """
    return " ".join([shows(name, results[0]), *FIGURE_WORDS[name].reads(results)])


def _synthetic(study: Study) -> str:
    return f" {style.SYNTHETIC_NOTE}." if study.synthetic else ""


def _flow_caption(result: AnalysisResult) -> str:
    several = len(result.flow) > 2
    rule = f" A {person()} is counted under the first rule that is not met." if several else ""
    return " ".join([f"From randomisation to analysis.{rule}", *sent_sentence(result.study)])


def _outcome_caption(result: AnalysisResult) -> str:
    study = result.study
    if not study.has_levels:
        return (
            f"Outcome by arm, before any adjustment; {'higher' if study.better > 0 else 'lower'} is better. "
            "Dots are medians, bars run from the lower to the upper quartile."
        )
    table = result.outcome
    shown = table[
        (table["trial"] == "all") & table["arm"].isin(study.arms) & (table["statistic"] == "percent")
    ]
    withheld = ", the levels that are withheld blank" if shown["estimate"].isna().any() else ""
    return (
        f"Outcome by arm, before any adjustment; better outcomes are to the left{withheld}. Lines join the "
        f"same level in both arms{' where its place is known' if withheld else ''}."
    )


def _mediator_caption(result: AnalysisResult) -> str:
    plain = result.study.transform == IDENTITY
    spaced = "" if plain else "; the axis is spaced as the analysis transforms the mediator"
    return (
        "Distribution of the mediator by arm; the curves leave out the outermost values of either side. Dots "
        f"are medians, bars run from the lower to the upper quartile{spaced}."
    )


def _calibration_caption(result: AnalysisResult) -> str:
    groups = notation.count(result.calibration["group"].max())
    return (
        "Does the outcome model fit? What was observed and what the model expects, by arm and in "
        f"{groups} groups of {people()} by their mediator; the two should look alike."
    )


def _worlds_caption(result: AnalysisResult) -> str:
    levels = "; better outcomes are to the left" if result.study.has_levels else ""
    return (
        "The outcome expected in four worlds: treatment given or not, with the mediator as it would be under "
        f"each{levels}. The effect between two of them stands beside them."
    )


def _cuts_caption(result: AnalysisResult) -> str:
    if not result.study.family.cuts:
        return f"Total, direct and indirect effect on the {result.study.average} of the outcome."
    return (
        "Total, direct and indirect effect at every cut of the outcome: how much larger the share of "
        f"{people()} becomes who have these levels."
    )


def _surrogacy_caption(result: AnalysisResult) -> str:
    several = not result.evidence["surrogate_line"].empty
    line = ", with the line through them and what it predicts for a new trial" if several else ""
    return f"Effects of the trials on the outcome against those on the mediator{line}."


def _shares_caption(result: AnalysisResult) -> str:
    given = [key for key in shares_of(result.study) if result.estimated(*key) is not None]
    if len(given) > 1:
        apart = "; ".join(_scales_of_shares(result.study)[key] for key in given)
        ways = "two" if len(given) == 2 else "three"
        return (
            f"Bootstrap distribution of the share that is mediated, {ways} ways. They differ in what they "
            f"are shares of: {apart}."
        )
    if given:
        return "Bootstrap distribution of the share that is mediated."
    return "The share that is mediated is not given, so that no distribution is drawn."


def _scales_of_shares(study: Study) -> dict[EffectKey, str]:
    """Say what each share is of, and why two of them need not agree."""
    return {
        HEADLINE: f"the effect on the {study.average} of the outcome itself",
        SHARE_ON_ONE_SCALE: (
            f"the {study.log_coefficient} of treatment, with both models on the scale of the one with the "
            "mediator (KHB)"
        ),
        SHARE_BY_DIFFERENCE: (
            f"the {study.log_coefficient} without the mediator, where the scale changes as the mediator "
            "enters, so that the difference is not mediation alone"
        ),
    }


#: In the order in which page and manuscript have them.
FIGURE_WORDS = {
    "patient_flow": FigureWords(
        caption=_flow_caption,
        shows="From randomisation to the {people} analysed.",
        reads=numbers.patient_flow,
    ),
    "balance": FigureWords(
        caption=(
            "Standardised differences between the arms at baseline, whichever arm has more; dashed at "
            "{small}."
        ),
        shows="Standardised differences between the arms at baseline.",
        reads=numbers.balance,
        narrow=lambda study: True,
    ),
    "outcome_by_arm": FigureWords(
        caption=_outcome_caption,
        shows="{outcome} by arm.",
        reads=numbers.outcome_by_arm,
        narrow=lambda study: not study.has_levels,
    ),
    "outcome_by_trial": FigureWords(
        caption="Outcome by arm in each trial, before any adjustment.",
        shows="{outcome} by arm, in each trial.",
    ),
    "mediator_by_arm": FigureWords(
        caption=_mediator_caption,
        shows="Distribution of {mediator} by arm.",
        reads=numbers.mediator_by_arm,
        narrow=lambda study: True,
    ),
    "mediator_by_trial": FigureWords(
        caption="Median and interquartile range of the mediator by arm in each trial.",
        shows="Median and interquartile range of {mediator} by arm in each trial.",
    ),
    "model_coefficients": FigureWords(
        caption=(
            "The two outcome models, without and with the mediator: treatment and mediator with bootstrap "
            "intervals, covariates with Wald intervals."
        ),
        shows="Coefficients of the models without and with the mediator, with intervals.",
    ),
    "mediator_curve": FigureWords(
        caption=(
            "The outcome along the mediator, by the outcome model: had everybody been in the one arm or the "
            "other, with the same value of the mediator."
        ),
        shows="{outcome} by arm along {mediator}, by the outcome model.",
        narrow=lambda study: not study.family.cuts,
    ),
    "calibration": FigureWords(
        caption=_calibration_caption,
        shows="{outcome} observed and expected by the outcome model, by arm and {mediator}.",
        reads=numbers.calibration,
    ),
    "path_diagram": FigureWords(
        caption="Treatment, mediator and outcome, with the estimate of each path.",
        shows="Paths from treatment through {mediator} to {outcome} with their estimates.",
    ),
    "four_worlds": FigureWords(
        caption=_worlds_caption,
        shows="{outcome} expected with treatment and {mediator} each as under treatment or as without it.",
        reads=numbers.four_worlds,
    ),
    "effects_by_cut": FigureWords(
        caption=_cuts_caption,
        shows="Total, direct and indirect effect on {outcome}.",
        reads=numbers.effects_by_cut,
    ),
    "proportion_distribution": FigureWords(
        caption=_shares_caption,
        shows="Proportion mediated, with its bootstrap distribution where it is given.",
        reads=numbers.proportion_distribution,
        narrow=lambda study: True,
    ),
    "each_trial": FigureWords(
        caption=(
            "Total and indirect effect in each trial, pooled in two stages (diamond) with the prediction for "
            "a new trial (bar), and the analysis of all trials in one stage."
        ),
        shows="Total and indirect effect in each trial, pooled in two stages, and in one stage.",
        reads=numbers.each_trial,
    ),
    "leave_one_out": FigureWords(
        caption=(
            "Indirect effect and proportion mediated without one trial after the other, and of all trials."
        ),
        shows="Indirect effect and proportion mediated without each trial, and of all trials.",
        reads=numbers.leave_one_out,
    ),
    "confounding": FigureWords(
        caption=(
            "Indirect effect and proportion mediated against the correlation that an unmeasured cause of "
            "mediator and outcome makes, with pointwise intervals; dashed where nothing is mediated."
        ),
        shows=(
            "Indirect effect and proportion mediated against the correlation that an unmeasured cause makes."
        ),
        reads=numbers.confounding,
    ),
    "measurement_error": FigureWords(
        caption=(
            "Indirect effect and proportion mediated against the reliability of the mediator, with pointwise "
            "intervals."
        ),
        shows="Indirect effect and proportion mediated against the reliability of {mediator}.",
    ),
    "surrogacy": FigureWords(
        caption=_surrogacy_caption,
        shows="Effects of the trials on {outcome} against those on {mediator}.",
    ),
    "death": FigureWords(
        caption=(
            "Indirect effect and proportion mediated by how {people} without a mediator are dealt with; "
            "circles are the other parts of the total effect."
        ),
        shows="Indirect effect and proportion mediated by how those without a mediator are dealt with.",
    ),
    "proportional_odds": FigureWords(
        caption=(
            "Treatment and mediator at every cut of the outcome: filled, in one model in which the variable "
            "is free; hollow, at that cut alone; the line is the one coefficient that serves all cuts."
        ),
        shows="Coefficients of treatment and mediator at every cut of the outcome.",
    ),
    "specification_curve": FigureWords(
        caption=(
            "Every analysis, in the order of its indirect effect; a large dot says in what it differs from "
            "the primary one."
        ),
        shows="Indirect effect and proportion mediated in every analysis, with its choices.",
        reads=numbers.specification_curve,
    ),
}

"""The words of every figure: what stands below it, and what it shows for readers who cannot see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ipdmediation.present import notation, style
from ipdmediation.present.balance import SMALL_DIFFERENCE
from ipdmediation.present.confounding import zero_on_the_curve
from ipdmediation.present.each_trial import sent_sentence
from ipdmediation.present.house_style import people, person
from ipdmediation.present.report import figure_numbers as numbers
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.shares import shares_of
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.effects import HEADLINE, SHARE_BY_DIFFERENCE, SHARE_ON_ONE_SCALE, EffectKey
from ipdmediation.vocabulary.terms import TermKind
from ipdmediation.vocabulary.transforms import IDENTITY


@dataclass(frozen=True, kw_only=True)
class FigureWords:
    """The words of a figure.

    Parameters
    ----------
    caption
        What stands below it in every study: on the page, in a manuscript and in Snakemake's report; `people`
        in braces is what they are called, and `small` the difference of the arms at baseline that is called
        small.
    more
        Sentences that come after it on the page and in a manuscript, where they hold.
    shows
        What it shows, for readers who cannot see it; `Outcome`, `outcome` and `mediator` in braces are their
        labels, the first one at the beginning of a sentence, and `people` as above.
    reads
        Its numbers in sentences, where these are not too many, of all analyses.
    narrow
        Whether it is as wide as a column of a journal.
    """

    caption: str
    shows: str
    more: Callable[[AnalysisResult], list[str]] = lambda result: []
    reads: Callable[[Sequence[AnalysisResult]], list[str]] = lambda results: []
    narrow: Callable[[Study], bool] = lambda study: False


def caption(name: str, result: AnalysisResult) -> str:
    """Return what stands below a figure."""
    return " ".join([stated(name, called=people()), *FIGURE_WORDS[name].more(result)])


def stated(name: str, *, called: str) -> str:
    """Return what stands below a figure in every study; `called` is what those are who took part."""
    return FIGURE_WORDS[name].caption.format(people=called, small=notation.stated(SMALL_DIFFERENCE))


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
    words = {
        "Outcome": study.label(study.outcome),
        "outcome": study.named_outcome,
        "mediator": study.named(study.mediator),
        "people": people(),
    }
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


def _flow(result: AnalysisResult) -> list[str]:
    several = len(result.flow) > 2
    rule = [f"A {person()} is counted under the first rule that is not met."] if several else []
    return [*rule, *sent_sentence(result.study)]


def _outcome(result: AnalysisResult) -> list[str]:
    study = result.study
    if not study.has_levels:
        better = "Higher" if study.better > 0 else "Lower"
        return [f"{better} is better. Dots are medians, bars run from the lower to the upper quartile."]
    table = result.outcome
    shown = table[
        (table["trial"] == "all") & table["arm"].isin(study.arms) & (table["statistic"] == "percent")
    ]["estimate"]
    if shown.isna().all():
        return [f"All levels are withheld, for few {people()}."]
    if shown.isna().any():
        return [
            "Better outcomes are to the left; levels that are withheld are blank. Lines join the same level "
            "in both arms where its place is known."
        ]
    return ["Better outcomes are to the left. Lines join the same level in both arms."]


def _mediator(result: AnalysisResult) -> list[str]:
    plain = result.study.transform == IDENTITY
    return [] if plain else ["The axis is spaced as the analysis transforms the mediator."]


def _coefficients(result: AnalysisResult) -> list[str]:
    with_covariates = result.models["total"]["kind"].isin([TermKind.COVARIATE, TermKind.FORMULA]).any()
    return ["Those of the covariates are Wald intervals."] if with_covariates else []


def _residuals(result: AnalysisResult) -> list[str]:
    study = result.study
    if not study.has_levels and not study.spline_knots:
        return [
            "The outcome is a straight line of the mediator, so that natural effects depend on its means: "
            "neither the shape of the residuals nor their spread matters."
        ]
    if study.analysis.get("standardisation", {}).get("mediator_distribution") == "empirical":
        return [
            "Natural effects average over these residuals, those of both arms together: their shape does not "
            "matter, but a difference between the arms or along the fitted mediator does."
        ]
    return [
        "Natural effects average over Gaussian residuals that spread alike in both arms and at every fitted "
        "value; where points leave the line, or bars differ in length, the real ones are not like that."
    ]


def _worlds(result: AnalysisResult) -> list[str]:
    return ["Better outcomes are to the left."] if result.study.has_levels else []


def _cuts(result: AnalysisResult) -> list[str]:
    if not result.study.family.cuts:
        return [f"They are differences in its {result.study.average}."]
    return [
        f"At every cut of the outcome: the difference in the share of {people()} with these levels, in "
        "percentage points."
    ]


def _each_trial(result: AnalysisResult) -> list[str]:
    pooled = result.evidence["pooled"]
    drawn = {
        "estimate": "the pooled effect (diamond)",
        "prediction_low": "the prediction for a new trial (bar)",
    }
    named = [text for column, text in drawn.items() if pooled[column].notna().any()]
    return [f"Below the trials stand {notation.joined(named)}."] if len(named) > 1 else []


def _confounding(result: AnalysisResult) -> list[str]:
    drawn = zero_on_the_curve(result.evidence["confounding"], result.evidence["confounding_undone"])
    return ["Dashed: where nothing is mediated."] if drawn is not None else []


def _surrogacy(result: AnalysisResult) -> list[str]:
    several = not result.evidence["surrogate_line"].empty
    return ["The line through them predicts the effect in a new trial."] if several else []


def _shares(result: AnalysisResult) -> list[str]:
    given = [key for key in shares_of(result.study) if result.estimated(*key) is not None]
    if not given:
        return ["It is not given, so that no distribution is drawn."]
    if len(given) == 1:
        return ["Its bootstrap distribution is drawn, with estimate and interval."]
    ways = "two" if len(given) == 2 else "three"
    apart = "; ".join(_scales_of_shares(result.study)[key] for key in given)
    return [
        f"Its bootstrap distribution is drawn {ways} ways. They differ in what they are shares of: {apart}."
    ]


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
        caption="From randomisation to analysis.",
        more=_flow,
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
        caption="Outcome by arm, before any adjustment.",
        more=_outcome,
        shows="{Outcome} by arm.",
        reads=numbers.outcome_by_arm,
        narrow=lambda study: not study.has_levels,
    ),
    "outcome_by_trial": FigureWords(
        caption="Outcome by arm in each trial, before any adjustment.",
        shows="{Outcome} by arm, in each trial.",
    ),
    "mediator_by_arm": FigureWords(
        caption=(
            "Distribution of the mediator by arm. The curves leave out the outermost values on either side; "
            "dots are medians, bars run from the lower to the upper quartile."
        ),
        more=_mediator,
        shows="Distribution of {mediator} by arm.",
        reads=numbers.mediator_by_arm,
        narrow=lambda study: True,
    ),
    "mediator_by_trial": FigureWords(
        caption="Median and interquartile range of the mediator by arm in each trial.",
        shows="Median and interquartile range of {mediator} by arm in each trial.",
    ),
    "causal_graph": FigureWords(
        caption="What is assumed to cause what. Nothing in the data can show that no arrow is missing.",
        shows=(
            "Treatment, {mediator} and {outcome} with the causes that are adjusted for, those that were not "
            "measured, and being analysed."
        ),
    ),
    "model_coefficients": FigureWords(
        caption=(
            "The two outcome models, without and with the mediator. The intervals of treatment and mediator "
            "are bootstrap intervals."
        ),
        more=_coefficients,
        shows="Coefficients of the models without and with the mediator, with intervals.",
    ),
    "mediator_curve": FigureWords(
        caption=(
            "The outcome along the mediator, as the outcome model expects it: had everybody been in one arm "
            "or the other, with the same value of the mediator."
        ),
        shows="{Outcome} by arm along {mediator}, by the outcome model.",
        narrow=lambda study: not study.family.cuts,
    ),
    "calibration": FigureWords(
        caption=(
            "Does the outcome model fit? What was observed and what the model expects, by arm and in groups "
            "of {people} by their mediator; the two should look alike."
        ),
        shows="{Outcome} observed and expected by the outcome model, by arm and {mediator}.",
        reads=numbers.calibration,
    ),
    "mediator_residuals": FigureWords(
        caption=(
            "Does the mediator model fit? Its standardised residuals by arm. Left: their quantiles should "
            "lie on the line, as those of a normal distribution. Right: by fifth of the fitted mediator, "
            "means (circles) should be near 0, and bars of a standard deviation to either side should reach "
            "the dotted lines."
        ),
        more=_residuals,
        shows=(
            "Standardised residuals of {mediator} by arm: a normal quantile plot, and mean and standard "
            "deviation by fifth of the fitted value."
        ),
        reads=numbers.mediator_residuals,
    ),
    "path_diagram": FigureWords(
        caption="Treatment, mediator and outcome, with the estimate of each path.",
        shows="Paths from treatment through {mediator} to {outcome} with their estimates.",
    ),
    "four_worlds": FigureWords(
        caption=(
            "The outcome expected in four worlds: treatment given or not, with the mediator as it would be "
            "under each. The effect between two of them stands beside them."
        ),
        more=_worlds,
        shows="{Outcome} expected with treatment and {mediator} each as under treatment or as without it.",
        reads=numbers.four_worlds,
    ),
    "effects_by_cut": FigureWords(
        caption="Total, direct and indirect effect on the outcome.",
        more=_cuts,
        shows="Total, direct and indirect effect on {outcome}.",
        reads=numbers.effects_by_cut,
    ),
    "proportion_distribution": FigureWords(
        caption="The share of the total effect that is mediated.",
        more=_shares,
        shows="Proportion mediated, with its bootstrap distribution where it is given.",
        reads=numbers.proportion_distribution,
        narrow=lambda study: True,
    ),
    "each_trial": FigureWords(
        caption=(
            "Total and indirect effect in each trial, pooled in two stages, and in the analysis of all "
            "trials in one stage."
        ),
        more=_each_trial,
        shows="Total and indirect effect in each trial, pooled in two stages, and in one stage.",
        reads=numbers.each_trial,
    ),
    "leave_one_out": FigureWords(
        caption="Indirect effect and proportion mediated without each trial in turn, and of all trials.",
        shows="Indirect effect and proportion mediated without each trial, and of all trials.",
        reads=numbers.leave_one_out,
    ),
    "confounding": FigureWords(
        caption=(
            "Indirect effect and proportion mediated against the correlation that an unmeasured cause of "
            "mediator and outcome makes, with pointwise intervals."
        ),
        more=_confounding,
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
        caption="Effects of the trials on the outcome against those on the mediator.",
        more=_surrogacy,
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
            "Every analysis, in the order of its indirect effect; a large dot marks in what it differs from "
            "the primary one."
        ),
        shows="Indirect effect and proportion mediated in every analysis, with its choices.",
        reads=numbers.specification_curve,
    ),
}

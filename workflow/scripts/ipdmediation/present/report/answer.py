"""The answer to the study's question, in sentences that are made from the numbers and follow them."""

from __future__ import annotations

import math

from ipdmediation.present import notation
from ipdmediation.present.house_style import people
from ipdmediation.present.labels import why_no_share
from ipdmediation.present.notation import lower
from ipdmediation.present.report.left_out import changed_by_the_left_out
from ipdmediation.present.report.result import AnalysisResult, sentence
from ipdmediation.present.report.undoing import undone_by
from ipdmediation.present.scales import Reading, Row, named_cut, reading
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.effects import HEADLINE, SHARE_BY_DIFFERENCE, SHARE_ON_ONE_SCALE
from ipdmediation.vocabulary.withheld import Withheld

#: ASSUME: with fewer participants a percentile interval of a share is not read without a caution.
FEW = 100
OPEN = "so that its direction remains open"
APART = 0.02  # two shares that differ by less are called alike


def answer(result: AnalysisResult) -> list[str]:
    """Answer the study's question around the natural effects.

    Parameters
    ----------
    result
        The analysis.

    Returns
    -------
    list of str
        The total effect; how much of it runs through the mediator, with its interval and the assumption; what
        would undo that, where the analysis asks, and what it would be with nobody left out, where that is
        something else; the same in people; what the published way of calculating gives; cautions.
    """
    rows = [result.estimated(effect, "mean") for effect in ("te", "pnde", "tnie")]
    if any(row is None for row in rows):
        return ["This run has no estimate of the natural effects."]
    return [
        _total(result),
        *_mediated(result),
        *undone_by(result),
        *changed_by_the_left_out(result),
        *_in_people(result),
        *_published_way(result),
        *_cautions(result),
    ]


def _total(result: AnalysisResult) -> str:
    study = result.study
    read, te = reading("te", "mean", study=study), result.estimated("te", "mean")
    assert te is not None
    treated = notation.upper(study.named_arm("treated"))
    finding = {
        1: f"{treated} led to better outcomes than {study.named_arm('control')}",
        -1: f"{treated} led to worse outcomes than {study.named_arm('control')}",
        0: f"Whether {study.named_arm('treated')} leads to better or worse outcomes than "
        f"{study.named_arm('control')} remains open",
    }[read.verdict(te)]
    return f"{finding}: {_difference(study, read)} {read.sentence(te, study)}; {read.direction}."


def _difference(study: Study, read: Reading) -> str:
    if study.family.event:
        return f"difference in the probability of “{read.name}”,"
    return f"difference in the {read.name},"


def _mediated(result: AnalysisResult) -> list[str]:
    study = result.study
    mediator = study.named(study.mediator)
    read = reading("te", "mean", study=study)
    te, pnde, tnie = (result.estimated(effect, "mean") for effect in ("te", "pnde", "tnie"))
    assert te is not None and pnde is not None and tnie is not None  # noqa: PT018
    given = f"If nothing unmeasured affects both {mediator} and {study.named_outcome}"
    share = result.estimated(*HEADLINE)
    if share is None:
        through, rest = _verdict(read, tnie), _verdict(read, pnde)
        parts = (
            f"{_why_withheld(result)} {given}, the part through {mediator} is {read.sentence(tnie, study)}"
        )
        other = f"the part that does not run through it is {read.sentence(pnde, study)}"
        if through == rest == OPEN:
            return [f"{parts} and {other}; the directions of both remain open."]
        return [f"{parts}, {through}; {other}, {rest}."]
    whole = {1: "benefit", -1: "harm"}.get(read.verdict(te), "effect")
    written = reading(*HEADLINE, study=study)
    sentences = [
        f"{given}, {written.sentence(share, study)} of this {whole} runs through {mediator}: "
        f"{read.sentence(tnie, study)} of the {read.point(te)}. The rest, {read.sentence(pnde, study)}, "
        "does not."
    ]
    if not notation.known(share["ci_low"]):
        sentences.append(sentence(str(share["note"])))
    return [*sentences, *_beyond_the_whole(share, mediator, whole)]


def _why_withheld(result: AnalysisResult) -> str:
    row = result.row(*HEADLINE)
    why = Withheld.UNDEFINED if row is None else Withheld(row["withheld"])
    mediator = result.study.named(result.study.mediator)
    reason = why_no_share(why, mediator=mediator)
    return f"A share of the effect that runs through {mediator} is not given, because {reason}."


def _verdict(read: Reading, row: Row) -> str:
    return {1: "for the better", -1: "for the worse", 0: OPEN}[read.verdict(row)]


def _beyond_the_whole(share: Row, mediator: str, whole: str) -> list[str]:
    """Say where a share or its interval lies below 0 or above 100 percent."""
    said = []
    if notation.known(share["ci_low"]) and share["ci_low"] < 0:
        said.append(f"below 0%, so that {mediator} may carry none of the {whole} or work against it")
    if notation.known(share["ci_high"]) and share["ci_high"] > 1:
        said.append(f"above 100%, so that {mediator} may carry all of the {whole}")
    sentences = [f"The interval reaches {' and '.join(said)}."] if said else []
    if share["estimate"] > 1:
        sentences.append(
            "A share above 100% means that the rest of the effect works in the opposite direction."
        )
    return sentences


def _in_people(result: AnalysisResult) -> list[str]:
    study = result.study
    if not study.has_levels:
        return []
    scale, sign = named_cut(study)
    te, tnie = (result.estimated(effect, scale.key) for effect in ("te", "tnie"))
    if te is None or tnie is None:
        return []
    level = study.levels(study.outcome)[study.named_level]
    reach = f"have “{study.label(study.outcome)}: {level}”"
    if study.family.cuts:
        reach = f"reach {study.named_level} ({lower(level)}) or better on {study.named_outcome}"
    # Some of those named before, but only where both are clear: otherwise it would be a share in disguise.
    sides = {reading("te", scale.key, study=study).side(row) for row in (te, tnie)}
    same = sides in ({1}, {-1})
    return [
        f"Of 100 {people()} given {study.named_arm('treated')} in place of {study.named_arm('control')}, "
        f"{_people(te, sign, study)} {reach}; {_people(tnie, sign, study, of_these=same)} through "
        f"{study.named(study.mediator)}."
    ]


def _people(row: Row, sign: int, study: Study, *, of_these: bool = False) -> str:
    """Write an effect on a probability as people of 100: more or fewer, or so many of those named before."""
    estimate, *ends = (100 * sign * float(row[name]) for name in ("estimate", "ci_low", "ci_high"))
    text = f"{_number_of_people(estimate)} of these" if of_these else _more(estimate, estimate)
    if not all(map(notation.known, ends)):
        return text
    low, high = sorted(ends)
    if low < 0 < high:
        return notation.with_ends(
            text, notation.confidence(study.coverage, f"{_more(low, low)} to {_more(high, high)}")
        )
    sizes = sorted((abs(low), abs(high)))
    between = " to ".join(map(_number_of_people, sizes))
    return notation.with_ends(text, notation.confidence(study.coverage, between))


def _more(number: float, side: float) -> str:
    return f"{_number_of_people(number)} {'fewer' if side < 0 else 'more'}"


def _number_of_people(number: float) -> str:
    return notation.fixed(abs(number), digits=1, nulls=(0,))


def _published_way(result: AnalysisResult) -> list[str]:
    """Say what the share of the treatment's coefficient gives, and how that compares with the share above."""
    study = result.study
    row = result.estimated(*SHARE_BY_DIFFERENCE)
    # Where the share of the answer is withheld, another one beside it would be read as its substitute.
    if not study.has_levels or row is None or result.estimated(*HEADLINE) is None:
        return []
    read = reading(*SHARE_BY_DIFFERENCE, study=study)
    steps = [result.estimated(effect, "coefficient") for effect in ("total", "direct")]
    odds = reading("total", "coefficient", study=study)
    goes = " (the ratio goes from {} to {})" if study.ratio else " (it goes from {} to {})"
    change = goes.format(*(odds.point(step) for step in steps if step))
    start = (
        f"Published analyses often take the share from how much the {study.log_coefficient} shrinks when "
        f"{study.named(study.mediator)} enters the model{change if all(steps) else ''}; it would then "
        f"be {read.sentence(row, study)}."
    )
    return [f"{start} {_compared(row, result)}"]


def _compared(row: Row, result: AnalysisResult) -> str:
    study = result.study
    measure, null = study.link.measure, reading("total", "coefficient", study=study).null
    grows = (
        f"a strong predictor of the outcome that enters the model pushes {notation.with_article(measure)} "
        f"away from {null}, whether or not anything is mediated"
    )
    share = result.estimated(*HEADLINE)
    assert share is not None
    gap, stretching = float(share["estimate"]) - float(row["estimate"]), published_gap(result)
    if gap >= APART and abs(stretching) < APART:
        return (
            "That is less than the share above because the two are shares on different scales; the "
            f"{measure} is stretched little when the mediator enters."
        )
    if row["estimate"] < 0 or gap >= APART:
        clear = notation.known(share["ci_low"]) and share["ci_low"] > 0
        return f"That is too low: {grows}{', and that hides mediation' if clear else ''}."
    if gap <= -APART and stretching >= APART:
        return (
            "That is more than the share above, although the change of scale makes it too low: shares on "
            "different scales need not agree."
        )
    if gap <= -APART:
        return (
            "That is more than the share above, which the change of scale does not explain: chance, or "
            "models that describe the data badly, may be the reason."
        )
    return "Here the two are alike."


def _cautions(result: AnalysisResult) -> list[str]:
    said = []
    if result.fitted < FEW:
        said.append(
            f"With {notation.count(result.fitted)} {people()} all of these figures are uncertain, more so "
            "than their intervals show: bootstrap intervals from few people are too narrow."
        )
    return said


def published_gap(result: AnalysisResult) -> float:
    """Return how far the share as published lies below that on one scale, NaN where one is not given."""
    first = result.estimated(*SHARE_BY_DIFFERENCE)
    second = result.estimated(*SHARE_ON_ONE_SCALE)
    if first is None or second is None:
        return math.nan
    return float(second["estimate"]) - float(first["estimate"])

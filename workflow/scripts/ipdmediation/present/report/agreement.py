"""How far the other analyses of a study agree with its answer."""

from __future__ import annotations

from collections.abc import Sequence

from ipdmediation.present import notation
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.scales import reading
from ipdmediation.vocabulary.effects import HEADLINE
from ipdmediation.vocabulary.scales import MEAN


def agreement(results: Sequence[AnalysisResult]) -> list[str]:
    """Say which shares the other analyses give, and whether the part through the mediator is as clear there.

    Those count that ask the same: of the same outcome, through the same mediator.

    Parameters
    ----------
    results
        All analyses; the first one is the one that the answer is about.

    Returns
    -------
    list of str
        One sentence, none where no other analysis asks the same.
    """
    main = results[0]
    others = [each for each in results[1:] if _asks(each) == _asks(main)]
    if not others:
        return []
    verdict = _verdict(main)
    agreeing = sum(_verdict(each) == verdict for each in others)
    side = {1: "for the better", -1: "for the worse", 0: "open in its direction"}[verdict]
    part = f"the part through {main.study.named(main.study.mediator)} is {side} in"
    return [f"{_shares(others)}; {part} {_how_many(agreeing, len(others))}."]


def _asks(result: AnalysisResult) -> tuple[str, str]:
    return result.study.outcome, result.study.mediator


def _verdict(result: AnalysisResult) -> int:
    row = result.estimated("tnie", MEAN.key)
    return 0 if row is None else reading("tnie", MEAN.key, study=result.study).verdict(row)


def _shares(others: Sequence[AnalysisResult]) -> str:
    found = [
        (float(row["estimate"]), reading(*HEADLINE, study=each.study).point(row))
        for each in others
        if (row := each.estimated(*HEADLINE)) is not None
    ]
    given = len(found)
    ends = dict.fromkeys(text for _, text in (min(found), max(found))) if found else ()
    between = (
        f"{'shares' if given > 1 else 'a share'} {'from' if len(ends) > 1 else 'of'} {' to '.join(ends)}"
    )
    if len(others) == 1:
        label = others[0].study.analysis.get("label", "")
        return f"The other analysis, “{label}”, gives {between if given else 'no share'}"
    if not given:
        return f"None of the {notation.count(len(others))} other analyses gives a share"
    if given == len(others):
        return f"The {notation.count(given)} other analyses give {between}"
    gives = "gives" if given == 1 else "give"
    return f"Of the {notation.count(len(others))} other analyses, {notation.count(given)} {gives} {between}"


def _how_many(agreeing: int, others: int) -> str:
    if others == 1:
        return "both" if agreeing else "only one of the two"
    words = {0: "none of them", others: "both of them" if others == 2 else "all of them"}
    return words.get(agreeing, f"{notation.count(agreeing)} of them")

"""How far the other analyses agree with the answer."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from ipdmediation.present.report.agreement import agreement
from ipdmediation.present.report.result import AnalysisResult


def analysis(examples: ModuleType, label: str = "Another", **cells: Any) -> AnalysisResult:
    """An analysis whose share, or whose part through the mediator, is another one."""
    effects = examples.effects()
    for effect, changes in cells.items():
        rows = (effects["effect"] == effect) & (effects["scale"] == "mean")
        effects.loc[rows, list(changes)] = list(changes.values())
    study = examples.study()
    return examples.result(effects=effects, study=replace(study, analysis={**study.analysis, "label": label}))


def withheld(examples: ModuleType) -> AnalysisResult:
    return examples.result(effects=examples.withheld(("pm", "mean")))


OPEN = {"tnie": {"estimate": -0.1, "ci_low": -0.3, "ci_high": 0.1}}


def test_one_analysis_agrees_with_nobody(examples: ModuleType) -> None:
    assert agreement([examples.result()]) == []


def test_all_that_give_a_share_and_all_that_are_clear(examples: ModuleType) -> None:
    shares = [{"pm": {"estimate": share}} for share in (0.301, 0.222, 0.25)]
    results = [examples.result(), *(analysis(examples, **changes) for changes in shares)]
    assert agreement(results) == [
        "The 3 other analyses give shares from 22.2% to 30.1%; the part through the follow-up infarct volume "
        "is for the better in all of them."
    ]


def test_some_withhold_a_share_and_some_are_open(examples: ModuleType) -> None:
    results = [
        examples.result(), withheld(examples), analysis(examples, pm={"estimate": 0.3}),
        analysis(examples, **OPEN),
    ]  # fmt: skip
    assert agreement(results) == [
        "Of the 3 other analyses, 2 give shares from 24.4% to 30.0%; the part through the follow-up "
        "infarct volume is for the better in 2 of them."
    ]
    assert agreement([examples.result(), withheld(examples), withheld(examples)])[0].startswith(
        "None of the 2 other analyses gives a share; "
    )


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({}, "a share of 24.4%; the part through the follow-up infarct volume is for the better in both."),
        (OPEN, "is for the better in only one of the two."),
    ],
)
def test_a_single_other_one_is_named(examples: ModuleType, other: dict[str, Any], said: str) -> None:
    (sentence,) = agreement([examples.result(), analysis(examples, "Early", **other)])
    assert sentence.startswith("The other analysis, “Early”, gives a share of 24.4%; ")
    assert sentence.endswith(said)


def test_an_open_answer_is_agreed_with_by_open_ones(examples: ModuleType) -> None:
    results = [analysis(examples, **OPEN), analysis(examples, **OPEN), analysis(examples)]
    assert agreement(results)[0].endswith("is open in its direction in 1 of them.")


def test_who_asks_something_else_does_not_count(examples: ModuleType) -> None:
    other = analysis(examples)
    asked = {**other.study.analysis, "outcome": {**other.study.analysis["outcome"], "variable": "aspects"}}
    other = replace(other, study=replace(other.study, analysis=asked))
    assert agreement([examples.result(), other]) == []

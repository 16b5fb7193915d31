"""What has to have made the inputs of a job, told by the rule that makes them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ipdmediation.plumbing import provenance
from ipdmediation.plumbing.expected_inputs import expects, json_made_by, made_by, made_for_each
from ipdmediation.plumbing.handed import expectation

STEP = SimpleNamespace(
    rule=SimpleNamespace(
        script="../scripts/impute_missing.py",
        params={
            "seed": 5,
            "drawn_as": lambda wildcards: wildcards.analysis.upper(),
            "code": "abc",
            "expected": lambda wildcards, input: {"never": "asked"},  # noqa: A006
        },
    )
)
EARLY = SimpleNamespace(analysis="early", start="0")


def wanted(analysis: str) -> dict[str, Any]:
    params = {"seed": 5, "drawn_as": analysis.upper(), "code": "abc"}
    job = provenance.of_job("impute_missing", wildcards={"analysis": analysis}, params=params, inputs={})
    return expectation(job)


def test_it_is_what_the_step_would_write_for_the_analysis() -> None:
    assert made_by(STEP)(EARLY) == wanted("early")
    assert made_by(STEP, lambda wildcards: "primary")(EARLY) == wanted("primary")
    assert wanted("early") != wanted("primary")


def test_a_step_makes_the_json_files_and_others_carry_nothing() -> None:
    assert json_made_by(STEP, lambda wildcards: [f"{wildcards.analysis}.csv", "b.json"])(EARLY) == [
        None,
        wanted("early"),
    ]


def test_a_step_that_has_files_of_all_analyses_expects_each_of_its_own() -> None:
    found = made_for_each(STEP, ["primary", "early"], files=2)(SimpleNamespace())
    assert found == [wanted("primary")] * 2 + [wanted("early")] * 2


def test_inputs_are_named() -> None:
    assert expects(imputed=made_by(STEP))(EARLY, None) == {"imputed": wanted("early")}

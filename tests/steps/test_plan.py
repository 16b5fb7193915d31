"""What the rules ask of a machine, and what they are told beside the settings of an analysis."""

from __future__ import annotations

import pytest

from tests.steps.conftest import Planned

HEAVY = ("compile_kernels", "impute_missing", "fit_models", "bootstrap_chunk", "estimate_effects")


@pytest.mark.parametrize("rule", HEAVY)
def test_a_job_that_is_tried_again_is_given_twice_as_much(study: Planned, rule: str) -> None:
    for planned in (one for one in study.jobs if one["rule"] == rule):
        first, second = planned["resources"]
        for amount in ("mem_mb", "runtime"):
            assert second[amount] == 2 * first[amount]


def test_no_job_uses_more_than_one_core(study: Planned) -> None:
    assert {one["resources"][0]["_cores"] for one in study.jobs} == {1}


def test_every_job_has_a_log_of_its_own(study: Planned) -> None:
    logs = [path for one in study.jobs for path in one["log"]]
    assert len(logs) == len(set(logs)) == len(study.jobs)


def test_every_job_knows_its_code(study: Planned) -> None:
    codes = {(one["rule"], one["params"]["code"]) for one in study.jobs}
    rules = {one["rule"] for one in study.jobs}
    assert len(codes) == len({code for _, code in codes}) == len(rules)

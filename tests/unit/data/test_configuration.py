"""What a configuration comes to: defaults, inheritance, draws that analyses share, and departures."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from ipdmediation.data import configuration
from ipdmediation.data.configuration import drawn_as, eligibility_rules, resolve_analysis
from ipdmediation.data.errors import ConfigurationError
from tests.unit.data.conftest import CONFIG, ROOT


def test_defaults_fill_the_main_analysis_and_no_other(config: dict[str, Any]) -> None:
    assert config["pathvars"] == {
        "results": "results",
        "logs": "<results>/logs",
        "benchmarks": "<results>/benchmarks",
    }
    assert config["arms"]["treated"]["short"] == "Treated"
    assert config["analyses"]["primary"]["missing"] == {
        "method": "impute",
        "imputations": 10,
        "iterations": 10,
        "donors": 5,
    }
    assert config["analyses"]["early"] == CONFIG["analyses"]["early"]


def test_an_analysis_inherits_what_it_does_not_state(config: dict[str, Any]) -> None:
    early = resolve_analysis(config, "early")
    assert early["label"] == "Early"
    assert early["bootstrap"]["replicates"] == 40
    assert early["bootstrap"]["chunk"] == 250
    assert early["mediator"] == config["analyses"]["primary"]["mediator"]
    early["mediator"]["variable"] = "age"
    assert resolve_analysis(config, "primary")["mediator"]["variable"] == "volume"
    assert [rule["reason"] for rule in eligibility_rules(config, "early")] == ["Unknown", "Late"]
    with pytest.raises(ConfigurationError, match=r"no analysis 'x'; allowed: 'primary', 'early'"):
        resolve_analysis(config, "x")


def test_analyses_that_differ_in_the_interval_share_their_draws(config: dict[str, Any]) -> None:
    config["analyses"] |= {
        "exact": {
            "label": "E",
            "bootstrap": {"interval": "bca", "level": 0.9, "replicates": 99, "chunk": 50},
        },
        "early_exact": {"label": "F", "eligibility": config["analyses"]["early"]["eligibility"]},
    }
    shared = {"primary": "primary", "early": "early", "exact": "primary", "early_exact": "early"}
    assert drawn_as(config) == shared


@pytest.mark.parametrize(
    "difference",
    [
        {"mediator": {"offset": 2}},
        {"outcome": {"better": "high"}},
        {"outcome": {"link": "probit"}},
        {"covariates": ["age"]},
        {"interaction": True},
        {"trial_effects": "none"},
        {"standardisation": {"controlled_at": [3]}},
        {"missing": {"imputations": 3}},
        {"bootstrap": {"resampling": "two_level"}},
        {"eligibility": [{"variable": "age", "measured": True, "reason": "Age unknown"}]},
    ],
    ids=lambda difference: next(iter(difference)),
)
def test_other_models_or_patients_have_draws_of_their_own(
    config: dict[str, Any], difference: dict[str, Any]
) -> None:
    config["analyses"]["other"] = {"label": "O", **difference}
    assert drawn_as(config)["other"] == "other"


def test_other_words_draw_nothing_of_their_own(config: dict[str, Any]) -> None:
    rule = {"variable": "age", "measured": True, "reason": "Age unknown"}
    config["analyses"]["primary"]["eligibility"] = [rule]
    config["analyses"]["other"] = {"label": "O", "eligibility": [rule | {"reason": "No age"}]}
    assert drawn_as(config)["other"] == "primary"


def test_the_primary_analysis_keeps_its_draws_whatever_stands_before_it(config: dict[str, Any]) -> None:
    twin = {"label": "Another interval", "bootstrap": {"interval": "basic"}}
    before = config | {"analyses": {"twin": twin, **config["analyses"]}}
    assert drawn_as(before)["twin"] == drawn_as(before)["primary"] == "primary"


def test_an_analysis_departs_in_what_it_states_otherwise_and_not_in_words_or_numbers_of_replicates() -> None:
    primary = {
        "label": "Primary", "mediator": {"variable": "volume", "transform": "log"}, "eligibility": [],
        "missing": {"method": "impute", "imputations": 10}, "evidence": {"death": {"event": "died"}},
        "bootstrap": {"replicates": 5000, "resampling": "stratified", "chunk": 100, "max_failed": 0.1},
    }  # fmt: skip
    others = {
        "same": {"label": "Other", "evidence": None, "bootstrap": {"replicates": 10, "chunk": 5}},
        "changed": {
            "mediator": {"transform": "identity"}, "eligibility": [{"variable": "age"}],
            "bootstrap": {"resampling": "two_level"}, "missing": {"method": "impute"},
        },
    }  # fmt: skip
    config = {"analyses": {"primary": primary, **others}}
    assert configuration.departures(config, "primary") == configuration.departures(config, "same") == ()
    assert configuration.departures(config, "changed") == (
        "bootstrap.resampling",
        "eligibility",
        "mediator.transform",
    )


def test_checking_a_configuration_imports_nothing_heavy() -> None:
    code = (
        "import sys; import ipdmediation.plumbing.study_check; "
        "print([name for name in ('pandas', 'numpy', 'pint', 'pandera') if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT / "workflow" / "scripts",
    )
    assert found.stdout.strip() == "[]"

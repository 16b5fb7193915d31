"""What an analysis asks of an event before its mediator, and cannot have, is said before anything is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ipdmediation.data.references import Study, study_faults
from tests.yaml_files import read_yaml

CONFIG = Path(__file__).resolve().parents[3] / "config/config.yaml"
WHERE = ("analyses", "primary", "evidence", "death")


def faults(change: dict[str, Any], **analysis: Any) -> list[str]:
    """Return the faults of the primary analysis, by the key that they stand at."""
    config = read_yaml(CONFIG)
    config["analyses"] = {"primary": {**config["analyses"]["primary"], **analysis}}
    config["analyses"]["primary"]["evidence"]["death"] |= change
    found = study_faults(Study(config, tuple(config["variables"]), ("a", "b")))
    return [f"{fault.place[-1]}: {fault.text}" for fault in found if fault.place[:-1] == WHERE]


def test_the_default_study_has_none() -> None:
    assert faults({}) == []


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"event": "dead"}, "event: no variable 'dead'; allowed: 'age', 'female'"),
        ({"event": "fiv"}, "event: 'fiv' is the mediator; allowed: a variable of the event itself"),
        ({"event": "mrs"}, "event: 'mrs' is the outcome; allowed"),
        ({"event": "age"}, "event: 'age' is continuous; allowed: binary, ordinal, categorical"),
        ({"levels": ["dead"]}, "levels: 'imaging_status' has no level 'dead'; allowed: done, died, surgery"),
        ({"event": "diabetes"}, "levels: 'diabetes' has no level 'died'; allowed: 0, 1"),
        (
            {"measurement": ["age"]},
            "measurement: no rule of eligibility is on 'age'; allowed: 'imaging_status'",
        ),
        (
            {"covariates": ["diabetes"]},
            "covariates: 'diabetes' is no covariate of the analysis; allowed: 'age'",
        ),
        ({"covariates": "age +"}, "covariates: "),
        ({"replicates": 38}, "replicates: 38 are too few for an interval of level 0.95; allowed: 39 or more"),
    ],
)
def test_what_does_not_apply_is_one_line(change: dict[str, Any], text: str) -> None:
    (found,) = faults(change)
    assert found.startswith(text)
    assert faults({**change, "event": None}) == []


def test_a_binary_event_needs_no_levels() -> None:
    assert faults({"event": "diabetes", "levels": [1]}) == []


def test_a_number_has_no_worst_level() -> None:
    (found,) = faults(
        {}, outcome={"variable": "age", "family": "continuous", "link": "logit", "better": "low"}
    )
    assert found == (
        "event: the event has to mean the worst level of the outcome, found family 'continuous'; allowed: "
        "ordinal or binary"
    )


def test_who_has_no_mediator_has_no_difference_from_a_mean() -> None:
    mediator = {"variable": "fiv", "transform": "log", "offset": 1, "spline_knots": None}
    found = faults({}, mediator={**mediator, "centred": "within_trial"})
    assert found == ["event: who has no mediator has no difference from a mean; allowed: centred: null"]

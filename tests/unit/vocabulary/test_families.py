"""A family of outcomes is registered in two places; the rest follows from what it says of itself."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.variables import variables_from_config
from ipdmediation.effects.mediation import MediationEffects
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.evidence.table_rows import rows_of
from ipdmediation.inference.bootstrap import cohort_effects
from ipdmediation.models.build import OUTCOME_MODELS, OutcomeData, continuous_model
from ipdmediation.models.specification import AnalysisSpecification, mediation_models
from ipdmediation.present.scales import reading
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.families import BINARY, CONTINUOUS, FAMILIES, ORDINAL, Family
from ipdmediation.vocabulary.links import LINKS, LOGIT
from tests.yaml_files import read_yaml

SCHEMA = Path(__file__).parents[3] / "workflow/schemas/config.schema.yaml"


def test_the_schema_and_the_models_have_every_family():
    analysis = read_yaml(SCHEMA)["$defs"]["analysis"]["properties"]
    family = analysis["outcome"]["properties"]["family"]
    assert family["enum"] == list(FAMILIES)
    assert all(f"`{key}`" in family["description"] for key in FAMILIES)
    assert list(OUTCOME_MODELS) == list(FAMILIES)


def test_what_the_families_are():
    assert [family.levels for family in (ORDINAL, BINARY, CONTINUOUS)] == [True, True, False]
    assert [family for family in FAMILIES.values() if family.event] == [BINARY]
    assert [family for family in FAMILIES.values() if family.cuts] == [ORDINAL]
    assert all(family.links == tuple(LINKS.values()) for family in (ORDINAL, BINARY))
    assert CONTINUOUS.links == ()


@pytest.mark.parametrize("link", LINKS.values(), ids=lambda link: link.key)
def test_a_coefficient_is_called_a_ratio_only_where_the_family_has_the_link(link):
    assert ORDINAL.ratio(link) == ("common odds ratio" if link == LOGIT else "")
    assert BINARY.ratio(link) == ("odds ratio" if link == LOGIT else "")
    assert replace(BINARY, links=()).ratio(link) == CONTINUOUS.ratio(link) == ""


DAYS = Family(key="days", variable="continuous")


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> Family:
    """A family that the walk of the architecture page adds: a number with a model of its own."""

    def doubled(data: OutcomeData):
        return continuous_model(replace(data, values=2 * np.asarray(data.values)))

    monkeypatch.setitem(FAMILIES, DAYS.key, DAYS)
    monkeypatch.setitem(OUTCOME_MODELS, DAYS.key, doubled)
    return DAYS


def cohort() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    arm = np.arange(240) % 2
    volume = rng.normal(size=240) - arm
    return pd.DataFrame(
        {
            "trial": np.array(["a", "b", "c"])[np.arange(240) // 2 % 3],
            "treatment": arm,
            "volume": volume,
            "stay": 3 * volume - 2 * arm + rng.normal(size=240),
        }
    )


def effects_with(family: str) -> dict[tuple[str, str], float]:
    frame = cohort()
    models = mediation_models(
        frame,
        specification=AnalysisSpecification(
            mediator="volume", outcome="stay", family=family, trial_effects="fixed"
        ),
    )
    prepared = MediationEffects.of(models, frame, options=StandardisationOptions())
    return dict(zip((effect.key for effect in prepared.effects), cohort_effects(prepared), strict=True))


def test_a_new_family_has_models_and_effects_by_its_registration_alone(days):
    own, other = effects_with(days.key), effects_with("continuous")
    assert list(own) == list(other)
    assert own["te", "mean"] == pytest.approx(2 * other["te", "mean"])
    assert own["pm", "mean"] == pytest.approx(other["pm", "mean"])


def test_a_new_family_has_rows_and_words_by_its_registration_alone(days):
    analysis = {
        "mediator": {"variable": "volume", "transform": "identity", "spline_knots": None},
        "outcome": {"variable": "stay", "family": days.key, "better": "low"},
        "covariates": [],
        "interaction": False,
        "trial_effects": "none",
        "standardisation": {"controlled_at": [], "utility": None},
    }
    stay = {"type": "continuous", "label": "Stay", "unit": "day"}
    told = {
        table: rows_of(
            table,
            settings=analysis,
            variables=variables_from_config({"stay": stay}),
            trials=["a"],
            baseline=[],
            rules=[],
            excluding=False,
        )
        for table in ("effects", "models/outcome")
    }
    assert {scale for row in told["effects"] for scale in row.values("scale")} == {
        "coefficient",
        "proportion",
        "mean",
    }
    assert told["models/outcome"][0].values("kind") == ("intercept",)
    study = Study(title="", arms={}, trials={}, variables={"stay": stay}, analysis=analysis)
    assert not study.has_levels
    assert reading("te", "mean", study=study).named == "mean of stay, days"
    assert reading("te", "mean", study=study).better == -1

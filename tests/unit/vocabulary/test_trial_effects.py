"""A way of treating trials says what varies between them, in which model."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ipdmediation.models.specification import AnalysisSpecification, mediation_models
from ipdmediation.present.report.methods import _TRIAL_EFFECTS as METHODS
from ipdmediation.vocabulary.terms import TermKind
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS
from tests.yaml_files import read_yaml

SCHEMA = Path(__file__).parents[3] / "workflow/schemas/config.schema.yaml"
RANDOM = {
    "none": ((), ()),
    "fixed": ((), ()),
    "random_intercept": (("intercept",), ("intercept",)),
    "random_slope": (("intercept", "treatment"), ("intercept", "treatment")),
    "random_slopes": (("intercept", "treatment"), ("intercept", "treatment", "mediator")),
}


def test_all_of_them_can_be_stated_and_those_that_tell_trials_apart_are_described():
    analysis = read_yaml(SCHEMA)["$defs"]["analysis"]["properties"]
    assert analysis["trial_effects"]["enum"] == list(TRIAL_EFFECTS)
    assert list(METHODS) == [key for key, effects in TRIAL_EFFECTS.items() if effects.tell_apart]


@pytest.mark.parametrize("key", TRIAL_EFFECTS)
def test_what_varies_in_a_model_without_and_with_the_mediator(key):
    effects = TRIAL_EFFECTS[key]
    assert tuple(effects.random_in(mediator=mediator) for mediator in (False, True)) == RANDOM[key]
    assert effects.tell_apart == (key != "none")


@pytest.mark.parametrize("key", TRIAL_EFFECTS)
def test_the_models_have_what_is_said(key):
    rng = np.random.default_rng(3)
    rows = np.arange(120)
    frame = pd.DataFrame(
        {
            "trial": np.array(["a", "b", "c"])[rows % 3],
            "treatment": rows // 3 % 2,
            "volume": rng.normal(size=rows.size),
            "stay": rng.normal(size=rows.size),
        }
    )
    specification = AnalysisSpecification(
        mediator="volume", outcome="stay", family="continuous", trial_effects=key
    )
    models = mediation_models(frame, specification=specification)
    assert models.total.random_names == models.mediator.random_names == RANDOM[key][0]
    assert models.outcome.random_names == RANDOM[key][1]
    indicators = [term for term in models.total_design.terms if term.kind is TermKind.TRIAL]
    assert len(indicators) == (2 if key == "fixed" else 0)

"""Every effect that is computed has words, and is on something that is known."""

import numpy as np
import pytest

from ipdmediation.data.arms import ARMS
from ipdmediation.effects.catalogue import (
    KHB_EFFECTS,
    coefficient_catalogue,
    four_way_catalogue,
    natural_catalogue,
)
from ipdmediation.plumbing import study_words
from ipdmediation.present.labels import NATURAL, QUARTILES, SHARES, effect_name
from ipdmediation.present.scales import reading
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.effects import (
    DIRECT_AT,
    DIRECT_AT_MEDIAN,
    HEADLINE,
    MEDIATOR_EFFECT_IN,
    NATURAL_EFFECTS,
    OF_THE_MEDIATOR,
    ON_THE_MEDIATOR,
    ON_THE_OUTCOME,
    SHARE_BY_DIFFERENCE,
    EffectKey,
)
from ipdmediation.vocabulary.scales import COEFFICIENT, scales_of

SCALES = scales_of([0, 1, 2], utility=True)
COEFFICIENTS = [
    effect
    for interaction in (False, True)
    for effect in (
        *coefficient_catalogue(interaction=interaction, linear=True, quartiles=(1, 2, 3)),
        *KHB_EFFECTS,
    )
]
AVERAGED = [*natural_catalogue(SCALES), *four_way_catalogue(SCALES, controlled_at=[0.5, 10])]
STUDY = Study(
    title="",
    arms={"control": {"label": "Usual"}, "treated": {"label": "New"}},
    variables={
        "volume": {"label": "Volume", "unit": "mL"},
        "score": {"label": "Score", "levels": {0: "a", 1: "b", 2: "c"}},
    },
    analysis={
        "mediator": {"variable": "volume"},
        "outcome": {"variable": "score", "family": "ordinal", "better": "low"},
    },
    trials={},
)


@pytest.mark.parametrize("effect", COEFFICIENTS, ids=lambda effect: effect.column)
def test_an_effect_of_coefficients_has_a_name_a_reading_and_a_place(effect):
    assert effect_name({"effect": effect.effect, "at": 2.0}, study=STUDY)
    assert reading(*effect.key, study=STUDY).name
    if effect.scale == COEFFICIENT:
        assert effect.effect in (*ON_THE_OUTCOME, *OF_THE_MEDIATOR, ON_THE_MEDIATOR)


@pytest.mark.parametrize("effect", AVERAGED, ids=lambda effect: effect.column)
def test_an_averaged_effect_has_a_reading(effect):
    read = reading(*effect.key, study=STUDY)
    assert read.name
    assert bool(read.better) == (effect.share_of is None)


def test_values_of_the_mediator_are_in_the_key_as_they_are_in_the_table():
    keys = {effect.effect: effect.at for effect in AVERAGED if effect.at is not None}
    assert keys == {"cde_0.5": 0.5, "cde_10": 10.0, "int_ref_0.5": 0.5, "int_ref_10": 10.0}


def test_arms_and_quartiles_are_those_of_the_study():
    assert list(MEDIATOR_EFFECT_IN) == list(ARMS)
    assert list(DIRECT_AT.values()) == list(QUARTILES)
    assert DIRECT_AT[DIRECT_AT_MEDIAN] == "median"
    at = [effect.effect for effect in COEFFICIENTS if np.isfinite(effect.at or np.nan)]
    assert at == list(DIRECT_AT)


def test_shown_natural_effects_and_shares_are_computed():
    computed = {effect.key for effect in (*COEFFICIENTS, *AVERAGED)}
    assert set(NATURAL) <= set(NATURAL_EFFECTS)
    assert set(SHARES) <= computed
    assert HEADLINE in computed


def test_a_key_is_the_columns_of_a_row_and_the_column_of_its_draws():
    assert EffectKey("te", "mean").column == "te:mean"
    assert study_words.SHARE == {"effect": "log_or_difference", "scale": "proportion"}
    assert SHARE_BY_DIFFERENCE == ("log_or_difference", "proportion")

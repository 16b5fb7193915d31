import numpy as np
import pytest

from ipdmediation.effects.catalogue import COEFFICIENT_EFFECTS
from ipdmediation.effects.log_odds import (
    PathCoefficients,
    coefficient_effects,
    log_or_difference,
    log_or_product,
)


def test_published_thrombectomy_share():
    # Boers et al. 2019: 2.22 adjusted for the infarct volume and a share of 12 % imply 2.48 in total.
    paths = PathCoefficients(
        total=np.log(2.48), direct=np.log(2.22), treatment_on_mediator=-0.42, mediator_effect=np.log(0.46)
    )
    assert log_or_difference(paths) == pytest.approx(0.12, abs=0.005)
    assert log_or_product(paths) == pytest.approx(0.29, abs=0.005)


def test_both_agree_where_coefficients_are_collapsible():
    paths = PathCoefficients(total=2.0, direct=1.4, treatment_on_mediator=0.5, mediator_effect=1.2)
    assert log_or_difference(paths) == pytest.approx(log_or_product(paths), rel=1e-12)


def test_effects_come_in_the_catalogue_s_order():
    paths = PathCoefficients(total=4.0, direct=3.0, treatment_on_mediator=0.5, mediator_effect=2.0)
    named = dict(
        zip((effect.effect for effect in COEFFICIENT_EFFECTS), coefficient_effects(paths), strict=True)
    )
    assert named == {
        "total": 4.0,
        "direct": 3.0,
        "treatment_on_mediator": 0.5,
        "mediator_effect": 2.0,
        "log_or_difference": 0.25,
        "log_or_product": 0.25,
    }

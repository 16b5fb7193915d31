"""Bounds in whom the event would befall in neither arm."""

from __future__ import annotations

import numpy as np
import pytest

from ipdmediation.effects.natural_effects import OutcomeScales
from ipdmediation.evidence.always_measured import always_measured


def test_the_share_is_cut_within_a_level() -> None:
    """Three of four treated are kept: of the better end two and a half levels' worth, by hand."""
    levels = np.array([2, 2, 1, 0, 2, 1, 1, 0])
    arm = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    without = np.array([1.0, 1.0, 0.5, 0.5, 1, 1, 1, 1])  # weights of no event: 3 of 4 controls
    found = always_measured(levels, arm, without, np.ones(8), scales=OutcomeScales.of(["0", "1", "2"]))
    control = (2 * 2 + 0.5) / 3
    assert found.ratio == pytest.approx(0.75)
    assert found.effects[:, 0] == pytest.approx([(2 + 1 + 1) / 3 - control, (1 + 1 + 0) / 3 - control])


def test_where_the_event_is_as_frequent_in_both_arms_the_bounds_are_one_number() -> None:
    levels, arm = np.array([0, 1, 1, 0, 1, 1]), np.array([0, 0, 0, 1, 1, 1])
    without = np.array([0.0, 1, 1, 0, 1, 1])
    found = always_measured(levels, arm, without, np.ones(6), scales=OutcomeScales.of(["0", "1"]))
    assert found.ratio == 1
    assert np.array_equal(found.effects[0], found.effects[1])


def test_an_arm_without_anybody_has_no_bounds() -> None:
    levels, arm, without = np.array([0, 1]), np.array([0, 1]), np.array([0.0, 1.0])
    found = always_measured(levels, arm, without, np.ones(2), scales=OutcomeScales.of(["0", "1"]))
    assert np.isnan(found.ratio)
    assert np.isnan(found.effects).all()

"""What a reader of a fit is told of a covariance at its boundary."""

from __future__ import annotations

import numpy as np
import pytest

from ipdmediation.models.notes import singular_note


@pytest.mark.parametrize(("correlation", "written"), [(1.0, "1"), (-1.0, "-1")])
def test_trial_effects_that_go_together_either_way_are_named(correlation: float, written: str) -> None:
    note = singular_note(
        ["intercept", "treatment"],
        np.array([[1.0, correlation], [correlation, 1.0]]),
        columns=np.ones((9, 2)),
        unit=1.0,
        trials=3,
    )
    assert str(note) == (
        "3 trials are too few to tell how their level and their treatment effect go together: this "
        f"correlation is estimated as {written}"
    )

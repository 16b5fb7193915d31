"""Figures of the evidence in a plain page's columns and in the narrowest: nothing is cut or overlaps."""

from __future__ import annotations

from collections.abc import Callable

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from ipdmediation.present import style
from ipdmediation.present.figures.confounding import confounding
from ipdmediation.present.figures.death import death
from ipdmediation.present.figures.each_trial import each_trial
from ipdmediation.present.figures.leave_one_out import leave_one_out
from ipdmediation.present.figures.measurement_error import measurement_error
from ipdmediation.present.figures.proportional_odds import proportional_odds
from ipdmediation.present.figures.surrogacy import surrogacy
from ipdmediation.present.study import Study
from ipdmediation.present.style import PAGES
from tests.unit.present import (
    test_death,
    test_each_trial,
    test_proportional_odds,
    test_surrogacy,
    test_undoing,
)
from tests.unit.present.boxes import assert_nothing_overlaps
from tests.unit.present.examples import effects, study

NARROWEST = min(PAGES, key=lambda journal: PAGES[journal].single)
FIGURES: dict[str, Callable[[Study], Figure]] = {
    "confounding": lambda words: confounding(*test_undoing.parts().values(), effects(), study=words),
    "measurement error": lambda words: measurement_error(test_undoing.mismeasured(), effects(), study=words),
    "death": lambda words: death(test_death.handlings(), test_death.patients(), effects(), study=words),
    "proportional odds": lambda words: proportional_odds(
        test_proportional_odds.cut_tests(),
        test_proportional_odds.by_cut(),
        test_proportional_odds.free(),
        effects(),
        study=words,
    ),
    "each trial": lambda words: each_trial(
        test_each_trial.by_trial(), test_each_trial.pooled(), effects(), study=words
    ),
    "leave one out": lambda words: leave_one_out(test_each_trial.left_out(), effects(), study=words),
    "surrogacy": lambda words: surrogacy(
        test_surrogacy.measures(), test_surrogacy.trials(), test_surrogacy.line(), effects(), study=words
    ),
}


@pytest.mark.parametrize("journal", [style.PLAIN, NARROWEST])
@pytest.mark.parametrize("name", FIGURES)
def test_nothing_is_cut_or_overlaps(name: str, journal: str) -> None:
    words = study(journal=journal)
    figure = FIGURES[name](words)
    with mpl.rc_context(style.of(words.fonts)):
        figure.canvas.draw()
    assert_nothing_overlaps(figure, words.page)

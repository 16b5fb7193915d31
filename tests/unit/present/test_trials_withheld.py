"""A trial of which nothing may be shown has no panel and no row: what is not drawn is said below."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure

from ipdmediation.present.figures.mediator_by_trial import mediator_by_trial
from ipdmediation.present.figures.outcome_by_trial import outcome_by_trial
from tests.unit.present.boxes import assert_nothing_overlaps
from tests.unit.present.drawn_figures import words

DRAW = {"outcome": outcome_by_trial, "mediator": mediator_by_trial}
SAID = "Not drawn, as nobody has a value or every number is withheld for few participants: "


def withheld(frame: pd.DataFrame, trials: Collection[str]) -> pd.DataFrame:
    numbers = frame["trial"].isin(trials) & (frame["statistic"] != "n")
    return frame.assign(estimate=frame["estimate"].mask(numbers, math.nan))


def said(figure: Figure) -> str:
    return " ".join(words(figure))


@pytest.mark.parametrize("name", DRAW)
def test_trials_without_a_number_are_named_below(examples: Any, name: str) -> None:
    draw: Callable[..., Figure] = DRAW[name]
    frame, study = getattr(examples, name)(), examples.study()
    whole = draw(frame, study=study)
    assert SAID not in said(whole)
    figure = draw(withheld(frame, ["escape", "piste", "thrace", "mr_clean"]), study=study)
    assert f"{SAID}MR CLEAN, ESCAPE, THRACE and PISTE." in said(figure)
    assert said(figure).count("PISTE") == 1
    assert said(figure).count("REVASCAT") == said(whole).count("REVASCAT") == 1
    assert figure.get_figheight() < whole.get_figheight()
    assert_nothing_overlaps(figure)


def test_a_trial_in_which_nobody_has_the_mediator_is_not_said_to_be_withheld(examples: Any) -> None:
    frame = examples.mediator()
    nobody = frame["trial"] == "piste"
    frame = frame[~nobody | (frame["statistic"] == "n")].assign(
        estimate=frame["estimate"].mask(nobody & (frame["statistic"] == "n"), 0)
    )
    assert f"{SAID}PISTE." in said(mediator_by_trial(frame, study=examples.study()))


@pytest.mark.parametrize("name", DRAW)
def test_many_are_counted_and_there_may_be_none_to_draw(examples: Any, name: str) -> None:
    frame = getattr(examples, name)()
    one = frame[frame["trial"] == "piste"]
    labels = examples.many_trials(12)
    many = pd.concat([frame[frame["trial"] == "all"], *(one.assign(trial=trial) for trial in labels)])
    figure = DRAW[name](withheld(many, labels), study=examples.study(trials=labels))
    assert f"{SAID}12 trials." in said(figure)
    assert_nothing_overlaps(figure)

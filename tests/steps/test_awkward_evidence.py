"""Evidence of data that give little: every step ends, and says in words what it has no number for."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from ipdmediation.data.notices import read_notices
from ipdmediation.data.result_tables import read_table
from ipdmediation.plumbing.result_files import EVIDENCE
from tests.steps.conftest import Planned
from tests.steps.test_evidence import CONFIG, REFERENCE, stated

TRIALS = (1, 2, 3, 7)


@pytest.fixture(scope="module")
def awkward(tmp_path_factory: pytest.TempPathFactory, plan: Callable[[Path], Path]) -> Planned:
    """Four trials: all controls of one have the worst outcome, and of another nobody has a mediator.

    A level of the outcome is nobody's, a covariate varies in one trial only, and odds are not proportional.
    """
    root = tmp_path_factory.mktemp("awkward")
    config = deepcopy(CONFIG)
    evidence = config["analyses"]["primary"]["evidence"]  # type: ignore[index]
    evidence["measurement_error"] = {"error": {"error_sd": 1.2}, "replicates": 40}
    del config["analyses"]["free"]  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        frame = pd.read_csv(REFERENCE)
        frame = frame[frame["trial"].isin(TRIALS)].assign(y=frame["y"].replace(4, 3))
        of_trial = frame["trial"].to_numpy()
        frame.loc[(of_trial == 3) & (frame["a"] == 0), "y"] = 6
        frame.loc[of_trial == 7, ["dead", "m", "y"]] = [1, np.nan, 6]
        frame.loc[of_trial != 1, "c2"] = 0
        either = (frame["a"] == 1) & (of_trial < 3)  # treatment makes some well, and others ill
        frame.loc[either & (frame["c1"] > 0.2) & (frame["y"] < 4), "y"] = 0
        frame.loc[either & (frame["c1"] < -0.2) & (frame["y"] > 1), "y"] = 6
        frame.to_csv("every.csv", index=False)
        Path("every.yaml").write_text(yaml.safe_dump(stated("every.csv", TRIALS)))
        Path("config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
        return Planned(root, config, pickle.loads(plan(Path("config.yaml")).read_bytes()))


#: What each piece says, by its kind.
SAID = {
    "each trial": ["trial_left_out"],
    "leave one out": ["trial_not_left_out"],
    "confounding": ["logit_not_checked"],
    "measurement error": ["error_impossible"],
    "surrogacy": ["trial_left_out", "no_trial_level"],
    "death": ["handling_left_out", "handling_left_out"],
    "proportional odds": ["odds_not_proportional"] * 2,
}


@pytest.fixture
def made(awkward: Planned, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, str]]:
    monkeypatch.chdir(awkward.root)
    return {piece: awkward.do(piece, analysis="primary") for piece in EVIDENCE}


def test_what_there_is_no_number_for_is_said(awkward: Planned, made: dict[str, dict[str, str]]) -> None:
    said = read_notices(awkward.do("collect_notices", analysis="primary")["collected"])
    kinds = {step: [one.kind for one in said if one.step == step] for step in SAID}
    assert kinds == SAID
    messages = {one.step: one.message for one in said}
    assert messages["each trial"] == (
        "trial 't3' is left out of the two stages: the outcome is the same for all patients of an arm"
    )
    assert messages["leave one out"].startswith("there is no analysis without trial 't1': ")
    assert messages["confounding"].endswith(": nobody has one of the outcome's levels")
    assert "error of measurement: the error would vary more than" in messages["measurement error"]
    assert messages["surrogacy"].endswith("has no level of the trials: it needs three trials")
    assert "by the handling 'composite': a trial has nobody with a mediator" in messages["death"]
    log = awkward.planned("each_trial", analysis="primary")["log"][0]
    assert "each_trial (primary): note: trial 't3' is left out" in Path(log).read_text()


def test_of_two_trials_the_pooled_effects_have_intervals_as_wide_as_that(
    made: dict[str, dict[str, str]],
) -> None:
    pooled = read_table(made["each_trial"]["together"])
    te = pooled.query("effect == 'te' and scale == 'mean'").iloc[0]
    assert te["trials"] == 2
    assert te["ci_high"] - te["ci_low"] > 12 * te["se"]  # by t with 1 degree of freedom
    measures = read_table(made["surrogacy"]["measures"]).drop_duplicates("measure").set_index("measure")
    assert measures.loc[["slope", "correlation", "threshold_effect"], "estimate"].isna().all()


def test_what_can_be_had_is_there(awkward: Planned, made: dict[str, dict[str, str]]) -> None:
    curve = read_table(made["confounding"]["curve"]).query("scale == 'mean'").set_index(["effect", "rho"])
    assert np.isfinite(curve.loc["tnie", "estimate"]).all()
    shares = curve.loc["pm"]
    assert set(shares.loc[shares["estimate"].isna(), "withheld"]) <= {
        "total_uncertain",
        "opposite_directions",
    }
    assert shares["estimate"].isna().any()
    death = read_table(made["death"]["effects"]).set_index("handling")
    assert (death.loc[["all", "worst_value", "worst_rank"], "reason"] == "").all()
    shown_error = awkward.do("show_measurement_error", analysis="primary")
    for piece in ("each_trial", "measurement_error", "surrogacy", "death"):  # with holes in what they show
        shown = awkward.do(f"show_{piece}", analysis="primary")
        assert all(Path(path).stat().st_size for path in (*shown["figures"], *shown["tables"]))
    (table,) = (path for path in shown_error["tables"] if path.endswith(".html"))
    text = Path(table).read_text()
    assert "none (stated)" in text
    assert "which is more than M varies given treatment, covariates and trial" in text

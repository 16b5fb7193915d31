"""The synthetic trials: their counts, who leaves them, their outcome, and what is refused."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from ipdmediation.data.cohort import select_cohort
from ipdmediation.data.variables import frame_columns
from ipdmediation.synthetic.errors import SyntheticDataError
from ipdmediation.synthetic.generate import simulate_trial
from ipdmediation.synthetic.outcome import draw_outcome, outcome_distribution
from ipdmediation.synthetic.truth import causal_truth
from tests.unit.synthetic.conftest import CONFIG, PARAMETERS, VARIABLES, changed, generator, pool, simulate


class TestTrials:
    def test_patients_by_trial_and_arm_are_as_published(self, frames: dict[str, pd.DataFrame]) -> None:
        for trial, frame in frames.items():
            counts = frame["treatment"].value_counts()
            assert {"control": counts[0], "treated": counts[1]} == PARAMETERS["patients"][trial]
            assert frame["patient"].is_unique
        assert sum(map(len, frames.values())) == 1764

    def test_columns_are_the_common_ones(self, frames: dict[str, pd.DataFrame]) -> None:
        for frame in frames.values():
            assert list(frame.columns) == frame_columns(VARIABLES)

    def test_values_are_within_the_declared_ranges(self, frames: dict[str, pd.DataFrame]) -> None:
        pooled = pool(frames)
        for variable in VARIABLES.values():
            if variable.type == "continuous":
                values = pooled[variable.name].dropna()
                assert values.between(variable.minimum, variable.maximum).all(), variable.name

    def test_the_same_stream_gives_the_same_trial(self, frames: dict[str, pd.DataFrame]) -> None:
        again = simulate_trial(PARAMETERS, "escape", rng=generator("escape"))
        other = simulate_trial(PARAMETERS, "escape", rng=generator("escape", seed=1))
        pd.testing.assert_frame_equal(frames["escape"], again)
        assert not again["fiv"].equals(other["fiv"])

    def test_unknown_trial(self) -> None:
        with pytest.raises(
            SyntheticDataError, match="'nope' has no synthetic parameters; known trials: 'mr_clean'"
        ):
            simulate_trial(PARAMETERS, "nope", rng=generator("nope"))

    def test_impossible_correlations(self) -> None:
        pairs = [
            {"between": ["age", "nihss"], "value": 0.9},
            {"between": ["nihss", "aspects"], "value": 0.9},
            {"between": ["age", "aspects"], "value": -0.9},
        ]
        with pytest.raises(SyntheticDataError, match="not positive definite"):
            simulate_trial(changed("correlations", value=pairs), "piste", rng=generator("piste"))

    @pytest.mark.parametrize(
        ("thresholds", "message"),
        [
            (
                {"control": [-1, 0, 1], "treated": [-1, 0.5, 0.5]},
                r"trial 'piste', treated: -1, 0.5, 0.5; allowed: each above the one before",
            ),
            (
                {"control": [0, -1, 1], "treated": [-1, 0, 1]},
                r"trial 'piste', control: 0, -1, 1; allowed: each above the one before",
            ),
            ({"control": [-1, 0], "treated": [-1, float("nan")]}, r"trial 'piste', treated: -1, nan"),
            (
                {"control": [-1, 0, 1], "treated": [-1, 0]},
                r"trial 'piste': {'control': 3, 'treated': 2}; allowed: as many in both arms",
            ),
            ([-1, 0, 1], r"trial 'piste': \[-1, 0, 1\]; allowed: a list for each of 'control', 'treated'"),
            ({"control": [-1, 0]}, r"trial 'piste': .*; allowed: a list for each of 'control', 'treated'"),
            (None, r"trial 'piste': None; allowed: a list for each"),
        ],
    )
    def test_thresholds_that_are_none(self, thresholds: Any, message: str) -> None:
        parameters = changed("outcome", "thresholds", "piste", value=thresholds)
        with pytest.raises(SyntheticDataError, match=f"^outcome thresholds of {message}"):
            simulate_trial(parameters, "piste", rng=generator("piste"))
        with pytest.raises(SyntheticDataError, match=f"^outcome thresholds of {message}"):
            causal_truth(parameters, patients=5000, rng=generator("piste"))

    def test_more_losses_than_patients(self) -> None:
        parameters = copy.deepcopy(PARAMETERS)
        parameters["losses"][0]["patients"]["piste"] = [32, 0]
        with pytest.raises(
            SyntheticDataError, match="'died before imaging', trial 'piste', control: 32 patients"
        ):
            simulate_trial(parameters, "piste", rng=generator("piste"))

    def test_unknown_sampling(self) -> None:
        with pytest.raises(SyntheticDataError, match="'stratified' or 'independent', not 'sobol'"):
            simulate_trial(changed("sampling", value="sobol"), "piste", rng=generator("piste"))

    def test_stratified_draws_vary_less_between_cohorts(self) -> None:
        def spread(sampling: str) -> float:
            parameters = changed("sampling", value=sampling)
            return float(
                np.std(
                    [
                        simulate_trial(parameters, "mr_clean", rng=generator("x", s))["age"].mean()
                        for s in range(8)
                    ]
                )
            )

        assert spread("stratified") < 0.2 * spread("independent")


class TestSelection:
    @pytest.mark.parametrize("seed", [CONFIG["seed"], 1])
    def test_flow_ends_at_the_published_cohort(self, seed: int) -> None:
        flow = select_cohort(pool(simulate(seed=seed)), rules=CONFIG["eligibility"], variables=VARIABLES).flow
        assert flow["remaining"].iloc[[0, 4, 6]].tolist() == [1764, 1690, 1665]
        assert flow[["remaining_treated", "remaining_control"]].iloc[-1].tolist() == [821, 844]

    def test_each_reason_takes_the_patients_that_the_parameters_list(
        self, frames: dict[str, pd.DataFrame]
    ) -> None:
        flow = select_cohort(pool(frames), rules=CONFIG["eligibility"], variables=VARIABLES).flow.iloc[1:]
        for arm, column in enumerate(["excluded_control", "excluded_treated"]):
            listed = [sum(trial[arm] for trial in loss["patients"].values()) for loss in PARAMETERS["losses"]]
            assert flow[column].tolist() == listed

    def test_the_lost_are_more_severe(self, frames: dict[str, pd.DataFrame], cohort: pd.DataFrame) -> None:
        pooled = pool(frames)
        lost = pooled[pooled["imaging_status"].isin(["died", "surgery"])]
        assert lost["nihss"].mean() > cohort["nihss"].mean() + 1
        died = pooled[pooled["imaging_status"] == "died"]
        assert (died["mrs"] == 6).all()
        assert died[["fiv", "imaging_time", "imaging_modality"]].isna().all(axis=None)

    def test_missing_values_depend_on_observed_ones(self) -> None:
        parameters = changed(
            "missing", value={"aspects": {"percent": {"thrace": 20}, "depends_on": {"mrs": 1}}}
        )
        frame = simulate_trial(parameters, "thrace", rng=generator("thrace"))
        gone = frame["aspects"].isna()
        assert frame.loc[gone, "mrs"].mean() > frame.loc[~gone, "mrs"].mean() + 1
        assert frame["nihss"].notna().all()


class TestOutcome:
    PREDICTOR = np.random.default_rng(5).normal(scale=1.5, size=301)
    THRESHOLDS = np.array([-1.5, 0.0, 0.2, 2.0])

    def drawn(self, sampling: str, cohorts: int) -> np.ndarray:
        rng = np.random.default_rng(6)
        draws = [
            draw_outcome(self.PREDICTOR, self.THRESHOLDS, sampling=sampling, rng=rng) for _ in range(cohorts)
        ]
        return np.array(draws)

    @pytest.mark.parametrize("sampling", ["stratified", "independent"])
    def test_each_patient_has_the_probabilities_of_the_model(self, sampling: str) -> None:
        worse = (self.drawn(sampling, 2000)[..., None] > np.arange(4)).mean(axis=0)
        assert worse == pytest.approx(expit(self.PREDICTOR[:, None] - self.THRESHOLDS), abs=0.06)

    def test_stratified_levels_are_as_many_as_expected(self) -> None:
        expected = self.PREDICTOR.size * outcome_distribution(self.THRESHOLDS, self.PREDICTOR)
        for sampling, least, most in (("stratified", 0.0, 2.0), ("independent", 3.0, 10.0)):
            counts = np.array([np.bincount(levels, minlength=5) for levels in self.drawn(sampling, 200)])
            spread = np.sqrt(np.square(counts - expected).mean(axis=0))
            assert least < spread.min() <= spread.max() < most, sampling


@pytest.mark.parametrize(
    "pattern", ["{0.__class__}", "{:{}d}", "{:999999999d}", "{", "{}{}", "no number", "{:d!r}"]
)
def test_a_pattern_of_ids_looks_nothing_up(pattern: str) -> None:
    parameters = changed("patient_id", "escape", value=pattern)
    with pytest.raises(SyntheticDataError, match="patient_id"):
        simulate_trial(parameters, "escape", rng=generator("escape"))

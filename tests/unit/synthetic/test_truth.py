"""The causal truth of the generating model: identities, known answers, a simulation by another route."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from ipdmediation.data.arms import ARM_NAMES, CELLS
from ipdmediation.synthetic.errors import SyntheticDataError
from ipdmediation.synthetic.generate import simulate_trial
from ipdmediation.synthetic.truth import EFFECTS, causal_truth, effects_of_cells, log_or_by_cut
from tests.unit.synthetic.conftest import PARAMETERS, TRIALS, changed, pool


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return causal_truth(PARAMETERS, patients=50_000, rng=np.random.default_rng(1))


class TestTruth:
    def test_effects_add_up_on_every_scale(self, truth: dict[str, Any]) -> None:
        effects = truth["effects"]
        for scale, total in effects["te"].items():
            assert effects["pnde"][scale] + effects["tnie"][scale] == pytest.approx(total, abs=1e-12)
            assert effects["tnde"][scale] + effects["pnie"][scale] == pytest.approx(total, abs=1e-12)
            assert effects["pm"][scale] == pytest.approx(effects["tnie"][scale] / total)

    def test_scales(self, truth: dict[str, Any]) -> None:
        probabilities = [f"prob_le_{k}" for k in range(6)]
        expected = ["mean", "utility", *probabilities, "win", "log_win_odds", "log_or"]
        assert all(list(scales) == expected for scales in truth["effects"].values())
        te = truth["effects"]["te"]
        assert te["mean"] == pytest.approx(-sum(te[scale] for scale in probabilities))

    def test_two_simulations_agree_within_their_standard_errors(self, truth: dict[str, Any]) -> None:
        other = causal_truth(PARAMETERS, patients=50_000, rng=np.random.default_rng(2))
        for effect, scales in truth["effects"].items():
            for scale, value in scales.items():
                error = np.hypot(
                    truth["standard_errors"][effect][scale], other["standard_errors"][effect][scale]
                )
                assert abs(value - other["effects"][effect][scale]) < 5 * error
        assert truth["standard_errors"]["pm"]["mean"] < 0.001

    def test_the_cohort_agrees_with_the_truth(
        self, truth: dict[str, Any], frames: dict[str, pd.DataFrame]
    ) -> None:
        pooled = pool(frames)
        means = pooled.groupby("treatment")["mrs"].mean()
        assert means[1] - means[0] == pytest.approx(truth["effects"]["te"]["mean"], abs=0.06)

    def test_a_mediator_without_effect_mediates_nothing(self) -> None:
        parameters = changed("outcome", "mediator_slope", value=dict.fromkeys(TRIALS, 0.0))
        effects = causal_truth(parameters, patients=10_000, rng=np.random.default_rng(1))["effects"]
        assert list(effects["tnie"].values()) == pytest.approx([0.0] * 11, abs=1e-12)
        assert effects["te"] == pytest.approx(effects["pnde"])

    def test_a_treatment_without_effect(self) -> None:
        thresholds = PARAMETERS["outcome"]["thresholds"]
        parameters = changed(
            "outcome",
            "thresholds",
            value={trial: dict.fromkeys(ARM_NAMES, arms["control"]) for trial, arms in thresholds.items()},
        )
        parameters["mediator"]["treatment_shift"] = dict.fromkeys(TRIALS, 0.0)
        parameters["mediator"]["residual_sd"] = {"control": 1.5, "treated": 1.5}
        found = causal_truth(parameters, patients=10_000, rng=np.random.default_rng(1))
        cells = found["distributions"]
        assert all(cell == pytest.approx(cells["treatment_0_mediator_0"]) for cell in cells.values())
        assert np.isnan(found["effects"]["pm"]["mean"])

    def test_log_or_and_win_of_known_distributions(self) -> None:
        thresholds = np.array([-1.0, 0.2, 1.5])
        worse, better = (np.diff(expit(thresholds + shift), prepend=0, append=1) for shift in (0, 0.8))
        cells = np.array([worse, worse, better, better])
        effects = effects_of_cells(cells, np.array([1, 0.7, 0.3, 0]))
        scales = effects["te"]
        assert scales["log_or"] == pytest.approx(0.8, abs=1e-10)
        assert list(log_or_by_cut(cells)["te"].values()) == pytest.approx([0.8] * 3)
        pairs = np.outer(better, worse)
        assert scales["win"] == pytest.approx(np.triu(pairs, 1).sum() + np.trace(pairs) / 2 - 0.5)

    def test_log_odds_ratios_by_cut(self, truth: dict[str, Any]) -> None:
        """Death is the cut at which treatment does least; the common log odds ratio is a mean of all cuts."""
        by_cut = truth["log_or_by_cut"]["values"]
        probabilities = {name: np.cumsum(cell) for name, cell in truth["distributions"].items()}
        untreated, treated = (probabilities[f"treatment_{a}_mediator_{a}"] for a in (0, 1))
        assert by_cut["te"]["le_5"] == pytest.approx(logit(treated[5]) - logit(untreated[5]))
        for cut, total in by_cut["te"].items():
            assert by_cut["pnde"][cut] + by_cut["tnie"][cut] == pytest.approx(total)
        assert min(by_cut["te"], key=by_cut["te"].get) == "le_5"
        assert by_cut["te"]["le_5"] < 0.5 * truth["effects"]["te"]["log_or"]
        assert min(by_cut["te"].values()) < truth["effects"]["te"]["log_or"] < max(by_cut["te"].values())

    def test_the_population_is_named(self, truth: dict[str, Any]) -> None:
        assert truth["population"].startswith("all randomised patients")

    def test_patients_drawn_one_by_one_agree(self) -> None:
        """Another route: both arms drawn, severity computed here, an outcome drawn in every cell."""
        rng = np.random.default_rng(3)
        per_arm = {trial: 35 * sum(arms.values()) for trial, arms in PARAMETERS["patients"].items()}
        parameters = changed("sampling", value="independent") | {
            "losses": [],
            "missing": {},
            "patients": {trial: dict.fromkeys(ARM_NAMES, size) for trial, size in per_arm.items()},
        }
        outcome, covariates = PARAMETERS["outcome"], PARAMETERS["covariates"]
        counts = np.zeros((4, 7))
        for trial in TRIALS:
            frame = simulate_trial(parameters, trial, rng=rng)
            severity = outcome["mediator_slope"][trial] * (
                np.log(frame["fiv"] + 1) - outcome["mediator_centre"]
            )
            for name, effect in outcome["effects"].items():
                if isinstance(effect, dict):
                    severity += frame[name].map(effect).astype(float).fillna(0)
                else:
                    severity += effect * (frame[name].astype(float) - covariates[name]["centre"])
            for row, (a, m) in enumerate(CELLS):
                latent = severity[frame["treatment"] == m] + rng.logistic(size=per_arm[trial])
                cuts = outcome["thresholds"][trial][ARM_NAMES[a]]
                counts[row] += np.bincount(np.digitize(latent, cuts), minlength=7)
        patients = sum(per_arm.values())
        drawn = effects_of_cells(counts / patients, np.array(PARAMETERS["utility"]))
        exact = causal_truth(PARAMETERS, patients=200_000, rng=np.random.default_rng(4))["effects"]
        # Standard error of a difference of two means of levels with SD 2, and of two shares of a half.
        mean, share = (sd * np.sqrt(2 / patients) for sd in (2, 0.5))
        for effect in EFFECTS:
            assert drawn[effect]["mean"] == pytest.approx(exact[effect]["mean"], abs=4 * mean)
            for scale in (*(f"prob_le_{k}" for k in range(6)), "win"):
                assert drawn[effect][scale] == pytest.approx(exact[effect][scale], abs=4 * share)

    def test_too_few_patients(self) -> None:
        with pytest.raises(SyntheticDataError, match="leave a trial empty"):
            causal_truth(PARAMETERS, patients=100, rng=np.random.default_rng(1))

"""Effects pooled over trials, against R's metafor and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import chdtri

from ipdmediation.evidence.two_stage import pool

# log common odds ratio of a better outcome and its standard error, of the published counts by R's clm
TRIALS7 = np.array(
    [
        (0.4998150680, 0.1606804741), (0.9911980624, 0.2066069693), (1.1690629949, 0.4435236456),
        (0.9380036230, 0.2620033518), (0.4531048539, 0.2473276504), (0.3322899026, 0.1760403171),
        (0.4269373136, 0.4478700235),
    ]
)  # fmt: skip
# evidence_a.csv: the treatment's coefficient in the outcome model, and on the mediator
BETA = np.array(
    [
        (1.73151744, 0.46268692), (0.40327907, 0.44455477), (2.10149188, 0.71077182),
        (1.21702106, 0.50690194), (0.82606813, 0.54633230), (1.50199476, 0.44940712),
        (0.06672884, 0.69267626),
    ]
)  # fmt: skip
ALPHA = np.array(
    [
        (-1.01419804, 0.20410349), (-0.76437901, 0.31053578), (-0.89832450, 0.32208637),
        (-0.85759771, 0.31811878), (-0.85417769, 0.28337115), (-0.93878474, 0.26400574),
        (0.56363027, 0.42538283),
    ]
)  # fmt: skip


def pooled(rows: np.ndarray, **options: object) -> dict[str, float]:
    """Return the numbers of a single effect."""
    found = pool(rows[:, [0]], rows[:, [1]] ** 2, **options)  # type: ignore[arg-type]
    return {name: float(value[0]) for name, value in vars(found).items() if name not in ("trials", "weights")}


METAFOR = {
    "published counts": (
        TRIALS7, 0.64089493, 0.04115046, 0.11711889, 0.35431533, 0.92747454, 0.06773594, 1.21405393,
        0.42704505, 10.08847403,
    ),
    "on the outcome": (
        BETA, 1.12689990, 0.14841726, 0.25534758, 0.50208688, 1.75171293, -0.00403841, 2.25783822,
        0.35124453, 9.61101284,
    ),
    "on the mediator": (
        ALPHA, -0.77584735, 0.05080931, 0.16941901, -1.19040073, -0.36129397, -1.46582491, -0.08586978,
        0.37727148, 11.80625,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", METAFOR)
def test_metafor_s_numbers(name):
    rows, *numbers = METAFOR[name]
    found = pooled(rows, truncated=False)
    found["tau2"] = found["tau"] ** 2
    keys = ["estimate", "tau2", "se", "low", "high", "prediction_low", "prediction_high", "i2"]
    # what estimates of eight digits leave of the last one
    assert [found[key] for key in keys] == pytest.approx(numbers[:-1], abs=5e-8)
    assert found["q"] == pytest.approx(numbers[-1], abs=1e-5 if name == "on the mediator" else 3e-7)


def test_q_of_1_at_least_makes_the_interval_that_of_wald_s_standard_error():
    found = pooled(TRIALS7)
    assert (found["low"], found["high"]) == pytest.approx((0.34404056, 0.93774930), abs=3e-8)
    assert found["se"] == pytest.approx(0.12131797, abs=2e-8)
    for rows in (BETA, ALPHA):  # whose q is above 1
        assert pooled(rows) == pooled(rows, truncated=False)


def test_trials_that_agree_do_not_make_the_interval_shorter_than_no_difference_at_all():
    rows = np.array([(0.50, 0.2), (0.51, 0.2), (0.49, 0.2), (0.50, 0.2)])
    assert pooled(rows)["tau"] < 1e-4
    assert pooled(rows)["se"] == pytest.approx(0.1, rel=1e-6)
    assert pooled(rows, truncated=False)["se"] < 0.01


def test_the_interval_of_the_variation_by_q_profile():
    found = pooled(TRIALS7)
    assert found["tau_low"] == 0
    high = found["tau_high"] ** 2
    assert high == pytest.approx(0.43943940, abs=3e-6)  # metafor's, which stops there
    weights = 1 / (TRIALS7[:, 1] ** 2 + high)
    mean = weights @ TRIALS7[:, 0] / weights.sum()
    assert weights @ (TRIALS7[:, 0] - mean) ** 2 == pytest.approx(chdtri(6, 0.975), rel=1e-9)


def test_leaving_one_out_of_the_second_stage():
    # metafor's default stops at the fifth digit of tau2
    mean = [0.686160, 0.534796, 0.605462, 0.593998, 0.679121, 0.716027, 0.658855]
    se = [0.140480, 0.105515, 0.116658, 0.125616, 0.134457, 0.119563, 0.130602]
    tau2 = [0.059809, 0.004232, 0.038054, 0.038733, 0.055186, 0.029009, 0.049064]
    found = [pooled(np.delete(TRIALS7, trial, axis=0), truncated=False) for trial in range(7)]
    assert [each["estimate"] for each in found] == pytest.approx(mean, abs=2e-5)
    assert [each["se"] for each in found] == pytest.approx(se, abs=2e-5)
    assert [each["tau"] ** 2 for each in found] == pytest.approx(tau2, abs=3e-5)


def test_several_effects_at_once_are_each_by_itself():
    both = np.stack([BETA, ALPHA], axis=2)
    found = pool(both[:, 0], both[:, 1] ** 2)
    for at, rows in enumerate((BETA, ALPHA)):
        alone = pooled(rows)
        assert {name: getattr(found, name)[at] for name in alone} == pytest.approx(alone, abs=1e-8)
    assert found.weights.sum(axis=0) == pytest.approx([1, 1])


def test_the_largest_trial_has_the_largest_weight():
    weights = pool(TRIALS7[:, [0]], TRIALS7[:, [1]] ** 2).weights[:, 0]
    assert np.argsort(-weights).tolist() == np.argsort(TRIALS7[:, 1]).tolist()


def test_one_trial_is_itself_and_says_nothing_of_others():
    found = pool(TRIALS7[:1, [0]], TRIALS7[:1, [1]] ** 2)
    assert (found.estimate[0], found.se[0]) == pytest.approx(tuple(TRIALS7[0]))
    for name in ("low", "high", "prediction_low", "prediction_high", "tau", "tau_low", "i2", "q", "q_p"):
        assert np.isnan(getattr(found, name)[0]), name


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("trials", [2, 200])
def test_two_trials_and_two_hundred(trials):
    rng = np.random.default_rng(3)
    se = rng.uniform(0.1, 0.6, (trials, 1))
    found = pool(rng.normal(0.5, 0.3, (trials, 1)) + se * rng.normal(size=(trials, 1)), se**2)
    assert found.low[0] < found.estimate[0] < found.high[0]
    assert found.prediction_low[0] <= found.low[0]
    assert found.tau_low[0] <= found.tau[0] <= found.tau_high[0]
    if trials == 200:
        assert found.tau[0] == pytest.approx(0.3, abs=0.08)

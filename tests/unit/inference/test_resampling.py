import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from ipdmediation.inference.resampling import MOST_GROUPS, StratifiedPlan, TwoLevelPlan
from ipdmediation.inference.streams import stream

PATIENTS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 1)), min_size=1, max_size=60)


@given(PATIENTS, st.integers(0, 2**32 - 1))
def test_a_replicate_keeps_the_size_of_every_trial_and_arm(patients, seed):
    cohort = pd.DataFrame(patients, columns=["trial", "treatment"])
    weights = StratifiedPlan.of(cohort).weights(np.random.default_rng(seed))
    drawn = cohort.assign(weight=weights).groupby(["trial", "treatment"])["weight"].agg(["sum", "size"])
    assert (weights >= 0).all()
    assert (drawn["sum"] == drawn["size"]).all()


def test_every_patient_of_a_stratum_is_drawn_equally_often():
    cohort = pd.DataFrame({"trial": list("baab" * 3), "treatment": [0, 1, 1, 1] * 3})
    plan = StratifiedPlan.of(cohort)
    rng = np.random.default_rng(1)
    replicates = 20_000
    mean = np.mean([plan.weights(rng) for _ in range(replicates)], axis=0)
    # A weight has variance below 1, so the mean of 20,000 is within 5 standard errors of 1.
    assert np.abs(mean - 1).max() < 5 / np.sqrt(replicates)


@given(PATIENTS, st.integers(0, 2**32 - 1))
def test_a_two_level_replicate_has_as_many_clusters_as_there_are_trials(patients, seed):
    cohort = pd.DataFrame(patients, columns=["trial", "treatment"])
    plan = TwoLevelPlan.of(cohort)
    frame = plan.frame(cohort)
    weights = plan.weights(np.random.default_rng(seed))
    sums = frame.assign(weight=weights, size=1.0).groupby(["trial", "treatment"])[["weight", "size"]].sum()
    drawn = sums[sums["weight"] > 0]
    assert (drawn["weight"] == drawn["size"]).all()
    clusters = set(drawn.index.get_level_values("trial"))
    assert len(clusters) == cohort["trial"].nunique()
    # copy c of a trial has patients only where copy c - 1 has some
    for name in clusters:
        trial, _, number = name.partition(" (")
        copy = int(number.rstrip(")")) if number else 1
        assert copy == 1 or (trial if copy == 2 else f"{trial} ({copy - 1})") in clusters


def test_the_frame_of_two_levels_repeats_the_cohort():
    cohort = pd.DataFrame({"trial": list("abba"), "treatment": [0, 1, 0, 1], "x": [1.0, 2.0, 3.0, 4.0]})
    plan = TwoLevelPlan.of(cohort)
    frame = plan.frame(cohort)
    assert frame["trial"].tolist() == ["a", "b", "b", "a", "a (2)", "b (2)", "b (2)", "a (2)"]
    assert frame["x"].tolist() == [1.0, 2.0, 3.0, 4.0] * 2
    assert plan.cohort_weights.tolist() == [1.0] * 4 + [0.0] * 4


def test_every_patient_is_drawn_equally_often_at_two_levels():
    cohort = pd.DataFrame({"trial": list("baab" * 3), "treatment": [0, 1, 1, 1] * 3})
    plan = TwoLevelPlan.of(cohort)
    rng = np.random.default_rng(1)
    replicates = 20_000
    draws = np.array([plan.weights(rng).reshape(2, 12).sum(axis=0) for _ in range(replicates)])
    # A patient's weight, the sum of one to two resamples, has variance below 2.
    assert np.abs(draws.mean(axis=0) - 1).max() < 5 * np.sqrt(2 / replicates)
    # Both copies of one of two trials are drawn with probability 1/4.
    both = (draws[:, cohort["trial"] == "a"].sum(axis=1) == 12).mean()
    assert abs(both - 0.25) < 5 * np.sqrt(0.25 * 0.75 / replicates)


@given(PATIENTS)
def test_the_jackknife_leaves_every_patient_out_once_and_keeps_the_arm_sizes(patients):
    cohort = pd.DataFrame(patients, columns=["trial", "treatment"])
    left = np.array(list(StratifiedPlan.of(cohort).jackknife()))
    assert ((left == 0).sum(axis=0) >= 1).all()
    for weights in left:
        sums = cohort.assign(w=weights, size=1.0).groupby(["trial", "treatment"])[["w", "size"]].sum()
        present = sums[sums["w"] > 0]
        np.testing.assert_allclose(present["w"], present["size"])


def test_jackknife_groups_are_spread_over_trials_and_arms():
    rng = np.random.default_rng(0)
    cohort = pd.DataFrame(
        {"trial": rng.choice(list("abc"), 1000, p=[0.5, 0.3, 0.2]), "treatment": rng.integers(2, size=1000)}
    )
    left = np.array(list(StratifiedPlan.of(cohort).jackknife()))
    assert len(left) == MOST_GROUPS
    assert ((left == 0).sum(axis=0) == 1).all()
    out = cohort.groupby(["trial", "treatment"]).ngroup().to_numpy()
    for stratum in range(6):
        sizes = (left[:, out == stratum] == 0).sum(axis=1)
        assert sizes.max() - sizes.min() <= 1


def test_the_jackknife_of_two_levels_leaves_trials_out():
    cohort = pd.DataFrame({"trial": list("abca"), "treatment": [0, 1, 0, 1]})
    left = [weights.tolist() for weights in TwoLevelPlan.of(cohort).jackknife()]
    assert left == [[0, 1, 1, 0], [1, 0, 1, 1], [1, 1, 0, 1]]


def test_streams_depend_on_their_purpose_only():
    draws = {
        purpose: stream(3, "bootstrap", *purpose).random(4).tobytes()
        for purpose in [("primary", 1), ("primary", 2), ("other", 1), ("primary", 1, 0)]
    }
    assert len(set(draws.values())) == len(draws)
    assert stream(3, "bootstrap", "primary", 1).random(4).tobytes() == draws["primary", 1]
    assert stream(4, "bootstrap", "primary", 1).random(4).tobytes() != draws["primary", 1]


def test_a_stream_is_the_same_in_every_process_and_version():
    # Pinned: a change of these numbers changes every published result.
    assert stream(20190211, "bootstrap", "primary", 0).integers(10**6, size=3).tolist() == [
        560157,
        594349,
        444346,
    ]

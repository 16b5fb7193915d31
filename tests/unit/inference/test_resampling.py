import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from ipdmediation.inference.resampling import StratifiedPlan
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

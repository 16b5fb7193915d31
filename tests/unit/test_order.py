"""The order of the rows in a trial's file, and of the trials in the configuration, changes no number."""

import io
from functools import cache

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from ipdmediation.data.cohort import select_cohort
from ipdmediation.data.harmonise import harmonise_trial
from ipdmediation.data.imputation import impute
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.missing import MissingData
from ipdmediation.data.pooling import pool_trials
from ipdmediation.data.reading.raw_table import RawTable
from ipdmediation.data.schema import in_canonical_order
from ipdmediation.data.variables import variables_from_config
from ipdmediation.inference.resampling import PLANS
from ipdmediation.inference.streams import stream

TRIALS = ("alpha", "Beta", "10", "9")
PATIENTS = 14
VARIABLES = variables_from_config(
    {
        "age": {"type": "continuous"},
        "site": {"type": "categorical", "levels": {"m": "Middle", "i": "Inner", "o": "Outer"}},
        "volume": {"type": "continuous"},
        "score": {"type": "ordinal", "levels": dict.fromkeys(range(5), "")},
    }
)
MAPPING = TrialMapping.from_mapping(
    {
        "source": {"format": "csv"},
        "patient": {"column": "ID"},
        "treatment": {"column": "ARM", "codes": {1: "treated", 0: "control"}},
        "variables": {name: {"column": name} for name in VARIABLES},
    }
)
ORDERS = st.tuples(
    st.permutations(TRIALS), st.lists(st.permutations(range(PATIENTS)), min_size=4, max_size=4)
)


@cache
def raw_trial(trial: str) -> pd.DataFrame:
    """Some patients of a trial, with ids that text and numbers put into another order, and values missing."""
    rng = np.random.default_rng(sum(map(ord, trial)))
    n = PATIENTS
    return pd.DataFrame(
        {
            "ID": [f"{number}" if number % 3 else f"P{number}" for number in range(1, n + 1)],
            "ARM": np.arange(n) % 2,
            "age": np.where(rng.random(n) < 0.3, np.nan, rng.normal(60, 9, n).round(1)),
            "site": np.where(rng.random(n) < 0.2, None, rng.choice(["m", "i", "o"], n)),
            "volume": np.where(rng.random(n) < 0.2, np.nan, rng.gamma(2, 20, n).round(1)),
            "score": rng.integers(0, 5, n),
        }
    ).astype(object)


def numbers(trials: tuple[str, ...], rows: dict[str, tuple[int, ...]]) -> tuple[bytes, ...]:
    """The completed cohort as its file is written, and the weights of some bootstrap replicates."""
    frames = [
        in_canonical_order(
            harmonise_trial(
                RawTable.of_rows(raw_trial(trial).iloc[list(rows[trial])].reset_index(drop=True)),
                mapping=MAPPING,
                trial=trial,
                variables=VARIABLES,
                file=trial,
            ).frame
        )
        for trial in trials
    ]
    pooled = pool_trials(frames, variables=VARIABLES)
    needed = MissingData.of(
        method="impute", covariates=["age", "site"], mediator="volume", outcome="score", variables=VARIABLES
    )
    cohort = select_cohort(pooled, rules=[], variables=VARIABLES, missing=needed).frame
    completed = impute(
        cohort,
        variables=VARIABLES,
        targets=needed.imputed,
        predictors=needed.required,
        imputations=2,
        iterations=2,
        donors=3,
        rng=stream(7, "imputation", "primary"),
    )
    written = io.BytesIO()
    completed.to_parquet(written)
    first = completed[completed["imputation"] == 0]
    plans = [plan.of(first) for plan in PLANS.values()]
    weights = [plan.weights(stream(7, "bootstrap", "primary", r)) for plan in plans for r in range(3)]
    return (written.getvalue(), *(each.tobytes() for each in weights))


@settings(max_examples=15)
@given(ORDERS)
def test_trials_and_rows_in_any_order_give_equal_numbers(
    orders: tuple[tuple[str, ...], list[tuple[int, ...]]],
) -> None:
    trials, rows = orders
    in_file = {trial: tuple(range(PATIENTS)) for trial in TRIALS}
    assert numbers(trials, dict(zip(TRIALS, rows, strict=True))) == numbers(TRIALS, in_file)


@given(st.permutations(range(12)))
def test_the_order_is_that_of_the_trial_s_and_then_the_patient_s_id_as_text(order: list[int]) -> None:
    trial = ["10", "10", "10", "9", "9", "9", "B", "B", "B", "a", "a", "a"]
    patient = ["1", "10", "9", "-1", "01", "P", "1", "É", "é", "A", "b", "ä"]
    ordered = pd.DataFrame({"trial": trial, "patient": patient})
    shuffled = ordered.iloc[order].reset_index(drop=True)
    pd.testing.assert_frame_equal(in_canonical_order(shuffled), ordered)


@given(st.permutations(range(12)))
def test_pooling_puts_trials_into_order_and_leaves_the_rows_of_each(order: list[int]) -> None:
    """Their ids may be pseudonyms, whose order is that of a key."""
    rows = pd.DataFrame({"trial": [["10", "9", "B", "a"][number % 4] for number in order], "patient": order})
    pooled = in_canonical_order(rows, keys=["trial"])
    assert pooled["trial"].tolist() == sorted(rows["trial"])
    for trial, patients in pooled.groupby("trial"):
        assert patients["patient"].tolist() == rows.loc[rows["trial"] == trial, "patient"].tolist()

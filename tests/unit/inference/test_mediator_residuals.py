"""Standardised residuals of the mediator: known answers, identities, and nobody to be seen."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import mstats

from ipdmediation.inference.mediator_residuals import PROBABILITIES, RESIDUAL_COLUMNS, mediator_residuals
from ipdmediation.models.specification import mediation_models
from tests.unit.effects.conftest import simulated_cohort, specified


@pytest.fixture(scope="module")
def cohort():
    return simulated_cohort(600, seed=8, levels=3)


def table_of(*frames, minimum=1, **choices):
    specification = specified(**{"trial_effects": "fixed", **choices})
    models = [mediation_models(each, specification=specification) for each in frames]
    return mediator_residuals(models, [each.fit("mediator") for each in models], minimum=minimum)


def of(table, arm, statistic, *, whole=True):
    rows = table[(table["arm"] == arm) & (table["statistic"] == statistic)]
    return rows[rows["group"].isna() == whole]


def test_a_mediator_that_is_as_its_model_says_lies_on_the_line():
    table = table_of(simulated_cohort(20_000, seed=3, levels=3))
    assert list(table.columns) == RESIDUAL_COLUMNS
    for arm in ("control", "treated"):
        quantiles = of(table, arm, "quantile")
        assert quantiles["probability"].to_list() == PROBABILITIES.tolist()
        density = np.exp(-(quantiles["expected"] ** 2) / 2) / np.sqrt(2 * np.pi)
        error = np.sqrt(quantiles["probability"] * (1 - quantiles["probability"]) / 10_000) / density
        assert (abs(quantiles["estimate"] - quantiles["expected"]) < 4 * error + 0.0055).all()
        for whole in (True, False):
            assert of(table, arm, "mean", whole=whole)["estimate"].abs().max() < 0.1
            assert (of(table, arm, "sd", whole=whole)["estimate"] - 1).abs().max() < 0.07
    normal = dict(zip(quantiles["probability"], quantiles["expected"], strict=True))
    # qnorm of R
    assert [normal[p] for p in (0.005, 0.025, 0.05, 0.95)] == [-2.576, -1.96, -1.645, 1.645]


def test_what_a_model_does_not_have_shows():
    """Twice the spread in one arm, a skewed mediator, and a curve where the model has a line."""
    frame = simulated_cohort(4000, seed=4, levels=3)
    noise = np.random.default_rng(5).normal(size=len(frame))
    spread = table_of(frame.assign(m=frame["x0"] + noise * (1 + frame["treatment"])))
    assert [of(spread, arm, "sd")["estimate"].item() for arm in ("control", "treated")] == pytest.approx(
        np.array([1, 2]) / np.sqrt(2.5), abs=0.03
    )
    skewed = of(table_of(frame.assign(m=np.exp(noise))), "treated", "quantile").set_index("probability")
    assert skewed["estimate"].loc[0.025] > -1.0 > skewed["expected"].loc[0.025]
    curved = of(
        table_of(frame.assign(m=frame["x0"] ** 2 + frame["x0"] + noise)), "control", "mean", whole=False
    )
    first, *middle, last = curved["estimate"]
    assert min(first, last) > 0.2
    assert max(middle) < 0


def test_quantiles_are_those_of_harrell_and_davis_and_moments_those_of_the_patients(cohort):
    """By an independent implementation, of residuals by an independent fit."""
    table = table_of(cohort)
    columns = np.column_stack(
        [np.ones(600), cohort[["treatment", "x0", "x1"]], pd.get_dummies(cohort["trial"]).iloc[:, 1:]]
    ).astype(float)
    fitted = columns @ np.linalg.lstsq(columns, cohort["m"], rcond=None)[0]
    residuals = cohort["m"] - fitted
    residuals /= np.sqrt((residuals**2).sum() / (600 - 6))
    for code, arm in enumerate(("control", "treated")):
        of_arm = cohort["treatment"] == code
        expected = mstats.hdquantiles(residuals[of_arm].to_numpy(), prob=PROBABILITIES)
        assert of(table, arm, "quantile")["estimate"].to_list() == pytest.approx(expected, abs=0.00501)
        groups = of(table, arm, "sd", whole=False)
        for row, mean in zip(
            groups.to_dict("records"), of(table, arm, "mean", whole=False)["estimate"], strict=True
        ):
            inside = of_arm & ~(fitted <= row["above"]) & ~(fitted > row["up_to"])
            assert row["n"] == inside.sum()
            assert row["estimate"] == pytest.approx(residuals[inside].std(), abs=0.00501)
            assert mean == pytest.approx(residuals[inside].mean(), abs=0.00501)


def test_least_squares_leaves_no_mean_in_either_arm(cohort):
    """The normal equations; the squares of both arms add up to the residual variance."""
    weighted = cohort.assign(w=np.random.default_rng(1).uniform(0.2, 2.0, len(cohort)))
    for table in (table_of(cohort), table_of(weighted, weights="w")):
        assert of(table, "control", "mean")["estimate"].item() == 0.0
        assert of(table, "treated", "mean")["estimate"].item() == 0.0
    squares = sum(
        (of(table_of(cohort), arm, "sd")["estimate"].item() ** 2) * (300 - 1)
        for arm in ("control", "treated")
    )
    assert squares == pytest.approx(600 - 6, abs=600 * 0.01)


def test_what_trials_add_at_random_is_fitted(cohort):
    """The conditional modes are taken off, or the spread would be that of the trials as well."""
    shifted = cohort.assign(m=cohort["m"] + cohort["trial"].map({"t0": -4.0, "t1": 0.0, "t2": 4.0}))
    table = table_of(shifted, trial_effects="random_intercept")
    assert of(table, "control", "sd")["estimate"].item() == pytest.approx(1.0, abs=0.1)


def test_weights_count(cohort):
    """Who counts twice is as good as two, but for the degrees of freedom; who has no weight is nobody."""
    twice = table_of(cohort.assign(w=2.0), weights="w")
    assert twice.equals(table_of(cohort))
    without = cohort.assign(w=np.where(cohort["m"] > 2, 0.0, 1.0))
    kept = cohort[cohort["m"] <= 2]
    ours = of(table_of(without, weights="w"), "treated", "quantile")
    alone = of(table_of(kept), "treated", "quantile")
    assert ours["n"].iloc[0] == alone["n"].iloc[0] == (kept["treatment"] == 1).sum()
    assert ours["estimate"].to_list() == pytest.approx(alone["estimate"].to_list(), abs=0.02)


def test_patients_who_hardly_weigh_make_no_quantile_finer(cohort):
    """Those of the sixty who weigh, but for the degrees of freedom: 60 - 6 of 60, and 600 - 6 of 600."""
    weighing = cohort.index % 10 == 0
    weighed = table_of(cohort.assign(w=np.where(weighing, 1.0, 1e-9)), weights="w")
    alone = table_of(cohort[weighing].reset_index(drop=True))
    ours, theirs = (of(each, "control", "quantile")["estimate"].to_numpy() for each in (weighed, alone))
    expected = theirs * np.sqrt(594 / 600 * 60 / 54)
    assert ours == pytest.approx(expected, abs=0.011, nan_ok=True)
    assert np.isnan(ours).sum() == 6  # less than one of thirty lies beyond


def test_of_few_patients_nothing_is_shown(cohort):
    open_, closed = table_of(cohort), table_of(cohort, minimum=45)
    few = open_["n"].lt(45) & open_["group"].notna()
    assert few.any()
    assert closed.loc[few, ["n", "estimate"]].isna().all(axis=None)
    groups = closed[closed["statistic"] == "mean"].dropna(subset="group")
    for _, rows in groups.groupby("arm"):
        assert rows["n"].isna().sum() != 1
    shown = of(closed, "treated", "quantile").dropna(subset="estimate")["probability"]
    assert shown.min() == 0.2  # of 300, 45 at least lie beyond
    assert shown.max() == pytest.approx(0.8)
    assert open_["estimate"].notna().all()


def test_no_residual_is_shown(cohort):
    """One that lies 16 standard deviations away hardly moves a quantile; two decimals are nobody's."""
    arm = ("control", "treated")[cohort["treatment"][7]]
    table = table_of(cohort.assign(m=np.where(cohort.index == 7, 40.0, cohort["m"])), minimum=5)
    assert of(table, arm, "quantile")["estimate"].max() < 2.5
    assert table["estimate"].equals(table["estimate"].round(2))


def test_means_over_completed_data_sets(cohort):
    other = cohort.assign(m=np.where(cohort.index % 7 == 0, cohort["m"].mean(), cohort["m"]))
    one, two, both = table_of(cohort), table_of(other), table_of(cohort, other)
    rows = (one["group"].isna()).to_numpy()
    between = (one["estimate"] + two["estimate"]) / 2
    assert both["estimate"][rows].to_list() == pytest.approx(between[rows].to_list(), abs=0.011)


def test_a_model_of_the_arms_alone_has_a_group_of_each(cohort):
    table = table_of(cohort, covariates=0, trial_effects="none")
    assert of(table, "control", "mean", whole=False)["n"].to_list() in ([300, 0], [0, 300], [300])
    assert of(table, "control", "quantile")["estimate"].notna().all()

"""Observed and expected outcomes by arm and fifth of the mediator, without small counts."""

import numpy as np
import pytest

from ipdmediation.inference.calibration import CALIBRATION_COLUMNS, calibration
from ipdmediation.models.specification import mediation_models
from tests.unit.effects.conftest import simulated_cohort, specified


@pytest.fixture(scope="module")
def cohort():
    return simulated_cohort(600, seed=8, levels=3)


def table_of(*frames, minimum=1, **choices):
    models = [
        mediation_models(each, specification=specified(**{"trial_effects": "fixed", **choices}))
        for each in frames
    ]
    fits = [each.fit("outcome") for each in models]
    return calibration(models, fits, [each["m"] for each in frames], minimum=minimum)


def test_shares_are_those_of_the_patients_in_each_group(cohort):
    table = table_of(cohort)
    assert list(table.columns) == CALIBRATION_COLUMNS
    assert table["group"].nunique() == 5
    for (arm, _), rows in table.groupby(["arm", "group"]):
        above, up_to = rows["above"].iloc[0], rows["up_to"].iloc[0]
        of_arm = cohort[cohort["treatment"] == (arm == "treated")]
        inside = ~(of_arm["m"] <= above) & ~(of_arm["m"] > up_to)
        members = of_arm[inside]
        assert (rows["n"] == len(members)).all()
        for row in rows.to_dict("records"):
            assert row["observed"] == pytest.approx((members["y"] == int(row["level"])).mean())
        assert rows["expected"].sum() == pytest.approx(1.0)
    assert table["n"].groupby([table["arm"], table["group"]]).first().sum() == len(cohort)


@pytest.mark.parametrize("family", ["binary", "continuous"])
def test_over_the_groups_of_an_arm_they_agree(cohort, family):
    """The score equations of a canonical link, to the fit's tolerance; means have four digits."""
    frame = cohort.assign(y=(cohort["y"] > 0).astype(int))
    table = table_of(frame, family=family)
    table = table[table["level"].isin(["1", ""])]
    for _, rows in table.groupby("arm"):
        gap = np.average(rows["observed"] - rows["expected"], weights=rows["n"].astype(float))
        assert gap == pytest.approx(0.0, abs=1e-4)


def test_weights_count(cohort):
    """Patients of whom each counts twice say the same; those of weight 0.001 say next to nothing."""
    twice = table_of(cohort.assign(w=2.0), weights="w")
    assert twice["observed"].to_list() == pytest.approx(table_of(cohort)["observed"].to_list())
    rare = table_of(cohort.assign(w=np.where(cohort["y"] == 0, 0.001, 1.0)), weights="w")
    assert rare[rare["level"] == "0"]["observed"].max() < 0.01


def test_small_counts_are_withheld_with_what_gives_them_away(cohort):
    open_, closed = table_of(cohort), table_of(cohort, minimum=12)
    counts = (open_["observed"] * open_["n"].astype(float)).round()
    small = (counts > 0) & (counts < 12)
    assert small.any()
    assert closed.loc[small, "observed"].isna().all()
    assert closed["expected"].equals(open_["expected"])
    hidden = closed["observed"].isna()
    for _, rows in hidden.groupby([closed["arm"], closed["group"]]):
        assert rows.sum() != 1
    for _, rows in hidden.groupby([closed["arm"], closed["level"]]):
        assert rows.sum() != 1
    assert closed["observed"].notna().any()


def test_a_mediator_of_two_values_has_two_groups(cohort):
    frame = cohort.assign(m=(cohort["m"] > 0.9).astype(float))
    table = table_of(frame)
    assert set(table["group"]) == {1, 2}


def test_a_patient_whose_mediator_differs_between_data_sets_counts_in_part(cohort):
    other = cohort.assign(m=cohort["m"].sample(frac=1, random_state=1).to_numpy())
    table = table_of(cohort, other)
    assert (table["observed"].dropna() <= 1).all()
    assert table["n"].groupby([table["arm"], table["group"]]).first().sum() == pytest.approx(600, abs=5)

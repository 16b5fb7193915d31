"""The arms before treatment: each test is scipy's, and too alike is as unlikely as too different."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ipdmediation.data.baseline_chance import as_chance_has_it, baseline_p_values
from tests.unit.data.conftest import VARIABLES


def patients(n: int = 200, seed: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "treatment": pd.array([0, 1, 1, 0] * (n // 4), dtype="Int8"),
            "age": rng.normal(65, 10, n),
            "female": pd.array(rng.integers(0, 2, n), dtype="Int8"),
            "site": pd.Categorical(rng.choice(["m1", "ica", "none"], n)),
            "mrs": pd.array(rng.integers(0, 3, n), dtype="Int8"),
        }
    )


def p_values(frame: pd.DataFrame, *names: str, minimum: int = 1) -> dict[str, float]:
    return dict(baseline_p_values(frame, [VARIABLES[name] for name in names], minimum=minimum))


def test_each_kind_of_variable_has_its_test() -> None:
    frame = patients()
    control, treated = (frame[frame["treatment"] == arm] for arm in (0, 1))
    found = p_values(frame, "age", "female", "site", "mrs")
    assert list(found) == ["age", "female", "site", "mrs"]
    assert found["age"] == pytest.approx(
        stats.ttest_ind(treated["age"], control["age"], equal_var=False).pvalue, rel=1e-12
    )
    for name in ("female", "site"):
        table = [arm[name].value_counts().sort_index().to_list() for arm in (control, treated)]
        assert found[name] == pytest.approx(stats.chi2_contingency(table, correction=False)[1], rel=1e-12)
    ranks = stats.mannwhitneyu(treated["mrs"].astype(float), control["mrs"].astype(float))
    assert found["mrs"] == pytest.approx(ranks.pvalue, rel=1e-12)


def test_who_is_in_neither_arm_or_not_known_is_left_out() -> None:
    frame = patients()
    more = frame.assign(treatment=pd.array([pd.NA] * len(frame), dtype="Int8"), age=1000.0)
    unknown = frame.assign(age=np.nan)
    assert p_values(pd.concat([frame, more, unknown]), "age") == p_values(frame, "age")


def test_a_table_with_few_patients_in_a_cell_is_not_tested() -> None:
    """Five of 100 in one arm, 25 in the other: tested where five may be seen, not where six have to be."""
    frame = patients()
    place = frame.groupby("treatment").cumcount()
    women = place < np.where(frame["treatment"] == 1, 25, 5)
    frame["female"] = pd.array(women, dtype="boolean").astype("Int8")
    assert set(p_values(frame, "female", minimum=5)) == {"female"}
    assert p_values(frame, "female", minimum=6) == {}
    # four in either arm are as many as are expected, and too few for the test
    frame["female"] = pd.array(place < 4, dtype="boolean").astype("Int8")
    assert p_values(frame, "female") == {}


def test_few_patients_and_what_does_not_vary_are_not_tested() -> None:
    assert p_values(patients(36), "age", "female") == {}
    assert p_values(patients().assign(age=70.0), "age") == {}


def test_all_together_are_held_against_the_uniform_distribution() -> None:
    found = as_chance_has_it({"a": 0.12, "b": 0.47, "c": 0.81, "d": 0.66})
    assert found == pytest.approx(stats.kstest([0.12, 0.47, 0.81, 0.66], "uniform").pvalue, rel=1e-12)
    assert as_chance_has_it({"a": 0.9, "b": 0.95}) is None


@pytest.mark.parametrize("p_value", [0.02, 0.98])
def test_arms_too_far_apart_and_too_alike_are_both_unlikely(p_value: float) -> None:
    """Exact: all of four beyond .02 from one end, on one side: P(D >= .98) = 2 x .02^4."""
    found = as_chance_has_it(dict.fromkeys("abcd", p_value))
    assert found == pytest.approx(2 * 0.02**4, rel=1e-9)

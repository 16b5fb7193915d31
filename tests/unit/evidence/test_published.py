import numpy as np
import pandas as pd
import pytest

from ipdmediation.evidence.published import compare_with_published
from ipdmediation.vocabulary.agreement import Agreement

TABLE = pd.DataFrame(
    {
        "variable": ["age", "age", "sex"],
        "statistic": ["median", "q1", "percent"],
        "estimate": [68.5, 57.0, 47.0],
        "ci_low": [67.0, 56.0, np.nan],
        "ci_high": [70.0, 58.0, np.nan],
    }
)


def compare(**figure):
    entry = {"label": "x", "analysis": "primary", "table": "baseline", "column": "estimate", **figure}
    return compare_with_published([entry], {"primary/baseline": TABLE}).iloc[0]


def test_a_figure_without_interval_is_held_against_this_run_s_interval():
    median = {"variable": "age", "statistic": "median"}
    assert compare(value=68, where=median)["agrees"]
    assert not compare(value=71, where=median)["agrees"]


def test_a_figure_with_interval_must_hold_this_run():
    row = compare(value=60, low=55, high=69, where={"variable": "age", "statistic": "median"})
    assert row["agrees"]
    assert row["rule"] == Agreement.IN_PUBLISHED
    assert not compare(value=60, low=55, high=68, where={"variable": "age", "statistic": "median"})["agrees"]


@pytest.mark.parametrize(("low", "high"), [(68.5, 70), (60, 68.5)])
def test_the_ends_of_a_published_interval_are_in_it(low, high):
    assert compare(value=65, low=low, high=high, where={"variable": "age", "statistic": "median"})["agrees"]


def test_a_figure_without_any_interval_must_be_equal_as_printed():
    assert compare(value=47, where={"variable": "sex"})["agrees"]
    assert not compare(value=46.9, where={"variable": "sex"})["agrees"]


def test_a_p_value_must_lie_on_the_same_side_of_its_threshold():
    where = {"variable": "age", "statistic": "q1"}
    row = compare(value=60, threshold=60, where=where)
    assert row["agrees"]
    assert (row["rule"], row["threshold"]) == (Agreement.SAME_SIDE, 60)
    assert not compare(value=61, threshold=60, where=where)["agrees"]


@pytest.mark.parametrize("figure", [{"low": 40, "high": 50}, {"threshold": 60}, {}])
def test_an_empty_cell_agrees_with_nothing(figure):
    row = compare(value=47, where={"variable": "sex"}, column="ci_low", **figure)
    assert not row["agrees"]
    assert row["rule"] == Agreement.ABSENT


def test_a_list_adds_up_rows_and_per_divides():
    row = compare(value=1, where={"variable": "age", "statistic": ["median", "q1"]}, column="estimate")
    assert row["this_run"] == pytest.approx(125.5)
    share = compare(value=1, where={"variable": "age", "statistic": "q1"}, per="ci_high", scale=100)
    assert share["this_run"] == pytest.approx(100 * 57 / 58)


def test_a_figure_in_another_unit_is_scaled():
    row = compare(value=0.685, scale=0.01, where={"variable": "age", "statistic": "median"})
    assert row[["this_run", "this_run_low", "this_run_high"]].tolist() == pytest.approx([0.685, 0.67, 0.7])


@pytest.mark.parametrize(("where", "rows"), [({"variable": "age"}, 2), ({"variable": "mrs"}, 0)])
def test_a_figure_must_name_its_rows(where, rows):
    with pytest.raises(ValueError, match=f"'x': {rows} rows of table 'baseline' match"):
        compare(value=1, where=where)


def test_a_figure_published_as_a_bound_is_shown_as_one_and_agrees_below_it():
    where = {"variable": "age", "statistic": "q1"}
    row = compare(value=58, below=True, where=where)
    assert row["relation"] == "<"
    assert row["agrees"]
    assert row["rule"] == Agreement.BELOW
    # This run's interval is no matter: that it reaches beyond the bound is no disagreement.
    assert row[["this_run_low", "this_run_high"]].isna().all()
    assert not compare(value=57, below=True, where=where)["agrees"]
    assert compare(value=57, where=where)["relation"] == "="


def test_what_was_calibrated_and_noted_is_passed_on():
    where = {"variable": "sex"}
    row = compare(value=47, where=where, calibrated=True, note="Rounded")
    assert row[["calibrated", "note"]].tolist() == [True, "Rounded"]
    assert compare(value=47, where=where)[["calibrated", "note"]].tolist() == [False, ""]


def test_a_sum_of_which_one_row_is_withheld_agrees_with_nothing():
    """25 of two steps, of which one is empty: the other alone is no sum."""
    flow = pd.DataFrame({"step": [0, 1, 2], "excluded": [0, np.nan, 25.0]})
    figure = {"label": "Excluded", "value": 25, "analysis": "primary", "table": "flow", "column": "excluded"}
    (row,) = compare_with_published([figure | {"where": {"step": [1, 2]}}], {"primary/flow": flow}).to_dict(
        "records"
    )
    assert np.isnan(row["this_run"])
    assert not row["agrees"]
    assert row["rule"] == Agreement.ABSENT

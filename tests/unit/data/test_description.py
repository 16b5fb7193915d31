from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tableone import TableOne

from ipdmediation.data.described import DESCRIPTION_COLUMNS, arm_variable
from ipdmediation.data.description import (
    _order_statistics,
    _wilson,
    describe_baseline,
    describe_mediator,
    describe_outcome,
    describe_trials,
)
from ipdmediation.data.disclosure import public_description
from ipdmediation.data.schema import conform
from ipdmediation.data.transforms import from_analysis_scale, to_analysis_scale
from ipdmediation.data.variables import variables_from_config
from tests.unit.data.conftest import VARIABLES, a_cohort


@pytest.fixture(scope="module")
def cohort() -> pd.DataFrame:
    return a_cohort(400, 1)[1]


def pick(table: pd.DataFrame, **where: str) -> pd.Series:
    rows = table[np.logical_and.reduce([table[column] == value for column, value in where.items()])]
    assert len(rows) == 1, rows
    return rows.iloc[0]


def test_the_baseline_table(cohort: pd.DataFrame) -> None:
    table = describe_baseline(cohort, variables=VARIABLES, rows=["age", "female", "site"])
    assert tuple(table.columns) == DESCRIPTION_COLUMNS
    assert table["variable"].unique().tolist() == ["age", "female", "site"]
    treated = cohort[cohort["treatment"] == 1]
    where = {"variable": "age", "trial": "all", "arm": "treated"}
    assert pick(table, **where, statistic="n").estimate == treated["age"].count()
    assert pick(table, **where, statistic="missing").estimate == treated["age"].isna().sum()
    for statistic, probability in (("median", 0.5), ("q1", 0.25), ("q3", 0.75)):
        row = pick(table, **where, statistic=statistic)
        assert row.estimate == pytest.approx(treated["age"].quantile(probability))
        assert row.ci_low < row.estimate < row.ci_high
    share = pick(table, variable="female", arm="all", statistic="percent")
    assert share.estimate == pytest.approx(100 * cohort["female"].mean())
    assert share.level == ""
    site = table[(table["variable"] == "site") & (table["arm"] == "control")]
    assert site.loc[site["statistic"] == "percent", "estimate"].sum() == pytest.approx(100)
    assert site.loc[site["statistic"] == "count", "level"].tolist() == ["m1", "ica", "none"]
    assert pick(table, variable="age", arm="all", statistic="n").unit == "year"


def test_standardised_differences_by_their_formula(cohort: pd.DataFrame) -> None:
    table = describe_baseline(cohort, variables=VARIABLES, rows=["age", "female", "site"])
    values = {arm: cohort[cohort["treatment"] == code] for arm, code in (("control", 0), ("treated", 1))}
    age = {arm: frame["age"].dropna() for arm, frame in values.items()}
    expected = (age["treated"].mean() - age["control"].mean()) / np.sqrt(
        (age["treated"].var() + age["control"].var()) / 2
    )
    assert pick(table, variable="age", statistic="smd").estimate == pytest.approx(expected)
    share = {arm: frame["female"].dropna().astype(float).mean() for arm, frame in values.items()}
    expected = (share["treated"] - share["control"]) / np.sqrt(sum(p * (1 - p) for p in share.values()) / 2)
    assert pick(table, variable="female", statistic="smd").estimate == pytest.approx(expected)
    share = {arm: frame["site"].dropna().eq("ica").mean() for arm, frame in values.items()}
    expected = abs(share["treated"] - share["control"]) / np.sqrt(
        sum(p * (1 - p) for p in share.values()) / 2
    )
    assert pick(table, variable="site", statistic="smd").estimate == pytest.approx(expected)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", ["age", "female", "site", "mrs"])
def test_standardised_differences_agree_with_tableone(name: str, seed: int) -> None:
    """It gives a binary variable no sign."""
    _, cohort = a_cohort(90, seed)
    rng = np.random.default_rng(seed)
    cohort.loc[rng.random(90) < 0.2, "site"] = "none"
    known = cohort[cohort[name].notna()]
    counted = name in ("female", "site")
    column = known[name].astype("str" if counted else "float64")
    columns = (
        {"categorical": [name], "continuous": []} if counted else {"categorical": [], "continuous": [name]}
    )
    theirs = TableOne(
        known.assign(**{name: column}), columns=[name], groupby="treatment", smd=True, **columns
    )
    expected = float(theirs.smd_table.iloc[0, 0])
    ours = pick(describe_baseline(cohort, variables=VARIABLES, rows=[name]), statistic="smd").estimate
    assert (abs(ours) if counted else ours) == pytest.approx(expected, rel=1e-6)


NOBODY, ALL_THE_SAME, IN_ONE_ARM, BY_ARM = "nobody", "all the same", "in one arm", "by arm"
VALUES = {"age": (50.1, 60.2), "female": (0, 1), "site": ("m1", "ica"), "mrs": (0, 2), "delay": (0.3, 0.1)}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("known", [NOBODY, ALL_THE_SAME, IN_ONE_ARM, BY_ARM])
@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("patients", [2, 3, 7, 40])
def test_a_variable_without_spread_has_no_standardised_difference_and_no_infinite_number(
    name: str, known: str, patients: int
) -> None:
    full, _ = a_cohort(40, 3)
    cohort = full.iloc[:patients].copy()
    cohort["treatment"] = np.arange(patients, dtype="int8") % 2
    one, other = VALUES[name]
    treated = cohort["treatment"] == 1
    cohort[name] = cohort[name].astype("object")
    cohort.loc[treated, name] = None if known in (NOBODY, IN_ONE_ARM) else one
    cohort.loc[~treated, name] = {NOBODY: None, BY_ARM: other}.get(known, one)
    cohort = conform(cohort, VARIABLES)
    table = describe_baseline(cohort, variables=VARIABLES, rows=[name])
    assert np.isnan(pick(table, statistic="smd").estimate)
    assert not np.isinf(table[["estimate", "ci_low", "ci_high"]].to_numpy()).any()
    if known == ALL_THE_SAME and name == "female":
        assert pick(table, arm="all", statistic="percent").estimate == 0
    count = {NOBODY: 0, IN_ONE_ARM: int((~treated).sum())}.get(known, patients)
    assert pick(table, arm="all", statistic="n").estimate == count
    assert pick(table, arm="all", statistic="missing").estimate == patients - count


@pytest.mark.filterwarnings("error")
def test_a_level_that_nobody_has_is_shown_with_0_and_does_not_change_the_difference() -> None:
    cohort, _ = a_cohort(60, 5)
    table = describe_baseline(cohort, variables=VARIABLES, rows=["site", "mrs"])
    assert pick(table, variable="site", arm="all", statistic="count", level="none").estimate == 0
    share = cohort["site"].eq("ica").groupby(cohort["treatment"]).mean()
    spread = np.sqrt((share * (1 - share)).mean())
    assert pick(table, variable="site", statistic="smd").estimate == pytest.approx(
        abs(share[1] - share[0]) / spread
    )


@pytest.mark.filterwarnings("error")
def test_levels_that_tell_the_arms_apart_have_no_standardised_difference() -> None:
    """All controls have one level, and the treated the other two: no distance could be larger."""
    cohort, _ = a_cohort(60, 6)
    treated = cohort["treatment"] == 1
    cohort.loc[~treated, "site"] = "m1"
    cohort.loc[treated, "site"] = np.where(np.arange(treated.sum()) % 2, "ica", "none")
    table = describe_baseline(cohort, variables=VARIABLES, rows=["site"])
    assert np.isnan(pick(table, statistic="smd").estimate)


@pytest.mark.filterwarnings("error")
def test_one_patient_can_be_described() -> None:
    """As a trial among others, and as everybody."""
    cohort = a_cohort(30, 7)[0].assign(trial=["alone", *["rest"] * 29])
    for patients in (cohort, cohort.iloc[:1]):
        outcome = describe_outcome(patients, variables=VARIABLES, outcome="mrs")
        mediator = describe_mediator(
            patients, variables=VARIABLES, mediator="volume", transform="log", offset=1
        )
        where = {"trial": "alone", "arm": "all", "statistic": "median"}
        assert pick(mediator, **where).estimate == cohort["volume"].iloc[0]
        assert pick(outcome, **where).estimate == cohort["mrs"].iloc[0]
        for table in (outcome, mediator):
            assert not np.isinf(table[["estimate", "ci_low", "ci_high"]].to_numpy()).any()


@pytest.mark.filterwarnings("ignore")
def test_numbers_agree_with_tableone(cohort: pd.DataFrame) -> None:
    table = describe_baseline(cohort, variables=VARIABLES, rows=["age"])
    theirs = TableOne(cohort, columns=["age"], continuous=["age"], groupby="treatment", pval=False)
    for arm, code in (("control", 0), ("treated", 1)):
        for ours, name in (("mean", "mean"), ("sd", "std"), ("median", "median"), ("q1", "q25")):
            expected = theirs.cont_describe[name].loc["age"].set_axis([0, 1])[code]
            assert pick(table, arm=arm, statistic=ours).estimate == pytest.approx(float(expected))


def test_the_outcome_by_trial_and_arm(cohort: pd.DataFrame) -> None:
    table = describe_outcome(cohort, variables=VARIABLES, outcome="mrs")
    assert table["trial"].unique().tolist() == ["all", "t0", "t1", "t2"]
    counts = table[table["statistic"] == "count"]
    by_trial = counts[(counts["trial"] != "all") & (counts["arm"] != "all")]
    assert by_trial["estimate"].sum() == len(cohort)
    one = table[(table["trial"] == "t1") & (table["arm"] == "treated")].set_index(["statistic", "level"])[
        "estimate"
    ]
    assert one["cumulative_percent", "1"] == pytest.approx(one["percent", "0"] + one["percent", "1"])
    assert one["cumulative_percent", "2"] == pytest.approx(100)
    p_value = pick(table, trial="all", arm="difference", statistic="p_value").estimate
    assert 0 < p_value <= 1


def test_the_mediator_on_both_scales(cohort: pd.DataFrame) -> None:
    table = describe_mediator(cohort, variables=VARIABLES, mediator="volume", transform="log", offset=1)
    control = cohort.loc[cohort["treatment"] == 0, "volume"]
    where = {"trial": "all", "arm": "control"}
    row = pick(table, **where, statistic="mean_transformed")
    assert row.estimate == pytest.approx(np.log1p(control).mean())
    assert row.ci_low < row.estimate < row.ci_high
    assert pick(table, **where, statistic="sd_transformed").estimate == pytest.approx(np.log1p(control).std())
    density = table[table["statistic"] == "density"]
    assert density["arm"].unique().tolist() == ["control", "treated"]
    for _, one in density.groupby("arm"):
        positions = one["level"].astype(float)
        assert positions.is_monotonic_increasing
        area = np.trapezoid(one["estimate"], np.log1p(positions))
        assert area == pytest.approx(1, abs=0.1)  # without the outermost tails


def test_an_arm_without_values_has_no_numbers(cohort: pd.DataFrame) -> None:
    bare = cohort.copy()
    bare.loc[(bare["trial"] == "t0") & (bare["treatment"] == 1), ["volume", "mrs"]] = None
    for table in (
        describe_outcome(bare, variables=VARIABLES, outcome="mrs"),
        describe_mediator(bare, variables=VARIABLES, mediator="volume", transform="identity"),
    ):
        where = {"trial": "t0", "arm": "treated"}
        assert pick(table, **where, statistic="n").estimate == 0
        assert np.isnan(pick(table, **where, statistic="median").estimate)
        rows = table[(table["trial"] == "t0") & (table["arm"] == "difference")]
        assert rows.empty
    constant = describe_baseline(cohort.assign(age=50.0), variables=VARIABLES, rows=["age"])
    assert np.isnan(pick(constant, statistic="smd").estimate)


@settings(deadline=None)
@given(
    values=st.lists(st.floats(0, 1e4), min_size=1, max_size=20),
    transform=st.sampled_from(["log", "log1p", "cube_root", "identity"]),
)
def test_scales_round_trip(values: list[float], transform: str) -> None:
    there = to_analysis_scale(values, transform=transform, offset=1)
    np.testing.assert_allclose(
        from_analysis_scale(there, transform=transform, offset=1), values, rtol=1e-9, atol=1e-9
    )


def test_by_hand_the_interval_of_a_mean_has_a_degree_of_freedom_less_than_patients() -> None:
    """51, 52, 53 of the treated: mean 52, SD 1, t of 2 degrees at 97.5 % 4.302653, half-width 2.484138."""
    cohort = a_cohort(30, 7)[0].iloc[:6].assign(treatment=pd.array([1, 1, 1, 0, 0, 0], dtype="int8"))
    cohort["age"] = [51.0, 52.0, 53.0, 60.0, 60.0, 70.0]
    table = describe_baseline(cohort, variables=VARIABLES, rows=["age"])
    row = pick(table, arm="treated", statistic="mean")
    assert [row.estimate, row.ci_low, row.ci_high] == pytest.approx([52, 49.515862, 54.484138], abs=1e-6)
    assert pick(table, arm="treated", statistic="sd").estimate == 1


def test_by_hand_cumulative_percentages_of_a_scale_that_begins_at_1() -> None:
    """Codes 1, 1, 2, 5 of a scale 1, 2, 5: 50, 75 and 100 % have that code or a lower one."""
    scale = {"score": {"type": "ordinal", "label": "Score", "levels": {1: "well", 2: "ill", 5: "dead"}}}
    cohort = pd.DataFrame(
        {"trial": "a", "patient": list("abcd"), "treatment": [0, 0, 1, 1], "score": [1, 1, 2, 5]}
    )
    variables = variables_from_config(scale)
    table = describe_outcome(conform(cohort, variables), variables=variables, outcome="score")
    rows = table[(table["trial"] == "all") & (table["arm"] == "all")].set_index(["statistic", "level"])
    assert rows.loc["cumulative_percent", "estimate"].to_dict() == {"1": 50, "2": 75, "5": 100}
    assert rows.loc["percent", "estimate"].to_dict() == {"1": 50, "2": 25, "5": 25}


@pytest.mark.parametrize(
    ("patients", "shown"), [(8, []), (9, ["median"]), (17, ["median", "q1", "q3"])], ids=["8", "9", "17"]
)
def test_by_hand_a_quantile_needs_so_many_patients_on_either_side(patients: int, shown: list[str]) -> None:
    """Of the ages 41, 42, ...: 5 of 9 are at most the median, 45; 5 of 17 at most the lower quartile, 45."""
    cohort = a_cohort(40, 7)[0].iloc[:patients].copy()
    cohort["age"] = 41.0 + np.arange(patients)
    for minimum, expected in ((5, shown), (1, ["median", "q1", "q3"])):
        table = describe_baseline(cohort, variables=VARIABLES, rows=["age"], minimum=minimum)
        rows = table[(table["arm"] == "all") & table["statistic"].isin(["median", "q1", "q3"])]
        assert rows.loc[rows["estimate"].notna(), "statistic"].tolist() == expected
        ends = rows[["ci_low", "ci_high"]].to_numpy()
        within = (ends >= 40 + minimum) & (ends <= 41 + patients - minimum)
        assert (within | np.isnan(ends)).all()


def eight_patients(**values: object) -> pd.DataFrame:
    """Four controls and then four treated patients, all of one trial."""
    cohort = a_cohort(40, 7)[0].iloc[:8].assign(trial="t0", treatment=[0] * 4 + [1] * 4, **values)
    return conform(cohort, VARIABLES)


@pytest.mark.parametrize(
    ("level", "t", "wilson"),
    [(0.8, 1.637744, (7.8081, 56.7458)), (0.95, 3.182446, (4.5587, 69.9358))],
    ids=["80 %", "95 %"],
)
def test_by_hand_intervals_have_the_level_that_is_asked_for(
    level: float, t: float, wilson: tuple[float, float]
) -> None:
    """Of 1, 2, 3, 4 the mean is 2.5 +- t(3) * sqrt(5 / 3) / 2; one of four by Wilson's formula."""
    cohort = eight_patients(age=[21, 22, 23, 24] * 2, female=[1, 0, 0, 0] * 2, volume=[1, 2, 3, 4] * 2, mrs=0)
    shared = {"variables": VARIABLES, "level": level}
    baseline = describe_baseline(cohort, rows=["age", "female"], **shared)
    volumes = describe_mediator(cohort, mediator="volume", transform="identity", **shared)
    outcome = describe_outcome(cohort, outcome="volume", **shared)
    half = t * np.sqrt(5 / 3) / 2
    for table, trial, shift in ((baseline, "all", 20), (volumes, "t0", 0), (outcome, "t0", 0)):
        variable = "age" if shift else "volume"
        mean = pick(table, variable=variable, trial=trial, arm="control", statistic="mean")
        assert mean.estimate == 2.5 + shift
        assert (mean.ci_low, mean.ci_high) == pytest.approx((mean.estimate - half, mean.estimate + half))
    scaled = pick(volumes, trial="t0", arm="treated", statistic="mean_transformed")
    assert (scaled.ci_low, scaled.ci_high) == pytest.approx((2.5 - half, 2.5 + half))
    percent = pick(baseline, variable="female", arm="treated", statistic="percent")
    assert (percent.ci_low, percent.ci_high) == pytest.approx(wilson, abs=1e-3)
    count = pick(baseline, variable="female", arm="treated", statistic="count")
    assert (100 * count.ci_low / 4, 100 * count.ci_high / 4) == pytest.approx(wilson, abs=1e-3)


@given(n=st.integers(1, 400), share=st.floats(0, 1), level=st.floats(0.5, 0.999), q=st.floats(0.01, 0.99))
def test_intervals_of_shares_and_quantiles_are_those_of_scipy(
    n: int, share: float, level: float, q: float
) -> None:
    count = round(share * n)
    proportion = stats.binomtest(count, n).proportion_ci(confidence_level=level, method="wilson")
    assert _wilson(count, n, level) == pytest.approx(tuple(proportion), abs=1e-14)
    values = np.random.default_rng(n).permutation(n).astype(float)
    quantile = stats.quantile_test(values, q=0, p=q).confidence_interval(level)
    assert _order_statistics(values, q, level) == pytest.approx(tuple(quantile), nan_ok=True, abs=0)


@pytest.mark.parametrize(("level", "ends"), [(0.8, (43, 47)), (0.95, (42, 48))], ids=["80 %", "95 %"])
def test_by_hand_the_ends_of_a_median_are_patients_values(level: float, ends: tuple[int, int]) -> None:
    """Of nine fewer than 3 are below it with probability 46 / 512, fewer than 2 with 10 / 512."""
    cohort = a_cohort(40, 7)[0].iloc[:9].assign(age=41.0 + np.arange(9))
    table = describe_baseline(conform(cohort, VARIABLES), variables=VARIABLES, rows=["age"], level=level)
    median = pick(table, arm="all", statistic="median")
    assert (median.estimate, median.ci_low, median.ci_high) == (45, *ends)


def test_by_hand_arms_that_do_not_overlap() -> None:
    """U is 16 of 16; its mean is 8, its variance 12, so that z is 7.5 / sqrt(12) and p 0.03038."""
    cohort = eight_patients(volume=np.arange(1, 9))
    for table in (
        describe_mediator(cohort, variables=VARIABLES, mediator="volume", transform="log", offset=1),
        describe_outcome(cohort, variables=VARIABLES, outcome="volume"),
    ):
        for trial in ("all", "t0"):
            p_value = pick(table, trial=trial, arm="difference", statistic="p_value")
            assert p_value.estimate == pytest.approx(0.03038, abs=1e-5)


def test_trials_stand_side_by_side_with_all_that_was_read() -> None:
    """Patients of an arm that is not compared count too, and the arms are a variable of their own."""
    _, patients = a_cohort(300, 9)
    patients["treatment"] = patients["treatment"].astype("Int8").mask(np.arange(300) % 5 == 0)
    table = describe_trials(patients, variables=VARIABLES, minimum=5)
    assert set(table["arm"]) == {"all"}
    assert list(dict.fromkeys(table["variable"])) == ["treatment", *VARIABLES]
    for trial in ("all", "t0", "t2"):
        members = patients if trial == "all" else patients[patients["trial"] == trial]
        at = {"trial": trial, "variable": "age"}
        assert pick(table, **at, statistic="n").estimate == members["age"].notna().sum()
        assert pick(table, **at, statistic="q3").estimate == members["age"].quantile(0.75)
        ill = pick(table, trial=trial, variable="site", statistic="percent", level="ica").estimate
        assert ill == pytest.approx(100 * (members["site"] == "ica").sum() / members["site"].notna().sum())
        arms = table[(table["trial"] == trial) & (table["variable"] == "treatment")]
        counted = arms[arms["statistic"] == "count"].set_index("level")["estimate"]
        wanted = {"control": 0, "treated": 1}
        assert {arm: counted[arm] for arm in wanted} == {
            arm: (members["treatment"] == code).sum() for arm, code in wanted.items()
        }
        assert counted["excluded"] == members["treatment"].isna().sum()
    assert table[["ci_low", "ci_high"]].isna().all(axis=None)


def test_no_small_cell_of_a_trial_is_among_them() -> None:
    _, patients = a_cohort(90, 4)
    known = VARIABLES | {"treatment": arm_variable()}
    public = public_description(
        describe_trials(patients, variables=VARIABLES, minimum=5), variables=known, minimum=5
    )
    counted = public.loc[public["statistic"].isin(["n", "count"]), "estimate"]
    assert not counted.between(1, 4).any()
    assert counted.isna().any()

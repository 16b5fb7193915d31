"""What of the benchmark computes something, and all of it once, with the kernels that it takes apart."""

import inspect
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from ipdmediation.models.cumulative_link_mixed import CumulativeLinkMixedModel
from tests.benchmarks import earlier, floors, parts, registry
from tests.benchmarks.fits import Fit, comparison, resampling_loop
from tests.benchmarks.floors import Floor
from tests.benchmarks.growth import exponent
from tests.benchmarks.overhead import evidence_seconds, seconds_of, share, steps
from tests.benchmarks.study import ROOT


def fit(tool, seconds, estimate, log_likelihood, *, model="outcome/none", resample=0):
    return Fit(tool, model, resample, seconds, log_likelihood, True, np.array([estimate]))


@pytest.fixture
def resamples():
    return pd.DataFrame(
        {"model": ["outcome"], "trial_effects": ["none"], "resamples": [100], "median_ms": [2.0]}
    )


def test_the_slope_of_proportional_cost_is_one():
    assert exponent([1e4, 1e5, 1e6], [2.0, 20.0, 200.0]) == pytest.approx(1)
    assert exponent([10, 100], [1, 100]) == pytest.approx(2)


@pytest.mark.parametrize(
    ("measured", "at_least", "met"),
    [(90, True, "met"), (70, True, "not met"), (70, False, "met"), (np.nan, False, "not measured")],
)
def test_a_floor_says_whether_it_is_met(measured, at_least, met):
    assert Floor("what", measured, "ms", 80, at_least=at_least).met == met


def test_fits_are_compared_with_the_engine_on_the_same_data(resamples):
    fits = [
        fit("ipdmediation, cold", (0.004,), 1.0, -10.0),
        fit("ipdmediation, warm", (0.001,), 5.0, -20.0, resample=1),
        fit("R clm", (0.1, 0.3, 0.2), 1.25, -10.5),
        fit("R clm", (0.4,), 5.5, -20.0, resample=1),
    ]
    table = comparison(fits, resamples).set_index(["tool", "resample"])
    clm = table.loc[("R clm", 0)]
    assert (clm["seconds"], clm["ratio"]) == pytest.approx((0.2, 100))
    assert (clm["largest_difference"], clm["log_likelihood_below"]) == pytest.approx((0.25, 0.5))
    assert table.loc[("R clm", 1), "largest_difference"] == pytest.approx(0.5)
    warm = table.xs("ipdmediation, warm").iloc[0]
    assert (warm["repetitions"], warm["seconds"], warm["ratio"]) == pytest.approx((100, 0.002, 1))


def test_a_registry_comes_to_the_cohort_that_its_rows_make(tmp_path):
    """The measured steps do the whole, in both formats alike."""
    registry.write(tmp_path, patients=3_000)
    found = {}
    for file_format in ("csv", "parquet"):
        assert set(registry.cohort(tmp_path, file_format)) == {"imports", "harmonise", "pool", "filter"}
        found[file_format] = pd.read_parquet(tmp_path / "cohort.parquet")
    pd.testing.assert_frame_equal(found["csv"], found["parquet"])
    raw = pd.read_csv(tmp_path / "registry.csv")
    kept = raw[(raw["AGE"] >= 18) & (raw["SITE"] <= 2) & (raw["SCORE"] >= 0)]
    assert sorted(found["csv"]["patient"]) == sorted(kept["ID"])
    assert found["csv"]["trial"].nunique() == registry.TRIALS


def test_floors_of_the_registry_are_only_those_of_the_whole():
    row = {"format": "csv", "patients": 10, "trials": 50, "seconds": 1.0, "megabytes": 5_000.0}
    rows = pd.DataFrame([row, {**row, "patients": registry.PATIENTS}])
    assert [floor.met for floor in floors._registry(rows)] == [
        "not measured",
        "not measured",
        "met",
        "not met",
    ]


def test_the_loop_of_a_bootstrap_is_extrapolated_from_all_three_models():
    rows = [("mediator", "R lmer", 1.0), ("total", "R clmm", 10.0), ("outcome", "R clmm", 25.0)]
    table = pd.DataFrame(
        [[f"{name}/random_slope", tool, 1, seconds] for name, tool, seconds in rows],
        columns=["model", "tool", "resample", "seconds"],
    )
    assert resampling_loop(table, 100)["hours"].item() == pytest.approx(1)
    assert resampling_loop(table[:2], 100).empty


def test_what_jobs_computed_is_read_from_their_logs(tmp_path):
    for name, text in (
        ("figures/primary.log", "computed in 0.25 of 1.50 s of processor time\n"),
        ("figures/early.log", "a warning\ncomputed in 0.50 of 1.00 s of processor time\n"),
        ("report.log", "computed in 1.00 of 1.25 s of processor time\n"),
        ("failed.log", "Traceback\n"),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found = steps(tmp_path)
    assert found.loc["figures"].to_dict() == {"jobs": 2, "seconds": 2.5, "computing": 0.75}
    assert sorted(found.index) == ["figures", "report"]


def test_the_share_of_a_run_that_is_no_computation():
    table = pd.DataFrame({"what": ["first run"], "seconds": [8.0], "computing": [6.0]})
    assert share(table) == pytest.approx(0.25)
    assert np.isnan(share(table[:0]))
    assert np.isnan(seconds_of(table, "nothing to be done"))


def test_a_mixed_model_is_taken_apart_by_what_its_kernels_take(monkeypatch):
    """The loops that time them take long to compile: here each kernel is only handed its arguments."""
    handed = set()

    def bind(kernel, arguments):
        inspect.signature(kernel.py_func).bind(*arguments)
        handed.add(kernel.__name__)
        return 1.0

    monkeypatch.setattr(parts, "_microseconds", bind)
    rng = np.random.default_rng(3)
    treatment, trials = rng.integers(2, size=120).astype(float), np.repeat(np.arange(4), 30)
    model = CumulativeLinkMixedModel(
        rng.integers(3, size=120),
        treatment[:, None],
        names=["treatment"],
        n_levels=3,
        trials=trials,
        random_design=np.column_stack([np.ones(120), treatment]),
        random_names=["intercept", "treatment"],
    )
    table = parts.mixed_parts(model, [rng.integers(1, 3, size=120).astype(float)], "outcome/random_slope")
    assert {"evaluate", "mixed_rows", "mixed_information", "mixed_step", "fit_mixed"} <= handed
    assert (table["calls"] > 0).all()
    assert table["microseconds"].notna().all()


@pytest.mark.slow
def test_the_benchmark_runs(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bench", "--quick", "--output", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "workflow/scripts")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    floors = pd.read_csv(tmp_path / "floors.csv", index_col="what")
    assert floors.loc["failures over 100 stratified resamples, all models", "met"] == "met"
    for model, found in pd.read_csv(tmp_path / "parts.csv").groupby("model"):
        named = found.set_index("part")["microseconds"]
        assert named.drop("whole").sum() == pytest.approx(named["whole"])
        if model != "replicate":
            assert (named.filter(regex="^(?!rest|Python)") > 0).all()
            assert found.set_index("part").loc["Hessian", "calls"] >= 1
    made = {path.name for path in tmp_path.iterdir() if path.is_file()}
    tables = (
        "fits", "resamples", "sweeps", "parts", "chunks", "resampling_loop", "overhead", "floors", "registry",
        "free_treatment",
    )  # fmt: skip
    pictures = ("cost_growth.png", "seconds_per_fit.png", "cost_growth.svg", "seconds_per_fit.svg")
    assert made == {*(f"{table}.csv" for table in tables), *pictures, "machine.json"}


def test_the_evidence_is_summed_up_without_its_figures():
    rows = [("confounding", 16.0), ("death", 10.5), ("show_death", 2.0), ("bootstrap_chunk", 90.0)]
    table = pd.DataFrame(rows, columns=["what", "seconds"])
    assert evidence_seconds(table) == 26.5
    assert np.isnan(evidence_seconds(table[2:]))


def test_targets_hold_this_commit_against_the_earlier_one(tmp_path, monkeypatch):
    measured = {
        "compiling": {"compiling, s": 30.0},
        "replicates": {"logit outcome refit, ms": 0.2, "probit outcome refit, ms": 0.31},
    }
    spent = {"first run from nothing, s": 100.0}

    def cost(tree, found):
        return {what: value * (2.0 if tree == tmp_path else 1.0) for what, value in found.items()}

    monkeypatch.setattr(earlier, "_earlier", lambda place: tmp_path)
    monkeypatch.setattr(earlier, "_measured", lambda tree, what, caches: cost(tree, measured[what[0]]))
    monkeypatch.setattr(earlier, "_whole", lambda tree, directory: cost(tree, spent))
    table = earlier.targets_table(tmp_path, tmp_path, turns=2).set_index("what")
    assert (table["ratio"].dropna() == 0.5).all()
    assert table.loc["first run from nothing, s", "met"] == "met"
    assert table.loc["probit outcome refit over logit", "met"] == "not met"
    assert table.loc[earlier.SECOND, "met"] == "not met"


def test_targets_are_not_measured_without_the_earlier_commit(tmp_path, monkeypatch):
    monkeypatch.setattr(earlier, "COMMIT", "0" * 40)
    assert earlier.targets_table(tmp_path, tmp_path, turns=1).empty

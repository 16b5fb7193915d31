"""The synthetic study: its counts, its calibration, its causal truth, and its raw files read back."""

from __future__ import annotations

import copy
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import yaml
from scipy.special import expit
from scipy.stats import chi2_contingency

from ipdmediation.data import synthetic
from ipdmediation.data.cohort import select_cohort
from ipdmediation.data.harmonise import harmonise_trial
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.reading import read_raw
from ipdmediation.data.schema import conform
from ipdmediation.data.synthetic import SyntheticDataError, causal_truth, simulate_trial, write_raw_trial
from ipdmediation.data.variables import Variable, frame_columns, variables_from_config

ROOT = Path(__file__).parents[3]
CONFIG: dict[str, Any] = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
PARAMETERS: dict[str, Any] = yaml.safe_load((ROOT / CONFIG["study"]["synthetic"]).read_text(encoding="utf-8"))
VARIABLES = variables_from_config(CONFIG["variables"])
MAPPINGS: dict[str, dict[str, Any]] = {
    trial: yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    for trial, path in CONFIG["trials"].items()
}
TRIALS = list(MAPPINGS)

# Published patients by mRS 0..6 (control, treated), rebuilt from percentages.
PUBLISHED_MRS = {
    "mr_clean": ([1, 16, 35, 43, 80, 32, 59], [7, 21, 49, 42, 51, 14, 49]),
    "escape": ([10, 15, 18, 22, 35, 18, 28], [25, 34, 30, 26, 21, 11, 16]),
    "extend_ia": ([6, 4, 4, 4, 6, 4, 7], [9, 9, 7, 6, 1, 0, 3]),
    "swift_prime": ([8, 10, 15, 16, 20, 12, 12], [17, 25, 17, 12, 15, 3, 9]),
    "revascat": ([6, 7, 16, 20, 17, 21, 16], [7, 18, 20, 19, 8, 12, 19]),
    "thrace": ([24, 33, 28, 25, 56, 9, 27], [31, 39, 36, 25, 34, 11, 24]),
    "piste": ([1, 5, 6, 7, 4, 3, 4], [5, 9, 3, 4, 4, 1, 7]),
}
PUBLISHED_QUARTILES = [
    # variable, arm (None: both), q1, median, q3, tolerance
    ("age", None, 57, 68, 76, 1),
    ("nihss", None, 13, 17, 20, 1),
    ("imaging_time", None, 24, 30, 237, 5),
    ("mrs", 0, 2, 4, 5, 0),
    ("mrs", 1, 1, 3, 4, 0),
]
PUBLISHED_FIV = [(None, 14, 41, 120), (1, 11, 33, 99), (0, 18, 51, 134)]


def generator(trial: str, seed: int = CONFIG["seed"]) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(trial.encode())]))


def simulate(parameters: dict[str, Any] = PARAMETERS, seed: int = CONFIG["seed"]) -> dict[str, pd.DataFrame]:
    return {trial: simulate_trial(parameters, trial, rng=generator(trial, seed)) for trial in TRIALS}


def pool(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([conform(frame, VARIABLES) for frame in frames.values()], ignore_index=True)


def changed(*path: str, value: Any) -> dict[str, Any]:
    parameters = copy.deepcopy(PARAMETERS)
    target = parameters
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return parameters


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    return simulate()


@pytest.fixture(scope="module")
def cohort(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return select_cohort(pool(frames), rules=CONFIG["eligibility"], variables=VARIABLES).frame


class TestTrials:
    def test_patients_by_trial_and_arm_are_as_published(self, frames: dict[str, pd.DataFrame]) -> None:
        for trial, frame in frames.items():
            counts = frame["treatment"].value_counts()
            assert {"control": counts[0], "treated": counts[1]} == PARAMETERS["patients"][trial]
            assert frame["patient"].is_unique
        assert sum(map(len, frames.values())) == 1764

    def test_columns_are_the_common_ones(self, frames: dict[str, pd.DataFrame]) -> None:
        for frame in frames.values():
            assert list(frame.columns) == frame_columns(VARIABLES)

    def test_values_are_within_the_declared_ranges(self, frames: dict[str, pd.DataFrame]) -> None:
        pooled = pool(frames)
        for variable in VARIABLES.values():
            if variable.type == "continuous":
                values = pooled[variable.name].dropna()
                assert values.between(variable.minimum, variable.maximum).all(), variable.name

    def test_the_same_stream_gives_the_same_trial(self, frames: dict[str, pd.DataFrame]) -> None:
        again = simulate_trial(PARAMETERS, "escape", rng=generator("escape"))
        other = simulate_trial(PARAMETERS, "escape", rng=generator("escape", seed=1))
        pd.testing.assert_frame_equal(frames["escape"], again)
        assert not again["fiv"].equals(other["fiv"])

    def test_unknown_trial(self) -> None:
        with pytest.raises(
            SyntheticDataError, match="'nope' has no synthetic parameters; known trials: 'mr_clean'"
        ):
            simulate_trial(PARAMETERS, "nope", rng=generator("nope"))

    def test_impossible_correlations(self) -> None:
        pairs = [
            {"between": ["age", "nihss"], "value": 0.9},
            {"between": ["nihss", "aspects"], "value": 0.9},
            {"between": ["age", "aspects"], "value": -0.9},
        ]
        with pytest.raises(SyntheticDataError, match="not positive definite"):
            simulate_trial(changed("correlations", value=pairs), "piste", rng=generator("piste"))

    def test_more_losses_than_patients(self) -> None:
        parameters = copy.deepcopy(PARAMETERS)
        parameters["losses"][0]["patients"]["piste"] = [32, 0]
        with pytest.raises(
            SyntheticDataError, match="'died before imaging', trial 'piste', control: 32 patients"
        ):
            simulate_trial(parameters, "piste", rng=generator("piste"))

    def test_unknown_sampling(self) -> None:
        with pytest.raises(SyntheticDataError, match="'stratified' or 'independent', not 'sobol'"):
            simulate_trial(changed("sampling", value="sobol"), "piste", rng=generator("piste"))

    def test_stratified_draws_vary_less_between_cohorts(self) -> None:
        def spread(sampling: str) -> float:
            parameters = changed("sampling", value=sampling)
            return float(
                np.std(
                    [
                        simulate_trial(parameters, "mr_clean", rng=generator("x", s))["age"].mean()
                        for s in range(8)
                    ]
                )
            )

        assert spread("stratified") < 0.2 * spread("independent")


class TestSelection:
    @pytest.mark.parametrize("seed", [CONFIG["seed"], 1])
    def test_flow_ends_at_the_published_cohort(self, seed: int) -> None:
        flow = select_cohort(pool(simulate(seed=seed)), rules=CONFIG["eligibility"], variables=VARIABLES).flow
        assert flow["remaining"].iloc[[0, 4, 6]].tolist() == [1764, 1690, 1665]
        assert flow[["remaining_treated", "remaining_control"]].iloc[-1].tolist() == [821, 844]

    def test_each_reason_takes_the_patients_that_the_parameters_list(
        self, frames: dict[str, pd.DataFrame]
    ) -> None:
        flow = select_cohort(pool(frames), rules=CONFIG["eligibility"], variables=VARIABLES).flow.iloc[1:]
        for arm, column in enumerate(["excluded_control", "excluded_treated"]):
            listed = [sum(trial[arm] for trial in loss["patients"].values()) for loss in PARAMETERS["losses"]]
            assert flow[column].tolist() == listed

    def test_the_lost_are_more_severe(self, frames: dict[str, pd.DataFrame], cohort: pd.DataFrame) -> None:
        pooled = pool(frames)
        lost = pooled[pooled["imaging_status"].isin(["died", "surgery"])]
        assert lost["nihss"].mean() > cohort["nihss"].mean() + 1
        died = pooled[pooled["imaging_status"] == "died"]
        assert (died["mrs"] == 6).all()
        assert died[["fiv", "imaging_time", "imaging_modality"]].isna().all(axis=None)

    def test_missing_values_depend_on_observed_ones(self) -> None:
        parameters = changed(
            "missing", value={"aspects": {"percent": {"thrace": 20}, "depends_on": {"mrs": 1}}}
        )
        frame = simulate_trial(parameters, "thrace", rng=generator("thrace"))
        gone = frame["aspects"].isna()
        assert frame.loc[gone, "mrs"].mean() > frame.loc[~gone, "mrs"].mean() + 1
        assert frame["nihss"].notna().all()


class TestCalibration:
    @pytest.mark.parametrize("target", PUBLISHED_QUARTILES)
    def test_quartiles(self, cohort: pd.DataFrame, target: tuple[Any, ...]) -> None:
        variable, arm, *quartiles, tolerance = target
        values = cohort.loc[cohort["treatment"].eq(arm) if arm is not None else slice(None), variable]
        found = np.percentile(values.dropna().astype(float), [25, 50, 75])
        assert found == pytest.approx(quartiles, abs=tolerance)

    @pytest.mark.parametrize(("arm", "q1", "median", "q3"), PUBLISHED_FIV)
    def test_infarct_volume(
        self, cohort: pd.DataFrame, arm: int | None, q1: float, median: float, q3: float
    ) -> None:
        values = cohort.loc[cohort["treatment"].eq(arm) if arm is not None else slice(None), "fiv"]
        # About two standard errors of a quartile of 830 log-normal volumes.
        assert np.percentile(values, [25, 50, 75]) == pytest.approx([q1, median, q3], rel=0.15)

    def test_female_and_modality(self, cohort: pd.DataFrame) -> None:
        assert 100 * cohort["female"].mean() == pytest.approx(46.9, abs=1.5)
        assert 100 * cohort["imaging_modality"].eq("ct").mean() == pytest.approx(83, abs=1.5)
        volumes = cohort.groupby("imaging_modality", observed=True)["fiv"].median()
        assert volumes["ct"] == pytest.approx(48, rel=0.15)
        assert volumes["mri"] < 0.65 * volumes["ct"]

    def test_outcome_by_trial_and_arm(self, frames: dict[str, pd.DataFrame]) -> None:
        p_values = []
        for trial, frame in frames.items():
            for arm, published in enumerate(PUBLISHED_MRS[trial]):
                levels = frame.loc[frame["treatment"] == arm, "mrs"].dropna().astype(int)
                table = np.array([np.bincount(levels, minlength=7), published])
                p_values.append(chi2_contingency(table[:, table.sum(axis=0) > 0], correction=False).pvalue)
        assert min(p_values) > 0.05 / len(p_values)


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return causal_truth(PARAMETERS, patients=50_000, rng=np.random.default_rng(1))


class TestTruth:
    def test_effects_add_up_on_every_scale(self, truth: dict[str, Any]) -> None:
        effects = truth["effects"]
        for scale, total in effects["te"].items():
            assert effects["pnde"][scale] + effects["tnie"][scale] == pytest.approx(total, abs=1e-12)
            assert effects["tnde"][scale] + effects["pnie"][scale] == pytest.approx(total, abs=1e-12)
            assert effects["pm"][scale] == pytest.approx(effects["tnie"][scale] / total)

    def test_scales(self, truth: dict[str, Any]) -> None:
        probabilities = [f"prob_le_{k}" for k in range(6)]
        expected = ["mean", "utility", *probabilities, "win", "log_win_odds", "log_or"]
        assert all(list(scales) == expected for scales in truth["effects"].values())
        te = truth["effects"]["te"]
        assert te["mean"] == pytest.approx(-sum(te[scale] for scale in probabilities))

    def test_two_simulations_agree_within_their_standard_errors(self, truth: dict[str, Any]) -> None:
        other = causal_truth(PARAMETERS, patients=50_000, rng=np.random.default_rng(2))
        for effect, scales in truth["effects"].items():
            for scale, value in scales.items():
                error = np.hypot(
                    truth["standard_errors"][effect][scale], other["standard_errors"][effect][scale]
                )
                assert abs(value - other["effects"][effect][scale]) < 5 * error
        assert truth["standard_errors"]["pm"]["mean"] < 0.001

    def test_the_cohort_agrees_with_the_truth(
        self, truth: dict[str, Any], frames: dict[str, pd.DataFrame]
    ) -> None:
        pooled = pool(frames)
        means = pooled.groupby("treatment")["mrs"].mean()
        assert means[1] - means[0] == pytest.approx(truth["effects"]["te"]["mean"], abs=0.25)

    def test_a_mediator_without_effect_mediates_nothing(self) -> None:
        parameters = changed("outcome", "mediator_slope", value=dict.fromkeys(TRIALS, 0.0))
        effects = causal_truth(parameters, patients=10_000, rng=np.random.default_rng(1))["effects"]
        assert list(effects["tnie"].values()) == pytest.approx([0.0] * 11, abs=1e-12)
        assert effects["te"] == pytest.approx(effects["pnde"])

    def test_a_treatment_without_effect(self) -> None:
        parameters = changed("outcome", "direct_effect", value=dict.fromkeys(TRIALS, 0.0))
        parameters["mediator"]["treatment_shift"] = dict.fromkeys(TRIALS, 0.0)
        parameters["mediator"]["residual_sd"] = {"control": 1.5, "treated": 1.5}
        found = causal_truth(parameters, patients=10_000, rng=np.random.default_rng(1))
        cells = found["distributions"]
        assert all(cell == pytest.approx(cells["treatment_0_mediator_0"]) for cell in cells.values())
        assert np.isnan(found["effects"]["pm"]["mean"])

    def test_log_or_and_win_of_known_distributions(self) -> None:
        thresholds = np.array([-1.0, 0.2, 1.5])
        worse, better = (np.diff(expit(thresholds + shift), prepend=0, append=1) for shift in (0, 0.8))
        scales = synthetic._scales(better, worse, np.array([1, 0.7, 0.3, 0]))
        assert scales["log_or"] == pytest.approx(0.8, abs=1e-10)
        pairs = np.outer(better, worse)
        assert scales["win"] == pytest.approx(np.triu(pairs, 1).sum() + np.trace(pairs) / 2 - 0.5)

    def test_too_few_patients(self) -> None:
        with pytest.raises(SyntheticDataError, match="leave a trial empty"):
            causal_truth(PARAMETERS, patients=100, rng=np.random.default_rng(1))


def write(frame: pd.DataFrame, folder: Path, **changes: Any) -> Path:
    trial = str(frame["trial"].iloc[0])
    mapping = changes.get("mapping", MAPPINGS[trial])
    path = folder / Path(mapping["source"]["file"]).name
    write_raw_trial(
        frame,
        path,
        mapping=mapping,
        variables=VARIABLES,
        layout=changes.get("layout", PARAMETERS["raw"][trial]),
        notice=PARAMETERS["notice"],
        rng=np.random.default_rng(7),
    )
    return path


def precision(variable: Variable, rule: dict[str, Any], decimals: dict[str, int]) -> float:
    """Half of the last digit that the file keeps, in the common unit (a stamp keeps minutes)."""
    per_unit = {"cL": 10, "L": 1000, "mm**3": 0.001, "minute": 1 / 60, "day": 24}
    if "from" in rule:
        return 0.5 / 60
    return 0.5 * 10.0 ** -decimals.get(rule["column"], 0) * per_unit.get(rule.get("unit", variable.unit), 1)


class TestRawFiles:
    def test_every_format_is_there(self) -> None:
        formats = [mapping["source"]["format"] for mapping in MAPPINGS.values()]
        assert sorted(formats) == sorted(synthetic.WRITERS)

    @pytest.mark.parametrize("trial", TRIALS)
    def test_a_raw_file_harmonises_back(
        self, trial: str, frames: dict[str, pd.DataFrame], tmp_path: Path
    ) -> None:
        mapping, layout = MAPPINGS[trial], PARAMETERS["raw"][trial]
        path = write(frames[trial], tmp_path)
        source = mapping["source"]
        raw = read_raw(path, file_format=source["format"], options=source.get("options"))
        assert list(raw.columns) == layout["columns"]
        found = harmonise_trial(
            raw, mapping=TrialMapping.from_mapping(mapping), trial=trial, variables=VARIABLES, file=path.name
        ).frame
        expected = conform(frames[trial], VARIABLES)
        for name, rule in mapping["variables"].items():
            if rule.get("absent"):
                assert found[name].isna().all()
            elif VARIABLES[name].type == "continuous":
                pd.testing.assert_series_equal(found[name].isna(), expected[name].isna())
                tolerance = precision(VARIABLES[name], rule, layout.get("decimals", {}))
                assert (found[name] - expected[name]).abs().max() <= tolerance + 1e-9, name
            else:
                pd.testing.assert_series_equal(found[name], expected[name])
        pd.testing.assert_frame_equal(found.iloc[:, :3], expected.iloc[:, :3])

    def test_bytes_do_not_depend_on_the_clock(self, frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
        def contents(folder: Path) -> list[bytes]:
            folder.mkdir()
            return [write(frame, folder).read_bytes() for frame in frames.values()]

        first = contents(tmp_path / "first")
        time.sleep(1.1)
        assert contents(tmp_path / "second") == first

    @pytest.mark.parametrize("trial", TRIALS)
    def test_a_column_of_every_file_says_synthetic(self, trial: str) -> None:
        constants = [rule.get("constant", "") for rule in PARAMETERS["raw"][trial]["extra"].values()]
        flags = [column for column in PARAMETERS["raw"][trial]["extra"] if column.startswith("SYNTH")]
        assert flags or any(word in text.lower() for text in constants for word in ("synth", "sint"))

    @pytest.mark.parametrize(
        ("trial", "read"),
        [
            ("swift_prime", pyreadstat.read_xport),
            ("revascat", pyreadstat.read_dta),
            ("thrace", pyreadstat.read_sav),
        ],
    )
    def test_the_files_own_label_says_synthetic(
        self, trial: str, read: Any, frames: dict[str, pd.DataFrame], tmp_path: Path
    ) -> None:
        _, metadata = read(str(write(frames[trial], tmp_path)))
        assert metadata.file_label.startswith("SYNTHETIC")

    def test_missing_codes_of_text_and_user_missing_of_spss(
        self, frames: dict[str, pd.DataFrame], tmp_path: Path
    ) -> None:
        lines = write(frames["mr_clean"], tmp_path).read_text(encoding="cp1252").splitlines()
        header, rows = lines[0].split(";"), [line.split(";") for line in lines[1:]]
        volumes = [row[header.index("INFARCT_CL")] for row in rows]
        assert "-1" in volumes
        assert all("." not in volume for volume in volumes)
        coded, metadata = pyreadstat.read_sav(str(write(frames["thrace"], tmp_path)), user_missing=True)
        assert {-9, -8} < set(coded["ASPECTS_J0"])
        assert metadata.variable_value_labels["BRAS"] == {1: "Traitement médical", 2: "Thrombectomie"}

    def test_layout_that_forgets_a_column(self, frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
        layout = copy.deepcopy(PARAMETERS["raw"]["piste"])
        layout["columns"].remove("sex")
        with pytest.raises(SyntheticDataError, match=r"only one of the mapping and the layout: .*sex"):
            write(frames["piste"], tmp_path, layout=layout)

    @pytest.mark.parametrize(
        ("path", "value", "message"),
        [
            (("source", "format"), "ods", "format 'ods'; known: 'csv'"),
            (("missing",), [6], "6 is a value and a code for missing"),
            (("variables", "female", "constant"), 1, "female is not 1 in every patient"),
            (
                ("variables", "imaging_modality", "codes"),
                {"CT": "ct"},
                "no code of the mapping stands for .*mri",
            ),
        ],
    )
    def test_mapping_that_cannot_be_written(
        self, path: tuple[str, ...], value: Any, message: str, frames: dict[str, pd.DataFrame], tmp_path: Path
    ) -> None:
        mapping = copy.deepcopy(MAPPINGS["piste"])
        target = mapping
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = value
        if path[-1] == "constant":
            del mapping["variables"]["female"]["column"]
        frame = frames["piste"]
        if path[-1] == "codes":
            frame = frame.assign(imaging_modality="mri")
        with pytest.raises(SyntheticDataError, match=message):
            write(frame, tmp_path, mapping=mapping)

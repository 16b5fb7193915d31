"""The steps of a weighted analysis: weights and clusters are checked where patients are selected."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fit_models
import select_cohort
from ipdmediation.data.errors import CohortError
from tests.unit.data.conftest import DECLARED, a_cohort

NAMES = ("mediator", "total", "outcome")


@pytest.fixture
def patients() -> pd.DataFrame:
    full, _ = a_cohort(120, 1)
    return full


def select(patients: pd.DataFrame, folder: Path, **choices: Any) -> pd.DataFrame:
    patients.to_parquet(folder / "pooled.parquet")
    stated: dict[str, Any] = {"weights": None, "cluster": "trial", **choices}
    select_cohort.main(
        **{name: str(folder / f"{name}.parquet") for name in ("pooled", "cohort")},
        **{name: str(folder / f"{name}.csv") for name in ("steps", "missing")},
        eligibility=[],
        reasons=[],
        needed={"method": "impute", "covariates": ["age"], "mediator": "volume", "outcome": "mrs"},
        trial_effects="random_intercept",
        variables=DECLARED,
        **stated,
    )
    return pd.read_parquet(folder / "cohort.parquet")


def test_weights_and_clusters_are_checked_before_anything_is_written(
    patients: pd.DataFrame, tmp_path: Path
) -> None:
    assert len(select(patients, tmp_path, weights="delay", cluster="site")) == len(patients)
    (tmp_path / "cohort.parquet").unlink()
    for name, choices in (("delay", {"weights": "delay"}), ("site", {"cluster": "site"})):
        gap = patients.assign(**{name: patients[name].mask(patients.index < 3)})
        with pytest.raises(CohortError, match=f"(?s)'{name}'.* it is missing in 3 of 120 patients"):
            select(gap, tmp_path, **choices)
    assert not (tmp_path / "cohort.parquet").exists()


def test_the_diagnostics_of_weighted_models_have_the_effective_number(
    patients: pd.DataFrame, tmp_path: Path
) -> None:
    patients.assign(imputation=0).to_parquet(tmp_path / "imputed.parquet")
    fit_models.main(
        imputed=str(tmp_path / "imputed.parquet"),
        model={
            "mediator": {"variable": "volume", "transform": "log", "offset": 1},
            "outcome": {"variable": "mrs", "family": "ordinal", "better": "low"},
            "covariates": ["age"],
            "trial_effects": "fixed",
            "weights": "delay",
        },
        level=0.95,
        minimum_count=1,
        variables=DECLARED,
        **{name: str(tmp_path / f"{name}.csv") for name in (*NAMES, "calibration", "residuals")},
        **{f"{name}_diagnostics": str(tmp_path / f"{name}.json") for name in NAMES},
    )
    weights = patients["delay"]
    for name in NAMES:
        told = json.loads((tmp_path / f"{name}.json").read_text())
        assert told["weights"] == "delay"
        assert told["effective_n"] == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
        assert told["n"] == len(patients)
        assert told["n_per_trial"] == patients.groupby("trial", sort=False).size().to_dict()

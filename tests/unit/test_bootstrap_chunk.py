"""A chunk of replicates: from the file that it is given, each with the random numbers of its own name."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import bootstrap_chunk
from tests.unit.data.conftest import DECLARED, a_cohort


def by_hand(seed: int, *purpose: str | int) -> np.random.Generator:
    """Return the stream of a purpose: words as the first 8 bytes of their SHA-256, numbers as they are."""
    key = [
        part
        if isinstance(part, int)
        else int.from_bytes(hashlib.sha256(part.encode()).digest()[:8], "little")
        for part in purpose
    ]
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=tuple(key)))


@pytest.mark.parametrize(("seed", "analysis"), [(5, "early"), (6, "early"), (5, "late")])
def test_a_replicate_has_the_stream_of_seed_analysis_and_its_own_number(
    seed: int, analysis: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, _ = a_cohort(40, 1)
    pd.concat([full.assign(imputation=number) for number in range(2)]).to_parquet(
        tmp_path / "imputed.parquet"
    )
    asked: dict[str, Any] = {}

    def draw(prepared: Any, **options: Any) -> pd.DataFrame:
        asked.update(options, imputations=prepared.imputations)
        return pd.DataFrame({"replicate": list(options["replicates"])})

    monkeypatch.setattr(bootstrap_chunk, "draw_replicates", draw)
    bootstrap_chunk.main(
        imputed=str(tmp_path / "imputed.parquet"),
        draws=str(tmp_path / "draws.parquet"),
        analysis=analysis,
        start="20",
        stop="23",
        model={
            "mediator": {"variable": "volume", "transform": "log", "offset": 1},
            "outcome": {"variable": "mrs", "family": "ordinal", "better": "low"},
            "covariates": ["age"],
            "interaction": False,
            "trial_effects": "fixed",
        },
        standardisation={
            "mediator_distribution": "gaussian",
            "population": "these_trials",
            "controlled_at": [],
            "utility": None,
        },
        resampling="stratified",
        variables=DECLARED,
        seed=seed,
    )
    assert asked["replicates"] == range(20, 23)
    assert asked["imputations"] == 2
    for number in (20, 22):
        expected = by_hand(seed, "bootstrap", analysis, number).integers(10**9, size=4)
        assert asked["stream"](number).integers(10**9, size=4).tolist() == expected.tolist()
    assert pd.read_parquet(tmp_path / "draws.parquet")["replicate"].tolist() == [20, 21, 22]

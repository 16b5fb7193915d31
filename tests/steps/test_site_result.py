"""A site sends its result in place of its rows: the two stages have the same numbers, to the last digit."""

from __future__ import annotations

import copy
import pickle
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from ipdmediation.data.arms import ARMS
from ipdmediation.data.result_tables import read_table
from ipdmediation.evidence.columns import RESULT, ROWS
from ipdmediation.evidence.site_archive import read_archive
from ipdmediation.present.each_trial import sent_sentence
from ipdmediation.present.study import Study
from ipdmediation.present.tables.each_trial import each_trial
from ipdmediation.present.tables.flow import flow
from tests.steps.conftest import Planned
from tests.steps.test_evidence import CONFIG, REFERENCE, stated

SENT = "t2"
THREE = {n: {"id": f"t{n}", "label": f"Trial {n}"} for n in (1, 2, 3)}


def config(**changes: Any) -> dict[str, Any]:
    found = copy.deepcopy(CONFIG)
    primary = found["analyses"]["primary"]  # type: ignore[index]
    primary["evidence"]["trials"]["leave_one_out"] = False
    primary["bootstrap"]["interval"] = "basic"
    primary |= changes
    return found


def of_trials(*numbers: int) -> dict[str, Any]:
    codes = {n: THREE[n] if n in numbers else "excluded" for n in range(1, 8)}
    return {**stated(REFERENCE.name), "trial": {"column": "trial", "codes": codes}}


def of_one(number: int) -> dict[str, Any]:
    mapping = {**stated("own.csv"), "label": f"Trial {number}"}
    del mapping["trial"]
    frame = pd.read_csv(REFERENCE)
    frame[frame["trial"] == number].to_csv("own.csv", index=False)
    return mapping


def planned(
    root: Path, plan: Callable[..., Path], stated: dict[str, Any], mappings: dict[str, Any], *targets: str
) -> Planned:
    stated = {**stated, "trials": {name: f"{name}.yaml" for name in mappings}}
    for name, mapping in mappings.items():
        (root / f"{name}.yaml").write_text(yaml.safe_dump(mapping))
    (root / "config.yaml").write_text(yaml.safe_dump(stated, sort_keys=False))
    return Planned(root, stated, pickle.loads(plan(Path("config.yaml"), *targets).read_bytes()))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, plan: Callable[..., Path]) -> Path:
    """What the site of one trial sends."""
    root = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        study = planned(root, plan, config(trial_effects="none"), {SENT: of_one(2)}, "site_result")
        return root / study.do("site_result")["archive"]


@pytest.fixture(scope="module")
def both(
    site: Path, tmp_path_factory: pytest.TempPathFactory, plan: Callable[..., Path]
) -> list[dict[str, pd.DataFrame]]:
    """The tables of three trials with rows, and of two beside a result."""
    found = []
    for name, mappings in (
        ("rows", {"every": of_trials(1, 2, 3)}),
        ("result", {"every": of_trials(1, 3), SENT: {"label": "T 2", "source": {"result": "sent.zip"}}}),
    ):
        root = tmp_path_factory.mktemp(name)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(root)
            shutil.copy(REFERENCE, root)
            shutil.copy(site, root / "sent.zip")
            study = planned(root, plan, config(), mappings)
            made = study.do("each_trial", analysis="primary")
            found.append({part: read_table(root / made[part]) for part in ("by_trial", "together")})
    return found


def test_the_two_stages_are_those_of_the_rows_to_the_last_digit(
    both: list[dict[str, pd.DataFrame]],
) -> None:
    rows, result = both
    assert rows["by_trial"]["source"].eq(ROWS).all()
    sent = result["by_trial"]["source"] == RESULT
    assert result["by_trial"].loc[sent, "trial"].unique().tolist() == [SENT]
    pd.testing.assert_frame_equal(
        result["by_trial"].drop(columns="source"), rows["by_trial"].drop(columns="source"), check_exact=True
    )
    pd.testing.assert_frame_equal(result["together"], rows["together"], check_exact=True)
    assert (result["together"]["trials"] == 3).all()


def test_what_is_sent_has_no_row_and_no_id(site: Path) -> None:
    """Not one value of a patient, in none of its parts; only names, effects and replicates."""
    own = pd.read_csv(REFERENCE).query("trial == 2")
    values = {str(value) for name in ("c1", "c2", "m") for value in own[name] if value % 1}
    assert len(values) > 50
    with zipfile.ZipFile(site) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(texts) == {
        "manifest.json",
        "manifest.sha256",
        *(f"primary/{SENT}/{table}.csv" for table in ("effects", "covariance", "draws")),
    }
    pseudonyms = pd.read_parquet(site.parents[1] / "ipd/pooled.parquet")["patient"]
    for text in texts.values():
        assert values.isdisjoint(re.findall(r"-?[\d.]+", text))
        assert not any(each in text for each in pseudonyms)
    draws = pd.read_csv(pd.io.common.BytesIO(texts[f"primary/{SENT}/draws.csv"].encode()))
    assert len(draws) == 40
    assert "patient" not in draws


def test_the_joint_covariance_is_that_of_the_draws(site: Path) -> None:
    parts = read_archive(site).parts
    tables = {
        name: pd.read_csv(pd.io.common.BytesIO(parts[f"primary/{SENT}/{name}.csv"]))
        for name in ("effects", "covariance", "draws")
    }
    covariance = tables["covariance"].set_index("effect")
    assert list(covariance.columns) == list(covariance.index)
    wanted = [
        "te:mean",
        "tnie:mean",
        "pnde:prob_le_2",
        "khb_indirect:coefficient",
        "treatment_on_mediator:coefficient",
    ]
    assert {*wanted} <= {*covariance.columns}
    assert not any(name.startswith("pm:") for name in covariance.columns)
    drawn = tables["draws"][wanted].to_numpy()
    assert covariance.loc[wanted, wanted].to_numpy() == pytest.approx(np.cov(drawn, rowvar=False))
    effects = tables["effects"].assign(key=lambda table: table["effect"] + ":" + table["scale"])
    spread = effects.set_index("key").loc[wanted, "se"]
    assert spread.to_numpy() == pytest.approx(drawn.std(axis=0, ddof=1))


def test_the_manifest_says_what_it_was_made_of(site: Path) -> None:
    result = read_archive(site)
    assert (result.manifest["format"], result.manifest["seed"]) == (1, 7)
    assert result.manifest["software"]["name"] == "ipdmediation"
    about = result.analyses["primary"]
    assert about["settings"]["mediator.variable"] == "m"
    assert about["settings"]["evidence.trials.covariates"] == {"mediator": ["c1"], "outcome": ["c1"]}
    assert about["settings"]["eligibility"] == [{"one_of": [0], "variable": "dead"}]
    own = pd.read_csv(REFERENCE).query("trial == 2 and dead == 0")
    counts = own["a"].value_counts()
    assert about["trials"][SENT]["arms"] == {arm: int(counts[code]) for code, arm in enumerate(ARMS)}
    assert about["trials"][SENT]["levels"] == list(map(float, range(7)))


def test_figure_table_flow_and_page_say_which_trial_sent_its_result(
    both: list[dict[str, pd.DataFrame]],
) -> None:
    of_it = both[1]
    study = Study(
        title="Made up",
        arms={arm: {"label": arm, "short": arm} for arm in ARMS},
        variables=CONFIG["variables"],  # type: ignore[arg-type]
        analysis={**CONFIG["analyses"]["primary"], "sent": [SENT]},  # type: ignore[index]
        trials={"t1": "Trial 1", "t3": "Trial 3"},
        sent={SENT: "Trial 2"},
    )
    table = each_trial(of_it["by_trial"], of_it["together"], of_it["together"], study=study)
    assert list(table.cells.iloc[:3, 0]) == ["Trial 1", "Trial 3", "Trial 2 (result only)"]
    (said,) = sent_sentence(study)
    assert said in table.notes
    assert said.startswith("Result only: the participants of Trial 2 are in the second stage alone")
    counts = [f"{what}{arm}" for what in ("excluded", "remaining") for arm in ("", "_treated", "_control")]
    steps = pd.DataFrame([{"step": 0, "reason": "Randomised", **dict.fromkeys(counts, 60)}])
    assert said in flow(steps, study=study).notes

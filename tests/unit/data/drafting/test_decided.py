"""A draft in which everything is decided pools the same patients as mappings that somebody wrote."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.errors import MappingError
from ipdmediation.data.harmonise import harmonise_trial
from ipdmediation.data.joined_columns import joined_files
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.pooling import pool_trials
from ipdmediation.data.reading import read_raw
from ipdmediation.data.sources import named_files, read_source
from ipdmediation.data.strict_yaml import read_yaml
from ipdmediation.data.variables import variables_from_config
from ipdmediation.plumbing.settings import reading
from ipdmediation.plumbing.study_check import check_stated
from ipdmediation.plumbing.study_files import read_study
from ipdmediation.synthetic.raw_files import write_raw_trial
from tests.unit.data.drafting.conftest import AROUND, ROOT, Draft, drafted
from tests.unit.synthetic.conftest import CONFIG, PARAMETERS, TRIALS, VARIABLES, simulate

TEMPLATE = ROOT / "config/examples/template"
DECIDED = {
    "north": {"{F: 0, M: 1}": "{F: 1, M: 0}"},
    "south": {
        "{1: control, 2: treated}": "{1: treated, 2: control}",
        "sex: {absent: true}": "sex: {column: FEMALE}",
    },
    "east": {
        "{A: control, B: treated}": "{A: treated, B: control}",
        "{female: 0, male: 1}": "{female: 1, male: 0}",
        "time: {absent: true}": "time: {from: onset, to: randomised}",
        "volume: {absent: true}": "volume: {column: lesion}",
        "score: {absent: true}": "score: {column: recovery, "
        "codes: {well: 0, mild: 1, moderate: 2, severe: 3, dead: 4}}",
    },
}
RENAMED = {"female": "sex", "delay": "time", "lesion": "volume", "recovery": "score"}


def pooled(config: Path) -> pd.DataFrame:
    """Harmonise and pool the trials of a study that has no problem."""
    study, problems = check_stated(read_study([config]), surroundings=AROUND)
    assert problems == []
    assert study is not None
    variables = variables_from_config(study.config["variables"])
    frames = []
    for trial, mapping in study.mappings.items():
        source, declared = mapping["source"], TrialMapping.from_mapping(reading(mapping))
        paths = [entry["file"] for entry in joined_files(source).values() or [source]]
        harmonised = harmonise_trial(
            read_source(paths, source, declared),
            mapping=declared,
            trial=trial,
            variables=variables,
            file=named_files(paths, source),
        )
        frames.append(harmonised.frame)
    return pool_trials(frames, variables=variables)


def without_questions(folder: Path) -> None:
    for path in folder.glob("*.yaml"):
        kept = [line for line in path.read_text().splitlines() if not line.strip().startswith("# DECIDE: ")]
        path.write_text("\n".join(kept) + "\n")


def test_the_template_s_files(folder: Path) -> None:
    files = [TEMPLATE / "data" / name for name in ("north.csv", "south.csv", "east.tsv")]
    draft = drafted(folder / "study", *files)
    assert draft.problems
    assert all(problem.text.startswith("to be decided: ") for problem in draft.problems)
    assert draft["config"]["analyses"]["primary"]["mediator"]["variable"] == "volume"
    assert draft["config"]["analyses"]["primary"]["outcome"]["variable"] == "score"
    for trial, decisions in DECIDED.items():
        path = folder / f"study/{trial}.yaml"
        text = path.read_text()
        for drafted_so, decided_so in decisions.items():
            assert text.count(drafted_so) == 1, drafted_so
            text = text.replace(drafted_so, decided_so)
        path.write_text(text)
    without_questions(folder / "study")
    found, wanted = pooled(folder / "study/config.yaml"), pooled(TEMPLATE / "config.yaml")
    wanted = wanted.rename(columns=RENAMED)
    pd.testing.assert_frame_equal(found[list(wanted)], wanted)


@pytest.fixture(scope="module")
def raw_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The synthetic trials' files, one in each format."""
    folder = tmp_path_factory.mktemp("raw")
    files = {}
    for trial, frame in simulate().items():
        mapping = read_yaml(ROOT / CONFIG["trials"][trial])
        path = files[trial] = folder / Path(mapping["source"]["file"]).name
        write_raw_trial(
            frame,
            path,
            mapping=mapping,
            variables=VARIABLES,
            layout=PARAMETERS["raw"][trial],
            notice=PARAMETERS["notice"],
            rng=np.random.default_rng(7),
        )
    return files


def columns_of(mapping: dict[str, Any]) -> tuple[str, str]:
    return mapping["patient"]["column"], mapping["treatment"]["column"]


@pytest.mark.parametrize("trial", TRIALS)
def test_a_synthetic_trial_of_any_format(folder: Path, trial: str, raw_files: dict[str, Path]) -> None:
    draft = drafted(folder / "study", raw_files[trial])
    for problem in draft.problems:
        assert problem.text.startswith("to be decided: "), problem
    own = read_yaml(ROOT / CONFIG["trials"][trial])
    found = draft[trial]
    assert columns_of(found) == columns_of(own)
    assert set(found["treatment"]["codes"]) == set(own["treatment"]["codes"])
    assert found["source"]["format"] == own["source"]["format"]
    stated = {key: value for key, value in own["source"].get("options", {}).items() if key != "sheet"}
    usual = {"separator": "\t"} if own["source"]["format"] == "tsv" else {}
    assert usual | found["source"].get("options", {}) == stated
    primary = draft["config"]["analyses"]["primary"]
    analysed = {found["variables"][primary[role]["variable"]]["column"] for role in ("mediator", "outcome")}
    assert own["variables"]["fiv"]["column"] in analysed
    assert own["variables"]["mrs"]["column"] in analysed
    unit = draft["config"]["variables"][primary["mediator"]["variable"]].get("unit")
    assert unit == own["variables"]["fiv"].get("unit", "mL")  # of FUVOLCC its label says so
    without_questions(folder / "study")
    if any("more codes that fewer than 5 patients have" in said for said in draft.questions(trial)):
        with pytest.raises(MappingError, match="codes without a mapping"):  # the run names them
            pooled(folder / "study/config.yaml")
    else:
        rows = pooled(folder / "study/config.yaml")
        assert len(rows) == len(read_raw(raw_files[trial], **as_it_is_written(own)))


def as_it_is_written(mapping: dict[str, Any]) -> dict[str, Any]:
    return {"file_format": mapping["source"]["format"], "options": mapping["source"].get("options")}


def test_all_synthetic_trials_together(folder: Path, raw_files: dict[str, Path]) -> None:
    draft: Draft = drafted(folder / "study", *raw_files.values())
    for problem in draft.problems:
        assert problem.text.startswith("to be decided: "), problem
    assert re.search(r"^  #   mr_clean: .*BEROERTE_TIJD", draft.texts["config.yaml"], re.MULTILINE)
    without_questions(folder / "study")
    assert check_stated(read_study([folder / "study/config.yaml"]), surroundings=AROUND)[1] == []

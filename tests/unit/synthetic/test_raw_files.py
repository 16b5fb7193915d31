"""Raw files of the synthetic trials are read back as what was simulated, always with the same bytes."""

from __future__ import annotations

import copy
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from ipdmediation.data.harmonise import harmonise_trial
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.reading import read_raw
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import Variable
from ipdmediation.synthetic.errors import SyntheticDataError
from ipdmediation.synthetic.raw_files import write_raw_trial
from ipdmediation.synthetic.writers import WRITERS
from tests.unit.synthetic.conftest import CONFIG, PARAMETERS, ROOT, TRIALS, VARIABLES
from tests.yaml_files import read_yaml

MAPPINGS: dict[str, dict[str, Any]] = {
    trial: read_yaml(ROOT / path) for trial, path in CONFIG["trials"].items()
}


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
        assert sorted(formats) == sorted(WRITERS)

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
            (("variables", "female", "derive"), "sex == 'F'", "female is derived, and no column can be made"),
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
        if path[-1] in ("constant", "derive"):
            del mapping["variables"]["female"]["column"]
        frame = frames["piste"]
        if path[-1] == "codes":
            frame = frame.assign(imaging_modality="mri")
        with pytest.raises(SyntheticDataError, match=message):
            write(frame, tmp_path, mapping=mapping)

"""Several files joined for one trial: each row goes to its own patient, and none is lost or invented."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ipdmediation.data import sources
from ipdmediation.data.errors import JoiningWarning, MappingError
from ipdmediation.data.harmonise import harmonise_trial
from ipdmediation.data.joined_columns import joined_files
from ipdmediation.data.json_schema import schema_faults
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.mapping_references import mapping_faults
from ipdmediation.data.reading import RawTable
from ipdmediation.data.reading.registry import read_raw
from ipdmediation.data.references import Study
from ipdmediation.data.variables import variables_from_config
from ipdmediation.plumbing.settings import ordered, reading
from ipdmediation.plumbing.trial_files import equal_source_faults
from tests.unit.data.joined_study import (
    MAPPING,
    SCHEMA,
    TABLES,
    VARIABLES,
    changed,
    column,
    faults,
    harmonised,
    stated,
    written,
)

pytestmark = pytest.mark.filterwarnings("ignore::ipdmediation.data.errors.JoiningWarning")


class TestWhatIsJoined:
    def test_each_variable_is_that_of_its_own_file_and_patient(self, tmp_path: Path) -> None:
        result = harmonised(stated(), written(tmp_path))
        assert column(result, "patient") == ["1", "2", "3", "4"]
        assert column(result, "treatment") == [1, 0, 1, 0]
        assert column(result, "age") == [61, 70, 55, 48]
        assert column(result, "volume") == [30, None, None, 12.5]
        assert column(result, "delay") == [4, 1, None, 2.5]
        assert column(result, "marker") == [1.5, 2.5, 3.5, 4.5]
        assert column(result, "mrs") == [1, None, 3, None]
        expected = [
            weight / (height / 100) ** 2 for weight, height in ((80, 180), (72, 160), (91, 170), (60, 150))
        ]
        assert column(result, "bmi") == pytest.approx(expected)

    def test_who_is_in_no_other_file_and_whose_rows_are_of_nobody_is_counted(self, tmp_path: Path) -> None:
        with pytest.warns(
            JoiningWarning, match=r"imaging/PATIENT.*1 row \(line 5 of imaging\) holds no id of"
        ):
            quality = harmonised(stated(), written(tmp_path)).quality
        counts = quality[quality["variable"] == "patient"].set_index(["trial", "column"])[["n", "missing"]]
        assert {key: tuple(row) for key, row in counts.iterrows()} == {
            ("four", "imaging/PATIENT"): (4, 1),
            ("four", "lab/SUBJID"): (4, 0),
            ("four", "outcome/SUBJID"): (4, 1),
            ("excluded", "imaging/PATIENT"): (1, 0),
        }
        coded = quality[quality["variable"] == "volume"].iloc[0]
        assert (coded["missing"], coded["missing_coded"]) == (2, 1)

    def test_the_order_of_rows_and_of_the_other_files_changes_nothing(self, tmp_path: Path) -> None:
        before = harmonised(stated(), written(tmp_path))
        turned = {name: [rows[0], *rows[:0:-1]] for name, rows in TABLES.items() if name != "base"}
        mapping = stated()
        files = mapping["source"]["files"]
        mapping["source"]["files"] = {name: files[name] for name in ("base", "lab", "outcome", "imaging")}
        after = harmonised(mapping, written(tmp_path, **turned))
        pd.testing.assert_frame_equal(before.frame, after.frame)
        pd.testing.assert_frame_equal(before.quality, after.quality)

    def test_the_first_file_says_who_the_patients_are(self, tmp_path: Path) -> None:
        mapping = stated()
        files = mapping["source"]["files"]
        mapping["source"]["files"] = {name: files[name] for name in ("imaging", "base", "lab", "outcome")}
        result = harmonised(mapping, written(tmp_path, imaging=TABLES["imaging"][:4]))
        assert column(result, "patient") == ["4", "2", "1"]
        assert column(result, "age") == [48, 70, 61]

    def test_two_sheets_of_one_workbook_are_two_files(self, tmp_path: Path) -> None:
        folder = written(tmp_path)
        import openpyxl

        book = openpyxl.load_workbook(folder / "lab.xlsx")
        sheet = book.create_sheet("weights")
        for row in (["ID", "KILOS"], ["1", 81], ["2", 73]):
            sheet.append(row)
        book.save(folder / "lab.xlsx")
        files = {
            "more": {"file": "lab.xlsx", "format": "excel", "options": {"sheet": "weights"}, "key": "ID"}
        }
        result = harmonised(stated(**files, marker={"column": "more/KILOS"}), folder)
        assert column(result, "marker") == [81, 73, None, None]

    def test_a_file_may_have_visits_with_codes_and_the_first_one_may(self, tmp_path: Path) -> None:
        base = [TABLES["base"][0], *(row for row in TABLES["base"][1:] for _ in range(2))]
        mapping = stated(base={"visits": {}}, age={"column": "base/AGE", "at": "first"})
        result = harmonised(mapping, written(tmp_path, base=base))
        assert column(result, "patient") == ["1", "2", "3", "4"]
        assert column(result, "bmi")[0] == pytest.approx(80 / 1.8**2)
        assert column(result, "volume") == [30, None, None, 12.5]

    def test_an_expression_may_use_a_visit_and_what_a_patient_has_once(self, tmp_path: Path) -> None:
        derived = {"derive": "`outcome/MRS` + `base/AGE`", "at": {"day": 90, "from": 60, "to": 120}}
        result = harmonised(stated(marker=derived), written(tmp_path))
        assert column(result, "marker") == [62, None, 58, None]
        either = {"derive": "first_known(`outcome/MRS`, 9)", "at": "smallest"}
        assert column(harmonised(stated(marker=either), tmp_path), "marker") == [1, 9, 3, 0]

    def test_several_trials_may_be_in_joined_files(self, tmp_path: Path) -> None:
        mapping = stated()
        del mapping["label"]
        codes = {1: {"id": "north", "label": "North"}, 2: {"id": "south", "label": "South"}, 9: "excluded"}
        mapping["trial"] = {"column": "base/STUDY", "codes": codes}
        base = [
            [*row, study] for row, study in zip(TABLES["base"], ["STUDY", "1", "2", "9", "1"], strict=True)
        ]
        result = harmonised(mapping, written(tmp_path, base=base))
        assert result.frame[["trial", "patient"]].to_numpy().tolist() == [
            ["north", "1"],
            ["south", "2"],
            ["north", "4"],
        ]
        patients = result.quality[result.quality["variable"] == "patient"]
        counted = patients.set_index(["trial", "column"])["n"].to_dict()
        assert counted["north", "imaging/PATIENT"] == 2
        # the row of the trial that is not pooled is nobody's and no stranger's
        assert counted["excluded", "imaging/PATIENT"] == 1
        assert ("excluded", "outcome/SUBJID") not in counted
        assert ("excluded", "lab/SUBJID") not in counted

    def test_ids_are_text_but_a_number_is_that_number(self, tmp_path: Path) -> None:
        lab = [TABLES["lab"][0], *([int(row[0]), *row[1:]] for row in TABLES["lab"][1:])]
        assert column(harmonised(stated(), written(tmp_path, lab=lab)), "marker") == [1.5, 2.5, 3.5, 4.5]

    def test_the_column_of_the_patient_may_name_the_first_file(self, tmp_path: Path) -> None:
        mapping = stated(patient={"column": "base/SUBJID"})
        assert column(harmonised(mapping, written(tmp_path)), "mrs") == [1, None, 3, None]

    def test_a_column_s_own_name_may_have_a_slash(self, tmp_path: Path) -> None:
        result = harmonised(
            stated(marker={"column": "lab/mg/dL"}, bmi={"absent": True}),
            written(tmp_path, **changed("lab", 0, 2, "mg/dL")),
        )
        assert column(result, "marker") == [1.5, 2.5, 3.5, 4.5]

    def test_what_stands_in_rows_of_nobody_does_no_harm(self, tmp_path: Path) -> None:
        assert (
            column(harmonised(stated(), written(tmp_path, **changed("imaging", 4, 1, "?"))), "volume")[0]
            == 30
        )


def test_each_file_is_read_once_whatever_asks_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counting(path: str, **options: Any) -> RawTable:
        read.append(Path(path).name)
        return read_raw(path, **options)

    monkeypatch.setattr(sources, "read_raw", counting)
    harmonised(stated(), written(tmp_path))
    assert sorted(read) == ["base.csv", "imaging.csv", "lab.xlsx", "outcome.csv"]
    read.clear()
    mapping = TrialMapping.from_mapping(
        {
            "source": {"file": "base.csv", "format": "csv"},
            "patient": {"column": "SUBJID"},
            "treatment": {"column": "ARM", "codes": {"A": "treated"}},
            "variables": {f"v{number}": {"column": "AGE"} for number in range(10)},
        }
    )
    sources.read_source([tmp_path / "base.csv"], {"file": "base.csv", "format": "csv"}, mapping)
    assert read == ["base.csv"]


def test_the_settings_of_a_job_keep_which_file_is_the_first() -> None:
    mapping = stated()
    files = mapping["source"]["files"]
    mapping["source"]["files"] = {name: files[name] for name in ("outcome", "base", "imaging", "lab")}
    declared = TrialMapping.from_mapping(ordered(reading(mapping)))
    assert [file.name for file in declared.files] == ["outcome", "base", "imaging", "lab"]
    assert declared == TrialMapping.from_mapping(mapping)
    assert "base.csv" not in str(reading(mapping))
    assert ordered(reading(stated())) != ordered(reading(mapping))


def test_two_trials_may_share_a_file_that_is_not_the_first(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "south.csv").write_text((folder / "base.csv").read_text().replace("61", "62"))
    north, south = stated(), stated(base={"file": "south.csv"})
    assert [faults(mapping, folder) for mapping in (north, south)] == [[], []]
    both = {"north": north["source"], "south": south["source"]}
    assert list(equal_source_faults(both)) == []
    (folder / "south.csv").write_bytes((folder / "base.csv").read_bytes())
    ((trial, fault),) = equal_source_faults(both)
    assert trial == "south"
    assert fault.place == ("source", "files", "base")
    assert "a copy of the file of 'north': its patients would count twice" in fault.text


IDS = st.lists(st.sampled_from([f"p{number}" for number in range(12)]), unique=True, max_size=12)

VISITS = st.lists(st.sampled_from([f"p{number}" for number in range(12)]), max_size=20)


@settings(max_examples=80, deadline=None)
@given(first=IDS.filter(bool), second=IDS, third=VISITS, data=st.data())
def test_no_patient_is_lost_or_invented(
    first: list[str], second: list[str], third: list[str], data: Any
) -> None:
    """Rows in are patients out, or rows that are counted; each value is that of its own patient."""
    values = {name: data.draw(st.integers(0, 9)) for name in {*first, *second}}
    days = [data.draw(st.integers(0, 3)) for _ in third]
    tables = {
        "a": pd.DataFrame({"a/ID": first, "a/ARM": ["T"] * len(first)}, dtype=object),
        "b": pd.DataFrame({"b/KEY": second, "b/X": [values[name] for name in second]}, dtype=object),
        "c": pd.DataFrame({"c/ID": third, "c/DAY": days, "c/Y": days}, dtype=object),
    }
    mapping = TrialMapping.from_mapping(
        {
            "source": {
                "files": {
                    "a": {"format": "csv"},
                    "b": {"format": "csv", "key": "KEY"},
                    "c": {"format": "csv", "visits": {"day": "DAY"}},
                }
            },
            "patient": {"column": "ID"},
            "treatment": {"column": "a/ARM", "codes": {"T": "treated", "C": "control"}},
            "variables": {
                "marker": {"column": "b/X"},
                "bmi": {"derive": "`b/X` + 10"},
                "age": {"constant": 20},
                "delay": {"column": "c/Y", "at": "last"},
                "volume": {"column": "c/Y", "at": "largest"},
                "mrs": {"absent": True},
            },
        }
    )
    source = {name: RawTable.of_rows(frame) for name, frame in tables.items()}
    source = {name: RawTable(frame=table.frame, rows=table.rows, file=name) for name, table in source.items()}
    refused = ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = harmonise_trial(source, mapping=mapping, trial="t", variables=VARIABLES, file="t")
        except MappingError as error:
            refused = str(error)
    if refused:
        assert not set(first) & set(second) or not set(first) & set(third)
        assert "no patient has a row" in refused or "no row has a day" in refused
        return
    assert result.frame["patient"].tolist() == first
    last = {name: day for _, name, day in sorted(zip(days, third, days, strict=True), key=lambda row: row[0])}
    for patient, marker, score, worst in result.frame[["patient", "marker", "delay", "volume"]].to_numpy():
        assert (values[patient] if patient in second else None) == (None if np.isnan(marker) else marker)
        assert last.get(patient) == (None if np.isnan(score) else score)
        assert last.get(patient) == (None if np.isnan(worst) else worst)
    counts = result.quality[result.quality["variable"] == "patient"].set_index(["trial", "column"])
    for name, ids in (("b/KEY", second), ("c/ID", third)):
        found = counts.loc[("t", name)]
        assert found["n"] - found["missing"] == len(set(first) & set(ids))
        strangers = counts["n"].get(("excluded", name), 0)
        assert strangers == sum(patient not in first for patient in ids)


def test_the_example_of_the_documentation_is_read_as_it_says(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "config/README.md").read_text(encoding="utf-8")
    (example,) = (
        block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "  files:\n" in block
    )
    mapping: dict[str, Any] = {"label": "Example", "missing": [], **yaml.safe_load(example)}
    units = {"volume": "mL", "growth": "mL"}
    declared: dict[str, Any] = {
        name: {"type": "continuous", "label": name, "unit": units.get(name, "year")}
        for name in mapping["variables"]
    }
    declared["mrs"] = {"type": "ordinal", "label": "mRS", "levels": {0: "0", 1: "1", 2: "2"}}
    study = Study(config={"variables": declared}, declared=tuple(declared), trials=("example",))
    assert schema_faults(mapping, SCHEMA) == []
    assert list(mapping_faults(mapping, study)) == []

    folder = tmp_path / "data"
    folder.mkdir()
    main = pd.DataFrame({"SUBJID": ["a", "b"], "ARM": [1, 2], "AGE": [60, 70], "CORE": [5, 6]})
    main.to_excel(folder / "trial.xlsx", sheet_name="Demographics", index=False)
    pd.DataFrame({"PATIENT": ["b", "c"], "VOLUME": [1.5, 9.0]}).to_stata(
        folder / "scans.dta", write_index=False
    )
    (folder / "visits.csv").write_text("ID,DAY,MRS\na,30,2\na,91,1\nb,10,0\n")
    read = ordered(reading(mapping))
    trial = TrialMapping.from_mapping(read)
    paths = [tmp_path / entry["file"] for entry in joined_files(mapping["source"]).values()]
    result = harmonise_trial(
        sources.read_source(paths, read["source"], trial),
        mapping=trial,
        trial="example",
        variables=variables_from_config(declared),
        file="example",
    )
    assert column(result, "patient") == ["a", "b"]
    assert column(result, "volume") == [None, 15]
    assert column(result, "growth") == [None, 9]
    assert column(result, "mrs") == [1, None]


def test_the_mapping_of_the_tests_is_one_that_is_allowed(tmp_path: Path) -> None:
    assert faults(stated(), written(tmp_path)) == []
    assert stated() == MAPPING

"""What files say of their columns and codes stands beside the cells, which stay codes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from ipdmediation.data.reading import read_raw
from ipdmediation.data.reading.column_labels import ColumnLabels

TABLE = pd.DataFrame({"arm": [1, 2, 1], "site": ["x", "y", "x"], "crp": [1.5, 2.5, 3.5]})
LABELS = {"arm": "Treatment\nas randomised", "crp": "C-reactive protein (mg/L)"}


@pytest.mark.parametrize("file_format", ["spss", "stata", "sas_xport", "spss_por"])
def test_labels_are_those_of_the_file_and_its_cells_are_codes(tmp_path: Path, file_format: str) -> None:
    path, codes = str(tmp_path / "a.raw"), {"arm": {1: "New", 2: "Usual"}}
    if file_format == "spss":
        coded = codes | {"site": {"x": "Xanten"}}
        pyreadstat.write_sav(TABLE, path, column_labels=LABELS, variable_value_labels=coded)
        wanted = {
            "arm": ColumnLabels(label=LABELS["arm"], codes=codes["arm"]),
            "site": ColumnLabels(codes={"x": "Xanten"}),
        }
    elif file_format == "stata":
        pyreadstat.write_dta(TABLE, path, column_labels=LABELS, variable_value_labels=codes)
        wanted = {"arm": ColumnLabels(label=LABELS["arm"], codes=codes["arm"]), "site": ColumnLabels()}
    elif file_format == "sas_xport":
        pyreadstat.write_xport(TABLE, path, column_labels=LABELS)
        wanted = {"arm": ColumnLabels(label=LABELS["arm"]), "site": ColumnLabels()}
    else:
        pyreadstat.write_por(TABLE.rename(columns=str.upper), path)
        wanted = {"ARM": ColumnLabels(), "SITE": ColumnLabels()}
    asked_for = dict.fromkeys(wanted, "a test")
    raw = read_raw(path, file_format=file_format, columns=asked_for)
    assert raw.labels == wanted
    assert [list(raw[column]) for column in wanted] == [[1, 2, 1], ["x", "y", "x"]]


def test_a_column_s_labels_are_under_its_name_as_it_is_read(tmp_path: Path) -> None:
    """Where the mapping's name is only seen as the file's."""
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(
        TABLE.set_axis(["arm", "e\u0301", "crp"], axis=1), str(path), column_labels={"e\u0301": "E"}
    )
    assert read_raw(path, file_format="spss", columns={"\u00e9": "a test"}).labels == {
        "\u00e9": ColumnLabels(label="E")
    }


def test_other_formats_say_nothing(tmp_path: Path) -> None:
    TABLE.to_csv(tmp_path / "a.csv", index=False)
    assert read_raw(tmp_path / "a.csv", file_format="csv").labels == {}

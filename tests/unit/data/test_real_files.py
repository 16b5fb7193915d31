"""Files that SAS, SPSS and Stata wrote themselves hold the same irises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.harmonise import harmonise_trial
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.reading import read_raw
from ipdmediation.data.variables import variables_from_config

IRISES = Path(__file__).parent / "iris"
PARTS = ("sepal_length", "sepal_width", "petal_length", "petal_width")
VARIABLES = variables_from_config(
    {part: {"type": "continuous", "label": part, "unit": "cm", "minimum": 0, "maximum": 9} for part in PARTS}
)
#: How each program names the columns, and what it wrote for setosa, versicolor and virginica.
FILES: dict[str, tuple[str, str, list[Any]]] = {
    "stata": ("iris.dta", "{first}{second}", ["setosa", "versicolor", "virginica"]),
    "sas7bdat": ("iris.sas7bdat", "{First}_{Second}", ["setosa", "versic", "virgin"]),
    "spss": ("iris.sav", "{First}.{Second}", [1, 2, 3]),
}


def column(pattern: str, part: str) -> str:
    first, second = part.split("_")
    return pattern.format(first=first, second=second, First=first.title(), Second=second.title())


def harmonised(file_format: str) -> pd.DataFrame:
    file, pattern, species = FILES[file_format]
    mapping = TrialMapping.from_mapping(
        {
            "source": {"file": file, "format": file_format},
            "patient": {"row_number": True},
            "treatment": {
                "column": "species" if file_format == "stata" else "Species",
                "codes": dict(zip(species, ["control", "treated", "excluded"], strict=True)),
            },
            "variables": {part: {"column": column(pattern, part), "unit": "mm"} for part in PARTS},
        }
    )
    raw = read_raw(IRISES / file, file_format=file_format, columns=mapping.columns)
    return harmonise_trial(raw, mapping=mapping, trial="iris", variables=VARIABLES, file=file).frame


@pytest.mark.parametrize("file_format", FILES)
def test_each_has_fishers_means(file_format: str) -> None:
    """Of R's `aggregate(. ~ Species, iris, mean)`."""
    frame = harmonised(file_format)
    means = frame.groupby("treatment")[list(PARTS)].mean() * 10
    np.testing.assert_allclose(means.loc[0], [5.006, 3.428, 1.462, 0.246], rtol=1e-12)
    np.testing.assert_allclose(means.loc[1], [5.936, 2.770, 4.260, 1.326], rtol=1e-12)
    assert frame["treatment"].value_counts().to_dict() == {0: 50, 1: 50}


def test_all_are_the_same_to_the_last_digit() -> None:
    """Stata's file holds single precision: its numbers are those that were typed."""
    stata, sas, spss = map(harmonised, FILES)
    pd.testing.assert_frame_equal(stata, sas, check_exact=True)
    pd.testing.assert_frame_equal(spss, sas, check_exact=True)

"""Real files that installed packages ship: each is read, or refused with a reason."""

from __future__ import annotations

import sysconfig
import warnings
from collections import Counter
from pathlib import Path

import pytest

from ipdmediation.data.errors import DataError
from ipdmediation.data.reading import FORMATS, read_raw

#: Endings to the format that they say.
ENDINGS = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".tsv": "tsv",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xls": "xls",
    ".xlsb": "xlsb",
    ".ods": "ods",
    ".dta": "stata",
    ".sav": "spss",
    ".zsav": "spss",
    ".por": "spss_por",
    ".sas7bdat": "sas7bdat",
    ".xpt": "sas_xport",
    ".parquet": "parquet",
    ".feather": "feather",
}
LIBRARY = Path(sysconfig.get_paths()["purelib"])
SHIPPED = sorted(path for path in LIBRARY.rglob("*") if path.name[path.name.find(".") :].lower() in ENDINGS)
#: Of these several hundred files, so many at least have to be read: nothing is refused out of hand.
MOSTLY = 0.5


def outcome(path: Path, file_format: str) -> str:
    """Read a file; give `read`, or the reason why it is refused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = read_raw(path, file_format=file_format)
    except DataError as error:
        said = str(error)
        assert said.startswith(f"{path}: "), said
        assert said.removeprefix(f"{path}: ").strip()
        return "refused"
    assert len(table) == len(table.rows) > 0
    assert len(set(table.columns)) == len(table.columns)
    return "read"


def test_every_format_has_an_ending() -> None:
    assert set(ENDINGS.values()) == set(FORMATS)


def test_each_shipped_file_is_read_or_refused_with_a_reason() -> None:
    assert SHIPPED  # statsmodels alone ships some
    found = Counter(outcome(path, ENDINGS[path.name[path.name.find(".") :].lower()]) for path in SHIPPED)
    assert found["read"] >= MOSTLY * found.total(), found


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_file_under_any_other_format_is_read_or_refused_with_a_reason(file_format: str) -> None:
    """One file of each ending, and the package's own code, as every format."""
    first = {ENDINGS[path.name[path.name.find(".") :].lower()]: path for path in reversed(SHIPPED)}
    for path in [*first.values(), Path(__file__), LIBRARY / "numpy" / "__init__.py"]:
        outcome(path, file_format)

"""What a failed job says: its own words, and none that may quote a patient's row."""

from __future__ import annotations

import pandas as pd
import pytest

from ipdmediation.data.errors import MappingError
from ipdmediation.plumbing.failures import one_line, traced

ID = "Q-7301"


def failing(error: BaseException) -> BaseException:
    try:
        raise error
    except type(error) as caught:
        return caught


FOREIGN = [
    ValueError(f"could not convert string to float: {ID!r}"),
    KeyError(ID),
    TypeError(f"{ID} is no number"),
    UnicodeDecodeError("utf-8", ID.encode(), 0, 1, f"of {ID}"),
]


@pytest.mark.parametrize("error", FOREIGN, ids=lambda error: type(error).__name__)
def test_words_of_other_programs_are_withheld_where_there_are_patients_rows(error: Exception) -> None:
    caught = failing(error)
    assert ID not in one_line(caught, private=True)
    assert ID not in traced(caught, private=True)
    assert one_line(caught, private=True).startswith(f"{type(error).__name__} in test_failures.py, line ")
    assert ID in one_line(caught, private=False)
    assert ID in traced(caught, private=False)


def misfit() -> None:
    try:
        pd.Series([ID]).astype("float64")
    except ValueError as error:
        raise MappingError("a.csv: column 'AGE': row 3") from error


def test_an_error_of_our_own_is_said_and_what_it_came_from_is_not() -> None:
    with pytest.raises(MappingError) as caught:
        misfit()
    assert one_line(caught.value, private=True) == "a.csv: column 'AGE': row 3"
    said = traced(caught.value, private=True)
    assert ID not in said
    assert "ValueError: its words may quote" in said
    assert said.endswith("MappingError: a.csv: column 'AGE': row 3\n")


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), MemoryError("1 GiB"), ImportError("no module")]
)
def test_what_the_machine_says_is_no_patient_s(error: Exception) -> None:
    assert str(error) in one_line(error, private=True)
    assert str(error) in traced(failing(error), private=True)

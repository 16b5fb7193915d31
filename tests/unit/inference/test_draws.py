"""Draws of several files are those of replicates 0 to B - 1, once each."""

import pandas as pd
import pytest

from ipdmediation.inference.draws import DrawsError, join_draws


def chunk(*replicates: int) -> pd.DataFrame:
    return pd.DataFrame({"replicate": replicates, "pm": [10.0 * each for each in replicates]})


def test_chunks_in_any_order_make_one_table_without_what_is_not_wanted() -> None:
    joined = join_draws([chunk(2, 3), chunk(0, 1)], replicates=3)
    assert joined["replicate"].tolist() == [0, 1, 2]
    assert joined["pm"].tolist() == [0.0, 10.0, 20.0]


@pytest.mark.parametrize(
    ("chunks", "replicates", "said"),
    [
        ([chunk(0, 1), chunk(3)], 4, "replicates 2 are missing"),
        ([chunk(0, 1)], 4, "replicates 2, 3 are missing"),
        ([chunk(1)], 2, "replicates 0 are missing"),
        ([chunk(0, 1), chunk(1, 2)], 3, "replicates 1 are there more than once"),
    ],
)
def test_replicates_that_are_not_there_once_are_one_line(
    chunks: list[pd.DataFrame], replicates: int, said: str
) -> None:
    with pytest.raises(DrawsError, match=f"{said}; delete their files and run again"):
        join_draws(chunks, replicates=replicates)

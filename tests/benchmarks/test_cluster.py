"""The arithmetic of the table of what a bootstrap costs on a cluster."""

import pandas as pd
import pytest

from tests.benchmarks.cluster import chunk_seconds, makespan, table


def test_each_job_starts_on_the_core_that_is_free_first():
    assert makespan([3, 1, 1, 4], 2) == 6
    assert makespan([3, 1, 1, 4], 1) == 9
    assert makespan([3, 1, 1, 4], 10) == 4


def test_chunks_in_one_job_share_its_overhead():
    found = table([60.0] * 4, cores=[1, 2], together=[1, 2], overhead=6)
    assert found["jobs"].tolist() == [4, 2]
    assert found["minutes per job"].tolist() == pytest.approx([1.1, 2.1])
    assert found["1 cores"].tolist() == pytest.approx([4.4, 4.2])
    assert found["2 cores"].tolist() == pytest.approx([2.2, 2.1])


def test_only_whole_chunks_of_the_size_that_is_asked_for_count(tmp_path):
    for analysis, chunk, seconds in [("a", "0-500", 4), ("a", "500-1000", 6), ("b", "0-20", 1)]:
        path = tmp_path / f"bootstrap_chunk/{analysis}/{chunk}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        pd.DataFrame({"s": [seconds]}).to_csv(path, sep="\t")
    assert chunk_seconds(tmp_path, 500) == {"a": 5}
    with pytest.raises(FileNotFoundError, match="no chunk of 30"):
        chunk_seconds(tmp_path, 30)

"""A step that joins files refuses one that something else made, in one line that names it and the way out."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pool_trials
from ipdmediation.plumbing.handed import check_inputs, expectation
from ipdmediation.plumbing.provenance import Provenance, ProvenanceError, content_hash, write

CHUNK = Provenance(
    step="bootstrap_chunk", settings="s", code="c", analysis="primary", seed=5, inputs={"imputed": "h"}
)
JOB = Provenance(step="estimate_effects", settings="t", code="d", analysis="primary", inputs={"imputed": "h"})


def chunk(folder: Path, start: int, stop: int, **changes: Any) -> str:
    path = folder / f"{start}-{stop}.parquet"
    pd.DataFrame({"replicate": range(start, stop)}).to_parquet(path)
    write(replace(CHUNK, **{"start": start, "stop": stop, **changes}), {"draws": str(path)})
    return str(path)


def check(paths: list[str], job: Provenance = JOB) -> None:
    check_inputs({"chunks": paths, "imputed": "x"}, expected={"chunks": expectation(CHUNK)}, job=job)


def test_chunks_of_one_making_that_follow_on_one_another_are_taken_in_any_order(tmp_path: Path) -> None:
    check([chunk(tmp_path, 0, 20), chunk(tmp_path, 40, 60), chunk(tmp_path, 20, 40)])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"analysis": "early"}, "analysis 'early', not 'primary'"),
        ({"seed": 6}, "seed 6, not 5"),
        ({"settings": "u"}, "other settings"),
        ({"code": "e"}, "other code"),
        ({"inputs": {"imputed": "g"}}, "another input: imputed"),
        ({"step": "fit_models"}, "step 'fit_models', not 'bootstrap_chunk'"),
    ],
)
def test_a_chunk_of_another_making_is_one_line(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    paths = [chunk(tmp_path, 0, 20), chunk(tmp_path, 20, 40, **change)]
    with pytest.raises(ProvenanceError) as error:
        check(paths)
    assert str(error.value) == f"{paths[1]}: not what it should be: {said}; delete the file and run again"


def test_a_chunk_that_is_there_twice_or_left_out_is_one_line(tmp_path: Path) -> None:
    first, third = chunk(tmp_path, 0, 20), chunk(tmp_path, 40, 60)
    with pytest.raises(ProvenanceError, match=r"40-60.parquet: replicates from 40 on, not from 20 on; "):
        check([first, third])
    copy = tmp_path / "20-40.parquet"
    copy.write_bytes(Path(first).read_bytes())
    with pytest.raises(ProvenanceError, match=r"replicates from 0 on, not from 20 on; delete"):
        check([first, str(copy)])


def test_a_chunk_without_provenance_or_with_other_rows_is_one_line(tmp_path: Path) -> None:
    plain = tmp_path / "plain.parquet"
    pd.DataFrame({"replicate": [0]}).to_parquet(plain)
    with pytest.raises(ProvenanceError, match=r"plain.parquet: nothing in it says what made it; delete"):
        check([str(plain)])
    path = Path(chunk(tmp_path, 0, 20))
    content = bytearray(path.read_bytes())
    content[10] ^= 1
    path.write_bytes(content)
    with pytest.raises(ProvenanceError, match=r"0-20.parquet: .*: changed since it was made; delete"):
        check([str(path)])


def test_what_the_job_is_not_made_of_is_not_compared(tmp_path: Path) -> None:
    check([chunk(tmp_path, 0, 20, inputs={"imputed": "g"})], job=replace(JOB, inputs={}))


def test_files_of_a_list_may_be_expected_one_by_one(tmp_path: Path) -> None:
    early = chunk(tmp_path, 0, 20, analysis="early")
    (tmp_path / "a.csv").write_text("")
    wanted = [None, expectation(replace(CHUNK, analysis="early"))]
    check_inputs({"all": [str(tmp_path / "a.csv"), early]}, expected={"all": wanted}, job=JOB)
    with pytest.raises(ProvenanceError, match=r"0-20\.parquet: .* analysis 'early', not 'primary'"):
        check_inputs({"all": [early]}, expected={"all": [expectation(CHUNK)]}, job=JOB)


def test_the_hash_of_the_rows_is_that_which_the_file_says(tmp_path: Path) -> None:
    path = chunk(tmp_path, 0, 20)
    assert content_hash(path) == content_hash(chunk(tmp_path, 0, 20, seed=9))


def test_a_harmonised_trial_in_the_place_of_another_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pd.DataFrame({"trial": ["b"], "patient": ["1"], "treatment": [0]}).to_parquet(path)
    with pytest.raises(ProvenanceError, match=r"a.parquet: rows of trial 'b', not of 'a'; delete the file"):
        pool_trials.main(
            trials=[str(path)], broken=[], ids=[["a"]], pooled=str(tmp_path / "pooled.parquet"), variables={}
        )

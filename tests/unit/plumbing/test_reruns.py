"""Results are held against what would be made now, by what they say themselves."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from ipdmediation.plumbing import provenance
from ipdmediation.plumbing.reruns import Comparison, Job, accept, checksum, named_files

PARAMS = {"code": "c", "seed": 1, "variables": {"age": "continuous"}}


@dataclass(frozen=True, eq=False)
class Made:
    """A job of a graph, with the names that Snakemake's has."""

    input: dict[str, Any]
    output: dict[str, Any]
    params: dict[str, Any] = field(default_factory=lambda: dict(PARAMS))
    wildcards_dict: dict[str, str] = field(default_factory=lambda: {"trial": "a"})
    rule: Any = None

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "rule", SimpleNamespace(script="../scripts/harmonise_trial.py", params=self.params)
        )

    def run(self) -> Made:
        made = provenance.of_job(
            "harmonise_trial",
            wildcards=self.wildcards_dict,
            params=self.params,
            inputs=provenance.hashes_of(self.input),
        )
        provenance.write(made, self.output)
        return self

    def now(self, **changes: Any) -> Job:
        parts = {"input": self.input, "output": self.output, "params": self.params}
        return Made(**{**parts, "wildcards_dict": self.wildcards_dict, **changes})


@pytest.fixture
def made(tmp_path: Path) -> Made:
    for name in ("raw.csv", "quality.csv"):
        (tmp_path / name).write_text(name)
    pd.DataFrame({"age": [20.0, 60.0]}).to_parquet(tmp_path / "harmonised.parquet")
    files = {"harmonised": "harmonised.parquet", "quality": "quality.csv", "provenance": "a.json"}
    return Made(
        input={"raw": str(tmp_path / "raw.csv")},
        output={name: str(tmp_path / file) for name, file in files.items()},
        params={**PARAMS, "ranges": {"age": {"minimum": 18.0, "maximum": 90.0}}},
    ).run()


def difference(job: Job) -> str:
    comparison = Comparison()
    said = comparison.difference(job)
    assert comparison.matches(job) == (said == "")
    return said


def test_what_would_be_made_now_is_kept(made: Made) -> None:
    assert difference(made.now()) == ""


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"seed": 2}, "seed 1, not 2; other settings"),
        ({"variables": {}}, "other settings"),
        ({"code": "d"}, "other code"),
        ({"ranges": {"age": {"maximum": 60.0}}}, ""),
        ({"ranges": {"age": {"maximum": 59.0}}}, "values outside the range: age"),
        ({"ranges": {}}, ""),
    ],
)
def test_another_setting_or_code_is_a_difference_and_a_range_where_a_value_is_outside(
    made: Made, params: dict[str, Any], said: str
) -> None:
    assert difference(made.now(params={**made.params, **params})) == said


def test_another_trial_s_file_is_a_difference(made: Made) -> None:
    assert difference(made.now(wildcards_dict={"trial": "b"})) == "trial 'a', not 'b'"


def test_the_content_of_inputs_counts_not_their_dates(made: Made) -> None:
    raw = Path(made.input["raw"])
    raw.touch()
    assert difference(made.now()) == ""
    raw.write_text("other")
    assert difference(made.now()) == "another input: raw"
    raw.unlink()  # made when a step needs it
    assert difference(made.now()) == ""


@pytest.mark.parametrize("name", ["harmonised", "quality"])
def test_a_file_that_was_edited_is_a_difference_one_that_is_not_there_is_none(made: Made, name: str) -> None:
    path = Path(made.output[name])
    path.write_bytes(path.read_bytes() + b" ")
    assert difference(made.now()) == f"changed since it was made: {name}"
    path.unlink()
    assert difference(made.now()) == ""


def test_files_of_which_nothing_says_what_made_them_are_made_again(made: Made) -> None:
    record = Path(made.output["provenance"])
    record.write_text(json.dumps({"step": "old"}))
    assert difference(made.now()) == "nothing says what made it"
    record.unlink()
    assert difference(made.now()) == "nothing says what made it"


def test_files_of_two_runs_are_made_again(tmp_path: Path) -> None:
    models = {name: str(tmp_path / f"{name}.json") for name in ("total", "outcome")}
    for path in models.values():
        Path(path).write_text("{}")
    job = Made(input={}, output=models).run()
    assert difference(job.now()) == ""
    old = Path(models["total"]).read_bytes()
    job.now(params={**PARAMS, "seed": 2}).run()  # type: ignore[attr-defined]
    Path(models["total"]).write_bytes(old)
    assert difference(job.now()) == "its files were not made together"


def test_nothing_is_said_of_what_is_not_there_or_not_ours(made: Made, tmp_path: Path) -> None:
    nowhere = {name: f"{path}.gone" for name, path in made.output.items()}
    foreign = made.now(params={})
    for job in (made.now(output=nowhere), foreign, made.now(output={"csv": made.output["quality"]})):
        comparison = Comparison()
        assert comparison.difference(job) == ""
        assert not comparison.matches(job)


def test_results_that_are_accepted_are_those_that_would_be_made_now(made: Made) -> None:
    job = made.now(params={**made.params, "code": "d"})
    accept(job, Comparison())
    assert difference(job) == ""
    assert difference(made.now()) == "other code"


@pytest.mark.parametrize("gone", ["harmonised", "quality"])
def test_results_of_which_one_is_gone_are_not_accepted(made: Made, gone: str) -> None:
    before = Path(made.output["provenance"]).read_bytes()
    Path(made.output[gone]).unlink()
    accept(made.now(params={**made.params, "code": "d"}), Comparison())
    assert Path(made.output["provenance"]).read_bytes() == before


def test_what_a_run_was_made_of_is_not_accepted_where_that_is_something_else(tmp_path: Path) -> None:
    (tmp_path / "effects.csv").write_text("1")
    (tmp_path / "run.json").write_text("{}")
    job = Made(
        input={"effects": [str(tmp_path / "effects.csv")]}, output={"recorded": str(tmp_path / "run.json")}
    ).run()
    accept(job.now(params={**PARAMS, "code": "d"}), Comparison())
    assert difference(job.now(params={**PARAMS, "code": "d"})) == ""
    (tmp_path / "effects.csv").write_text("2")
    accept(job.now(params={**PARAMS, "code": "d"}), Comparison())
    assert difference(job.now(params={**PARAMS, "code": "d"})) == "another input: effects"


def test_files_without_a_name_only_order_jobs(made: Made) -> None:
    assert named_files({"a": "x", "b": ["y", "z"]}) == {"a": "x", "b": ["y", "z"]}


def test_a_checksum_is_written_as_snakemake_does(made: Made) -> None:
    assert checksum(made.input["raw"]).startswith("sha256:")

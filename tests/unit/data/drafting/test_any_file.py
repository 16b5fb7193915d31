"""Whatever the files are, a draft is read back, names every column, and has no fault but open decisions."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ipdmediation.data.drafting.yaml_text import scalar
from ipdmediation.data.errors import DataError
from ipdmediation.data.reading.column_labels import ColumnLabels
from ipdmediation.data.reading.columns import plain_name
from ipdmediation.data.reading.registry import FORMATS
from tests.unit.data.drafting.conftest import Draft, drafted, written

NAMES = [
    "Pat: Nr",
    "a b",
    "it's",
    'say "x"',
    "yes",
    "No",
    "~",
    "null",
    "1e3",
    "007",
    "0x1F",
    "- a",
    "# DECIDE: x",
    "[a]",
    "{b}",
    "a, b",
    "Größe",
    "体重",
    "on",
    "2014-03-01",
    "Volume (mL)",
    "%",
    "treatment",
    "trial",
    "mediator",
    "patient",
    "imputation",
    "a\tb",
    "config",
    "x" * 300,
]


def columns_named(draft: Draft, trial: str) -> set[str]:
    text = draft.texts[f"{trial}.yaml"]
    return {line.split(": ")[0] for line in text.splitlines() if line.startswith("#   ")}


def check(draft: Draft, trial: str, columns: list[str]) -> None:
    for problem in draft.problems:
        assert problem.text.startswith("to be decided"), problem
    listed = draft.texts[f"{trial}.yaml"].split("# The columns of the file")[1]
    for column in columns:
        assert f"#   {scalar(plain_name(column))}: " in listed


def test_names_that_are_no_yaml_come_back(folder: Path) -> None:
    rng = np.random.default_rng(2)
    table = pd.DataFrame({name: rng.integers(0, 3 + 40 * (n % 2), 60) for n, name in enumerate(NAMES)})
    table.to_parquet(folder / "a.parquet")
    draft = drafted(folder / "study", folder / "a.parquet")
    check(draft, "a", NAMES)
    mapped = {entry.get("column") for entry in draft["a"]["variables"].values()}
    mapped |= {draft["a"][role].get("column") for role in ("patient", "treatment")}
    mapped |= {draft["a"].get("trial", {}).get("column")}
    assert set(NAMES) <= mapped


@pytest.mark.parametrize(
    "code", ["yes", "no", "on", " pad ", "~", "1e3", "007", "a: b", "#x", "ü", "'", '"', "true"]
)
def test_codes_that_are_no_yaml_come_back(folder: Path, code: str) -> None:
    table = pd.DataFrame(
        {"id": range(40), "arm": [code, "other"] * 20, "x": ["k", code] * 20, "y": range(40)}
    )
    table.to_parquet(folder / "a.parquet")
    draft = drafted(folder / "study", folder / "a.parquet")
    check(draft, "a", list(table))
    assert set(draft["a"]["treatment"]["codes"]) == {code.strip(), "other"}


def test_many_columns(folder: Path) -> None:
    rng = np.random.default_rng(3)
    table = pd.DataFrame(rng.normal(size=(30, 500)), columns=[f"v{n}" for n in range(500)])
    table["v0"], table["v1"] = range(30), ["A", "B"] * 15
    table.to_csv(folder / "a.csv", index=False)
    draft = drafted(folder / "study", folder / "a.csv")
    check(draft, "a", list(table))
    assert len(draft["config"]["variables"]) <= 500


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"id": range(9), "arm": [None] * 9, "x": [None] * 9}),
        pd.DataFrame({"a": [None, None], "b": [None, None]}),
        pd.DataFrame({"a": ["x"], "b": [1]}),
        pd.DataFrame({"a": ["x", "y"], "b": [1.5, 2.5]}),
        pd.DataFrame({"only": ["text", "words", "more"] * 9, "other": ["text", "words", "more"] * 9}),
        pd.DataFrame(
            {"study": ["a"] * 10 + ["b"] * 10, "id": [*range(10)] * 2, "trt": [0, 1] * 10, "y": range(20)}
        ),
        pd.DataFrame({"id": [1.0] * 10, "x": [float("inf")] * 10, "y": [True, False] * 5}),
        pd.DataFrame({"arm": ["1", "01", "1.0", "2"] * 8, "x": ["-9", "3", "4", "999"] * 8}),
        pd.DataFrame({"arm": [1, 2] * 9, "s": [-200, 3, 500] * 6, "z": [10**18, 5, 7] * 6}),
    ],
)
def test_frames_that_hardly_are_a_trial_s(folder: Path, table: pd.DataFrame) -> None:
    table.to_parquet(folder / "a.parquet")
    check(drafted(folder / "study", folder / "a.parquet"), "a", list(table))


def test_files_of_the_same_name_and_names_that_are_taken(folder: Path) -> None:
    paths = []
    for place, name in enumerate(
        ["config.csv", "all.csv", "Ü.csv", "u.csv", "2019.csv", "体.csv", "u.b.csv"]
    ):
        rows = "\n".join(f"{n},{'AB'[n % 2]},{n * place % 11}" for n in range(40))
        paths.append(written(folder / name, f"id,arm,y\n{rows}\n"))
    draft = drafted(folder / "study", *paths)
    assert len(draft.texts) == 8
    assert len(draft["config"]["trials"]) == 7
    for problem in draft.problems:
        assert problem.text.startswith("to be decided"), problem


CELLS = st.one_of(
    st.none(),
    st.sampled_from(
        ["A", "B", "yes", "no", "NA", ".", "-9", "999", "1e3", "007", "1,5", "2.5", "2020-01-01"]
    ),
    st.integers(-10, 10).map(str),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6),
)
COLUMN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=12)
LABELS = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(
        [
            "",
            " ",
            "\x07\x1b[31m",
            "two\nlines",
            "\u200b",
            "\u2028# DECIDE: x",
            "Treated",
            "Control",
            "Yes",
            "No",
            "Missing",
            "Age (years)",
            "(mg/L)",
            "Subject number",
            "Randomised arm",
            "Score [points] (x)",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
)
CODE_LABELS = st.one_of(st.sampled_from(["Missing", "Yes", "No", "Treated", "Control", "A", "a"]), LABELS)
Labels = Mapping[str, ColumnLabels]


def drafted_with(labels: Mapping[Path, Labels], folder: Path) -> Draft:
    """Draft a study from Parquet files as if these could say something of their columns."""
    plain = FORMATS["parquet"]

    def read(path: Path, **how: Any) -> Any:
        return replace(plain.read(path, **how), labels=labels[path])

    with mock.patch.dict(FORMATS, parquet=replace(plain, read=read)):
        return drafted(folder, *labels)


@st.composite
def frames(
    draw: Any, names: st.SearchStrategy[str], cells_of: st.SearchStrategy[str | None], most_rows: int = 30
) -> tuple[pd.DataFrame, Labels]:
    names = draw(st.lists(names, min_size=1, max_size=6, unique_by=str.strip))
    rows = draw(st.integers(most_rows // 30, most_rows))
    kinds = [draw(st.lists(cells_of, min_size=1, max_size=4)) for _ in names]
    names = [name.strip() or "blank" for name in names]
    cells = {
        name: list(itertools.islice(itertools.cycle(kind), rows))
        for name, kind in zip(names, kinds, strict=True)
    }
    labels = {
        plain_name(name): ColumnLabels(
            label=draw(LABELS),
            codes=draw(
                st.dictionaries(st.one_of(st.sampled_from(kind), st.floats()), CODE_LABELS, max_size=4)
            ),
        )
        for name, kind in zip(names, kinds, strict=True)
        if draw(st.booleans())
    }
    return pd.DataFrame(cells, dtype=object), labels


@pytest.mark.parametrize("label", ["word " * 60, "x" * 300, "a\x07\nb # DECIDE: c", '"', "[mL", "- {a: b}"])
def test_hostile_labels(folder: Path, label: str) -> None:
    rng = np.random.default_rng(4)
    table = pd.DataFrame({name: rng.integers(0, 3, 60) for name in ("arm", "x", "y", "z")})
    table["id"], table["v"] = range(60), rng.normal(size=60)
    table.to_parquet(folder / "a.parquet")
    labels = {name: ColumnLabels(label=label, codes={0: label, 1: label, 2: "z"}) for name in table}
    draft = drafted_with({folder / "a.parquet": labels}, folder / "study")
    check(draft, "a", list(table))


ANY = frames(st.one_of(COLUMN, st.sampled_from(NAMES)), CELLS)
#: Codes of the same columns, which one file may take for missing and another for a level.
CODED = frames(st.sampled_from(["arm", "x", "y", "score"]), st.integers(0, 4).map(str), most_rows=60)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.tuples(ANY, ANY), st.tuples(CODED, CODED)))
def test_a_draft_of_any_two_frames_is_read_back(
    tmp_path: Path, two: tuple[tuple[pd.DataFrame, Labels], tuple[pd.DataFrame, Labels]]
) -> None:
    one, other = two
    assume(not one[0].equals(other[0]))
    files = {tmp_path / "one.parquet": one, tmp_path / "other.parquet": other}
    for path, (table, _) in files.items():
        table.astype("string").to_parquet(path)
    try:
        draft = drafted_with({path: labels for path, (_, labels) in files.items()}, tmp_path / "study")
    except DataError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    for path, (table, _) in files.items():
        check(draft, path.stem, list(table))

from __future__ import annotations

import json
from pathlib import Path

from ipdmediation.data.errors import CohortWarning
from ipdmediation.data.notices import Noted, notice_lines, read_notices, write_notices
from ipdmediation.models.errors import FitWarning, SeparationWarning, SingularFitWarning

ONE, TWO = Noted("cohort", "one_arm_trial", 'trial "b", one arm'), Noted("bootstrap", "few", "39 only")


def test_a_kind_is_given_or_that_of_the_class() -> None:
    assert CohortWarning("x", kind="one_arm_trial").kind == "one_arm_trial"
    assert SeparationWarning("x").kind == "separation"
    assert SingularFitWarning("x").kind == "singular_fit"
    assert FitWarning("said so").args == ("said so",)


def test_a_table_is_read_as_it_was_written_each_notice_once(tmp_path: Path) -> None:
    write_notices(tmp_path / "cohort.csv", [ONE, TWO, ONE])
    assert read_notices(tmp_path / "cohort.csv") == [ONE, TWO]
    write_notices(tmp_path / "none.csv", [])
    assert (tmp_path / "none.csv").read_text() == "step,kind,message\n"
    assert read_notices(tmp_path / "none.csv") == []


def test_the_diagnostics_of_a_fit_have_its_warnings(tmp_path: Path) -> None:
    path = tmp_path / "outcome.json"
    path.write_text(json.dumps({"warnings": [{"kind": "separation", "message": "site[both]"}]}))
    assert read_notices(path) == [Noted("outcome model", "separation", "site[both]")]
    path.write_text(json.dumps({"warnings": ["SeparationWarning: of an older version"]}))
    assert read_notices(path) == []


def test_a_notice_of_several_analyses_is_one_line() -> None:
    assert notice_lines({"primary": [ONE, TWO], "early": [ONE, ONE], "late": []}) == [
        'cohort: trial "b", one arm (primary, early)',
        "bootstrap: 39 only (primary)",
    ]
    assert notice_lines({"primary": []}) == []

"""What is said of a study that is wrong: one list, each problem with file, line and place."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ipdmediation.data.problems import listing_of
from ipdmediation.plumbing.study_check import check_stated, check_study
from ipdmediation.plumbing.study_files import StatedStudy, read_study
from tests.unit.plumbing.checked_template import AROUND, checked, problems
from tests.unit.plumbing.slips import CONFIG, SLIPS, Slip
from tests.yaml_files import read_yaml


def edited(study: Path, slip: Slip) -> int:
    """Make an edit; return the first line that differs."""
    path = study / slip.file
    before = path.read_text()
    assert slip.old in before, slip
    after = before.replace(slip.old, slip.new, 1)
    path.write_text(after)
    both = zip(before.splitlines(), after.splitlines(), strict=False)
    return next(number for number, (old, new) in enumerate(both, start=1) if old != new)


def test_the_template_has_no_problem(study: Path) -> None:
    found, checked_study = checked()
    assert found == []
    assert checked_study is not None
    assert checked_study.config["trials"]["north"] == "study/north.yaml"
    assert checked_study.mappings["east"]["source"]["file"] == "study/data/east.tsv"
    assert checked_study.config["pathvars"] == {
        "results": "study/results",
        "logs": "study/results/logs",
        "benchmarks": "study/results/benchmarks",
    }


def test_there_are_a_hundred_slips() -> None:
    assert len(SLIPS) >= 100
    assert len({(slip.file, slip.old, slip.new) for slip in SLIPS}) == len(SLIPS)


@pytest.mark.parametrize("slip", SLIPS, ids=range(len(SLIPS)))
def test_a_slip_is_named_with_file_line_and_place(study: Path, slip: Slip) -> None:
    line = edited(study, slip)
    before = sorted(Path().rglob("*"))
    found = problems()
    wanted = f"  study/{slip.at or slip.file}:{slip.line or line}: "
    assert any(text.startswith(wanted) and slip.said in text for text in found), (wanted, slip.said, found)
    assert len(found) <= 10
    for text in found:
        assert re.match(r"  study/\w+\.yaml(:\d+)?: ", text)
        assert text.isprintable()
        assert len(text) < 700
    assert sorted(Path().rglob("*")) == before


def test_all_slips_at_once_are_one_list(study: Path) -> None:
    """Faults in one part do not hide those of another."""
    config = study / CONFIG
    text = config.read_text()
    for old, new in [
        ("seed: 1", "seed: 010"),
        ("label: Age, unit: year", "lable: Age, unit: year"),
        ("between: [null, 24]", "between: [24, 1]"),
        ("south: south.yaml", "south: nowhere.yaml"),
        ("label: Complete cases", "label: Complete cases\n    covariates: [ag]"),
        ("where: {step: 0}", "where: {step: 7}"),
        ("results: <study>/results", "results: ."),
    ]:
        assert old in text
        text = text.replace(old, new)
    config.write_text(text)
    north = study / "north.yaml"
    north.write_text(
        north.read_text().replace("{F: 1, M: 0}", "{F: 7, M: 0}").replace("column: hours", "colum: h")
    )
    east = study / "east.yaml"
    east.write_text(east.read_text().replace("{F: 1", "{F: 1").replace("well: 0", "well: 9"))
    assert [text.split(": ")[1] for text in problems()] == [
        "'010' is a number to YAML, and not the one that it looks like; write it in quotes where it is text, "
        "or as a plain decimal number",
        "seed",
        "pathvars.results",
        "trials.south",
        "variables.age",
        "variables.age.lable",
        "eligibility[entry 1].between",
        "analyses.complete_case.covariates",
        "published[entry 1].where.step",
        "variables.recovery.codes.well",
        "variables.delay",
        "variables.delay.colum",
    ]


def test_a_problem_names_the_file_in_which_the_value_stands(study: Path) -> None:
    (study / "more.yaml").write_text("analyses:\n  complete_case:\n    missing: {method: drop}\n")
    found = problems("study/config.yaml", "study/more.yaml", command_line={"seed": -3})
    assert found == [
        "  --config: seed: -3 is too small; allowed: 0 or more",
        "  study/more.yaml:3: analyses.complete_case.missing.method: found 'drop'; allowed: 'impute', "
        "'complete_case'",
    ]


def test_a_later_file_wins_and_lists_are_replaced(study: Path) -> None:
    (study / "more.yaml").write_text("seed: 5\neligibility: []\n")
    found, checked_study = checked("study/config.yaml", "study/more.yaml", command_line={"seed": 7})
    assert found == []
    assert checked_study is not None
    assert (checked_study.config["seed"], checked_study.config["eligibility"]) == (7, [])
    assert checked_study.config["study"]["title"] == "Three invented trials"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "  study/config.yaml: the file is empty"),
        (b"a", "  study/config.yaml:1: a configuration is a mapping of keys to values, as in `seed: 1`"),
        (b"- a\n", "  study/config.yaml:1: a configuration is a mapping of keys to values, as in `seed: 1`"),
        ("a: é".encode("latin-1"), "  study/config.yaml:1: not UTF-8 (byte 0xe9); save it in this encoding"),
        (b"\x89PNG\r\n\x1a\n\x00", "  study/config.yaml:1: not UTF-8 (byte 0x89); save it in this encoding"),
    ],
)
def test_what_is_no_configuration(study: Path, content: bytes, said: str) -> None:
    (study / CONFIG).write_bytes(content)
    assert problems() == [said]


def test_what_is_no_file(study: Path) -> None:
    assert problems("study") == ["  study: a folder, not a file"]
    assert problems("no.yaml", "study/config.yaml") == ["  no.yaml: there is no such file"]


def test_a_list_has_an_end(study: Path) -> None:
    words = "\n".join(f"x{number}: 1" for number in range(1000))
    (study / CONFIG).write_text((study / CONFIG).read_text() + words)
    found = problems()
    assert len(found) == 201
    assert found[-1] == "  and 800 more"


def test_a_problem_that_is_inherited_is_said_once(study: Path) -> None:
    text = (study / CONFIG).read_text()
    (study / CONFIG).write_text(text.replace("covariates: [age", "covariates: [ag"))
    assert len(problems()) == 1


def test_checking_changes_nothing_that_it_was_given(study: Path) -> None:
    stated = read_study(["study/config.yaml"])
    assert stated.content is not None
    before = repr(stated.content)
    check_study(stated.content, origins=stated.origins, surroundings=AROUND)
    assert repr(stated.content) == before


ODD = [
    None,
    True,
    -1,
    10**30,
    1e308,
    float("nan"),
    "",
    "x" * 400,
    "a\nb",
    [],
    [[]],
    {},
    {"a": {}},
    [None, "age"],
    "~",
    "{1}",
]


def places(content: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [place]
    if isinstance(content, dict):
        found += [inner for key in content for inner in places(content[key], (*place, key))]
    if isinstance(content, list):
        found += [inner for at in range(len(content)) for inner in places(content[at], (*place, at))]
    return found


def put(content: Any, place: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(content)
    target = changed
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = value
    return changed


@pytest.mark.parametrize("number", range(8))
def test_whatever_stands_anywhere_the_check_ends_with_a_list(study: Path, number: int) -> None:
    """Every value of the configuration, and of a mapping, is replaced by odd ones."""
    content, origins = read_yaml(study / CONFIG), read_study(["study/config.yaml"]).origins
    for place in places(content)[1:]:
        for value in ODD[number::8]:
            stated = StatedStudy(put(content, place, value), origins, ())
            found = check_stated(stated, surroundings=AROUND)[1]
            assert all(str(problem).isprintable() and len(str(problem)) < 3000 for problem in found)
    mapping = read_yaml(study / "south.yaml")
    for place in places(mapping)[1:]:
        for value in ODD[number::8]:
            (study / "south.yaml").write_text(yaml.safe_dump(put(mapping, place, value)))
            assert listing_of(checked()[0])


def test_open_decisions_of_all_files_are_listed_beside_other_faults(study: Path) -> None:
    config, north = (study / name for name in (CONFIG, "north.yaml"))
    config.write_text(config.read_text().replace("seed: 1\n", "# DECIDE: which seed?\nseed: 010\n"))
    north.write_text(north.read_text().replace("label: North", "label: North # DECIDE: what is it called?"))
    found = problems()
    lines = config.read_text().splitlines()
    asked = f"  study/config.yaml:{lines.index('# DECIDE: which seed?') + 1}: to be decided: which seed?"
    assert f"{asked}; delete the comment when it is" in found
    said = "to be decided: what is it called?; delete the comment when it is"
    assert f"  study/north.yaml:2: {said}" in found
    assert any(":seed" in line or "'010'" in line for line in found)


def test_an_open_decision_alone_is_a_problem_and_the_rest_is_read(study: Path) -> None:
    path = study / "south.yaml"
    path.write_text(f"{path.read_text()}# DECIDE: is it all?\n")
    found, checked_study = checked()
    assert [problem.text for problem in found] == ["to be decided: is it all?; delete the comment when it is"]
    assert checked_study is not None
    assert set(checked_study.mappings) == {"north", "south", "east"}

"""What is said of a study that is wrong: one list, each problem with file, line and place."""

from __future__ import annotations

import copy
import re
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
import yaml

from ipdmediation.data.problems import Problem, listing_of
from ipdmediation.data.strict_yaml import read_yaml
from ipdmediation.plumbing.check_command import configuration_files, main, refuse_unreadable, unreadable
from ipdmediation.plumbing.study_check import CheckedStudy, Surroundings, check_stated, check_study
from ipdmediation.plumbing.study_files import StatedStudy, read_study
from ipdmediation.plumbing.study_settings import StudySettings
from ipdmediation.plumbing.study_words import StudyWords
from ipdmediation.plumbing.taken_names import included, taken
from tests.unit.plumbing.slips import CONFIG, SLIPS, Slip

ROOT = Path(__file__).parents[3]
WORKFLOW = ROOT / "workflow"
TEXTS = [(WORKFLOW / name).read_text() for name in included((WORKFLOW / "Snakefile").read_text())]
AROUND = Surroundings(
    config_schema=read_yaml(WORKFLOW / "schemas/config.schema.yaml"),
    trial_schema=read_yaml(WORKFLOW / "schemas/trial.schema.yaml"),
    result_schema=read_yaml(WORKFLOW / "schemas/site_result.schema.yaml"),
    taken=taken([*TEXTS, (WORKFLOW / "Snakefile").read_text()]),
)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the template, in the directory of the run."""
    shutil.copytree(ROOT / "config/examples/template", tmp_path / "run/study")
    monkeypatch.chdir(tmp_path / "run")
    return tmp_path / "run/study"


def checked(
    *files: str, command_line: dict[str, Any] | None = None
) -> tuple[list[Problem], CheckedStudy | None]:
    stated = read_study(files or ["study/config.yaml"], command_line)
    if stated.content is None:
        return [*stated.problems], None
    found = check_study(stated.content, origins=stated.origins, surroundings=AROUND)
    return [*stated.problems, *found.problems], found


def words_of(study: CheckedStudy) -> StudyWords:
    return StudyWords(study.config, StudySettings(study.config, study.mappings))


def problems(*files: str, command_line: dict[str, Any] | None = None) -> list[str]:
    return listing_of(checked(*files, command_line=command_line)[0]).splitlines()[1:]


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


def test_a_mapping_that_is_not_utf_8_is_named(study: Path) -> None:
    (study / "north.yaml").write_bytes("label: North\nx: é\n".encode("latin-1"))
    assert problems() == ["  study/north.yaml:2: not UTF-8 (byte 0xe9); save it in this encoding"]


def test_a_copy_of_a_file_under_another_name_is_noticed(study: Path) -> None:
    shutil.copy(study / "data/north.csv", study / "data/south.csv")
    found = [text for text in problems() if "copy" in text]
    assert found == [
        "  study/south.yaml:3: source: a copy of the file of 'north': its patients would count twice; name "
        "this trial's own (where one file holds several trials, one mapping names them, under `trial:`)"
    ]


def test_a_link_to_another_trial_s_file_is_noticed(study: Path) -> None:
    (study / "data/south.csv").unlink()
    (study / "data/south.csv").symlink_to("north.csv")
    assert any("south.yaml:3: source: the file of 'north'" in text for text in problems())


@pytest.mark.parametrize(
    ("sheets", "same"),
    [(("one", "two"), False), ((1, 2), False), ((2, 2), True), (("one", "one"), True), ((1, None), True)],
)
def test_two_sheets_of_a_workbook_are_two_sources(
    study: Path, sheets: tuple[object, ...], same: bool
) -> None:
    for name, sheet in zip(("north", "south"), sheets, strict=True):
        mapping = (study / f"{name}.yaml").read_text()
        options = "" if sheet is None else f", options: {{sheet: {sheet}}}"
        source = f"source: {{file: data/both.xlsx, format: excel{options}}}"
        (study / f"{name}.yaml").write_text(re.sub(r"source: .*", source, mapping))
    (study / "data/both.xlsx").write_bytes(b"PK")
    assert any("its patients would count twice" in text for text in problems()) == same
    assert (problems() == []) != same


@pytest.mark.parametrize(
    ("sheets", "same"),
    [
        (("one", 1), False),
        (("one", 2), True),
        (("hidden", 1), False),
        (("three", None), False),
        (("one", 9), False),
    ],
)
def test_a_sheet_is_the_same_by_its_name_and_by_its_number(
    study: Path, sheets: tuple[object, ...], same: bool
) -> None:
    """Numbers count the sheets that are not hidden, as the reader does."""
    book = openpyxl.Workbook()
    for name in ("hidden", "two", "one", "three"):
        book.create_sheet(name)
    del book["Sheet"]
    book["hidden"].sheet_state = "hidden"
    book.save(study / "data/both.xlsx")
    for name, sheet in zip(("north", "south"), sheets, strict=True):
        mapping = (study / f"{name}.yaml").read_text()
        options = "" if sheet is None else f", options: {{sheet: {sheet}}}"
        source = f"source: {{file: data/both.xlsx, format: excel{options}}}"
        (study / f"{name}.yaml").write_text(re.sub(r"source: .*", source, mapping))
    assert any("its patients would count twice" in text for text in problems()) == same


JOINED = """
label: North
source:
  files:
    main: {file: data/main.csv, format: csv}
    scans: {file: data/scans.csv, format: csv, key: subject}
patient: {column: id}
treatment: {column: main/arm, codes: {new: treated, usual: control}}
variables:
  age: {column: main/age}
  female: {column: main/sex, codes: {F: 1, M: 0}}
  delay: {column: main/hours}
  lesion: {column: scans/volume_ml}
"""


@pytest.fixture
def joined(study: Path) -> Path:
    """A study of which one trial stands in two files."""
    rest = (study / "north.yaml").read_text().partition("  lesion:")[2].partition("\n")[2]
    (study / "north.yaml").write_text(JOINED + rest.replace("column: ", "column: main/"))
    for name in ("main", "scans"):
        (study / f"data/{name}.csv").write_text(f"id,{name}\n1,1\n")
    return study


def test_each_of_several_files_is_looked_for_and_is_an_input_of_the_job(joined: Path) -> None:
    found, checked_study = checked()
    assert found == []
    assert checked_study is not None
    settings = StudySettings(checked_study.config, checked_study.mappings)
    assert settings.raw_file("north") == ["study/data/main.csv", "study/data/scans.csv"]
    assert settings.raw_file("south") == "study/data/south.csv"
    assert settings.joined == {"north": ["main", "scans"]}
    mapping = settings.mapping(SimpleNamespace(trial="north"))
    assert mapping["source"]["first"] == "main"
    assert "main.csv" not in str(mapping)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "data/scans.csv",
            "data/scan.csv",
            "north.yaml:6: source.files.scans.file: 'data/scan.csv': there is no",
        ),
        (
            "data/scans.csv",
            "data/main.csv",
            "north.yaml:6: source.files.scans: the file of 'main': a file is",
        ),
        (
            "data/scans.csv",
            "<results>/a.csv",
            "source.files.scans.file: '<results>/a.csv' is made by a run only",
        ),
        ("main/age", "age", "north.yaml:10: variables.age.column: column 'age': several files are joined"),
        (
            "main/arm",
            "mian/arm",
            "treatment.column: column 'mian/arm': no file is called 'mian'; write main/arm",
        ),
        (
            "    scans:",
            "    Scans:",
            "source.files.Scans: as a key: found 'Scans'; allowed: lower-case letters",
        ),
        (
            "key: subject",
            "key: subject, options: {sheet: 1}",
            "source.files.scans.options.sheet: this key does not",
        ),
        ("{column: id}", "{row_number: true}", "patient.row_number: files are joined by the patient's id"),
        ("patient:", "visits: {column: v}\npatient:", "north.yaml:7: visits: several files are joined"),
        ("source:\n", "source:\n  format: csv\n", "source.format: this key does not belong here"),
        (
            "source:\n",
            "source:\n  file: a.csv\n",
            "source: exactly one of 'file', 'package', 'files' is needed",
        ),
        (
            "    scans: {file: data/scans.csv, format: csv, key: subject}\n",
            "",
            "source.files: 1 keys; allowed: at",
        ),
    ],
)
def test_what_is_wrong_with_joined_files_is_said(joined: Path, old: str, new: str, said: str) -> None:
    path = joined / "north.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    assert any(said in line for line in problems()), problems()


def test_results_may_not_lie_about_any_of_the_files(joined: Path) -> None:
    (joined / "data/raw").mkdir()
    (joined / "data/scans.csv").rename(joined / "data/raw/scans.csv")
    path, config = joined / "north.yaml", joined / CONFIG
    path.write_text(path.read_text().replace("data/scans", "data/raw/scans"))
    config.write_text(config.read_text().replace("<study>/results", "<study>/data/raw"))
    assert any("a trial's file, study/data/raw/scans.csv, lies in" in line for line in problems())


POOLED = """
source: {file: data/pooled.csv, format: csv}
trial:
  column: STUDY
  codes:
    1: {id: north, label: North}
    2: {id: south, label: South}
    9: excluded
patient: {column: id}
treatment: {column: arm, codes: {new: treated, usual: control}}
variables:
  age: {column: age}
  female: {column: sex, codes: {F: 1, M: 0}}
  delay: {column: hours}
  lesion: {column: volume_ml}
  recovery: {column: score}
"""


@pytest.fixture
def pooled(study: Path) -> Path:
    """The template with two of its trials in one file."""
    (study / "pooled.yaml").write_text(POOLED)
    (study / "data/pooled.csv").write_text("STUDY,id\n1,1\n2,1\n")
    config = (study / CONFIG).read_text()
    config = config.replace("  north: north.yaml\n  south: south.yaml\n", "  registry: pooled.yaml\n")
    (study / CONFIG).write_text(config)
    return study


def test_a_file_with_several_trials_has_no_problem(pooled: Path) -> None:
    found, checked_study = checked()
    assert found == []
    assert checked_study is not None
    assert StudySettings(checked_study.config, checked_study.mappings).trials == {
        "north": "North",
        "south": "South",
        "east": "East",
    }


def test_trials_of_one_file_may_have_ratios_of_their_own(pooled: Path) -> None:
    """A trial's own ratio comes before that of the file; neither is a reason to harmonise again."""
    before = checked()[1]
    own = POOLED.replace("label: South", "label: South, allocation: {treated: 3, control: 1}", 1)
    (pooled / "pooled.yaml").write_text(own + "allocation: {treated: 2, control: 1}\n")
    found, after = checked()
    assert found == []
    assert before is not None
    assert after is not None
    settings = [StudySettings(each.config, each.mappings) for each in (before, after)]
    assert [each.treated_shares for each in settings] == [
        {"east": 0.5, "north": 0.5, "south": 0.5},
        {"east": 0.5, "north": 2 / 3, "south": 0.75},
    ]
    harmonised = [each.mapping(SimpleNamespace(trial="registry")) for each in settings]
    assert harmonised[0] == harmonised[1]


def test_trials_of_one_file_are_trials_of_the_study(pooled: Path) -> None:
    """Trial effects need two trials, which one file may hold."""
    (pooled / CONFIG).write_text((pooled / CONFIG).read_text().replace("  east: east.yaml\n", "", 1))
    assert problems() == []
    (pooled / "pooled.yaml").write_text(POOLED.replace("    2: {id: south, label: South}\n", ""))
    (line,) = problems()
    assert "'fixed' needs two trials; allowed for one: 'none'" in line


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: south", "id: east", "pooled.yaml:7: trial.codes.2.id: 'east' is a trial of 'registry' too"),
        (
            "id: south",
            "id: north",
            "pooled.yaml:7: trial.codes.2.label: 'South' and 'North' are labels",
        ),
        ("label: South", "label: North", "trial.codes.2.label: "),
        (
            "2: {id: south, label: South}",
            "2: {id: north, label: North, allocation: {treated: 2, control: 1}}",
            "pooled.yaml:7: trial.codes.2: 'north' was allocated 2:1 here and 1:1 above, treated to control",
        ),
        ("label: South", "label: South, allocation: {treated: 2}", "allocation: key 'control' is missing"),
        ("id: south", "id: South", "trial.codes.2.id: found 'South'; allowed: lower-case letters"),
        ("id: south", "id: all", "'all' has a meaning of its own in tables"),
        ("id: south", "id: excluded", "'excluded' has a meaning of its own in tables"),
        ("    9: excluded", "    '9': excluded\n    9.0: excluded", "are the same code"),
        ("    9: excluded", "    9: left out", "trial.codes.9: "),
        ("\ntrial:", "\nlabel: Registry\ntrial:", "pooled.yaml:"),
        ("  column: STUDY\n", "", "trial: key 'column' is missing"),
    ],
)
def test_what_is_wrong_with_trials_of_one_file_is_said(pooled: Path, old: str, new: str, said: str) -> None:
    assert old in POOLED
    (pooled / "pooled.yaml").write_text(POOLED.replace(old, new, 1))
    found = problems()
    assert len(found) == 1, found
    if "is a trial of" in said:  # of the two places that state it the later one is named
        said = "east.yaml:"
    assert said in found[0], found


def test_every_code_excluded_leaves_no_trial(pooled: Path) -> None:
    codes = "    1: {id: north, label: North}\n    2: {id: south, label: South}\n"
    (pooled / "pooled.yaml").write_text(POOLED.replace(codes, ""))
    assert any("every code means 'excluded', so that no trial is left" in line for line in problems())


@pytest.mark.parametrize(
    ("visits", "variable", "old", "said"),
    [
        (
            "",
            "delay",
            "{column: hours, at: first}",
            "each patient has one row; where the file has a row for each",
        ),
        (
            "visits: {day: D}",
            "delay",
            "{column: hours, at: {visit: 3}}",
            "at.visit: no column of it is stated; say ",
        ),
        ("visits: {column: V}", "delay", "{column: hours, at: {day: 3}}", "say `visits: {day: ...}`"),
        (
            "visits: {day: D}",
            "delay",
            "{column: hours, at: {day: 90, from: 100}}",
            "day 90 does not lie from 100 to inf",
        ),
        (
            "visits: {}",
            "delay",
            "{absent: true, at: first}",
            "a variable that is in no column has no visit either",
        ),
        ("visits: {}", "delay", "{column: hours, at: worst}", "variables.delay.at: "),
        ("visits: {}", "delay", "{column: hours, at: {visit: []}}", "variables.delay.at"),
        ("visits: {rows: 3}", "delay", "{column: hours}", "visits.rows: unknown key"),
        ("visits: {}\npatient: {row_number: true}", "delay", "{column: hours}", "patients of its rows"),
    ],
)
def test_a_visit_that_cannot_be_asked_for_is_said(
    study: Path, visits: str, variable: str, old: str, said: str
) -> None:
    mapping = (study / "north.yaml").read_text().replace("{column: hours}", old)
    if "row_number" in visits:
        mapping, said = (
            mapping.replace("patient: {column: id}\n", ""),
            "the rows of a patient are found by an id",
        )
    (study / "north.yaml").write_text(f"{mapping}{visits}\n")
    (line,) = problems()
    assert said in line


def test_an_arm_at_a_visit_needs_rows_of_visits(study: Path) -> None:
    mapping = (study / "north.yaml").read_text()
    assert "usual: control}}" in mapping
    mapping = mapping.replace("usual: control}}", "usual: control}, at: first}")
    (study / "north.yaml").write_text(mapping)
    (line,) = problems()
    assert "treatment.at: each patient has one row" in line
    (study / "north.yaml").write_text(f"{mapping}visits: {{}}\n")
    assert problems() == []


def test_a_derived_variable_may_be_that_of_a_visit(study: Path) -> None:
    mapping = (study / "north.yaml").read_text().replace("{column: hours}", "{derive: hours + 1, at: last}")
    (study / "north.yaml").write_text(f"{mapping}visits: {{}}\n")
    assert problems() == []


RULE = "{variable: delay, between: [null, 24], reason: Randomised later than 24 hours after onset}"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{variable: trial, none_of: [north], reason: Left out}", None),
        (
            "{variable: trial, one_of: [west], reason: Left out}",
            "'west' is no value of 'trial'; allowed: north, south",
        ),
        ("{variable: trial, between: [1, 2], reason: Left out}", "'trial' is categorical and has no range"),
    ],
)
def test_a_rule_may_leave_a_trial_out(study: Path, rule: str, said: str | None) -> None:
    config = (study / CONFIG).read_text()
    assert RULE in config
    (study / CONFIG).write_text(config.replace(RULE, rule))
    found = problems()
    assert len(found) == (0 if said is None else 1), found
    assert all(said in line for line in found if said is not None)


def test_an_empty_file_of_a_trial(study: Path) -> None:
    (study / "data/north.csv").write_bytes(b"")
    assert problems() == ["  study/north.yaml:3: source.file: 'study/data/north.csv': the file is empty"]


def test_real_files_are_not_called_synthetic(study: Path) -> None:
    text = (study / CONFIG).read_text()
    (study / CONFIG).write_text(text.replace("study:\n", "study:\n  synthetic: model.yaml\n", 1))
    (study / "model.yaml").write_text("patients: {north: 1, south: 1, east: 1}\n")
    found = problems()
    assert len(found) == 3
    assert "source.file: `study.synthetic` says that a model makes the trials' files" in found[0]
    assert "`file: <results>/ipd/raw/east.csv`" in found[0]


def test_a_path_that_may_be_two_files_is_not_guessed(study: Path) -> None:
    Path("data").mkdir()
    Path("data/north.csv").write_text("another file")
    assert problems() == [
        "  study/north.yaml:3: source.file: 'data/north.csv' may be study/data/north.csv, or data/north.csv "
        "in the directory of the run; write the whole path"
    ]


def test_a_path_from_the_directory_of_the_run_is_found(study: Path) -> None:
    (study / CONFIG).write_text(
        (study / CONFIG).read_text().replace("north: north.yaml", "north: study/north.yaml")
    )
    found, checked_study = checked()
    assert found == []
    assert checked_study is not None
    assert checked_study.config["trials"]["north"] == "study/north.yaml"


def test_a_study_beside_the_run_has_paths_without_points(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(study)
    found, checked_study = checked("config.yaml")
    assert found == []
    assert checked_study is not None
    assert checked_study.config["pathvars"]["results"] == "results"
    assert checked_study.mappings["north"]["source"]["file"] == "data/north.csv"


@pytest.mark.parametrize(
    ("stated", "results"),
    [
        ("out/", "out"),
        ("./out", "out"),
        ("out//a/./b/", "out/a/b"),
        ("<study>/../out", "out"),
        ("/tmp/nowhere/out/", "/tmp/nowhere/out"),
        ("../other", "../other"),
    ],
)
def test_a_folder_may_be_written_in_many_ways(study: Path, stated: str, results: str) -> None:
    text = (study / CONFIG).read_text()
    (study / CONFIG).write_text(text.replace("results: <study>/results", f"results: {stated}"))
    found, checked_study = checked()
    assert found == []
    assert checked_study is not None
    assert checked_study.config["pathvars"]["results"] == results
    assert checked_study.config["pathvars"]["logs"] == f"{results}/logs"


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


def test_a_workflow_that_imports_this_one_may_make_the_files(study: Path) -> None:
    for path in (study / "data").iterdir():
        path.unlink()
    stated = read_study(["study/config.yaml"])
    assert stated.content is not None
    around = replace(AROUND, files_there=False)
    assert check_study(stated.content, origins=stated.origins, surroundings=around).problems == ()


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
    content = yaml.safe_load((study / CONFIG).read_text())
    for place in places(content)[1:]:
        for value in ODD[number::8]:
            changed = put(content, place, value)
            stated = StatedStudy(changed, read_study(["study/config.yaml"]).origins, ())
            found = check_stated(stated, surroundings=AROUND)[1]
            assert all(str(problem).isprintable() and len(str(problem)) < 3000 for problem in found)
    mapping = yaml.safe_load((study / "south.yaml").read_text())
    for place in places(mapping)[1:]:
        for value in ODD[number::8]:
            (study / "south.yaml").write_text(yaml.safe_dump(put(mapping, place, value)))
            assert listing_of(checked()[0])


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        (["--configfile", "a", "b", "-n"], ["a", "b"]),
        (["--configfiles", "a", "--cores", "1"], ["a"]),
        (["--configfi", "a"], ["a"]),
        (["--configfile=a", "pool"], ["a"]),
        (["--config", "a=1"], []),
        (["--conf", "a"], []),
        (["--configfile", "a", "--configfile", "b"], ["b"]),
        (["pool", "--cores", "1"], []),
        (["--configfile", "a", "--", "pool"], ["a"]),
    ],
)
def test_the_files_among_snakemake_s_arguments(arguments: list[str], files: list[str]) -> None:
    assert configuration_files(arguments) == files


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seed: 1", "seed: [1"),
        ("seed: 1", "seed: 1\n__use_yte__: true"),
        ("results: <study>/results", "results: 5"),
        ("results: <study>/results", "results: <results>/x"),
        ("results: <study>/results", "results: <logs>/x\n  logs: <results>/y"),
    ],
)
def test_what_snakemake_would_stumble_over_is_refused_before(study: Path, old: str, new: str) -> None:
    arguments = ["-n", "--configfile", "study/config.yaml"]
    assert unreadable(arguments) == []
    text = (study / CONFIG).read_text()
    (study / CONFIG).write_text(text.replace("seed: 1", "seed: -1"))
    assert unreadable(arguments) == [], "all else is for the workflow to say"
    (study / CONFIG).write_text(text.replace(old, new))
    assert unreadable(arguments)
    assert unreadable([*arguments, "--target-jobs", "a"]) == []
    with pytest.raises(SystemExit):
        refuse_unreadable(arguments)


def test_the_command_says_what_it_found(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study/config.yaml"]) == 0
    assert capsys.readouterr().out == "study/config.yaml: no problem found\n"
    assert main([]) == main(["--help"]) == 2
    assert "usage: " in capsys.readouterr().err
    assert main(["study"]) == 1
    assert capsys.readouterr().err.endswith("\n  study: a folder, not a file\n")


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


def test_subgroups_are_analyses_of_the_checked_study(study: Path) -> None:
    """Published figures may name them, and nobody else has to know that one line stands for several."""
    more = study / "more.yaml"
    subgroups = "{variable: female}\n    covariates: [age]\n"
    figure = "label: x, value: 1, table: flow, column: remaining"
    more.write_text(
        f"analyses:\n  sex:\n    label: By sex\n    subgroups: {subgroups}"
        f"published:\n  - {{{figure}, analysis: sex_1, where: {{step: 2}}}}\n"
    )
    found, checked_study = checked("study/config.yaml", "study/more.yaml")
    assert found == []
    assert checked_study is not None
    analyses = checked_study.config["analyses"]
    assert list(analyses) == ["primary", "complete_case", "sex_0", "sex_1"]
    words = words_of(checked_study)
    assert words.of("sex_1")["analysis"]["label"] == "By sex: Female sex, Yes"
    more.write_text(more.read_text().replace("analysis: sex_1", "analysis: sex"))
    assert problems("study/config.yaml", "study/more.yaml") == [
        "  study/more.yaml:7: published[entry 1].analysis: no analysis 'sex'; allowed: 'primary', "
        "'complete_case', 'sex_0', 'sex_1'"
    ]
    more.write_text("analyses:\n  sex:\n    label: By sex\n    subgroups: {variable: female}\n")
    (found_line,) = problems("study/config.yaml", "study/more.yaml")
    assert found_line.startswith(
        "  study/more.yaml:4: analyses.sex.subgroups.variable: 'female' is a covariate"
    )


def test_a_figure_of_a_trial_that_the_analysis_leaves_out(study: Path) -> None:
    more = study / "more.yaml"
    rule = "{variable: trial, none_of: [north], reason: Trial left out}"
    where = "{variable: lesion, trial: north, arm: all, statistic: n}"
    more.write_text(
        f"analyses:\n  without:\n    label: Without\n    eligibility: [{rule}]\n"
        "published:\n  - {label: x, value: 1, table: describe/mediator, column: estimate, "
        f"analysis: without, where: {where}}}\n"
    )
    (found,) = problems("study/config.yaml", "study/more.yaml")
    assert "no row of table 'describe/mediator' has 'north'; allowed: 'all', 'south', 'east'" in found
    more.write_text(more.read_text().replace("trial: north, arm", "trial: south, arm"))
    found_all, checked_study = checked("study/config.yaml", "study/more.yaml")
    assert found_all == []
    assert checked_study is not None
    words = words_of(checked_study)
    assert words.of("without")["analysis"]["trials"] == ["south", "east"]
    assert words.of("primary")["analysis"]["trials"] == ["north", "south", "east"]


def test_a_subgroup_has_a_label_of_its_own(study: Path) -> None:
    more = study / "more.yaml"
    stated = "    label: By sex\n    covariates: [age]\n    subgroups: {variable: female, levels: [1]}\n"
    other = "  women:\n    label: 'By sex: Female sex, Yes'\n"
    more.write_text(f"analyses:\n  sex:\n{stated}{other}")
    (found,) = problems("study/config.yaml", "study/more.yaml")
    assert found.startswith(
        "  study/more.yaml:7: analyses.women.label: 'By sex: Female sex, Yes' is the label of"
    )

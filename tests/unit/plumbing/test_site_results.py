"""A trial that sends its result: what has to agree does, or one line says which setting does not."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from ipdmediation.data.problems import listing_of
from ipdmediation.evidence.site_faults import settings_of
from ipdmediation.plumbing.study_check import CheckedStudy, check_study
from ipdmediation.plumbing.study_files import read_study
from ipdmediation.plumbing.study_settings import StudySettings
from ipdmediation.plumbing.study_words import StudyWords
from tests.unit.evidence.made_results import write_result
from tests.unit.plumbing.checked_template import AROUND, ROOT

CONFIG, EAST = Path("study/config.yaml"), Path("study/east.yaml")
EVIDENCE = "\n    evidence: {trials: {two_stages: true, covariates: [age]}}"
SENT = "label: East trial\nsource: {result: data/sent.zip}\n"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def checked() -> tuple[list[str], CheckedStudy]:
    stated = read_study([CONFIG])
    assert stated.content is not None
    found = check_study(stated.content, origins=stated.origins, surroundings=AROUND)
    return listing_of([*stated.problems, *found.problems]).splitlines()[1:], found


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What has to agree in the template, of which the east trial sends its result; it lies in `data`."""
    shutil.copytree(ROOT / "config/examples/template", tmp_path / "study")
    monkeypatch.chdir(tmp_path)
    edit(CONFIG, "    trial_effects: fixed", f"    trial_effects: fixed{EVIDENCE}")
    problems, study = checked()
    assert problems == []
    found = {name: settings_of(study.config, name) for name in study.config["analyses"]}
    EAST.write_text(SENT)
    write_result(Path("study/data/sent.zip"), found, trials=["east"])
    return found


def test_it_is_no_trial_with_rows_and_keeps_its_label(settings: dict[str, Any]) -> None:
    problems, found = checked()
    assert problems == []
    assert list(found.config["trials"]) == ["north", "south"]
    assert list(found.mappings) == ["north", "south"]
    study = StudySettings(found.config, found.mappings, found.sent)
    words = StudyWords(found.config, study)
    assert study.trials == {"north": "North", "south": "South"}
    assert words.of("primary")["sent"] == {"east": "East trial"}
    assert words.of("primary")["analysis"]["sent"] == ["east"]
    assert study.recorded["trials"]["east"] == "study/east.yaml"
    assert "sent" not in StudyWords(found.config, StudySettings(found.config, found.mappings)).of("primary")


DIFFERENT = {
    "transform: log, offset: 1": (
        "transform: log, offset: 2",
        ["mediator.offset` is 1.0 at the site and 2.0 here"],
    ),
    "transform: log, ": ("transform: log1p, ", ['mediator.transform` is "log" at the site and "log1p" here']),
    "in_text: the lesion volume, unit: mL": (
        "in_text: the lesion volume, unit: L",
        ['mediator.unit` is "mL"'],
    ),
    "family: ordinal, better: low": ("family: ordinal, better: high", ['outcome.better` is "low"']),
    "family: ordinal, b": ("family: ordinal, link: probit, b", ['outcome.link` is "logit"']),
    "covariates: [age]}": (
        "covariates: [age, delay]}",
        ["evidence.trials.covariates` is ", "variables.delay` is null"],
    ),
    "type: continuous, label: Age, unit: year": (
        "type: continuous, label: Age, unit: month",
        ["variables.age` is "],
    ),
    "    trial_effects": (
        "    interaction: true\n    trial_effects",
        ["interaction` is false at the site and true"],
    ),
    "between: [null, 24]": ("between: [null, 12]", ["eligibility` is "]),
    "{0: Well, 1: Mild": ("{-1: Best, 0: Well, 1: Mild", ["outcome.levels` is "]),
    "    trial": (
        "    standardisation: {utility: [1, 0.8, 0.5, 0.2, 0]}\n    trial",
        ["standardisation.utility` is null at the site and [1.0"],
    ),
}


@pytest.mark.parametrize("old", DIFFERENT)
def test_what_has_to_agree_and_does_not_is_a_line_for_each_analysis(
    settings: dict[str, Any], old: str
) -> None:
    new, said = DIFFERENT[old]
    for mapping in ("north", "south"):  # which state no unit then
        path = Path(f"study/{mapping}.yaml")
        path.write_text(path.read_text())
    edit(CONFIG, old, new)
    problems, _ = checked()
    assert len(problems) == 2 * len(said)
    for analysis in ("primary", "complete_case"):
        for line in said:
            begins = (
                f"  study/east.yaml:2: source.result: 'study/data/sent.zip' analysis '{analysis}': `{line}"
            )
            assert any(problem.startswith(begins) for problem in problems), (begins, problems)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seed: 1", "seed: 2"),
        ("label: Primary analysis", "label: Another name"),
        ("chunk: 100}", "chunk: 100, level: 0.9}"),
        ("bootstrap: {replicates: 200", "bootstrap: {interval: basic, replicates: 200"),
        ("imputations: 3", "imputations: 4"),
        ("reason: Randomised later", "reason: Came later"),
        ("trial_effects: fixed", "trial_effects: random_slope"),
        ("covariates: [age, female, delay]", "covariates: [age]"),
        ("{0: Well,", "{0: Very well,"),
        (
            "eligibility: # who",
            "eligibility: # who\n  - {variable: trial, none_of: [south], reason: Left out}\n#",
        ),
    ],
)
def test_what_need_not_agree_may_differ(settings: dict[str, Any], old: str, new: str) -> None:
    if "south" in new:
        edit(CONFIG, "trial_effects: fixed", "trial_effects: none")
    edit(CONFIG, old, new)
    assert [line for line in checked()[0] if "east" in line] == []


def one_line(said: str) -> None:
    problems, _ = checked()
    assert len(problems) == 1, problems
    assert said in problems[0], problems


def test_an_analysis_that_the_site_did_not_run(settings: dict[str, Any]) -> None:
    write_result(Path("study/data/sent.zip"), {"primary": settings["primary"]}, trials=["east"])
    one_line("has no analysis 'complete_case' of 'east'; it has 'primary'")
    edit(
        CONFIG,
        "    missing: {method: complete_case}",
        "    missing: {method: complete_case}\n    evidence: null",
    )
    assert checked()[0] == []


def test_a_rule_can_leave_it_out_of_an_analysis(settings: dict[str, Any]) -> None:
    write_result(Path("study/data/sent.zip"), {"primary": settings["primary"]}, trials=["east"])
    rule = "    eligibility: [{variable: trial, none_of: [east], reason: Without the east}]"
    edit(CONFIG, "    missing: {method: complete_case}", f"    missing: {{method: complete_case}}\n{rule}")
    problems, found = checked()
    assert problems == []
    study = StudySettings(found.config, found.mappings, found.sent)
    words = StudyWords(found.config, study)
    assert words.of("complete_case")["analysis"]["sent"] == []
    assert words.of("primary")["analysis"]["sent"] == ["east"]


def test_another_id_at_the_site(settings: dict[str, Any]) -> None:
    write_result(Path("study/data/sent.zip"), settings, trials=["ours", "theirs"])
    one_line(
        "has no trial 'east'; it has 'ours', 'theirs'; name one as `source: {result: ..., trial: <its id"
    )
    EAST.write_text("label: East trial\nsource: {result: data/sent.zip, trial: theirs}\n")
    problems, found = checked()
    assert problems == []
    assert found.sent["east"].sent_as == "theirs"


def test_several_trials_of_one_file_and_the_same_one_twice(settings: dict[str, Any]) -> None:
    write_result(Path("study/data/sent.zip"), settings, trials=["east", "west"])
    edit(CONFIG, "  east: east.yaml", "  east: east.yaml\n  west: west.yaml")
    Path("study/west.yaml").write_text("label: West trial\nsource: {result: data/sent.zip}\n")
    problems, found = checked()
    assert problems == []
    assert [each.sent_as for each in found.sent.values()] == ["east", "west"]
    Path("study/west.yaml").write_text("label: West trial\nsource: {result: data/copy.zip, trial: east}\n")
    shutil.copy("study/data/sent.zip", "study/data/copy.zip")
    one_line("'study/data/copy.zip' is the result of 'east' too: its patients would count twice")


def test_labels_are_told_apart_from_those_of_other_trials(settings: dict[str, Any]) -> None:
    EAST.write_text(SENT.replace("East trial", "North"))
    one_line("'North' is the label of")


def test_it_enters_the_two_stages_alone(settings: dict[str, Any]) -> None:
    edit(CONFIG, EVIDENCE, "")
    one_line("no analysis asks for them; write `evidence: {trials: {two_stages: true}}`")


def test_a_study_of_results_alone_is_refused(settings: dict[str, Any]) -> None:
    for trial in ("north", "south"):
        Path(f"study/{trial}.yaml").write_text(SENT.replace("East", trial))
    problems, _ = checked()
    assert any(
        "every trial here sends a result and no rows ('north', 'south', 'east')" in line for line in problems
    )
    assert not any("two trials" in line for line in problems)


def test_leaving_out_the_only_trial_with_rows_is_refused(settings: dict[str, Any]) -> None:
    edit(CONFIG, "  south: south.yaml\n", "")
    edit(CONFIG, "trial_effects: fixed", "trial_effects: none")
    edit(CONFIG, "two_stages: true,", "two_stages: true, leave_one_out: true,")
    assert all("leave_one_out: true needs two trials" in line for line in checked()[0])
    assert checked()[0]


def test_an_interval_that_takes_what_only_the_site_computes(settings: dict[str, Any]) -> None:
    edit(CONFIG, "bootstrap: {replicates", "bootstrap: {interval: bca, replicates")
    problems, _ = checked()
    assert len(problems) == 2
    assert all("interval 'bca' needs what the site computes with it" in line for line in problems)
    write_result(Path("study/data/sent.zip"), settings, trials=["east"], interval="bca")
    assert checked()[0] == []


def test_too_few_replicates_for_the_level(settings: dict[str, Any]) -> None:
    write_result(Path("study/data/sent.zip"), settings, trials=["east"], replicates=30)
    problems, _ = checked()
    assert len(problems) == 2
    assert all(
        "30 replicates of the site are too few for an interval of level 0.95" in line for line in problems
    )
    write_result(
        Path("study/data/sent.zip"), settings, trials=["east"], replicates=0, reason="too few patients"
    )
    assert checked()[0] == []


def test_a_damaged_file_is_one_line_of_the_list(settings: dict[str, Any]) -> None:
    content = Path("study/data/sent.zip").read_bytes()
    Path("study/data/sent.zip").write_bytes(content[:-30])
    one_line("source.result: study/data/sent.zip: no sound zip archive")
    Path("study/data/sent.zip").unlink()
    one_line("source.result: 'data/sent.zip': there is no such file")


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (SENT + "patient: {column: ID}\n", "patient: unknown key; a result has no rows"),
        (SENT + "variables: {age: {column: AGE}}\n", "variables: unknown key; a result has no rows"),
        (
            SENT.replace("}", ", file: data/east.tsv}"),
            "source.file: unknown key; a trial has rows or a result",
        ),
        (SENT.replace("}", ", format: csv}"), "source.format: unknown key; a result has one format"),
        (SENT.replace("label: East trial\n", ""), "key 'label' is missing"),
        (SENT.replace("}", ", trial: East}"), "source.trial: found 'East'"),
    ],
)
def test_a_mapping_of_a_result_has_two_keys(settings: dict[str, Any], mapping: str, said: str) -> None:
    EAST.write_text(mapping)
    one_line(said)


def test_a_real_trial_is_no_synthetic_one(settings: dict[str, Any]) -> None:
    for stated in settings.values():
        assert stated["synthetic"] is False
        stated["synthetic"] = True
    write_result(Path("study/data/sent.zip"), settings, trials=["east"])
    problems, _ = checked()
    assert all("`synthetic` is true at the site and false here" in line for line in problems)
    assert len(problems) == 2

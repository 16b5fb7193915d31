"""Analyses with trials left out and with subgroups, as they are checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.plumbing.checked_template import checked, problems, words_of
from tests.unit.plumbing.slips import CONFIG

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

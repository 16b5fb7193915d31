"""Broken inputs of every kind: one clear message each, and nothing is written."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

import harmonise_trial
from ipdmediation.data.errors import DataError
from ipdmediation.data.problems import listing_of
from ipdmediation.plumbing.study_check import check_stated
from ipdmediation.plumbing.study_files import read_study
from ipdmediation.plumbing.study_settings import StudySettings
from tests.unit.data.bad_inputs import BAD, CONFIG, MAPPING, Bad
from tests.unit.data.test_round_trip import WAYS
from tests.unit.plumbing.checked_template import AROUND
from tests.unit.plumbing.slips import SLIPS

ROOT = Path(__file__).parents[3]
TRIAL = SimpleNamespace(trial="a")


def changed(base: Any, changes: Any) -> Any:
    """Return a mapping with changes; None takes a key out."""
    if not (isinstance(base, dict) and isinstance(changes, dict)):
        return changes
    both = {key: changed(base.get(key, {}), changes[key]) if key in changes else base[key] for key in base}
    both |= {key: value for key, value in changes.items() if key not in base}
    return {key: value for key, value in both.items() if value is not None}


def write(bad: Bad) -> None:
    """Write a study into the current directory."""
    file_format = WAYS[bad.way][0] if bad.way != "none" else "csv"
    mapping = changed(changed(MAPPING, {"source": {"format": file_format}}), dict(bad.mapping))
    Path("a.yaml").write_text(yaml.safe_dump(mapping, sort_keys=False, allow_unicode=True))
    Path("config.yaml").write_text(yaml.safe_dump(changed(CONFIG, dict(bad.config)), sort_keys=False))
    if bad.way == "none":
        return
    WAYS[bad.way][1](bad.table(), Path("a.raw"))
    if bad.content is not None:
        Path("a.raw").write_bytes(bad.content(Path("a.raw").read_bytes()))


def told() -> tuple[str, str]:
    """Check and harmonise the study as a run does; return the stage that stopped, and what was said."""
    study, problems = check_stated(read_study(["config.yaml"], None), surroundings=AROUND)
    if problems or study is None:
        return "check", listing_of(problems)
    settings = StudySettings(study.config, study.mappings)
    outputs = {name: f"{name}.out" for name in ("harmonised", "counts", "broken")}
    try:
        harmonise_trial.main(
            raw=settings.raw_file("a"),
            **outputs,
            trial="a",
            mapping=settings.mapping(TRIAL),
            variables=settings.harmonising(TRIAL),
            ranges=settings.ranges(TRIAL),
            contract=settings.contract,
            pseudonymous=False,
            key=None,
        )
    except DataError as error:
        return "read", str(error)
    return "none", ""


def test_the_study_itself_is_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for way in WAYS:
        if way != "sep=;":
            write(Bad(topic="", said=(), way=way))
            assert told() == ("none", ""), way


@pytest.mark.parametrize("bad", BAD, ids=[f"{bad.topic} {place}" for place, bad in enumerate(BAD)])
def test_a_broken_input_is_said_clearly_and_nothing_is_written(
    bad: Bad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(bad)
    before = sorted(Path().iterdir())
    stage, said = told()
    assert stage != "none"
    for part in bad.said:
        assert part in said, said
    assert sorted(Path().iterdir()) == before
    lines = said.splitlines()
    assert len(lines) <= 4, said
    assert re.search(r"a\.raw|a\.yaml:\d+|config\.yaml:\d+|rule of the study's contract", said)
    assert all(len(line) < 900 for line in lines)


def test_there_are_more_than_a_hundred_and_every_topic_has_several() -> None:
    topics = Counter(bad.topic for bad in BAD)
    assert topics.total() >= 110
    assert min(topics.values()) >= 6
    assert len({repr(bad.said) + repr(bad.mapping) + repr(bad.config) + bad.way for bad in BAD}) > 100


def table() -> str:
    """Return the topics of the broken inputs and how many there are of each, as docs/faults.md has them."""
    rows = [f"| {topic} | {count} |" for topic, count in Counter(bad.topic for bad in BAD).items()]
    total = len(BAD) + len(SLIPS)
    rows += [f"| the configuration and its YAML | {len(SLIPS)} |", f"| together | {total} |"]
    return "\n".join(["| what is broken | inputs |", "|---|---|", *rows])


def test_the_page_of_faults_counts_them_by_topic() -> None:
    assert table() in (ROOT / "docs/faults.md").read_text(), table()

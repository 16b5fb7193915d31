"""What is said about a study and how it is shown: in the form in which it is a reason to show it again."""

from __future__ import annotations

from typing import Any

from ipdmediation.plumbing.study_settings import StudySettings
from ipdmediation.plumbing.study_words import StudyWords
from tests.unit.plumbing.test_study_settings import CONFIG, MAPPINGS


def words_of(**changes: Any) -> StudyWords:
    config = {**CONFIG, **changes}
    return StudyWords(config, StudySettings(config, MAPPINGS))


def test_a_published_share_is_a_proportion_of_its_own_analysis() -> None:
    assert words_of().published_share("primary") == {"value": 0.3, "low": 0.1}
    assert words_of().published_share("other") == {"value": 0.12}
    assert words_of().published_share("accelerated") == {}


def test_of_the_style_only_words_and_numbers_are_a_reason_to_write_again() -> None:
    style = {"journal": "nejm", "people": "patients", "another": "setting"}
    words = words_of(style=style)
    assert words.house_style == {"journal": "nejm", "people": "patients"}


def test_words_have_labels_and_no_ranges_or_files() -> None:
    words = words_of().of("accelerated", bootstrap=("interval",))
    assert words["trials"] == {"north": "North"}
    assert words["variables"] == {"age": {"type": "continuous", "label": "Age", "unit": "year"}}
    assert words["analysis"]["bootstrap"] == {"interval": "bca"}
    assert words["synthetic"] is False
    assert "north.csv" not in str(words)


def test_figures_are_told_how_they_look_and_tables_are_not() -> None:
    style = {"journal": "nejm", "font": "DejaVu Serif"}
    words = words_of(style=style)
    told, drawn = words.of("primary"), words.drawn("primary")
    assert drawn == {**told, "journal": "nejm", "fonts": ["DejaVu Serif", "DejaVu Sans"]}
    assert words.compared == [words.drawn(name) for name in CONFIG["analyses"]]

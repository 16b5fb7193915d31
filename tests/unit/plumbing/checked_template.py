"""The copy of the template in the directory of the run, checked: its problems, and what is made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ipdmediation.data.problems import Problem, listing_of
from ipdmediation.data.strict_yaml import read_yaml
from ipdmediation.plumbing.study_check import CheckedStudy, Surroundings, check_study
from ipdmediation.plumbing.study_files import read_study
from ipdmediation.plumbing.study_settings import StudySettings
from ipdmediation.plumbing.study_words import StudyWords
from ipdmediation.plumbing.taken_names import included, taken

ROOT = Path(__file__).parents[3]
WORKFLOW = ROOT / "workflow"
TEXTS = [(WORKFLOW / name).read_text() for name in included((WORKFLOW / "Snakefile").read_text())]
AROUND = Surroundings(
    config_schema=read_yaml(WORKFLOW / "schemas/config.schema.yaml"),
    trial_schema=read_yaml(WORKFLOW / "schemas/trial.schema.yaml"),
    result_schema=read_yaml(WORKFLOW / "schemas/site_result.schema.yaml"),
    taken=taken([*TEXTS, (WORKFLOW / "Snakefile").read_text()]),
)


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

"""Files of trials, drafts of studies from them, and what the project's own check says of these."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from ipdmediation.data.drafting.study import draft_study
from ipdmediation.data.drafting.words import Words
from ipdmediation.data.open_decisions import open_decisions
from ipdmediation.data.problems import Problem
from ipdmediation.data.strict_yaml import StrictLoader, read_yaml
from ipdmediation.plumbing.study_check import Surroundings, check_stated
from ipdmediation.plumbing.study_files import read_study

ROOT = Path(__file__).parents[4]
WORDS = Words(read_yaml(ROOT / "workflow/draft_words.yaml"))
AROUND = Surroundings(
    config_schema=read_yaml(ROOT / "workflow/schemas/config.schema.yaml"),
    trial_schema=read_yaml(ROOT / "workflow/schemas/trial.schema.yaml"),
    result_schema=read_yaml(ROOT / "workflow/schemas/site_result.schema.yaml"),
)


class Draft(NamedTuple):
    """The texts of a draft, what they hold, and everything that the check says."""

    texts: dict[str, str]
    problems: list[Problem]

    def __getitem__(self, name: str) -> Any:
        return yaml.load(self.texts[f"{name}.yaml"], Loader=StrictLoader)

    def questions(self, name: str) -> list[str]:
        return [said for _, said in open_decisions(self.texts[f"{name}.yaml"], yaml.SafeLoader)]


def drafted(folder: Path, *files: Path) -> Draft:
    """Draft a study from files, write it into a folder, and check it there."""
    texts = draft_study({file: str(file.absolute()) for file in files}, words=WORDS)
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    problems = check_stated(read_study([folder / "config.yaml"]), surroundings=AROUND)[1]
    return Draft(texts, problems)


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of the run."""
    monkeypatch.chdir(tmp_path)
    return tmp_path

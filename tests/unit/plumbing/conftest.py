"""A study in a directory of its own, to be broken."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.plumbing.checked_template import ROOT


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the template, in the directory of the run."""
    shutil.copytree(ROOT / "config/examples/template", tmp_path / "run/study")
    monkeypatch.chdir(tmp_path / "run")
    return tmp_path / "run/study"

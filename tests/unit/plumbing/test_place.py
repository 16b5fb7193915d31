"""Places that Snakemake cannot work in are one line; what can be put elsewhere is."""

import os
from pathlib import Path

import pytest

from ipdmediation.plumbing import place


@pytest.mark.parametrize("executable", ["/usr/bin/python3", "/home/me/study/.venv/bin/python"])
def test_a_python_in_a_plain_path_is_called_as_it_is(executable: str) -> None:
    assert place.callable_python(executable, "/home/me") == executable


@pytest.mark.parametrize("name", ["my study", "study (2)", "a&b", "it's", "{x}", "$HOME"])
def test_a_python_within_a_folder_with_an_odd_name_is_called_from_there(name: str) -> None:
    assert place.callable_python(f"/home/{name}/.venv/bin/python", f"/home/{name}") == ".venv/bin/python"


def test_a_python_that_no_shell_finds_is_one_line() -> None:
    with pytest.raises(place.PlaceError, match=r"^/my env/bin/python: .*make it elsewhere$"):
        place.callable_python("/my env/bin/python", "/home/me")


def test_braces_in_the_workflow_s_path_are_one_line() -> None:
    place.check_workflow("/home/my study/workflow/rules")
    place.check_workflow("https://github.com/owner/name/raw/v1/workflow/rules")
    with pytest.raises(place.PlaceError, match=r"^/home/\{me\}/workflow: .*rename the folder"):
        place.check_workflow("/home/{me}/workflow")


def test_a_directory_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.check_working_directory(tmp_path)
    assert place.kernel_cache(tmp_path / "cache", tmp_path) is None
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).startswith(str(tmp_path)))
    with pytest.raises(place.PlaceError, match=f"^{tmp_path}: you may not write here; .*Snakefile$"):
        place.check_working_directory(tmp_path)
    user = tmp_path / "not yet there" / "cache"
    assert place.kernel_cache(user, "/home/me/study") == "/home/me/study/.snakemake/kernels"


def test_a_working_directory_whose_snakemake_folder_can_be_written_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".snakemake").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: str(path).endswith(".snakemake"))
    place.check_working_directory(tmp_path)

"""The key of the pseudonyms: made once, the user's alone, apart from what others may get."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ipdmediation.plumbing.pseudonym_key import KeyFileError, key_faults, key_file, read_key, repository_of

SCRIPTS = Path(__file__).resolve().parents[3] / "workflow/scripts"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings/keys/study.key"


def faults(path: Path, *shared: Path) -> list[str]:
    return list(key_faults(path, shared=shared))


def test_a_key_is_made_once_and_open_to_nobody_else(path: Path) -> None:
    before = os.umask(0)
    try:
        made = read_key(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert len(bytes.fromhex(made.decode())) == 32
    assert read_key(path) == made
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert faults(path) == []


def test_two_keys_are_not_alike(path: Path) -> None:
    assert read_key(path) != read_key(path.with_name("other.key"))


def test_processes_that_make_it_at_once_get_the_same(path: Path) -> None:
    program = (
        "import sys, pathlib; from ipdmediation.plumbing.pseudonym_key import read_key;"
        "sys.stdin.readline(); sys.stderr.write(read_key(pathlib.Path(sys.argv[1])).decode())"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(path)],
            env={"PYTHONPATH": str(SCRIPTS)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for each in running:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    said = {each.communicate()[1] for each in running}
    assert said == {path.read_text().strip()}


def test_one_that_another_process_made_meanwhile_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link

    def late(source: Path, target: Path) -> None:
        path.write_text("o" * 40)
        path.chmod(0o600)
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    assert read_key(path) == b"o" * 40
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_its_place_is_the_stated_one_or_among_the_user_s_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    assert key_file(None) == tmp_path / "xdg/ipdmediation/pseudonyms.key"
    assert key_file("~/own.key") == tmp_path / "own.key"
    for unset in ("", "relative"):  # the standard says that such a value is none
        monkeypatch.setenv("XDG_CONFIG_HOME", unset)
        assert key_file(None) == tmp_path / ".config/ipdmediation/pseudonyms.key"


BROKEN = {
    "empty": ("", 0o600, "holds 0 characters"),
    "blank": (" \n" * 40, 0o600, "holds 0 characters"),
    "short": ("abc\n", 0o600, "holds 3 characters"),
    "open to a group": ("k" * 40, 0o640, "open to others; run `chmod 600 "),
    "open to all": ("k" * 40, 0o604, "open to others; run `chmod 600 "),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_key_is_one_line_and_stays_as_it_is(case: str, path: Path) -> None:
    text, mode, said = BROKEN[case]
    path.parent.mkdir(parents=True)
    path.write_text(text)
    path.chmod(mode)
    (line,) = faults(path)
    assert said in line
    assert str(path) in line
    with pytest.raises(KeyFileError, match=said):
        read_key(path)
    assert path.read_text() == text


def test_a_folder_and_a_link_that_leads_nowhere_are_no_key(path: Path) -> None:
    path.mkdir(parents=True)
    link = path.with_name("link")
    link.symlink_to("nowhere")
    for place in (path, link):
        (line,) = faults(place)
        assert "is no file" in line
        with pytest.raises(KeyFileError, match="is no file"):
            read_key(place)
    assert not path.with_name("nowhere").exists()


def test_a_place_that_may_not_be_written_to_is_said_beforehand(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # asked of the system, which lets root write everywhere
    monkeypatch.setattr(os, "access", lambda place, mode: not mode & os.W_OK)
    (line,) = faults(path)
    assert "cannot be made" in line
    assert "identifiers: {key: " in line


def test_a_place_below_a_file_is_said_beforehand(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (line,) = faults(tmp_path / "file/study.key")
    assert "cannot be made" in line


@pytest.mark.parametrize("where", ["shared/study.key", "shared/below/study.key", "link/study.key"])
def test_a_key_among_what_others_may_get_is_refused_whether_it_is_there_or_not(
    where: str, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (tmp_path / "link").symlink_to(shared)
    for _ in range(2):
        (line,) = faults(tmp_path / where, shared)
        assert f"lies in '{shared}', which others may get" in line
        read_key(tmp_path / where)
    assert faults(tmp_path / "shared.key", shared) == []


def test_the_repository_is_the_innermost_one(tmp_path: Path) -> None:
    (tmp_path / "outer/.git").mkdir(parents=True)
    (tmp_path / "outer/inner/below").mkdir(parents=True)
    (tmp_path / "outer/inner/.git").touch()  # of a worktree it is a file
    assert repository_of(tmp_path / "outer/inner/below") == tmp_path / "outer/inner"
    assert repository_of(tmp_path / "outer") == tmp_path / "outer"

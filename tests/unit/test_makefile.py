"""What `make environment` says: little where all is well, and what to do where it is not."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# A Python whose environments have a pip that talks, and fails where a file `broken` lies beside it.
PYTHON = """#!/bin/sh
case "$1" in
  -c) exit {supported} ;;
esac
mkdir -p "$3/bin" "$3/lib" && touch "$3/pyvenv.cfg"
cat >"$3/bin/python" <<END
#!/bin/sh
case "\\$2" in
  pip) echo "Collecting a thousand things"; echo "ERROR: no such thing" >&2; exit {pip} ;;
esac
END
chmod +x "$3/bin/python"
"""


def make(folder: Path, *, supported: int = 0, pip: int = 0) -> "subprocess.CompletedProcess[str]":
    python = folder / "python"
    python.write_text(PYTHON.format(supported=supported, pip=pip))
    python.chmod(0o755)
    command = ["make", "--no-print-directory", "environment", f"PYTHON={python}", f"VENV={folder}/venv"]
    # What a `make test` around this one was told is none of its business.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.tool("make")
def test_pip_s_noise_goes_to_its_log(tmp_path: Path) -> None:
    done = make(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"Installing envs/requirements.lock into {tmp_path}/venv ..."]
    assert done.stderr == ""
    assert "Collecting a thousand things" in (tmp_path / "venv/pip.log").read_text()


@pytest.mark.tool("make")
def test_where_pip_fails_its_errors_and_its_log_are_named(tmp_path: Path) -> None:
    done = make(tmp_path, pip=1)
    assert done.returncode == 2
    assert done.stdout.splitlines()[1:] == [
        "ERROR: no such thing",
        f"pip failed; everything that it said is in {tmp_path}/venv/pip.log",
    ]
    assert not (tmp_path / "venv/run.stamp").exists()


@pytest.mark.tool("make")
def test_a_python_that_is_not_supported_is_one_line(tmp_path: Path) -> None:
    done = make(tmp_path, supported=1)
    assert done.returncode == 2
    assert done.stdout == "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=/path/to/python\n"
    assert not (tmp_path / "venv").exists()


def test_the_supported_pythons_are_the_same_everywhere() -> None:
    project, makefile = (ROOT / "pyproject.toml").read_text(), (ROOT / "Makefile").read_text()
    assert 'requires-python = ">=3.11,<3.14"' in project
    assert "(3, 11) <= sys.version_info[:2] <= (3, 13)" in makefile
    assert "- python >=3.11,<3.14" in (ROOT / "envs/ipdmediation.yaml").read_text()
    assert re.search(r"Python 3\.11 to 3\.13", (ROOT / "README.md").read_text())


@pytest.mark.tool("make")
def test_make_study_hands_the_folder_and_every_file_to_the_command() -> None:
    command = ["make", "-n", "study", "IN=my-study", "FROM=data/a.csv 'data/b c.sav'"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env=environment)
    wanted = ".venv/bin/python workflow/scripts/new_study.py my-study data/a.csv 'data/b c.sav'"
    assert done.stdout.splitlines()[-1] == wanted

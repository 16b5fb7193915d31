"""What the README says works."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_the_python_example_runs():
    (program,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PYTHONPATH": "workflow/scripts"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "treatment" in done.stdout


def test_every_file_that_it_names_is_there():
    named = re.findall(r"`((?:config|envs|docs)/[\w./-]+)`", README)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []

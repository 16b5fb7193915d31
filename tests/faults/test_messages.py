"""What a user sees of a failing job: one line with the log, and the same line again at the end."""

import pytest

from tests.faults.conftest import Study

pytestmark = pytest.mark.slow

SCRIPT = "workflow/scripts/tables.py"
TARGET = "results/primary/tables/flow.csv"
FAILURES = {
    'raise ValueError("file.csv: column x")': "tables: file.csv: column x",
    'raise RuntimeError("something odd")': "tables: RuntimeError: something odd",
    "raise MemoryError": "tables: not enough memory",
    'raise PermissionError(13, "Permission denied", "x.csv")': (
        "tables: PermissionError: [Errno 13] Permission denied: 'x.csv'"
    ),
    "import os; os.kill(os.getpid(), 9)": "tables: ended without a word, killed perhaps",
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failing_job_is_one_line_with_its_log(study: Study, failure: str) -> None:
    study.edit(SCRIPT, "    words = ", f"    {failure}\n    words = ")
    done = study.snakemake(TARGET)
    said = (done.stdout + done.stderr).splitlines()
    message = f"{FAILURES[failure]} (log: logs/tables/primary.log)"
    assert done.returncode == 1
    assert (
        f"  {message}"
        in said[said.index("Exiting because a job execution failed. Look above for error messages") :]
    )
    assert (message in said) == ("killed" not in message)
    assert not any("Traceback" in line for line in said)

"""Hold a job's script at a stated event until somebody lets it go: no test has to hit a moment.

Python imports this module at its start where its folder is on PYTHONPATH. The environment variable HOLD_AT
names an audit event that has a draft of an output among its arguments: `tempfile.mkdtemp`, before anything is
computed, or `os.rename`, when the output is complete and not yet published. There the script stops itself,
once, until somebody sends SIGCONT; where HOLD_WHILE names a file, it waits instead as long as that is there,
unless a line of the file is in the draft's path.
"""

import os
import signal
import sys
import time
from pathlib import Path

WANTED = os.environ.get("HOLD_AT", "")
GATE = Path(os.environ.get("HOLD_WHILE", "/"))


def stop(event: str, arguments: tuple[object, ...]) -> None:
    """Stop this process at the wanted event; a signal that came in the meantime takes effect here."""
    global WANTED  # noqa: PLW0603
    if event != WANTED or not any(".partial-" in str(argument) for argument in arguments):
        return
    WANTED = ""
    if "HOLD_WHILE" not in os.environ:
        os.kill(os.getpid(), signal.SIGSTOP)
    while GATE.is_file() and not any(line in str(arguments) for line in GATE.read_text().splitlines()):
        time.sleep(0.05)


if WANTED:
    sys.addaudithook(stop)

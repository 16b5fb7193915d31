"""Stop a job's script at a stated event, once, until somebody sends SIGCONT: no test has to hit a moment.

Python imports this module at its start where its folder is on PYTHONPATH. The environment variable HOLD_AT
names an audit event that has a draft of an output among its arguments: `tempfile.mkdtemp`, before anything is
computed, or `os.rename`, when the output is complete and not yet published.
"""

import os
import signal
import sys

WANTED = os.environ.get("HOLD_AT", "")


def stop(event: str, arguments: tuple[object, ...]) -> None:
    """Stop this process at the wanted event; a signal that came in the meantime takes effect here."""
    global WANTED  # noqa: PLW0603
    if event == WANTED and any(".partial-" in str(argument) for argument in arguments):
        WANTED = ""
        os.kill(os.getpid(), signal.SIGSTOP)


if WANTED:
    sys.addaudithook(stop)

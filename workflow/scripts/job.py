"""How every script of the workflow runs: its log, its one-line error, and whole files or none."""

import gc
import logging
import os
import shutil
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from ipdmediation.data.notices import Noted, Notice, write_notices
from ipdmediation.plumbing import provenance
from ipdmediation.plumbing.failures import one_line, traced
from ipdmediation.plumbing.handed import check_inputs
from ipdmediation.plumbing.private_files import close_file, close_folders, files_of_patients

#: The job, as Snakemake hands it to a script; None where a script is imported and not run.
snakemake: Any = getattr(sys.modules["__main__"], "snakemake", None)

# Imports free nothing: without collections in between they take an eighth less time. `run` allows them again.
if snakemake is not None:
    gc.disable()


def run(main: Callable[..., None], snakemake: Any) -> None:
    """Call ``main`` with a Snakemake job's files and parameters by name, and end the process.

    Whatever is printed goes to the job's log.

    Parameters
    ----------
    main : callable
        Takes one keyword argument for each named input, output and parameter of the rule.
    snakemake : snakemake.iocontainers.Snakemake
        The object that Snakemake hands to a script.

    Raises
    ------
    SystemExit
        With status 1 when ``main`` fails; one line on the terminal says why, or one for each error of a
        group; the log has the traceback.
        Where it does not, the process ends here, with status 0.
    """
    terminal = os.dup(2)
    gc.freeze()  # what was imported stays, and need not be gone through
    gc.enable()
    try:
        _redirect_to(Path(snakemake.log[0]))
        call(main, snakemake, terminal=terminal)
    except Exception as error:
        traceback.clear_frames(error.__traceback__)  # what filled the memory hangs on them
        rows = bool(_patients_files(snakemake.input) or _patients_files(snakemake.output))
        errors = error.exceptions if isinstance(error, ExceptionGroup) else [error]
        said = [one_line(each, private=rows) for each in errors]
        message = "".join(f"{snakemake.rule}: {line} (log: {snakemake.log[0]})\n" for line in said)
        os.write(terminal, message.encode())
        with suppress(OSError, MemoryError):  # the disk of the log may be full
            sys.stderr.write(traced(error, private=rows))
        with suppress(OSError):
            os.write(2, message.encode())
        raise SystemExit(1) from None
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # to take numba, pandas and compiled code apart in order costs up to 0.4 s, for nothing


def call(main: Callable[..., None], snakemake: Any, *, terminal: int | None = None) -> None:
    """Call ``main`` with a job's files and parameters by name; errors are raised as they are.

    Each `Notice` that ``main`` warns of is a line on standard error; where the rule has an output `notices`,
    also on the terminal and in that file, whose name is that of the step.
    Outputs are written as drafts and get their names when all of them are complete, so that a killed job
    leaves no half-written file. Those that carry provenance (`provenance.carriers`) say what made them; the
    inputs that the parameter `expected` names are checked against theirs.

    Parameters
    ----------
    main, snakemake
        As for `run`.
    terminal : int or None
        File descriptor of the terminal, where standard error goes elsewhere.
    """
    notices: list[Notice] = []
    _record(notices)
    _refuse_another_package()
    private = _patients_files(snakemake.output)
    close_folders(private)
    with _drafts(snakemake.output, private) as drafts:
        started = time.process_time()
        handed, written = _named(snakemake.input), _named(snakemake.output, drafts.__getitem__)
        made_by = _provenance(main, snakemake, handed)
        check_inputs(handed, expected=dict(snakemake.params.items()).get("expected", {}), job=made_by)
        made = {name: files for name, files in written.items() if name != provenance.KEY}
        noted = made.pop("notices", None)
        try:
            main(**handed, **made, **_parameters(snakemake.params))
        finally:
            _say(notices, snakemake, streams=[2] if terminal is None or not noted else [2, terminal])
        if noted:
            step = Path(str(noted)).stem.replace("_", " ")
            write_notices(str(noted), [Noted(step, notice.kind, str(notice)) for notice in notices])
        provenance.write(made_by, written)
        ended = time.process_time()
        print(f"computed in {ended - started:.2f} of {ended:.2f} s of processor time", flush=True)


def _redirect_to(log: Path) -> None:
    """Send standard output, standard error and warnings, also those of compiled code, to the log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)  # the same job of a killed run may still write to its own
    stream = log.open("w", buffering=1)
    sys.stdout.flush()
    os.dup2(stream.fileno(), 1)
    os.dup2(stream.fileno(), 2)
    logging.captureWarnings(True)
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(message)s")


def _record(notices: list[Notice]) -> None:
    """Put each notice into a list from now on; other warnings go on to the log."""
    show = warnings.showwarning

    def take(message: Warning | str, *place: Any, **more: Any) -> None:
        if isinstance(message, Notice):
            notices.append(message)
        else:
            show(message, *place, **more)

    warnings.showwarning = take


def _say(notices: Iterable[Notice], snakemake: Any, *, streams: Iterable[int]) -> None:
    """Write a line for each distinct notice to each of some file descriptors."""
    job = " ".join([snakemake.rule, *(f"({value})" for value in snakemake.wildcards)])
    lines = "".join(f"{job}: note: {text}\n" for text in dict.fromkeys(map(str, notices)))
    for stream in streams if lines else ():
        with suppress(BrokenPipeError):  # the run that listened may be dead
            os.write(stream, lines.encode())


def _patients_files(files: Any) -> list[str]:
    """Return those of a rule's inputs or outputs that have patients' rows."""
    return files_of_patients(_named(files))


@contextmanager
def _drafts(outputs: Iterable[str], private: Collection[str]) -> Iterator[dict[str, str]]:
    """Give each output a draft under its own name in a new folder beside it; publish all or none.

    The folders are open to nobody else, and the private files are so for good.

    The same job of a killed run may still be at work, perhaps with older settings. It loses its folders
    here, and with them the possibility to publish: of two processes only the one that began last does.
    """
    drafts = {str(path): _new_folder(Path(path)) / Path(path).name for path in outputs}
    try:
        yield {path: str(draft) for path, draft in drafts.items()}
        for path, draft in drafts.items():
            if path in private:
                close_file(draft)
            _write_to_disk(draft)
        for path, draft in drafts.items():
            draft.replace(path)
    except Exception as error:
        if not all(draft.parent.exists() for draft in drafts.values()):
            raise SupersededError("gave up, because a later process makes the same files") from error
        raise
    finally:
        for draft in drafts.values():
            shutil.rmtree(draft.parent, ignore_errors=True)


class SupersededError(ValueError):
    """Another process took over the outputs of this one."""


def _new_folder(output: Path) -> Path:
    """Return a folder for an output's draft, the only one there is."""
    prefix = f".partial-{output.name}-"
    for other in output.parent.glob(f"{escape(prefix)}*"):
        shutil.rmtree(other, ignore_errors=True)
    return Path(mkdtemp(prefix=prefix, dir=output.parent))


def _write_to_disk(path: Path) -> None:
    """Wait until a file's content is on the disk: after a crash of the machine a name alone would be left."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _named(files: Any, place: Callable[[str], str] = str) -> dict[str, str | list[str]]:
    """Return each name's file, or its list of files, by the place where it is found."""
    return {
        name: place(str(value)) if isinstance(value, str) else [place(str(path)) for path in value]
        for name, value in files.items()
    }


def _parameters(params: Any) -> dict[str, Any]:
    """Leave out what is there only to say what made the results."""
    return {name: value for name, value in params.items() if name not in ("code", "expected")}


def _provenance(
    main: Callable[..., None], snakemake: Any, handed: dict[str, str | list[str]]
) -> provenance.Provenance:
    """Return what makes the outputs of a job; its script runs as a copy named `<random>.<script>.py`."""
    step = Path(str(main.__globals__.get("__file__", snakemake.rule))).stem.rpartition(".")[2]
    return provenance.of_job(
        step,
        wildcards=dict(snakemake.wildcards.items()),
        params={"code": "", **dict(snakemake.params.items())},
        inputs=provenance.input_hashes(step, handed),
    )


def _refuse_another_package() -> None:
    """Stop when the package that was imported is not the one beside the scripts, whose hash is tracked."""
    package = sys.modules.get("ipdmediation")
    here = Path(__file__).resolve().parent
    if package is not None and Path(str(package.__file__)).resolve().parents[1] != here:
        message = f"ipdmediation is imported from {package.__file__}; uninstall it from the environment"
        raise ImportError(message)

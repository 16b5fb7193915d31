"""How every script of the workflow runs: its log, its one-line error, and whole files or none."""

import logging
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any


def run(main: Callable[..., None], snakemake: Any) -> None:
    """Call ``main`` with a Snakemake job's files and parameters by name.

    Whatever is printed goes to the job's log. Outputs are written under temporary names beside their
    own and renamed when all of them are complete, so that a killed job leaves no half-written file.

    Parameters
    ----------
    main : callable
        Takes one keyword argument for each named input, output and parameter of the rule.
    snakemake : snakemake.iocontainers.Snakemake
        The object that Snakemake hands to a script.

    Raises
    ------
    SystemExit
        With status 1 when ``main`` fails; one line on the terminal says why, the log has the traceback.
    """
    terminal = os.dup(2)
    _redirect_to(Path(snakemake.log[0]))
    outputs = {name: str(path) for name, path in snakemake.output.items()}
    partial = {name: _partial_name(path) for name, path in outputs.items()}
    try:
        _refuse_another_package()
        _keep_patients_private(outputs.values())
        started = time.process_time()
        main(**_named(snakemake.input), **partial, **_parameters(snakemake.params))
        print(f"computed in {time.process_time() - started:.2f} s of processor time")
        for name, path in outputs.items():
            Path(partial[name]).replace(path)
    except Exception as error:
        traceback.print_exc()
        for path in partial.values():
            Path(path).unlink(missing_ok=True)
        message = f"{snakemake.rule}: {_one_line(error)} (log: {snakemake.log[0]})\n"
        os.write(terminal, message.encode())
        raise SystemExit(1) from None


def _redirect_to(log: Path) -> None:
    """Send standard output, standard error and warnings, also those of compiled code, to the log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    stream = log.open("w", buffering=1)
    sys.stdout.flush()
    os.dup2(stream.fileno(), 1)
    os.dup2(stream.fileno(), 2)
    logging.captureWarnings(True)
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(message)s")


def _keep_patients_private(paths: Iterable[str]) -> None:
    """Close the folder of patient-level rows to everybody else before anything is written to it."""
    for path in paths:
        for folder in Path(path).parents:
            if folder.name == "ipd":
                folder.chmod(0o700)


def _partial_name(path: str) -> str:
    """Return the temporary name of an output; the suffix stays, because writers choose the format by it."""
    final = Path(path)
    return str(final.with_name(f".partial-{final.name}"))


def _named(files: Any) -> dict[str, str | list[str]]:
    return {name: value if isinstance(value, str) else list(value) for name, value in files.items()}


def _parameters(params: Any) -> dict[str, Any]:
    """Leave out ``code``, which is there only for Snakemake to see that the package has changed."""
    return {name: value for name, value in params.items() if name != "code"}


def _refuse_another_package() -> None:
    """Stop when the package that was imported is not the one beside the scripts, whose hash is tracked."""
    package = sys.modules.get("ipdmediation")
    here = Path(__file__).resolve().parent
    if package is not None and Path(str(package.__file__)).resolve().parents[1] != here:
        message = f"ipdmediation is imported from {package.__file__}; uninstall it from the environment"
        raise ImportError(message)


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, ValueError) and text else f"{type(error).__name__}: {text}"

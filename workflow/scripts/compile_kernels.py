"""Compile the kernels of a link, or those of all links, before several jobs would do it at once."""

from job import run, snakemake  # first: it makes the other imports faster

import os
import sys
from pathlib import Path

from ipdmediation.effects import compilation as effects
from ipdmediation.kernels.compiling import say_complete
from ipdmediation.models import compilation as models
from ipdmediation.vocabulary.links import ALL_LINKS


def main(*, compiled_for: str, kernels: str) -> None:
    """Write down which kinds of model are compiled; the code is in numba's cache."""
    link = None if compiled_for == ALL_LINKS else compiled_for
    compiled = [*models.compile_kernels(link), *effects.compile_kernels(link)]
    say_complete()
    Path(kernels).write_text("\n".join(compiled) + "\n")


def fix_hash_seed() -> None:
    """Start this process again with a fixed seed of Python's hashes, unless it has one.

    Numba goes through sets while it compiles: their order shows in the machine code, and in the last digits.
    """
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(sys.executable, sys.orig_argv, {**os.environ, "PYTHONHASHSEED": "0"})


if __name__ == "__main__":
    fix_hash_seed()

    run(main, snakemake)

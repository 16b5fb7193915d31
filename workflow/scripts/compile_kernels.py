"""Compile the kernels of the models before several jobs would do it at once."""

from pathlib import Path

from ipdmediation.effects import compilation as effects
from ipdmediation.models import compilation as models


def main(*, kernels: str) -> None:
    """Write down which kinds of model are compiled; the code is in numba's cache."""
    Path(kernels).write_text("\n".join([*models.compile_kernels(), *effects.compile_kernels()]) + "\n")


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

"""Compile the kernels of the models before several jobs would do it at once."""

from pathlib import Path

from ipdmediation.models.compilation import compile_kernels


def main(*, kernels: str) -> None:
    """Write down which kinds of model are compiled; the code is in numba's cache."""
    Path(kernels).write_text("\n".join(compile_kernels()) + "\n")


if __name__ == "__main__":
    from job import run

    run(main, snakemake)

"""Put all results that may be shown into one file: `snakemake share`, `make share`, or by hand."""

from job import run, snakemake  # first: it makes the other imports faster

import sys

from ipdmediation.plumbing.shared_results import share


def main(*, results: str) -> None:
    """Write `shared.zip` into the results; raise one error for each file that may not be in it."""
    print(share(results))


def command(arguments: list[str]) -> int:
    """Do so on the terminal; return 1 where something is refused, else 0."""
    if len(arguments) not in (1, 2) or arguments[0].startswith("-"):
        print("usage: python workflow/scripts/share_results.py <results> [<archive>.zip]", file=sys.stderr)
        return 2
    try:
        print(share(*arguments))
    except (ExceptionGroup, ValueError, OSError) as error:
        reasons = error.exceptions if isinstance(error, ExceptionGroup) else [error]
        print("\n".join(map(str, reasons)), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    if snakemake is not None:
        run(main, snakemake)
    sys.exit(command(sys.argv[1:]))

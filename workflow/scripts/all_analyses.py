"""Draw all analyses of a study beside each other."""

from job import run, snakemake  # first: it makes the other imports faster

from pathlib import Path
from typing import Any

from ipdmediation.data.result_tables import read_table
from ipdmediation.present.figures.saving import save_all
from ipdmediation.present.figures.specification_curve import specification_curve
from ipdmediation.present.house_style import written_in
from ipdmediation.present.study import Study


def main(
    *,
    effects: list[str],
    studies: list[dict[str, Any]],
    departures: list[tuple[str, ...]],
    style: dict[str, str],
    **written: str,
) -> None:
    """Read the effects of every analysis; write the figure in each format."""
    with written_in(**style):
        drawn = specification_curve(
            list(map(read_table, effects)),
            studies=[Study(**words) for words in studies],
            departures=departures,
        )
        save_all([drawn], {kind: [Path(path)] for kind, path in written.items()})


if __name__ == "__main__":
    run(main, snakemake)

"""Show a piece of evidence beside the effects of its analysis: one figure, one table or more."""

from job import run, snakemake  # first: it makes the other imports faster

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from ipdmediation.data.result_tables import read_table
from ipdmediation.present.directions import isolated
from ipdmediation.present.figures.confounding import confounding as confounding_figure
from ipdmediation.present.figures.death import death as death_figure
from ipdmediation.present.figures.each_trial import each_trial as each_trial_figure
from ipdmediation.present.figures.leave_one_out import leave_one_out as leave_one_out_figure
from ipdmediation.present.figures.measurement_error import measurement_error as measurement_error_figure
from ipdmediation.present.figures.proportional_odds import proportional_odds as proportional_odds_figure
from ipdmediation.present.figures.saving import save_all
from ipdmediation.present.figures.surrogacy import surrogacy as surrogacy_figure
from ipdmediation.present.house_style import written_in
from ipdmediation.present.remarks import with_remarks
from ipdmediation.present.study import Study
from ipdmediation.present.tables.evidence import SHOWN
from ipdmediation.present.tables.saving import save_each


def main(
    *,
    numbers: list[str],
    effects: str,
    figures: list[str],
    tables: list[str],
    piece: str,
    study: dict[str, Any],
    style: dict[str, str],
) -> None:
    """Read the tables of numbers; write the figure and the tables in each format."""
    drawers: dict[str, Callable[..., Figure]] = {
        "each_trial": each_trial_figure,
        "leave_one_out": leave_one_out_figure,
        "confounding": confounding_figure,
        "measurement_error": measurement_error_figure,
        "surrogacy": surrogacy_figure,
        "death": death_figure,
        "proportional_odds": proportional_odds_figure,
    }
    words = Study(**study)
    with written_in(**style):
        frames = {Path(path).stem: with_remarks(read_table(path)) for path in numbers}
        estimated = read_table(effects)
        drawn = drawers[piece](*frames.values(), estimated, study=isolated(words))
        save_all(
            [drawn], {Path(path).suffix.removeprefix("."): [Path(path)] for path in figures}, study=words
        )
        for path in map(Path, tables):
            shown = SHOWN[path.stem]
            taken = [frames[name] for name in shown.numbers]
            save_each(partial(shown.make, *taken, estimated, study=words), [path])


if __name__ == "__main__":
    run(main, snakemake)

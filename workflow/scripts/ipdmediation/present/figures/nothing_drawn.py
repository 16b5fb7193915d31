"""What stands in the place of a figure of which every number is withheld."""

from __future__ import annotations

from matplotlib.figure import Figure

from ipdmediation.present import style
from ipdmediation.present.figures.sheet import MARGIN, new_sheet, text_height, wrap
from ipdmediation.present.study import Study
from ipdmediation.present.style import MUTED, SMALL_SIZE


def nothing_drawn(title: str, why: str, *, study: Study) -> Figure:
    """Draw a title and the sentence that says why there is nothing below it, as wide as two columns."""
    width = study.page.double - 2 * MARGIN
    named = wrap(title, width, size=style.TITLE_SIZE, weight="bold")
    said = wrap(why, width, size=SMALL_SIZE)
    below = MARGIN + text_height(named, size=style.TITLE_SIZE) + 3
    height = below + text_height(said, size=SMALL_SIZE) + MARGIN
    sheet = new_sheet(study.page.double, height, study)
    sheet.lines(MARGIN, MARGIN, named, size=style.TITLE_SIZE, weight="bold")
    sheet.lines(MARGIN, below, said, color=MUTED, size=SMALL_SIZE)
    return sheet.figure

"""Figure: the mediator by arm."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ipdmediation.present.figures.distribution import draw_distribution
from ipdmediation.present.figures.sheet import in_style
from ipdmediation.present.study import Study


@in_style
def mediator_by_arm(mediator: pd.DataFrame, *, study: Study) -> Figure:
    """Draw the distribution of the mediator in both arms, with medians, quartiles and the p value.

    The axis carries the mediator in its own unit, spaced as the analysis transforms it.

    Parameters
    ----------
    mediator
        Tidy description of the mediator; `density` rows give the curve (level = position in natural units,
        estimate = density on the transformed scale).
    study
        Words of the study.

    Returns
    -------
    Figure
        As wide as a column.
    """
    offset = float(study.analysis["mediator"].get("offset", 0.0))
    return draw_distribution(mediator, study.mediator, study=study, transform=study.transform, offset=offset)

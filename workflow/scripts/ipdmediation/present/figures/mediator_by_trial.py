"""Figure: the mediator by arm in each trial."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ipdmediation.present.figures.distribution import draw_by_trial
from ipdmediation.present.figures.sheet import in_style
from ipdmediation.present.study import Study


@in_style
def mediator_by_trial(mediator: pd.DataFrame, *, study: Study) -> Figure:
    """Draw median and quartiles of the mediator in both arms of every trial.

    Parameters
    ----------
    mediator
        Tidy description of the mediator with rows of every trial.
    study
        Words of the study; its trials give the order of the rows.

    Returns
    -------
    Figure
        As wide as two columns; as tall as the number of trials needs.
    """
    offset = float(study.analysis["mediator"].get("offset", 0.0))
    return draw_by_trial(mediator, study.mediator, study=study, transform=study.transform, offset=offset)

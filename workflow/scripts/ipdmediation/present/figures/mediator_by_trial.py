"""Figure: the mediator by arm in each trial."""

from __future__ import annotations

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from ipdmediation.present import style
from ipdmediation.present.figures.distribution import draw_by_trial
from ipdmediation.present.study import Study


@mpl.rc_context(style.RC)
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
        183 mm wide; as tall as the number of trials needs.
    """
    offset = float(study.analysis["mediator"].get("offset", 0.0))
    return draw_by_trial(mediator, study.mediator, study=study, transform=study.transform, offset=offset)

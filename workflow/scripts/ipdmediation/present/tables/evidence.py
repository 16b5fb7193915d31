"""The tables that show evidence: what makes each, and the tables of numbers that it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import pandas as pd

from ipdmediation.present.study import Study
from ipdmediation.present.tables.coefficients_by_cut import coefficients_by_cut
from ipdmediation.present.tables.confounding import confounding
from ipdmediation.present.tables.death import death
from ipdmediation.present.tables.each_trial import each_trial
from ipdmediation.present.tables.free_treatment import free_treatment
from ipdmediation.present.tables.leave_one_out import leave_one_out
from ipdmediation.present.tables.measurement_error import measurement_error
from ipdmediation.present.tables.proportional_odds import proportional_odds
from ipdmediation.present.tables.surrogacy import surrogacy
from ipdmediation.present.tables.surrogate_predictions import surrogate_predictions
from ipdmediation.present.tables.table import Table


class Shown(NamedTuple):
    """What makes a table, and the tables of numbers that it takes in front of the effects."""

    make: Callable[..., Table]
    numbers: tuple[str, ...]


#: In the order in which page and manuscript have them.
SHOWN = {
    "each_trial": Shown(each_trial, ("trials", "pooled")),
    "leave_one_out": Shown(leave_one_out, ("leave_one_out",)),
    "confounding": Shown(
        confounding,
        (
            "confounding",
            "confounding_undone",
            "confounding_benchmarks",
            "confounding_e_values",
            "confounding_logit",
        ),
    ),
    "measurement_error": Shown(measurement_error, ("measurement_error",)),
    "surrogacy": Shown(surrogacy, ("surrogacy", "surrogate_predictions", "surrogate_line")),
    "surrogate_predictions": Shown(surrogate_predictions, ("surrogate_predictions",)),
    "death": Shown(death, ("death", "death_patients")),
    "coefficients_by_cut": Shown(coefficients_by_cut, ("by_cut",)),
    "proportional_odds": Shown(proportional_odds, ("proportional_odds",)),
    "free_treatment": Shown(free_treatment, ("free_treatment",)),
}


def evidence_tables(
    evidence: Mapping[str, pd.DataFrame], effects: pd.DataFrame, *, study: Study
) -> dict[str, Table]:
    """Return the tables of what stands beside the effects of an analysis, by name; none of what it has not.

    Parameters
    ----------
    evidence
        Tables of numbers by name.
    effects
        The effects of the analysis.
    study
        Words of the study.
    """
    return {
        name: shown.make(*(evidence[number] for number in shown.numbers), effects, study=study)
        for name, shown in SHOWN.items()
        if set(shown.numbers) <= set(evidence)
    }

"""What a piece of evidence could not give, or found against what the analysis assumes, as notices."""

from __future__ import annotations

import warnings

import pandas as pd

from ipdmediation.data.errors import CohortWarning, ImputationWarning
from ipdmediation.data.notices import Notice
from ipdmediation.inference.summary import BootstrapWarning
from ipdmediation.models.errors import FitWarning
from ipdmediation.vocabulary.withheld import Withheld

#: Probability of a test below which proportional odds count as rejected.
REJECTED = 0.05


class EvidenceWarning(Notice):
    """What a reader has to know of the evidence beside an analysis."""


def leave_to_the_analysis() -> None:
    """Ignore warnings of cohorts, fits and replicates from now on: the analysis has warned of its own."""
    for category in (CohortWarning, ImputationWarning, FitWarning, BootstrapWarning):
        warnings.simplefilter("ignore", category)


def warn_of(rows: pd.DataFrame, says: str, *, kind: str, why: str = "reason") -> None:
    """Warn of each row that says why it has no numbers, each text once.

    Parameters
    ----------
    rows : DataFrame
    says : str
        What is not there, with the row's own columns in braces.
    kind : str
        Key of the notices.
    why : str
        Column of the reason, empty where there are numbers.
    """
    found = rows[rows[why] != ""].to_dict("records")
    for text in dict.fromkeys(
        f"{says.format_map(row)}: {Withheld.UNDEFINED.reason(row[why])}" for row in found
    ):
        warnings.warn(EvidenceWarning(text, kind=kind), stacklevel=2)


def warn_of_rejected_odds(tests: pd.DataFrame) -> None:
    """Warn of the models in which the likelihood-ratio test rejects proportional odds of treatment.

    Parameters
    ----------
    tests : DataFrame
        As `cut_tests` returns it.
    """
    rejected = tests[(tests["test"] == "likelihood_ratio") & (tests["p_value"] < REJECTED)]
    for model in rejected["model"]:
        text = f"the odds of treatment are not proportional in the {model} model, by a likelihood-ratio test"
        warnings.warn(
            EvidenceWarning(f"{text} at level {REJECTED:g}", kind="odds_not_proportional"), stacklevel=2
        )

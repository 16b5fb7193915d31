"""What is done about patients who lack a variable of the models, and how many they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from ipdmediation.data.covariates import StatedCovariates, all_covariate_names

Method = Literal["impute", "complete_case"]

MISSING_COLUMNS = ("variable", "trial", "n", "missing", "handled")

ALL = "all"


@dataclass(frozen=True, kw_only=True)
class MissingData:
    """How an analysis deals with missing values of its models' variables.

    ASSUME: an outcome that is not known is not imputed; the patient leaves the analysis.

    Parameters
    ----------
    required : tuple of str
        Variables that have to be known of a patient who is analysed.
    imputed : tuple of str
        Variables whose missing values are imputed.
    reason : str
        Why a patient leaves who lacks a required variable; shown in the flow.
    always_shown : bool
        Whether the flow says so where nobody leaves, too.
    """

    required: tuple[str, ...] = ()
    imputed: tuple[str, ...] = ()
    reason: str = ""
    always_shown: bool = False

    @classmethod
    def of(
        cls,
        *,
        method: Method,
        covariates: StatedCovariates,
        mediator: str,
        outcome: str,
        variables: Mapping[str, Any],
    ) -> MissingData:
        """Return it from the settings of an analysis.

        Parameters
        ----------
        method : {"impute", "complete_case"}
            Whether covariates and mediator are imputed, or who lacks one of them leaves as well.
        covariates : sequence of str, str, or mapping of these
            As the analysis states them, a formula or a set for each model among them.
        mediator, outcome : str
            Names of the two.
        variables : mapping
            The study's variables by name.
        """
        names = [name for name in all_covariate_names(covariates) if name in variables]
        if method == "complete_case":
            needed = (*names, mediator, outcome)
            return cls(required=needed, reason="A variable of the models missing", always_shown=True)
        return cls(required=(outcome,), imputed=(*names, mediator), reason="Outcome unknown")

    def table(self, eligible: pd.DataFrame, analysed: pd.DataFrame) -> pd.DataFrame:
        """Return how often each variable is missing, in all trials and in each.

        Parameters
        ----------
        eligible : DataFrame
            Patients who meet every rule: of these a required variable was missing.
        analysed : DataFrame
            Those of them who have every required variable: of these the others are imputed.

        Returns
        -------
        DataFrame
            `MISSING_COLUMNS`: `variable`, `trial` (all, or an id), of how many patients `n` it was `missing`,
            and how these were `handled` (excluded, imputed). Only variables that somebody lacks.
        """
        rows = [*_counts(eligible, self.required, "excluded"), *_counts(analysed, self.imputed, "imputed")]
        return pd.DataFrame(rows, columns=list(MISSING_COLUMNS))


NOTHING_NEEDED = MissingData()


def never_measured(table: pd.DataFrame, variable: str) -> list[str]:
    """Return the trials of which no analysed patient has a variable that is imputed.

    Parameters
    ----------
    table : DataFrame
        As `MissingData.table` returns it.
    variable : str
    """
    rows = table[(table["variable"] == variable) & (table["handled"] == "imputed") & (table["trial"] != ALL)]
    return [str(trial) for trial in rows.loc[rows["missing"] == rows["n"], "trial"]]


def _counts(
    patients: pd.DataFrame, names: Sequence[str], handled: str
) -> Iterator[tuple[str, str, int, int, str]]:
    for name in names:
        missing = patients[name].isna()
        if missing.any():
            yield name, ALL, len(patients), int(missing.sum()), handled
            for trial, lacking in missing.groupby(patients["trial"], sort=False):
                yield name, str(trial), len(lacking), int(lacking.sum()), handled

"""Clusters of patients within trials, such as centres, checked before models have effects of them."""

from __future__ import annotations

import pandas as pd

from ipdmediation.data.errors import CohortError


def check_clusters(cohort: pd.DataFrame, *, variable: str) -> None:
    """Check that the cluster of every patient of an analysis is known.

    Parameters
    ----------
    cohort : DataFrame
        Patients, with the column `trial`.
    variable : str
        The column whose values within a trial are the clusters.

    Raises
    ------
    CohortError
        Where a cluster is missing, or there is one only; it says how many patients of which trials.
    """
    missing = cohort[variable].isna()
    if missing.any():
        counts = cohort.loc[missing, "trial"].astype(str).value_counts(sort=False)
        where = ", ".join(f"{trial} {count}" for trial, count in counts.items())
        raise CohortError(
            f"cluster {variable!r}: it is missing in {missing.sum()} of {len(cohort)} patients ({where}); "
            "allowed: a level for everybody who is analysed; leave others out by a rule of `eligibility`"
        )
    if cohort.groupby(["trial", variable], observed=True).ngroups < 2:
        raise CohortError(
            f"cluster {variable!r}: all {len(cohort)} patients are of one cluster; allowed: two or more"
        )

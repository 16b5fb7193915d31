"""Who is analysed: eligibility rules in order, and a flow that adds up to the last patient."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ipdmediation.data.errors import CohortError, CohortWarning, listing
from ipdmediation.data.variables import ARMS, Variable

Mask = npt.NDArray[np.bool_]

FLOW_COLUMNS = (
    "step",
    "reason",
    "excluded",
    "excluded_treated",
    "excluded_control",
    "remaining",
    "remaining_treated",
    "remaining_control",
)

#: The step for patients of an arm that the mapping of their trial leaves out.
NOT_COMPARED = "Not in a compared arm"

#: What a rule does with a patient whose variable is missing, unless the rule says otherwise: to be `between`
#: or `one_of` has to be known, to be `none_of` has not.
MISSING_DEFAULT = {"measured": "exclude", "between": "exclude", "one_of": "exclude", "none_of": "keep"}


@dataclass(frozen=True)
class Cohort:
    """The patients of an analysis.

    Parameters
    ----------
    frame : DataFrame
        Rows of the pooled frame that meet every rule, in its order and dtypes.
    flow : DataFrame
        One row a step: `step` (0 is randomisation), `reason`, and the numbers `excluded` and `remaining`, in
        all and by arm. Patients of an arm that is not compared are among all of the first step, are excluded
        by the next one, and count in neither arm.
    """

    frame: pd.DataFrame
    flow: pd.DataFrame


def select_cohort(
    pooled: pd.DataFrame, *, rules: Sequence[Mapping[str, Any]], variables: Mapping[str, Variable]
) -> Cohort:
    """Apply eligibility rules in order; a patient is counted under the first rule that is not met.

    Before the first rule, who is in no arm that is compared is excluded, as a step of its own. A rule names
    a `variable`, a `reason` to exclude who does not meet it, and one of

    - ``measured: true``: the value is known;
    - ``between: [low, high]``: inclusive, null leaves a side open;
    - ``one_of: [...]`` and ``none_of: [...]``: levels, or numbers.

    `missing: keep` or `missing: exclude` says what a missing value does; the default is `MISSING_DEFAULT`.

    Parameters
    ----------
    pooled : DataFrame
        Harmonised trials; `treatment` is missing for a patient of an arm that is not compared.
    rules : sequence of mapping
        The rules, in order; no rule keeps everybody.
    variables : mapping
        The study's variables by name.

    Raises
    ------
    CohortError
        Where a rule cannot be applied, or leaves nobody or nobody of an arm.

    Warns
    -----
    CohortWarning
        Where a trial, or an arm of a trial, has nobody left.
    """
    treatment = pooled["treatment"].to_numpy("float64", na_value=np.nan)
    arms = {arm: treatment == code for arm, code in ARMS.items()}
    everybody = np.ones(len(pooled), dtype=bool)
    steps = [_step(0, "Randomised", ~everybody, everybody, arms)]
    remaining = ~np.isnan(treatment)
    if not remaining.all():
        steps.append(_step(1, NOT_COMPARED, ~remaining, remaining, arms))
    for number, rule in enumerate(rules, start=1):
        excluded = remaining & ~_met(pooled, rule, number, variables)
        remaining = remaining & ~excluded
        steps.append(_step(len(steps), str(rule["reason"]), excluded, remaining, arms))
        for arm, members in arms.items():
            if not (remaining & members).any():
                raise CohortError(
                    f"eligibility rule {number} ({rule['reason']!r}, variable {rule['variable']!r}) leaves "
                    f"no patient in arm {arm!r}: it excluded {int(excluded.sum())} of "
                    f"{int((excluded | remaining).sum())}"
                )
    frame = pooled.loc[remaining].reset_index(drop=True).astype({"treatment": "int8"})
    _warn_of_empty_trials(pooled, frame)
    return Cohort(frame=frame, flow=pd.DataFrame(steps, columns=list(FLOW_COLUMNS)))


def _met(
    pooled: pd.DataFrame, rule: Mapping[str, Any], number: int, variables: Mapping[str, Variable]
) -> Mask:
    name = rule["variable"]
    where = f"eligibility rule {number} ({rule['reason']!r})"
    if name not in variables:
        raise CohortError(f"{where}: no variable {name!r}; allowed: {listing(variables, limit=99)}")
    tests = [test for test in MISSING_DEFAULT if test in rule]
    if len(tests) != 1:
        raise CohortError(f"{where}: needs exactly one of {listing(MISSING_DEFAULT)}, has {listing(tests)}")
    test, values = tests[0], pooled[name]
    known: Mask = values.notna().to_numpy(dtype=bool)
    if test == "measured":
        return known
    met: Mask
    if test == "between":
        if variables[name].type == "categorical":
            raise CohortError(f"{where}: variable {name!r} is categorical: use one_of or none_of")
        low, high = rule["between"]
        numbers = values.to_numpy("float64", na_value=np.nan)
        met = (numbers >= (-np.inf if low is None else low)) & (numbers <= (np.inf if high is None else high))
    else:
        among = values.isin(_as_values(variables[name], rule[test], where)).to_numpy(dtype=bool)
        met = among if test == "one_of" else ~among
    keep_missing = rule.get("missing", MISSING_DEFAULT[test]) == "keep"
    return np.where(known, met, keep_missing)


def _as_values(variable: Variable, levels: Sequence[Any], where: str) -> list[Any]:
    if variable.type == "continuous":
        return list(levels)
    allowed = (
        variable.level_labels if variable.type == "categorical" else {str(code) for code in variable.codes}
    )
    unknown = [level for level in levels if str(level) not in allowed]
    if unknown:
        raise CohortError(
            f"{where}: variable {variable.name!r} has no level {listing(unknown)}; "
            f"allowed: {variable.allowed}"
        )
    return [str(level) if variable.type == "categorical" else int(level) for level in levels]


def _step(
    number: int, reason: str, excluded: Mask, remaining: Mask, arms: Mapping[str, Mask]
) -> tuple[object, ...]:
    counts = [
        int((who & group).sum())
        for who in (excluded, remaining)
        for group in (np.ones_like(who), arms["treated"], arms["control"])
    ]
    return (number, reason, *counts)


def _warn_of_empty_trials(pooled: pd.DataFrame, cohort: pd.DataFrame) -> None:
    left = cohort.groupby(["trial", "treatment"]).size()
    for trial in pooled["trial"].unique():
        empty = [arm for arm, code in ARMS.items() if (trial, code) not in left.index]
        if len(empty) == len(ARMS):
            warnings.warn(f"trial {trial!r} has no eligible patient", CohortWarning, stacklevel=3)
        elif empty:
            warnings.warn(
                f"trial {trial!r} has no eligible patient in arm {empty[0]!r}", CohortWarning, stacklevel=3
            )

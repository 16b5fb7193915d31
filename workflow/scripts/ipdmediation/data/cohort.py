"""Who is analysed: eligibility rules in order, what has to be known, and a flow that adds up."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ipdmediation.data.arms import ARMS
from ipdmediation.data.errors import CohortError, CohortWarning, listing
from ipdmediation.data.missing import NOTHING_NEEDED, MissingData
from ipdmediation.data.variables import Variable, trial_variable
from ipdmediation.vocabulary.terms import TRIAL
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS

Mask = npt.NDArray[np.bool_]

FLOW_COLUMNS = (
    "step",
    "kind",
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
        Rows of the pooled frame that are analysed, in its order and dtypes.
    flow : DataFrame
        One row per step: `step` (0 is randomisation), `kind` (randomised, arm, eligibility, missing),
        `reason`, and the numbers `excluded` and `remaining`, in all and by arm. Patients of an arm that is
        not compared are among all of the first step, are excluded by the next one, and count in neither arm.
    missing : DataFrame
        What was missing and how that was handled, see `MissingData.table`.
    """

    frame: pd.DataFrame
    flow: pd.DataFrame
    missing: pd.DataFrame


def select_cohort(
    pooled: pd.DataFrame,
    *,
    rules: Sequence[Mapping[str, Any]],
    variables: Mapping[str, Variable],
    missing: MissingData = NOTHING_NEEDED,
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
    missing : MissingData
        Which variables have to be known, after every rule.

    Raises
    ------
    CohortError
        Where no trial has one of the arms, a rule cannot be applied, or a step leaves nobody of an arm.

    Warns
    -----
    CohortWarning
        Where a trial has one arm only, or where nobody is left in a trial or in an arm of it.
    """
    flow = _Flow(pooled)
    compared = pooled["treatment"].notna().to_numpy(dtype=bool)
    _check_arms(pooled.loc[compared])
    if not compared.all():
        flow.exclude(~compared, kind="arm", reason=NOT_COMPARED, where=repr(NOT_COMPARED))
    meant = np.ones(len(pooled), dtype=bool)  # whose trials no rule leaves out
    for number, rule in enumerate(rules, start=1):
        where = f"eligibility rule {number} ({rule['reason']!r}, variable {rule['variable']!r})"
        lacking = ~meets(pooled, rule, number, variables)
        if rule["variable"] == TRIAL:
            meant &= ~lacking
        flow.exclude(lacking, kind="eligibility", reason=str(rule["reason"]), where=where)
    eligible = pooled.loc[flow.remaining]
    _warn_of_nobody(pooled.loc[meant], eligible, "eligible patient", kind="nobody_eligible")

    lacking = pooled[list(missing.required)].isna().any(axis=1).to_numpy()
    if missing.always_shown or (lacking & flow.remaining).any():
        counts = ", ".join(f"{name}: {eligible[name].isna().sum()}" for name in missing.required)
        where = f"{missing.reason!r} (missing of {len(eligible)} eligible patients: {counts})"
        flow.exclude(lacking, kind="missing", reason=missing.reason, where=where)
    frame = pooled.loc[flow.remaining].reset_index(drop=True).astype({"treatment": "int8"})
    _warn_of_nobody(eligible, frame, "patient with every value needed", kind="nobody_complete")
    return Cohort(frame=frame, flow=flow.table(), missing=missing.table(eligible, frame))


class _Flow:
    """Who remains after each step, and the numbers of each.

    Attributes
    ----------
    remaining : ndarray of bool, shape (patients,)
    """

    def __init__(self, pooled: pd.DataFrame) -> None:
        self.remaining: Mask = np.ones(len(pooled), dtype=bool)
        treatment = pooled["treatment"].to_numpy("float64", na_value=np.nan)
        self._arms: dict[str, Mask] = {arm: treatment == code for arm, code in ARMS.items()}
        self._rows: list[tuple[object, ...]] = []
        self._add("randomised", "Randomised", ~self.remaining)

    def exclude(self, lacking: Mask, *, kind: str, reason: str, where: str) -> None:
        """Take out who is lacking; an error that begins with `where` if that leaves nobody of an arm."""
        excluded = self.remaining & lacking
        self.remaining = self.remaining & ~lacking
        self._add(kind, reason, excluded)
        for arm, members in self._arms.items():
            if not (self.remaining & members).any():
                raise CohortError(f"{where} leaves no patient in arm {arm!r}: {self._lost(arm)}")

    def table(self) -> pd.DataFrame:
        """Return the steps as `FLOW_COLUMNS`."""
        return pd.DataFrame(self._rows, columns=list(FLOW_COLUMNS))

    def _lost(self, arm: str) -> str:
        """Return where the patients of an arm went, step by step."""
        table = self.table()
        excluded = table[f"excluded_{arm}"]
        steps = [
            f"{count} by {reason!r}" for reason, count in zip(table["reason"], excluded, strict=True) if count
        ]
        return f"of {int(self._arms[arm].sum())} randomised, excluded were {', '.join(steps)}"

    def _add(self, kind: str, reason: str, excluded: Mask) -> None:
        everybody = np.ones_like(excluded)
        groups = (everybody, self._arms["treated"], self._arms["control"])
        counts = [int((who & group).sum()) for who in (excluded, self.remaining) for group in groups]
        self._rows.append((len(self._rows), kind, reason, *counts))


def without_reasons(flow: pd.DataFrame) -> pd.DataFrame:
    """Return a patient flow without the reasons of its eligibility rules, see `with_reasons`."""
    return flow.assign(reason=flow["reason"].mask(flow["kind"] == "eligibility", ""))


def with_reasons(flow: pd.DataFrame, reasons: Sequence[str]) -> pd.DataFrame:
    """Return a patient flow with the reason of each eligibility rule, in their order.

    Raises
    ------
    ValueError
        Where there are more or fewer rules than reasons.
    """
    named = flow.copy()
    named.loc[named["kind"] == "eligibility", "reason"] = list(reasons)
    return named


def warn_of_mixed_trials(cohort: pd.DataFrame, *, trial_effects: str) -> None:
    """Warn where the patients of several trials are analysed as if they were of one.

    Parameters
    ----------
    cohort : DataFrame
        Patients of an analysis.
    trial_effects : str
        How its models treat the trials.

    Warns
    -----
    CohortWarning
        Where that is `none`, and there is more than one trial.
    """
    trials = cohort["trial"].nunique()
    if not TRIAL_EFFECTS[trial_effects].tell_apart and trials > 1:
        warnings.warn(
            CohortWarning(
                f"the {trials} trials are not told apart (trial_effects: none): patients of different trials "
                "are compared as if they were of one",
                kind="trials_not_told_apart",
            ),
            stacklevel=2,
        )


def meets(
    pooled: pd.DataFrame, rule: Mapping[str, Any], number: int, variables: Mapping[str, Variable]
) -> Mask:
    """Say who meets an eligibility rule, see `select_cohort`; `number` is its place in messages.

    Raises
    ------
    CohortError
        Where the rule cannot be applied.
    """
    name = rule["variable"]
    where = f"eligibility rule {number} ({rule['reason']!r})"
    # which trials there are the check of the configuration knows
    trial = trial_variable(rule.get("one_of", rule.get("none_of", ())))
    variables = {**variables, trial.name: trial}
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


def _check_arms(pooled: pd.DataFrame) -> None:
    """Raise where no trial has an arm at all; warn of each trial that has one arm only."""
    for arm, code in ARMS.items():
        if not (pooled["treatment"] == code).any():
            counts = ", ".join(
                f"{trial} {n}" for trial, n in pooled.groupby("trial", sort=False).size().items()
            )
            raise CohortError(
                f"no trial has a patient in arm {arm!r}; in the other arm are {counts or 'none'}: see "
                "`treatment.codes` of the mappings"
            )
    for trial, codes in pooled.groupby("trial", sort=False)["treatment"].unique().items():
        arms = [arm for arm, code in ARMS.items() if code in codes]
        if len(arms) == 1:
            warnings.warn(
                CohortWarning(
                    f"trial {trial!r} has patients in arm {arms[0]!r} only, so it tells nothing about the "
                    "treatment by itself",
                    kind="one_arm_trial",
                ),
                stacklevel=3,
            )


def _warn_of_nobody(before: pd.DataFrame, after: pd.DataFrame, whom: str, *, kind: str) -> None:
    """Warn of each trial, or arm of a trial, that had patients before a step and has none after it."""
    left = after.groupby(["trial", "treatment"]).size().index
    for trial, codes in before.groupby("trial", sort=False)["treatment"].unique().items():
        had = [arm for arm, code in ARMS.items() if code in codes]
        empty = [arm for arm in had if (trial, ARMS[arm]) not in left]
        if empty or not had:
            where = "" if len(empty) == len(had) else f" in arm {empty[0]!r}"
            warnings.warn(CohortWarning(f"trial {trial!r} has no {whom}{where}", kind=kind), stacklevel=3)

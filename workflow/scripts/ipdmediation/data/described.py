"""The tables that describe patients: their columns, and the arm as a variable (imports nothing heavy)."""

from __future__ import annotations

from ipdmediation.data.arms import ARMS
from ipdmediation.data.codes import EXCLUDED
from ipdmediation.data.variables import Variable

DESCRIPTION_COLUMNS = (
    "variable",
    "unit",
    "trial",
    "arm",
    "statistic",
    "level",
    "estimate",
    "ci_low",
    "ci_high",
)
#: Of the table that `integrity.check_integrity` returns.
INTEGRITY_COLUMNS = ("trial", "check", "variable", "estimate", "expected", "p_value", "notable")


def arm_variable() -> Variable:
    """Return the arm of a patient as a variable: control, treated, or excluded where it is not compared."""
    levels: dict[int | str, str] = {each: each for each in (*ARMS, EXCLUDED)}
    return Variable(name="treatment", type="categorical", label="Arm", levels=levels)

"""Expressions of derived variables that cannot be computed."""

from __future__ import annotations

from tests.unit.data.bad_inputs.bad_input import Bad, anew, variable

DERIVED = [
    Bad(
        topic="derive",
        said=("variables.delay.derive", "no function 'summ'; did you mean sum?", "allowed: abs"),
        mapping=anew(derive="summ(DAY, AGE)"),
    ),
    Bad(
        topic="derive",
        said=("variables.delay.derive", "** is no operator here"),
        mapping=anew(derive="DAY ** 2"),
    ),
    Bad(
        topic="derive",
        said=("variables.delay.derive", "a point looks something up"),
        mapping=anew(derive="DAY.real"),
    ),
    Bad(
        topic="derive",
        said=("variables.delay.derive", "texts have no order"),
        mapping=anew(derive="1 if SEX > 'F' else 2"),
    ),
    Bad(
        topic="derive", said=("variables.delay.derive", "no column of the file"), mapping=anew(derive="1 + 1")
    ),
    Bad(
        topic="derive",
        said=("variables.delay.derive", "days_between() counts days, found unit 'hour'", "say `unit: day`"),
        mapping=anew(derive="days_between(ONSET, SCAN)", unit="hour"),
    ),
    Bad(topic="derive", said=("column 'GONE' (delay) is not in the file",), mapping=anew(derive="GONE + 1")),
    Bad(
        topic="derive",
        said=("derived: DAY / (DAY - 1) (delay)", "divides by 0", "lines 2, 3, 5"),
        mapping=anew(derive="DAY / (DAY - 1)"),
    ),
    Bad(
        topic="derive",
        said=("(delay)", "column 'SEX'", "8 rows", "allowed: numbers"),
        mapping=anew(derive="SEX + 1"),
    ),
    Bad(
        topic="derive",
        said=("variables.female.derive", "it gives 3, which is no code"),
        mapping=variable("female", column=None, codes=None, derive="3 if SEX == 'F' else 0"),
    ),
    Bad(
        topic="derive",
        said=("variables.delay.timezone", "the expression has no stamps"),
        mapping=anew(derive="DAY * 2", timezone="UTC"),
    ),
]

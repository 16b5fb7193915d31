"""Studies of one small trial, each broken in one place: what is edited, and what has to be said.

The trial's file has the columns and rows of `bad_input.COLUMNS`; a text file has them on lines 2 to 9.
"""

from __future__ import annotations

from tests.unit.data.bad_inputs.bad_input import CONFIG, MAPPING, Bad
from tests.unit.data.bad_inputs.codes import CODES, DETECTION_LIMITS
from tests.unit.data.bad_inputs.contract import CONTRACT
from tests.unit.data.bad_inputs.derived import DERIVED
from tests.unit.data.bad_inputs.formats import FORMATS
from tests.unit.data.bad_inputs.patients import PATIENTS
from tests.unit.data.bad_inputs.sheets import SHEETS
from tests.unit.data.bad_inputs.stamps import STAMPS
from tests.unit.data.bad_inputs.trial_columns import TRIAL_COLUMNS
from tests.unit.data.bad_inputs.units import UNITS
from tests.unit.data.bad_inputs.visits import AT_VISITS

__all__ = ["BAD", "CONFIG", "MAPPING", "Bad"]

BAD = [
    *FORMATS,
    *SHEETS,
    *PATIENTS,
    *TRIAL_COLUMNS,
    *AT_VISITS,
    *CODES,
    *DETECTION_LIMITS,
    *DERIVED,
    *UNITS,
    *STAMPS,
    *CONTRACT,
]

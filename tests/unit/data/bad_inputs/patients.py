"""Ids and arms of patients that are missing, double or unknown."""

from __future__ import annotations

from tests.unit.data.bad_inputs.bad_input import Bad, variable

PATIENTS = [
    Bad(
        topic="patients",
        said=("column 'ID' (patient)", "2 rows (lines 2, 5) share an id", "allowed: each patient once"),
        cells={("ID", 5): "P1"},
    ),
    Bad(
        topic="patients",
        said=("column 'ID' (patient)", "1 row (line 6) without an id"),
        cells={("ID", 6): None},
    ),
    Bad(
        topic="patients",
        said=("column 'ID' (patient)", "numbers of more digits than the file keeps"),
        columns={"ID": [9007199254740993.0 + row for row in range(8)]},
        way="excel",
    ),
    Bad(
        topic="patients",
        said=("is that of the patient's id, and is read for 'age' too",),
        mapping=variable("age", column="ID"),
    ),
    Bad(
        topic="patients",
        said=("patient", "exactly one of 'column', 'row_number' is needed"),
        mapping={"patient": {"row_number": True}},
    ),
    Bad(
        topic="patients",
        said=("column 'ARM' (treatment)", "1 row (line 3) without an arm", "allowed: 'A', 'B'"),
        cells={("ARM", 3): None},
    ),
    Bad(
        topic="patients",
        said=("column 'ARM' (treatment)", "1 row (line 3) holds codes without a mapping, 'C'", "`excluded`"),
        cells={("ARM", 3): "C"},
    ),
    Bad(
        topic="patients",
        said=("treatment.codes", "no code means 'control'"),
        mapping={"treatment": {"codes": {"B": "excluded"}}},
    ),
    Bad(
        topic="patients",
        said=("treatment.codes.B: found 'placebo'", "allowed: 'treated', 'control', 'excluded'"),
        mapping={"treatment": {"codes": {"B": "placebo"}}},
    ),
    Bad(
        topic="patients",
        said=("allocation.treated: 0 is too small", "allowed: 1 or more"),
        mapping={"allocation": {"treated": 0, "control": 1}},
    ),
    Bad(
        topic="patients",
        said=("allocation: found the text '2:1'", "allowed: a mapping of keys to values"),
        mapping={"allocation": "2:1"},
    ),
]

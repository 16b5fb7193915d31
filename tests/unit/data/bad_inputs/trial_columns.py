"""Columns of the trial, where one file holds several."""

from __future__ import annotations

from tests.unit.data.bad_inputs.bad_input import SEVERAL, TRIALS, Bad

TRIAL_COLUMNS = [
    Bad(
        topic="trial column",
        said=("column 'STUDY' (trial)", "(line 4)", "'X'", "allowed: 'N', 'S'"),
        cells={("STUDY", 4): "X"},
        mapping=SEVERAL,
    ),
    Bad(
        topic="trial column",
        said=("column 'STUDY' (trial)", "(line 4)"),
        cells={("STUDY", 4): None},
        mapping=SEVERAL,
    ),
    Bad(
        topic="trial column",
        said=("column 'STUDY' (trial)", "no row is of trial 'third'"),
        mapping={
            "label": None,
            "trial": {"column": "STUDY", "codes": {**TRIALS, "T": {"id": "third", "label": "Third"}}},
        },
    ),
    Bad(
        topic="trial column",
        said=("column 'STUDIE' (trial) is not in the file",),
        mapping={"label": None, "trial": {"column": "STUDIE", "codes": TRIALS}},
    ),
    Bad(
        topic="trial column",
        said=("trial.codes", "every code means 'excluded'"),
        mapping={"label": None, "trial": {"column": "STUDY", "codes": {"N": "excluded", "S": "excluded"}}},
    ),
    Bad(
        topic="trial column",
        said=("trial.codes.S.id", "'all'"),
        mapping={
            "label": None,
            "trial": {"column": "STUDY", "codes": {**TRIALS, "S": {"id": "all", "label": "All of them"}}},
        },
    ),
    Bad(
        topic="trial column",
        said=("exactly one of 'label', 'trial' is needed",),
        mapping={"trial": {"column": "STUDY", "codes": TRIALS}},
    ),
    Bad(
        topic="trial column",
        said=("trial.codes.S", "key 'label' is missing"),
        mapping={"label": None, "trial": {"column": "STUDY", "codes": {**TRIALS, "S": {"id": "south"}}}},
    ),
]

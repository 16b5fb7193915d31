"""Codes and numbers that a variable cannot have, and limits of detection without a number."""

from __future__ import annotations

import pandas as pd

from tests.unit.data.bad_inputs.bad_input import Bad, variable

CODES = [
    Bad(
        topic="codes",
        said=(
            "column 'SEX' (female)",
            "1 row (line 5) holds codes without a mapping, 'X'",
            "allowed: 'F', 'M'",
        ),
        cells={("SEX", 5): "X"},
    ),
    Bad(
        topic="codes",
        said=("column 'SEX' (female)", "2 rows (lines 3, 5)", "'f'", "'F'"),
        cells={("SEX", 5): "f", ("SEX", 3): "f"},
    ),
    Bad(
        topic="codes",
        said=("column 'MRS' (mrs)", "1 row (row 4) holds codes without a mapping, 7", "allowed: 0, 1, 2"),
        cells={("MRS", 5): 7},
        way="parquet",
    ),
    Bad(
        topic="codes",
        said=("column 'AGE' (age)", "1 row (line 4) holds 'old'", "missing: ['old']"),
        cells={("AGE", 4): "old"},
    ),
    Bad(
        topic="codes",
        said=("column 'VOL' (volume)", "1 row (line 4) holds '80,5'", "decimal: ','"),
        cells={("VOL", 4): "80,5"},
    ),
    Bad(
        topic="codes",
        said=(
            "column 'AGE' (age)",
            "1 row (line 3) outside the range, '7'",
            "numbers from 18 to 105 year",
            "out_of_range: missing",
        ),
        cells={("AGE", 3): 7},
    ),
    Bad(
        topic="codes",
        said=("column 'AGE' (age)", "1 row (row 2) outside the range, '999'"),
        cells={("AGE", 3): 999},
        way="stata",
    ),
    Bad(
        topic="codes", said=("column 'AGE' (age)", "truth values"), columns={"AGE": [True] * 8}, way="parquet"
    ),
    Bad(
        topic="codes",
        said=("column 'AGE' (age)", "dates or time stamps"),
        columns={"AGE": pd.date_range("2014-01-01", periods=8)},
        way="feather",
    ),
    Bad(
        topic="codes",
        said=("variables.female", "1 and '01' are the same code"),
        mapping=variable("female", codes={1: 0, "01": 1, "M": None, "F": None}),
    ),
    Bad(
        topic="codes",
        said=("variables.female", "is mapped, and the same code, 'F', means missing"),
        mapping=variable("female", missing=["F"]),
    ),
    Bad(
        topic="codes",
        said=("variables.site.codes.m1", "'m2'", "allowed: m1, ica"),
        mapping=variable("site", codes={"m1": "m2", "ica": "ica"}),
    ),
    Bad(
        topic="codes",
        said=("variables.vol", "no variable 'vol'", "'volume'"),
        mapping=variable("vol", column="VOL"),
    ),
    Bad(
        topic="codes",
        said=("variables", "'crp' is not mapped", "`absent: true`"),
        mapping={"variables": {"crp": None}},
    ),
]

DETECTION_LIMITS = [
    Bad(
        topic="detection limits",
        said=(
            "column 'CRP' (crp)",
            "1 row (line 4) holds '<1'",
            "missing: ['<1'], or codes: {'<1': <number>}",
        ),
        cells={("CRP", 4): "<1"},
    ),
    Bad(
        topic="detection limits",
        said=("column 'CRP' (crp)", "1 row (sheet row 4) holds '>300'"),
        cells={("CRP", 4): ">300"},
        way="excel",
    ),
    Bad(
        topic="detection limits",
        said=("column 'CRP' (crp)", "1 row (row 3) holds '<1'"),
        columns={"CRP": ["3", "4", "<1", "5", "6", "7", "8", "9"]},
        way="sav",
    ),
    Bad(
        topic="detection limits",
        said=("column 'CRP' (crp)", "1 row (line 4) holds '< 1'"),
        cells={("CRP", 4): "< 1"},
        mapping=variable("crp", codes={"<1": 0.5}),
    ),
    Bad(
        topic="detection limits",
        said=("variables.crp.codes", "'<1' is taken for 'half'", "allowed: a number"),
        mapping=variable("crp", codes={"<1": "half"}),
    ),
    Bad(
        topic="detection limits",
        said=("column 'CRP' (crp)", "1 row (line 4) outside the range, '-1'"),
        cells={("CRP", 4): "<1"},
        mapping=variable("crp", codes={"<1": -1}),
    ),
]

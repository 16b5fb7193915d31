"""Visits that a file does not have or that are not stated."""

from __future__ import annotations

from tests.unit.data.bad_inputs.bad_input import AGAIN, VISITS, Bad, variable

AT_VISITS = [
    Bad(
        topic="visits",
        said=(
            "column 'VOL' (volume)",
            "1 row (line 3) holds another value",
            "in other rows of the same patient",
            "`at`",
        ),
        mapping={
            "visits": VISITS,
            "variables": {
                "age": {"absent": True, "column": None},
                "female": {"column": None, "codes": None, "absent": True},
                "delay": {"from": None, "to": None, "absent": True},
                "site": {"column": None, "absent": True},
                "crp": {"column": None, "absent": True},
                "mrs": {"at": "last"},
            },
        },
        **AGAIN,
    ),
    Bad(
        topic="visits",
        said=("(volume)", "no row is of visit 'M3'", "column 'VISIT'"),
        mapping={"visits": VISITS, **variable("volume", at={"visit": "M3"})},
    ),
    Bad(
        topic="visits",
        said=("(volume)", "no row has a day that is asked for"),
        mapping={"visits": VISITS, **variable("volume", at={"day": 90, "from": 60})},
    ),
    Bad(
        topic="visits", said=("variables.volume.at", "say `visits:`"), mapping=variable("volume", at="first")
    ),
    Bad(
        topic="visits",
        said=("variables.volume.at.day", "say `visits: {day: ...}`"),
        mapping={"visits": {"column": "VISIT"}, **variable("volume", at={"day": 3})},
    ),
    Bad(
        topic="visits",
        said=("variables.volume.at", "day 90 does not lie from 1 to 7"),
        mapping={"visits": VISITS, **variable("volume", at={"day": 90, "from": 1, "to": 7})},
    ),
    Bad(
        topic="visits",
        said=("variables.site.at", "'site' has no largest level"),
        mapping={"visits": VISITS, **variable("site", at="largest")},
    ),
    Bad(
        topic="visits",
        said=("column 'DAY' (day of the visit)", "1 row (line 4) holds 'two'", "allowed: numbers"),
        cells={("DAY", 4): "two"},
        mapping={"visits": VISITS},
    ),
    Bad(
        topic="visits",
        said=("patient.row_number", "found by an id"),
        mapping={"visits": VISITS, "patient": {"column": None, "row_number": True}},
    ),
]

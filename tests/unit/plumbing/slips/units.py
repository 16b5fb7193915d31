"""Units that are unknown, of another kind, or a trap."""

from __future__ import annotations

from tests.unit.plumbing.slips.slip import CONFIG, EAST, SOUTH, Slip

UNITS = [
    Slip(
        CONFIG,
        "unit: mL",
        "unit: 9**9**9**9*mg",
        "variables.lesion.unit: '9**9**9**9*mg': a power of a number",
    ),
    Slip(CONFIG, "unit: mL", "unit: grumpf", "variables.lesion.unit: unit 'grumpf' is not known to pint"),
    Slip(
        CONFIG, "unit: mL", f"unit: {'m*' * 500}m", "variables.lesion.unit: 1001 letters; allowed: at most 60"
    ),
    Slip(
        SOUTH,
        "unit: cL",
        "unit: minute",
        "lesion.unit: unit 'minute' (time) cannot be converted to 'mL' (volume)",
    ),
    Slip(
        SOUTH,
        "unit: cL",
        "unit: mL**999999999",
        "lesion.unit: 'mL**999999999': a power that is not a whole number",
    ),
    Slip(
        EAST,
        "{from: onset, to: randomised}",
        "{column: onset, unit: mL}",
        "delay.unit: unit 'mL' (volume) cannot",
    ),
]

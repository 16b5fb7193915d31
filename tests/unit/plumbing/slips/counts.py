"""Numbers that are too small or too large."""

from __future__ import annotations

from tests.unit.plumbing.slips.slip import CONFIG, Slip

BOOTSTRAP = "{replicates: 200, chunk: 100}"

COUNTS = [
    Slip(
        CONFIG,
        BOOTSTRAP,
        "{replicates: 10000000, chunk: 100}",
        "replicates: 10000000 is too large; allowed: at",
    ),
    Slip(
        CONFIG,
        BOOTSTRAP,
        "{replicates: 100000, chunk: 10}",
        "chunk: 100000 replicates in chunks of 10 are 10000",
    ),
    Slip(CONFIG, BOOTSTRAP, "{replicates: 38, chunk: 38}", "38 are too few for an interval of level 0.95"),
    Slip(
        CONFIG,
        BOOTSTRAP,
        "{replicates: 100.0, chunk: 38}",
        "replicates: found 100.0; allowed: a whole number",
    ),
    Slip(
        CONFIG,
        BOOTSTRAP,
        "{replicates: 200, chunk: 0}",
        "bootstrap.chunk: 0 is too small; allowed: 1 or more",
    ),
    Slip(CONFIG, BOOTSTRAP, "{level: 95}", "bootstrap.level: 95 is too large; allowed: below 1"),
    Slip(
        CONFIG,
        "imputations: 3",
        "imputations: 100000",
        "imputations: 100000 is too large; allowed: at most 1000",
    ),
    Slip(
        CONFIG, "iterations: 5", "iterations: 99999", "iterations: 99999 is too large; allowed: at most 1000"
    ),
    Slip(CONFIG, "iterations: 5", "donors: 0", "donors: 0 is too small; allowed: 1 or more"),
    Slip(
        CONFIG,
        "offset: 1}",
        "offset: 1, spline_knots: 90}",
        "spline_knots: 90 is too large; allowed: at most 7",
    ),
]

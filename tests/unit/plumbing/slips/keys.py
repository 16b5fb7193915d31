"""Keys that are unknown, missing, given twice, or taken."""

from __future__ import annotations

from tests.unit.plumbing.slips.slip import CONFIG, Slip

KEYS = [
    Slip(CONFIG, "seed: 1", "sed: 1", "sed: unknown key; allowed: 'study', 'seed'"),
    Slip(CONFIG, "seed: 1\n", "", "key 'seed' is missing", line=1),
    Slip(CONFIG, "  title: Three", "  titel: Three", "study.titel: unknown key; allowed: 'title'"),
    Slip(
        CONFIG, "replicates: 200", "replicate: 200", "bootstrap.replicate: unknown key; allowed: 'resampling'"
    ),
    Slip(
        CONFIG,
        "    label: Complete cases",
        "    label: Complete cases\n    offset: age",
        "analyses.complete_case.offset: unknown key; an offset of the outcome is not supported",
    ),
    Slip(
        CONFIG,
        "family: ordinal",
        "family: poisson",
        "outcome.family: found 'poisson'; counts have no model of their own; derive",
    ),
    Slip(
        CONFIG, "    label: Complete cases\n", "", "analyses.complete_case: key 'label' is missing", line=52
    ),
    Slip(
        CONFIG, "seed: 1", "seed: 1\nseed: 2", "the key 'seed' was given before, 'seed' in line 12", line=13
    ),
    Slip(CONFIG, "  primary:", "  first:", "analyses: key 'primary' is missing", line=43),
    Slip(
        CONFIG,
        "  north: north.yaml",
        "  North: north.yaml",
        "trials.North: as a key: found 'North'; allowed: lower",
    ),
    Slip(
        CONFIG,
        "  north: north.yaml",
        '  "north\\n": north.yaml',
        "as a key: found 'north\\n'; allowed: lower-case",
    ),
    Slip(
        CONFIG,
        "  north: north.yaml",
        f"  {'n' * 300}: north.yaml",
        "as a key: 300 letters; allowed: at most 60",
    ),
    Slip(
        CONFIG,
        "  north: north.yaml",
        "  all: north.yaml",
        "trials.all: the tables call all trials together 'all'",
    ),
    Slip(CONFIG, "  complete_case:", "  harmonised:", "analyses.harmonised: the name of a step or folder"),
    Slip(CONFIG, "  complete_case:", "  ipd:", "analyses.ipd: the name of a step or folder of the workflow"),
    Slip(
        CONFIG, "  complete_case:", "  logs:", "analyses.logs: the name of a step or folder of the workflow"
    ),
    Slip(CONFIG, "  complete_case:", "  fit_models:", "analyses.fit_models: the name of a step or folder"),
    Slip(CONFIG, "  complete_case:", "  all:", "analyses.all: the name of a step or folder of the workflow"),
    Slip(CONFIG, "  age: {type", "  trial: {type", "variables.trial: the tables use this name themselves"),
]

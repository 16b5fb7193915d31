"""Files that are no configuration at all."""

from __future__ import annotations

from tests.unit.plumbing.slips.slip import CONFIG, NORTH, Slip

UNREADABLE = [
    Slip(CONFIG, "study:\n", "study: [\n", "not readable as YAML: ", line=9),
    Slip(CONFIG, "seed: 1", "seed: 1\n\tx: 2", "a tab character that violates indentation", line=13),
    Slip(
        CONFIG,
        "seed: 1",
        "seed: !!python/object/apply:os.getcwd []",
        "not readable as YAML: could not determine",
    ),
    Slip(
        CONFIG,
        "seed: 1",
        "seed: 1\n__use_yte__: true",
        "'__use_yte__' makes a program of a configuration",
        line=13,
    ),
    Slip(CONFIG, "seed: 1", "seed: &a [*a]", "an anchor that holds itself", line=1),
    Slip(
        CONFIG,
        "seed: 1",
        f"seed: {'[' * 200}1{']' * 200}",
        "more than 40 lists or mappings inside one another",
    ),
    Slip(NORTH, "label: North", "label: [North", "not readable as YAML: ", line=3),
]

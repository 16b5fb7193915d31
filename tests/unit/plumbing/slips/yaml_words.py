"""Words that YAML reads otherwise than they look."""

from __future__ import annotations

from tests.unit.plumbing.slips.slip import CONFIG, Slip

YAML_WORDS = [
    Slip(CONFIG, "seed: 1", "seed: 010", "'010' is a number to YAML, and not the one that it looks like"),
    Slip(CONFIG, "seed: 1", "seed: 12:30:00", "'12:30:00' is a number to YAML"),
    Slip(CONFIG, "seed: 1", "seed: 1_000", "'1_000' is a number to YAML"),
    Slip(CONFIG, "seed: 1", "seed: 2024-01-01", "'2024-01-01' is a date to YAML"),
    Slip(CONFIG, "seed: 1", "seed: yes", "seed: YAML reads the bare word yes, on or true as a truth value"),
    Slip(CONFIG, "seed: 1", "seed: .nan", "seed: found nan, which is not finite; allowed: a whole number"),
    Slip(CONFIG, "seed: 1", "seed: 1.5", "seed: found 1.5; allowed: a whole number"),
    Slip(CONFIG, "seed: 1", "seed: -1", "seed: -1 is too small; allowed: 0 or more"),
    Slip(CONFIG, "seed: 1", "seed: 1e3", "seed: found the text '1e3'; allowed: a whole number"),
    Slip(CONFIG, "seed: 1", f"seed: {'9' * 20}", "allowed: a whole number of at most 19 digits"),
    Slip(CONFIG, "seed: 1", f"seed: {'9' * 9000}", "a number of 9000 digits; allowed: 25"),
    Slip(CONFIG, "seed: 1", "seed:", "seed: nothing, or the bare word null; allowed: a whole number"),
    Slip(CONFIG, "label: Age", "label: no", "variables.age.label: YAML reads the bare word no, off or false"),
    Slip(
        CONFIG,
        "label: Age",
        "label: 5",
        "variables.age.label: found the number 5; allowed: text; write it in",
    ),
    Slip(CONFIG, "label: Age", "label: ~", "variables.age.label: nothing, or the bare word null"),
    Slip(CONFIG, "maximum: 105", "maximum: .inf", "variables.age.maximum: found inf, which is not finite"),
    Slip(CONFIG, "maximum: 105", "maximum: 17", "variables.age.minimum: minimum 18 is not below maximum 17"),
    Slip(
        CONFIG,
        "{0: Well, 1: Mild",
        "{0: Well, on: Mild",
        "levels.true: as a key: YAML reads the bare word yes",
    ),
]

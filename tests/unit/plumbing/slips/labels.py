"""Labels that are empty, too long, no single line, or taken by something else; fonts that are not there."""

from __future__ import annotations

from tests.unit.plumbing.slips.slip import CONFIG, NORTH, SOUTH, Slip

FONTS = [
    Slip(
        CONFIG,
        "seed: 1",
        "seed: 1\nstyle: {font: Dejavu Sanz}",
        "style.font: no font 'Dejavu Sanz' is installed; nearest: DejaVu Sans, ",
    ),
    Slip(
        CONFIG,
        "seed: 1",
        "seed: 1\nstyle: {font: [DejaVu Sans, Nothing]}",
        "style.font[entry 2]: no font 'Nothing' is installed",
    ),
]

LABELS = [
    Slip(
        CONFIG,
        "label: Age",
        'label: "A\\nge"',
        "variables.age.label: 'A\\nge': a line break; allowed: one line",
    ),
    Slip(
        CONFIG, "label: Age", 'label: "A\\u202Ege"', "the invisible character U+202E (right-to-left override)"
    ),
    Slip(CONFIG, "label: Age", 'label: "A\\u0007ge"', "the invisible character U+0007 (a control character)"),
    Slip(CONFIG, "label: Age", 'label: "A\\eg"', "the invisible character U+001B (a control character)"),
    Slip(
        CONFIG,
        "label: Age",
        f"label: {'x' * 3000}",
        "variables.age.label: 3000 letters; allowed: at most 120",
    ),
    Slip(CONFIG, "label: Age", 'label: ""', "variables.age.label: an empty text"),
    Slip(CONFIG, "label: Age", 'label: "  "', "variables.age.label: '  ': nothing that can be seen"),
    Slip(
        CONFIG,
        "label: Age",
        "label: female sex",
        "variables.female.label: 'Female sex' is the label of variables.age",
        line=28,
    ),
    Slip(
        CONFIG,
        "1: Mild",
        "1: well",
        "levels.1: 'well' is the label of variables.recovery.levels.0.label"[:50],
    ),
    Slip(
        CONFIG,
        "label: New therapy",
        "label: usual  care",
        "arms.treated.label: 'usual  care' is the label of arms",
    ),
    Slip(
        CONFIG,
        "short: New}",
        "short: Usual}",
        "arms.treated.short: 'Usual' is the label of arms.control.short",
    ),
    Slip(
        CONFIG,
        "in_text: the recovery score",
        "in_text: the lesion volume",
        "variables.recovery.in_text: 'the lesion volume' is the label of variables.lesion.in_text",
    ),
    Slip(
        CONFIG,
        "label: Complete cases",
        "label: Primary Analysis",
        "is the label of analyses.primary.label too",
    ),
    Slip(
        SOUTH,
        "label: South",
        "label: north",
        "label: 'north' is the label of trials.north.label too; give it",
    ),
    Slip(NORTH, "label: North", f"label: {'N' * 200}", "label: 200 letters; allowed: at most 120"),
    Slip(CONFIG, "  question: How", "  question: |\n    How", "study.question: ", line=9),
]

"""Published figures that no table has."""

from __future__ import annotations

from tests.unit.plumbing.slips.slip import CONFIG, Slip

FIGURE = "where: {step: 0}, column: remaining}"

PUBLISHED = [
    Slip(
        CONFIG,
        "where: {step: 0}",
        "where: {step: 9}",
        "where.step: no row of table 'flow' has 9; allowed: '0', '1'",
    ),
    Slip(
        CONFIG,
        "where: {step: 0}",
        "where: {stp: 0}",
        "where.stp: no row is named by a column 'stp'; allowed: 'step'",
    ),
    Slip(
        CONFIG,
        "column: remaining",
        "column: remainng",
        "column: no column of numbers 'remainng'; allowed: 'excl",
    ),
    Slip(
        CONFIG,
        "table: flow",
        "table: flows",
        "published[entry 1].table: found 'flows'; allowed: 'flow', 'describe",
    ),
    Slip(
        CONFIG,
        FIGURE,
        "where: {step: 0}, column: remaining, analysis: x}",
        "analysis: no analysis 'x'; allowed:",
    ),
    Slip(
        CONFIG,
        "table: flow, " + FIGURE,
        "table: effects, where: {effect: te}, column: estimate}",
        "say also which scale",
    ),
    Slip(
        CONFIG,
        "table: flow, " + FIGURE,
        "table: effects, where: {effect: tee}, column: estimate}",
        "has 'tee'; allowed: ",
    ),
    Slip(CONFIG, "value: 240", "value: 240, low: 1", "published[entry 1].low: it needs 'high' beside it"),
    Slip(CONFIG, "value: 240", "value: .nan", "published[entry 1].value: found nan, which is not finite"),
    Slip(
        CONFIG,
        "value: 240",
        "value: 240, low: 300, high: 200",
        "published[entry 1].low: low 300 is above high 200",
    ),
    Slip(
        CONFIG,
        "trial_effects: fixed",
        "standardisation: {controlled_at: [-5]}",
        "standardisation.controlled_at[entry 1]: -5 is no value of 'lesion'; allowed: numbers from 0",
    ),
    Slip(
        CONFIG,
        "trial_effects: fixed",
        "standardisation: {controlled_at: [5, 5.0000001]}",
        "controlled_at[entry 2]: 5.0000001 and 5 have one name in the tables, 5; leave one of them out",
    ),
]

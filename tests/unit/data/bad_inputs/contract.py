"""Rules of the study's contract that are broken, or are none."""

from __future__ import annotations

from tests.unit.data.bad_inputs.bad_input import SEVERAL, Bad, rule

CONTRACT = [
    Bad(
        topic="contract",
        said=("a.raw", "trial 'a': 2 rows (lines 4, 8) break the rule volume < 50"),
        config=rule("volume < 50"),
    ),
    Bad(
        topic="contract",
        said=("trial 'a': 1 row (row 7) breaks the rule Small: volume < 100 (when mrs == 2)",),
        config=rule("volume < 100", when="mrs == 2", label="Small"),
        way="stata",
    ),
    Bad(
        topic="contract",
        said=("trial 'south': 1 row (line 8) breaks the rule",),
        config=rule("volume < 100"),
        mapping=SEVERAL,
    ),
    Bad(
        topic="contract",
        said=("contract[entry 1].rule", "no variable 'volum'; did you mean 'volume'?"),
        config=rule("volum < 50"),
    ),
    Bad(
        topic="contract",
        said=("contract[entry 1].when", "'m2' is no level of 'site'"),
        config=rule("volume < 50", when="site == 'm2'"),
    ),
    Bad(
        topic="contract",
        said=("contract[entry 1].rule", "`volume + 1` is a number"),
        config=rule("volume + 1"),
    ),
    Bad(
        topic="contract",
        said=("contract[entry 1].when_broken: found 'warn'", "allowed: 'error', 'notice'"),
        config=rule("volume < 50", when_broken="warn"),
    ),
    Bad(
        topic="contract",
        said=("contract[entry 1].if: unknown key", "'when'"),
        config=rule("volume < 50", **{"if": "mrs == 1"}),
    ),
    Bad(
        topic="contract",
        said=("contract[entry 1]", "key 'rule' is missing"),
        config={"contract": [{"label": "Nothing"}]},
    ),
    Bad(
        topic="contract",
        said=("contract", "a mapping", "allowed: a list"),
        config={"contract": {"rule": "volume < 50"}},
    ),
    Bad(
        topic="contract",
        said=("has no answer", "divides by 0", "(lines 2, 7)"),
        config=rule("volume / mrs > 0", when="mrs == 0"),
    ),
]

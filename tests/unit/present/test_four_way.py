# ruff: noqa: RUF001 - printed numbers carry true minus signs
"""Controlled direct effects and the parts of the total effect as a table, and that no effect is in none."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from ipdmediation.effects.catalogue import (
    KHB_EFFECTS,
    Effect,
    coefficient_catalogue,
    four_way_catalogue,
    natural_catalogue,
)
from ipdmediation.present.scales import reading
from ipdmediation.present.study import Study
from ipdmediation.present.tables.effects import effects as effects_table
from ipdmediation.present.tables.four_way import four_way
from ipdmediation.present.tables.natural_effects import natural_effects
from ipdmediation.vocabulary.scales import scales_of
from tests.unit.present import examples

#: Of a linear model's outcome these are the difference and the product again, on the only scale there is.
SHOWN_BY_OTHERS = {
    "continuous": {"khb_total:coefficient", "khb_indirect:coefficient", "khb:proportion"},
}
CODES = {"ordinal": range(7), "binary": range(2), "continuous": ()}


def study_of(family: str, interaction: bool) -> Study:
    variable = {"ordinal": "mrs", "binary": "female", "continuous": "nihss"}[family]
    outcome = {"variable": variable, "family": family, "better": "low"}
    primary = examples.study().analysis
    return examples.study(analysis={**primary, "outcome": outcome, "interaction": interaction})


def catalogue_of(family: str, interaction: bool, held: list[float]) -> list[Effect]:
    scales = scales_of(list(CODES[family]), utility=family == "ordinal")
    quartiles = (14.0, 41.0, 120.0)
    return [
        *coefficient_catalogue(interaction=interaction, linear=True, quartiles=quartiles),
        *KHB_EFFECTS,
        *natural_catalogue(scales),
        *four_way_catalogue(scales, controlled_at=held),
    ]


def results_of(known: dict[float, Effect], study: Study) -> pd.DataFrame:
    """Effects of which each is written as a number of its own; one that the analysis lacks has none."""
    rows = []
    for number, effect in known.items():
        read = reading(*effect.key, study=study)
        estimate = math.log(number) if read.ratio else number / read.factor
        values = (math.nan,) * 3 if effect.undefined else (estimate,) * 3
        rows.append((effect.effect, math.nan if effect.at is None else effect.at, *values))
    return examples.effects_of(rows, "").assign(
        scale=[effect.scale.key for effect in known.values()],
        withheld=["undefined" if effect.undefined else "" for effect in known.values()],
        note=[effect.undefined for effect in known.values()],
    )


@pytest.mark.parametrize("interaction", [False, True])
@pytest.mark.parametrize("family", CODES)
def test_every_effect_that_is_estimated_stands_in_a_table(family: str, interaction: bool) -> None:
    study = study_of(family, interaction)
    catalogue = catalogue_of(family, interaction, [0.5, 50.0])
    known = {1001.0 + place: effect for place, effect in enumerate(catalogue)}
    results = results_of(known, study)
    makers = (effects_table, natural_effects, four_way)
    cells = [make(results, study=study).cells.to_numpy().ravel() for make in makers]
    written = " ".join(str(cell) for each in cells for cell in each)
    nowhere = {
        effect.column
        for number, effect in known.items()
        if f"{number:.0f}." not in written and not effect.undefined
    }
    assert nowhere == SHOWN_BY_OTHERS.get(family, set())
    assert len(known) > 15


def test_parts_stand_below_their_scale_each_with_its_interaction() -> None:
    table = four_way(examples.effects(), study=examples.study())
    heads = [head.removesuffix(" (95% CI)") for head in table.cells.columns]
    assert heads == ["Outcome scale", "Better", "Estimate", "Reference interaction"]
    assert [list(row) for row in table.cells.iloc[:5].itertuples(index=False)] == [
        ["Mean of the modified Rankin Scale at 90 days, points", "below 0", "", ""],
        ["Controlled direct effect at 5 mL", "", "−0.51 (−0.62 to −0.41)", "−0.06 (−0.07 to −0.05)"],
        ["Pure indirect effect", "", "−0.15 (−0.20 to −0.10)", ""],
        ["Mediated interaction", "", "−0.04 (−0.05 to −0.02)", ""],
        ["Total direct effect", "", "−0.57 (−0.69 to −0.45)", ""],
    ]
    assert set(range(len(table.cells))) - table.indented == {0, 5, 10, 15, 19}
    # a ratio has no parts that add up
    below = table.cells.iloc[20:]
    assert list(below["Outcome scale"]) == [
        "Controlled direct effect at 5 mL", "Pure indirect effect", "Total direct effect",
    ]  # fmt: skip
    assert set(below.iloc[:, 3]) == {""}


def test_without_values_of_the_mediator_there_are_no_columns_of_them() -> None:
    effects = examples.effects()
    table = four_way(effects[effects["at"].isna()], study=examples.study())
    assert list(table.cells.columns) == ["Outcome scale", "Better", "Estimate (95% CI)"]
    assert not table.cells["Outcome scale"].str.startswith("Controlled").any()
    assert table.title == "Interactions and parts of the total effect"
    assert any("standardisation.controlled_at" in note for note in table.notes)
    whole = four_way(effects, study=examples.study())
    assert not any("controlled_at" in note for note in whole.notes)


def test_a_quartile_of_a_direct_coefficient_is_no_value_that_is_held() -> None:
    study, _, effects = examples.interaction()
    names = list(four_way(effects, study=study).cells["Outcome scale"])
    controlled = {name for name in names if name.startswith("Controlled")}
    assert controlled == {"Controlled direct effect at 5 mL"}

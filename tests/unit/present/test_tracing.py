# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
"""No sentence has a number that the tables do not have: held with numbers that nothing else could give."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ipdmediation.present.house_style import written_in
from ipdmediation.present.report.answer import answer
from ipdmediation.present.report.comparison import beside_truth, published_shares
from ipdmediation.present.report.meaning import meaning
from ipdmediation.present.report.methods import methods
from ipdmediation.present.sources import SOURCES
from tests.tracing import untraced


def scrambled(examples, study=None, effects=None, rng=None):
    """A result whose every number is drawn: a sentence with another one made it up."""
    effects = (examples.effects() if effects is None else effects).copy()
    known = effects["estimate"].notna()
    size = int(known.sum())
    centre = np.where(effects.loc[known, "scale"] == "proportion", 0.4, 0.0) + rng.uniform(-0.4, 0.4, size)
    effects.loc[known, "estimate"] = centre
    effects.loc[known, "ci_low"] = centre - rng.uniform(0.01, 0.5, size)
    effects.loc[known, "ci_high"] = centre + rng.uniform(0.01, 0.5, size)
    effects["replicates"] = int(rng.integers(1000, 9999))
    flow = examples.flow()
    counts = ["excluded", "remaining", "remaining_treated", "remaining_control"]
    flow[counts] = rng.integers(101, 99_999, size=(len(flow), len(counts)))
    missing = examples.missing()
    missing["missing"] = rng.integers(101, 9999, size=len(missing))
    made = {"study": examples.study() if study is None else study, "effects": effects, "flow": flow}
    return examples.result(**made, missing=missing)


def sentences_of(result, truth):
    text = methods(result, version="7.89.12")
    _, true_sentences = beside_truth(result, truth)
    return [
        *answer(result), *meaning(result), *text.done, *text.assumed, *published_shares([result]),
        *true_sentences,
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", ["ordinary", "interaction", "spline", "withheld"])
def test_every_number_of_every_sentence_is_in_a_table(examples, kind, seed):
    rng = np.random.default_rng(seed)
    study, effects = examples.study(), examples.effects()
    if kind == "interaction":
        study, _, effects = examples.interaction()
    elif kind == "spline":
        study, _, effects = examples.spline()
    elif kind == "withheld":
        effects = examples.withheld(("pm", "mean"), ("khb", "proportion"))
    analysis = {**study.analysis, "published_share": {"value": 0.12, "low": 0.01, "high": 0.19}}
    analysis["bootstrap"] = {**analysis["bootstrap"], "replicates": 5432}
    study = replace(study, analysis=analysis)
    result = scrambled(examples, study, effects, rng)
    tables = {
        "effects": result.effects, "flow": result.flow, "missing": result.missing,
        "excluded": result.flow[["excluded"]].iloc[1:].sum().to_frame(),
        "truth": pd.DataFrame(examples.truth()["log_or_by_cut"]["values"]),
    }  # fmt: skip
    given = [
        *SOURCES, "7.89.12", "95%", 5432, "0% 100%", "Of 100 participants", study.label("mrs"), study.offset,
        study.named_level, "12.0% 1.0% 19.0%", "no effect is 1", "below 0", "10 imputations", "4 knots",
        f"{len(study.trials)} trials", "of 0–2", "between 1 and 20 effects",
    ]  # fmt: skip
    counts = [str(number) for number in range(len(result.effects))]  # how many intervals hold the truth
    assert untraced(sentences_of(result, examples.truth()), tables, given=[*given, *counts]) == []


def test_every_number_in_another_style_is_in_a_table(examples):
    result = scrambled(examples, rng=np.random.default_rng(5))
    with written_in(journal="lancet", people="patients"):
        said = [*answer(result), *meaning(result)]
    assert sum("·" in sentence for sentence in said) > 5
    given = ["95%", "0% 100%", "Of 100 patients", result.study.label("mrs"), result.study.offset, *range(7)]
    assert untraced(said, {"effects": result.effects}, given=given) == []
    assert untraced(["A share of 93·7%."], {"effects": result.effects}) != []


def test_a_number_out_of_nowhere_is_found(examples):
    tables = {"effects": examples.effects()}
    assert untraced(["The share is 24.4%."], tables) == []
    assert untraced(["The share is 24.5%, or 2.07."], tables) == [
        ("24.5", "The share is 24.5%, or 2.07."),
        ("2.07", "The share is 24.5%, or 2.07."),
    ]


@pytest.mark.parametrize(
    ("effect", "scale", "old", "new"),
    [
        ("te", "mean", "−0.76", "−0.88"),
        ("pnde", "mean", "−0.57", "−0.88"),
        ("tnie", "mean", "−0.19", "−0.88"),
        ("pm", "mean", "24.4%", "31.3%"),
        ("te", "prob_le_2", "17.0 more", "31.3 more"),
        ("tnie", "prob_le_2", "4.3 of these", "31.3 of these"),
        ("log_or_difference", "proportion", "12.2%", "31.3%"),
    ],
)
def test_each_number_of_the_answer_follows_its_own_cell(examples, effect, scale, old, new):
    value = 0.313 if scale != "mean" or effect == "pm" else -0.88
    before = " ".join(answer(examples.result()))
    after = " ".join(answer(examples.result(effects=examples.changed(effect, scale, estimate=value))))
    assert old in before
    assert old not in after
    assert new in after

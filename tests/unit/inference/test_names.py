"""Names and labels are for tables only: an analysis gives the same numbers whatever they are."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ipdmediation.data.variables import variables_from_config
from ipdmediation.effects.mediation import effects_by_imputation
from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.inference.bootstrap import cohort_effects
from ipdmediation.inference.model_table import model_table
from ipdmediation.models.specification import MODEL_NAMES, AnalysisSpecification

NAMES = [
    "intercept", "Intercept", "residual_sd", "mediator", "mediator[1]", "mediator:doubling", "sd(intercept)",
    "treatment:mediator", "cor(intercept,treatment)", "trial[b]", "0|1", "1|2", "T.x", "log", "np", "C",
    "a b", "x:y", "50 %", "te:mean", "direct", "replicate", "status", "reason", "age, per year", '"quoted"',
    "Q", "1", "+",
]  # fmt: skip
LEVELS = [*NAMES, "treatment", "trial", "a]b", "[T.a]", "x]:y[z", "trial[b]:age", "\\", "c\\]"]
COLUMNS = ["age", "female", "site", "place", "volume", "score"]
NUMBERS = ["estimate", "se", "ci_low", "ci_high", "p_value", "ratio", "ratio_low", "ratio_high"]
CHOICES = [
    {"trial_effects": "none", "interaction": True},
    {"trial_effects": "fixed", "spline_knots": 3},
    {"trial_effects": "random_slopes"},
    {"trial_effects": "random_intercept", "family": "continuous", "interaction": True},
    {"trial_effects": "none", "family": "continuous"},
]


def cohort():
    rng = np.random.default_rng(12)
    n = 180
    treatment, age = rng.permutation(n) % 2, rng.normal(60, 10, n)
    volume = np.exp(3 - 0.5 * treatment + 0.02 * (age - 60) + rng.normal(size=n))
    latent = 0.6 * treatment - 0.6 * np.log(volume) + rng.logistic(size=n)
    return pd.DataFrame(
        {
            "imputation": 0,
            "trial": np.array(list("abc"))[np.arange(n) % 3],
            "treatment": treatment,
            "age": age,
            "female": rng.integers(0, 2, n),
            "site": pd.Categorical.from_codes(rng.integers(0, 3, n), list("uvw")),
            "place": pd.Categorical.from_codes(rng.integers(0, 2, n), list("rs")),
            "volume": volume,
            "score": np.digitize(latent, [-3.0, -1.5]),
        }
    )


def results(frame, names, labels, **choices):
    """Return the numbers of all tables, and what the rows of the models are."""
    levels = {
        level: next(labels) for name in ("site", "place") for level in frame[names[name]].cat.categories
    }
    declared = {
        names["age"]: {"type": "continuous", "label": next(labels), "unit": "year"},
        names["female"]: {"type": "binary", "label": next(labels)},
        **{
            names[name]: {
                "type": "categorical",
                "label": next(labels),
                "levels": {level: levels[level] for level in frame[names[name]].cat.categories},
            }
            for name in ("site", "place")
        },
        names["volume"]: {"type": "continuous", "label": next(labels), "unit": "mL"},
        names["score"]: {"type": "ordinal", "label": next(labels), "levels": {0: "x", 1: "x", 2: "x"}},
    }
    variables = variables_from_config(declared)
    specification = AnalysisSpecification(
        mediator=names["volume"],
        outcome=names["score"],
        transform="log",
        covariates=[names[name] for name in ("age", "female", "site", "place")],
        **choices,
    )
    options = StandardisationOptions(controlled_at=(20.0,))
    (prepared,) = effects_by_imputation(
        frame, specification=specification, variables=variables, options=options
    )
    tables = []
    for name in MODEL_NAMES:
        model = getattr(prepared.models, name)
        table = model_table(
            [model.fit()],
            model=name,
            terms=model.terms,
            level=0.95,
            specification=specification,
            variables=variables,
        )
        assert table["term"].is_unique
        tables.append(table)
    return cohort_effects(prepared), pd.concat(tables, ignore_index=True)


@cache
def plain_results(choice):
    names = {name: name for name in COLUMNS}
    return results(cohort(), names, iter("abcdefghijklmnopqrstuvw"), **CHOICES[choice])


@settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.data())
def test_renaming_everything_changes_no_number(data):
    choices = data.draw(st.sampled_from(CHOICES))
    names = dict(
        zip(COLUMNS, data.draw(st.permutations(NAMES).map(lambda every: every[: len(COLUMNS)])), strict=True)
    )
    trials, site, place = (data.draw(st.permutations(LEVELS))[:count] for count in (3, 3, 2))
    frame = cohort()
    renamed = frame.rename(columns=names)
    renamed["trial"] = renamed["trial"].map(dict(zip("abc", trials, strict=True)))
    for name, new in (("site", site), ("place", place)):
        renamed[names[name]] = renamed[names[name]].cat.rename_categories(new)
    label = data.draw(st.sampled_from(["same", ", per ", "a x b: 50 % [c]", "odds ratio per doubling"]))
    effects, table = results(
        frame, {name: name for name in COLUMNS}, iter("abcdefghijklmnopqrstuvw"), **choices
    )
    others, changed = results(renamed, names, iter([label] * 23), **choices)
    np.testing.assert_allclose(others, effects, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(
        changed[NUMBERS].astype(float), table[NUMBERS].astype(float), rtol=1e-6, atol=1e-9
    )
    pd.testing.assert_frame_equal(
        changed[["model", "component", "kind", "unit", "ratio_unit"]],
        table[["model", "component", "kind", "unit", "ratio_unit"]],
    )
    known = {"": "", "treatment": "treatment", "trial": "trial", **names}
    assert changed["variable"].tolist() == [known[name] for name in table["variable"]]
    new_levels = {
        "trial": dict(zip("abc", trials, strict=True)),
        "site": dict(zip("uvw", site, strict=True)),
        "place": dict(zip("rs", place, strict=True)),
    }
    expected = [
        new_levels.get(variable, {}).get(level, level)
        for variable, level in zip(table["variable"], table["level"], strict=True)
    ]
    assert changed["level"].tolist() == expected


@pytest.mark.parametrize("name", ["intercept", "Intercept", "mediator", "residual_sd"])
def test_a_covariate_called_as_an_internal_term_is_a_covariate(name):
    names = {column: column for column in COLUMNS}
    effects, _ = results(cohort(), names, iter("abcdefghijklmnopqrstuvw"), family="continuous")
    renamed, table = results(
        cohort().rename(columns={"age": name}),
        {**names, "age": name},
        iter(["label"] * 23),
        family="continuous",
    )
    np.testing.assert_allclose(renamed, effects, rtol=1e-9)
    assert (table.loc[table["variable"] == name, "kind"] == "covariate").all()

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from ipdmediation.data.variables import variables_from_config
from ipdmediation.inference.model_table import (
    mediator_unit,
    model_diagnostics,
    model_table,
    rare_terms,
    reported_terms,
)
from ipdmediation.models.errors import EmptyLevelWarning, OneArmTrialWarning
from ipdmediation.models.specification import AnalysisSpecification, mediation_models

VARIABLES = variables_from_config(
    {
        "volume": {"type": "continuous", "label": "Volume", "unit": "mL"},
        "scale": {"type": "ordinal", "label": "Scale", "levels": {0: "well", 1: "ill", 2: "dead"}},
        "age": {"type": "continuous", "label": "Age", "unit": "year"},
    }
)


@pytest.fixture
def frame():
    rng = np.random.default_rng(5)
    n = 400
    treatment, age = np.repeat([0, 1], n // 2), rng.normal(60, 10, n)
    volume = np.exp(3 - 0.5 * treatment + rng.normal(size=n))
    latent = np.log(volume) - 0.5 * treatment + 0.05 * age + rng.logistic(size=n)
    return pd.DataFrame(
        {
            "trial": np.array(["a", "b"])[np.arange(n) % 2],
            "treatment": treatment,
            "age": age,
            "volume": volume,
            "scale": np.digitize(latent, [5.0, 6.5]),
        }
    )


@pytest.fixture
def models(frame):
    specification = AnalysisSpecification(
        mediator="volume",
        transform="log",
        outcome="scale",
        better="low",
        covariates=("age",),
        trial_effects="fixed",
    )
    return mediation_models(frame, specification=specification, variables=VARIABLES)


def table_of(models, name, fits):
    table = model_table(
        fits,
        model=name,
        terms=getattr(models, name).terms,
        level=0.95,
        specification=models.specification,
        variables=VARIABLES,
    )
    reported = reported_terms(fits[0], getattr(models, name).terms, specification=models.specification)
    assert sorted(term.id for term in reported) == sorted(table["term"])
    return table.set_index("term")


def test_the_ratio_is_that_of_a_better_outcome_and_names_its_unit(models):
    fit = models.outcome.fit()
    table = table_of(models, "outcome", [fit])
    assert table.loc["treatment", "ratio"] == pytest.approx(np.exp(fit.coefficient("treatment")))
    assert table.loc["mediator", "ratio"] < 1
    assert table.loc["mediator", "ratio_unit"] == "common odds ratio"
    units = {
        "mediator": "ln mL",
        "mediator:doubling": "doubling",
        "age": "year",
        "treatment": "",
        "trial[b]": "",
    }
    assert table.loc[list(units), "unit"].to_dict() == units


def test_products_have_the_unit_of_their_factors(models):
    shown = (
        pd.concat(
            table_of(each, "outcome", [each.outcome.fit()])[["kind", "variable", "unit"]]
            for each in (
                refitted(models, covariates=formula, trial_effects="none", interaction=True)
                for formula in ("trial:age", "bs(age, df=4)")
            )
        )
        .groupby(level=0)
        .first()
    )
    assert shown.loc["`trial`[b]:age"].tolist() == ["formula", "", "year"]
    assert shown.loc["bs(age, df=4)[1]"].tolist() == ["formula", "age", ""]
    assert shown.loc["treatment:mediator"].tolist() == ["interaction", "volume", "ln mL"]


def refitted(models, **changes):
    """The same cohort under another specification, from the arrays of its models."""
    design = models.outcome_design
    frame = pd.DataFrame(
        {
            "trial": np.array(design.trial_names)[design.trial_codes],
            "treatment": design.matrix[:, design.treatment_position],
            "age": design.matrix[:, int(design.adjustment_positions[0])],
            "volume": np.exp(models.mediator_values),
            "scale": 2 - models.outcome_values,
        }
    )
    specification = replace(models.specification, **changes)
    return mediation_models(frame, specification=specification, variables=VARIABLES)


def test_terms_of_a_spline_are_coefficients_without_a_ratio(models):
    curved = refitted(models, spline_knots=4, interaction=True)
    fit = curved.outcome.fit()
    table = table_of(curved, "outcome", [fit])
    terms = [curved.outcome_design.names[position] for position in curved.outcome_design.mediator_positions]
    assert len(terms) == 6
    assert table.loc[terms, ["ratio", "ratio_low", "ratio_high"]].isna().all(axis=None)
    assert set(table.loc[terms, "ratio_unit"]) == {""}
    assert table.loc[terms, "estimate"].to_numpy() == pytest.approx([fit.coefficient(term) for term in terms])
    assert table.loc["treatment", "ratio"] == pytest.approx(np.exp(fit.coefficient("treatment")))
    assert "mediator:doubling" not in table.index


def test_nonlinearity_is_tested_by_all_terms_but_the_linear(models):
    model = refitted(models, spline_knots=4, interaction=True).outcome
    fit = model.fit()
    bent = [
        fit.names.index(f"{product}mediator[{position}]")
        for product in ("", "treatment:")
        for position in (2, 3)
    ]
    b, v = fit.estimates[bent], fit.covariance[np.ix_(bent, bent)]
    diagnostics = model_diagnostics([fit], terms=model.terms)
    nonlinearity = diagnostics["nonlinearity"]
    assert nonlinearity["numerator_df"] == 4
    assert nonlinearity["statistic"] == pytest.approx(b @ np.linalg.solve(v, b) / 4)
    assert nonlinearity["p_value"] == pytest.approx(chi2.sf(b @ np.linalg.solve(v, b), 4))
    json.dumps(diagnostics, allow_nan=False)
    assert "nonlinearity" not in model_diagnostics([models.outcome.fit()], terms=models.outcome.terms)


def test_per_doubling_is_the_coefficient_times_ln_2(models):
    table = table_of(models, "outcome", [models.outcome.fit()])
    shown = ["estimate", "se", "ci_low", "ci_high"]
    per_doubling = table.loc["mediator:doubling", shown].astype(float)
    assert per_doubling.to_numpy() == pytest.approx(np.log(2) * table.loc["mediator", shown].astype(float))


def test_a_single_data_set_gives_wald_intervals(models):
    fit = models.total.fit()
    table, plain = table_of(models, "total", [fit]), fit.table().set_index("term")
    for column in ("estimate", "se", "ci_low", "ci_high", "p_value"):
        assert table.loc["treatment", column] == pytest.approx(plain.loc["treatment", column], rel=1e-10)


def test_imputations_are_pooled(models):
    fit = models.mediator.fit()
    other = models.mediator.fit(weights=np.repeat([1.0, 2.0], 200))
    table = table_of(models, "mediator", [fit, other])
    mean = (fit.coefficient("age") + other.coefficient("age")) / 2
    assert table.loc["age", "estimate"] == pytest.approx(mean)
    assert table.loc["treatment", "ratio_unit"] == "ratio of geometric means"
    diagnostics = model_diagnostics([fit, other], terms=models.mediator.terms)
    assert diagnostics["imputations"] == 2
    assert diagnostics["converged"]
    assert sum(diagnostics["n_per_trial"].values()) == diagnostics["n"]


NUMBERS = ["estimate", "se", "ci_low", "ci_high", "p_value", "ratio", "ratio_low", "ratio_high"]


@pytest.mark.parametrize(
    ("first", "hidden"),
    [(3, ["trial[z]"]), (0, ["intercept", "trial[b]", "trial[a]"])],
    ids=["a level", "the reference"],
)
def test_a_trial_of_few_patients_shows_in_no_row_and_no_count(frame, models, first, hidden):
    few = frame.assign(trial=np.where((np.arange(400) - first) % 199 == 0, "z", frame["trial"]))
    changed = mediation_models(few, specification=models.specification, variables=VARIABLES)
    model, design = changed.mediator, changed.mediator_design
    rare = rare_terms(model.terms, design, minimum=5)
    assert rare == set(hidden)
    assert rare_terms(model.terms, design, minimum=1) == set()
    fit = model.fit()
    table = model_table(
        [fit],
        model="mediator",
        terms=model.terms,
        level=0.95,
        specification=models.specification,
        variables=VARIABLES,
        rare=rare,
    ).set_index("term")
    assert table.loc[hidden, NUMBERS].isna().all(axis=None)
    assert table.loc["age", NUMBERS[:5]].notna().all()
    counts = model_diagnostics([fit], terms=model.terms, minimum=5)["n_per_trial"]
    assert counts["z"] is None
    assert sum(count is None for count in counts.values()) == 2


def test_warnings_are_data_and_say_in_how_many_data_sets(models):
    fit = models.total.fit()
    own, other = EmptyLevelWarning("no patient"), OneArmTrialWarning("one arm")
    first, second = replace(fit, warnings=(own, other)), replace(fit, warnings=(other,))
    diagnostics = model_diagnostics([first, second], terms=models.total.terms)
    assert json.loads(json.dumps(diagnostics["warnings"])) == [
        {"kind": "empty_level", "message": "no patient (in 1 of 2 completed data sets)"},
        {"kind": "one_arm_trial", "message": "one arm"},
    ]


def test_diagnostics_are_those_of_all_data_sets_and_the_worst_of_them(models):
    fit = models.total.fit()
    good = replace(fit, log_likelihood=-8.0, gradient_norm=1e-9, iterations=4, converged=True, singular=False)
    bad = replace(fit, log_likelihood=-9.5, gradient_norm=1e-3, iterations=70, converged=False, singular=True)
    for fits in ([good, bad, bad], [bad, bad, good]):
        found = model_diagnostics(fits, terms=models.total.terms)
        assert found["imputations"] == 3
        assert found["converged"] is False
        assert found["singular"] == 2
        assert found["log_likelihood"] == [fit.log_likelihood for fit in fits]
        assert (found["gradient_norm"], found["iterations"]) == (1e-3, 70)
    assert model_diagnostics([good, good], terms=models.total.terms)["converged"] is True


def test_a_coefficient_of_a_difference_has_no_ratio(frame, models):
    continuous = replace(models.specification, family="continuous", transform="identity")
    changed = mediation_models(
        frame.assign(volume=frame["scale"] + 1.0), specification=continuous, variables=VARIABLES
    )
    for name in ("mediator", "total"):
        model = getattr(changed, name)
        table = model_table(
            [model.fit()],
            model=name,
            terms=model.terms,
            level=0.9,
            specification=continuous,
            variables=VARIABLES,
        )
        assert table["estimate"].notna().all()
        assert table[["ratio", "ratio_low", "ratio_high"]].isna().all(axis=None)
        assert set(table["ratio_unit"]) == {""}


def test_a_coefficient_of_another_link_has_no_ratio_and_that_of_the_mediator_keeps_its_own(frame, models):
    probit = mediation_models(
        frame, specification=replace(models.specification, link="probit"), variables=VARIABLES
    )
    for name in ("total", "outcome"):
        table = table_of(probit, name, [getattr(probit, name).fit()])
        assert np.isfinite(table.loc["treatment", ["estimate", "ci_low", "ci_high"]].astype(float)).all()
        assert table[["ratio", "ratio_low", "ratio_high"]].isna().all(axis=None)
        assert set(table["ratio_unit"]) == {""}
    table = table_of(probit, "mediator", [probit.mediator.fit()])
    assert table.loc["treatment", "ratio_unit"] == "ratio of geometric means"


@pytest.mark.parametrize(
    ("transform", "unit"),
    [("identity", "mL"), ("cube_root", "cube-root mL"), ("log", "ln mL"), ("log1p", "ln mL")],
)
def test_the_unit_of_the_mediator_is_that_of_its_scale(models, transform, unit):
    assert mediator_unit(replace(models.specification, transform=transform), VARIABLES) == unit

import json
from dataclasses import asdict

import pandas as pd
import pytest

from ipdmediation.present.labels import labelled, term_label
from ipdmediation.vocabulary.terms import (
    Term,
    covariate_term,
    doubling_term,
    formula_term,
    intercept_term,
    mediator_terms,
    product_term,
    random_terms,
    read_terms,
    residual_term,
    threshold_term,
    treatment_term,
    trial_term,
)

(MEDIATOR,) = mediator_terms("fiv", columns=1, spline=False, interaction=False)
SPLINE = mediator_terms("fiv", columns=2, spline=True, interaction=True)
SD, _, CORRELATION = random_terms(["intercept", "treatment"])
NAMES = {
    treatment_term(): "Endovascular therapy vs standard care",
    MEDIATOR: "Follow-up infarct volume",
    doubling_term(MEDIATOR): "Follow-up infarct volume",
    SPLINE[1]: "Follow-up infarct volume, spline term 2: coefficient",
    SPLINE[
        3
    ]: "Endovascular therapy \N{MULTIPLICATION SIGN} Follow-up infarct volume, spline term 2: coefficient",
    covariate_term("age"): "Age",
    covariate_term("occlusion", "ica"): "Occlusion site: Internal carotid artery",
    covariate_term("occlusion", "elsewhere"): "Occlusion site: elsewhere",
    trial_term("thrace"): "Trial: THRACE",
    product_term((trial_term("piste"), covariate_term("age"))): "Trial: PISTE \N{MULTIPLICATION SIGN} Age",
    product_term(
        (treatment_term(), covariate_term("age"))
    ): "Endovascular therapy \N{MULTIPLICATION SIGN} Age",
    formula_term("bs(age, df=4)[1]", frozenset({"age"})): "bs(age, df=4)[1]",
    threshold_term("1", "0", outcome="mrs"): "Threshold between 1 and 0",
    threshold_term("6", "4", outcome="mrs"): "Threshold between 6 and 4",
    intercept_term(): "Intercept",
    residual_term(): "Residual SD",
    SD: "Between trials: SD of intercept",
    CORRELATION: "Between trials: correlation of intercept and treatment effect",
}


@pytest.mark.parametrize(("term", "label"), NAMES.items(), ids=[term.id for term in NAMES])
def test_a_term_is_called_by_the_labels_of_the_study(examples, term, label):
    table = pd.DataFrame({"term": [term.id]})
    assert labelled(table, [term], study=examples.study())["label"].tolist() == [label]


def test_an_interaction_with_an_abbreviation_keeps_it(examples):
    product = mediator_terms("nihss", columns=1, spline=False, interaction=True)[1]
    table = pd.DataFrame({"term": [product.id], "unit": [""]})
    said = examples.study()
    analysis = {**said.analysis, "mediator": {**said.analysis["mediator"], "variable": "nihss"}}
    named = labelled(table, [product], study=examples.study(analysis=analysis))
    assert named["label"].tolist() == ["Endovascular therapy \N{MULTIPLICATION SIGN} NIHSS at baseline"]


def test_terms_come_back_from_their_file(tmp_path):
    terms = list(NAMES)
    path = tmp_path / "outcome.json"
    path.write_text(json.dumps({"n": 3, "terms": list(map(asdict, terms))}))
    assert read_terms(path) == terms
    assert all(isinstance(part, Term) for term in read_terms(path) for part in term.parts)


def test_a_label_has_the_unit_that_its_coefficient_is_per(examples):
    rows = pd.DataFrame({"term": ["age", "intercept"], "unit": ["year", ""]})
    named = labelled(rows, [covariate_term("age"), intercept_term()], study=examples.study())
    assert [term_label(row) for row in named.to_dict("records")] == ["Age, per year", "Intercept"]


def test_random_effects_of_clusters_are_not_called_those_of_trials(examples):
    said = examples.study()
    clustered = examples.study(analysis={**said.analysis, "cluster": "occlusion"})
    table = pd.DataFrame({"term": [SD.id]})
    assert labelled(table, [SD], study=clustered)["label"].tolist() == ["Between clusters: SD of intercept"]


@pytest.mark.parametrize(
    ("better", "ids", "label"),
    [("low", ("1", "0"), "between “Yes” and “No”"), ("high", ("0", "1"), "between “No” and “Yes”")],
)
def test_the_threshold_of_a_binary_outcome_is_between_its_labels(examples, better, ids, label):
    said = examples.study()
    outcome = {"variable": "female", "family": "binary", "better": better}
    analysis = {**said.analysis, "outcome": outcome}
    term = threshold_term(*ids, outcome="female")
    table = labelled(pd.DataFrame({"term": [term.id]}), [term], study=examples.study(analysis=analysis))
    assert table["label"].tolist() == [f"Threshold {label}"]

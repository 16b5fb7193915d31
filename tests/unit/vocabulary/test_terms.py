"""What a term is decides where a table has it and what its coefficient can be."""

import json
from dataclasses import asdict

import pytest

from ipdmediation.vocabulary.terms import (
    Component,
    Term,
    TermKind,
    covariate_term,
    doubling_term,
    mediator_terms,
    product_term,
    random_terms,
    read_terms,
    treatment_term,
    trial_term,
)

COMPONENTS = {
    TermKind.TRIAL: Component.TRIAL,
    TermKind.THRESHOLD: Component.THRESHOLD,
    TermKind.RANDOM: Component.VARIANCE,
    TermKind.RESIDUAL: Component.VARIANCE,
}


@pytest.mark.parametrize("kind", TermKind)
def test_a_kind_of_term_has_its_part_of_the_table(kind):
    assert kind.component is COMPONENTS.get(kind, Component.COEFFICIENT)


def test_components_stand_in_the_order_of_the_table():
    assert list(Component) == ["coefficient", "trial", "threshold", "variance"]


def test_only_what_compares_patients_by_itself_has_a_ratio():
    without = {kind for kind in TermKind if not kind.compares}
    assert without == {"spline", "intercept", "threshold", "random", "residual"}


def test_what_is_per_unit_of_the_mediator_and_what_is_adjusted_for():
    assert {kind for kind in TermKind if kind.per_mediator} == {"mediator", "interaction"}
    assert {kind for kind in TermKind if kind.adjusts} == {"covariate", "formula"}


def test_terms_come_back_from_a_file_as_they_were(tmp_path):
    mediator, product = mediator_terms("volume", columns=1, spline=False, interaction=True)
    terms = [
        treatment_term(),
        mediator,
        product,
        doubling_term(mediator),
        product_term((trial_term("north"), covariate_term("age"))),
        *random_terms(["intercept", "treatment"]),
    ]
    (tmp_path / "outcome.json").write_text(json.dumps({"terms": list(map(asdict, terms))}))
    read = read_terms(tmp_path / "outcome.json")
    assert read == terms
    assert all(type(term.kind) is TermKind for term in [*read, *read[-1].parts])


def test_a_kind_that_no_term_has_is_refused():
    with pytest.raises(ValueError, match="per doubling"):
        Term.from_json({"id": "mediator", "kind": "per doubling", "variable": "", "level": "", "parts": []})

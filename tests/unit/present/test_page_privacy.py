"""A page refuses rows of patients, whatever they are called."""

from dataclasses import replace

import pandas as pd
import pytest

from ipdmediation.present.report.privacy import OWN_COLUMNS, PatientRowsError
from tests.unit.present.rendered_page import page


def test_patient_rows_are_refused(examples):
    patients = pd.DataFrame({"trial": ["a"], "patient": ["1"], "treatment": [1], "age": [70.0]})
    with pytest.raises(
        PatientRowsError, match="analysis 1, baseline: columns age, patient, treatment are none"
    ):
        page(examples, examples.result(baseline=patients))
    with pytest.raises(PatientRowsError, match="analysis 1, total model: columns mrs"):
        page(examples, examples.result(models={"total": patients.rename(columns={"age": "mrs"}).iloc[:, 3:]}))
    unnamed = pd.DataFrame({"age": [70.0], "mrs": [3]})
    with pytest.raises(PatientRowsError, match="aggregate"):
        page(examples, quality={"a": unnamed})
    with pytest.raises(PatientRowsError, match="published comparison: columns age, mrs"):
        page(examples, published=unnamed)


def test_every_table_of_an_analysis_is_guarded(examples):
    made = examples.result()
    tables = {name for name, part in vars(made).items() if isinstance(part, pd.DataFrame)}
    assert tables == set(OWN_COLUMNS)
    with pytest.raises(PatientRowsError, match="analysis 1, distributions: columns patient"):
        page(examples, replace(made, distributions=examples.pooled().assign(patient="1")))


@pytest.mark.parametrize("guarded", [0, 1])
def test_each_of_two_analyses_with_one_label_is_guarded(examples, guarded):
    results = [examples.result(), examples.result(figures={})]
    results[guarded] = replace(results[guarded], flow=examples.flow().assign(patient="1"))
    with pytest.raises(PatientRowsError, match=f"analysis {guarded + 1}, flow: columns patient"):
        page(examples, *results)

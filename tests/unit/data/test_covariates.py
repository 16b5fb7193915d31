import pytest
from formulaic.transforms import TRANSFORMS

from ipdmediation.data.covariates import (
    FUNCTIONS,
    FormulaError,
    all_covariate_names,
    covariate_names,
    covariates_of,
)


@pytest.mark.parametrize(
    ("covariates", "names"),
    [
        ([], []),
        (["age", "female", "age"], ["age", "female"]),
        ("", []),
        ("age", ["age"]),
        ("bs(age, df=4, degree=3) * female - 1", ["age", "female"]),
        ("C(occlusion, contr.treatment(base='m1')):nihss", ["occlusion", "nihss"]),
        ("np.log(nihss + 1) + I(age ** 2) + `female`", ["nihss", "age", "female"]),
        ("age + (\n female)^2", ["age", "female"]),
        ("-1 + (age / female) ** 2 - age:female", ["age", "female"]),
        ("bs(age, df=df)", ["age", "df"]),
        ("I(age | female)", ["age", "female"]),
    ],
)
def test_names_that_covariates_use(covariates, names):
    assert covariate_names(covariates) == names


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("mrs ~ age", "right-hand side"),
        ("age +", "not readable"),
        ("age; import os", "not readable"),
        ("age nihss", "not readable"),
        ("bs(age", "not readable"),
        ("age | female", "terms are joined by"),
        ("age @ female", "terms are joined by"),
        ("-(age % female)", "terms are joined by"),
        ("age > 60", "terms are joined by"),
        ("age, female", "terms are joined by"),
        ("age + polish(age)", "no function 'polish'; allowed: C, "),
        ("os.remove(age)", "no function 'os'"),
    ],
)
def test_what_is_no_formula(formula, reason):
    with pytest.raises(FormulaError, match=reason) as error:
        covariate_names(formula)
    assert repr(formula) in str(error.value)
    assert str(error.value).isprintable()


def test_functions_are_those_of_formulaic():
    assert sorted(FUNCTIONS) == sorted(TRANSFORMS)


def test_sets_by_model():
    stated = {"mediator": ["age", "nihss"], "outcome": "age + female"}
    assert covariates_of(stated, model="mediator") == ["age", "nihss"]
    assert covariates_of(stated, model="outcome") == "age + female"
    assert covariates_of(["age"], model="mediator") == covariates_of(["age"], model="outcome") == ["age"]
    assert all_covariate_names(stated) == ["age", "nihss", "female"]

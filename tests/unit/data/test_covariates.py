import pytest

from ipdmediation.data.covariates import FormulaError, all_covariate_names, covariate_names, covariates_of


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
    ],
)
def test_names_that_covariates_use(covariates, names):
    assert covariate_names(covariates) == names


@pytest.mark.parametrize(("formula", "reason"), [("mrs ~ age", "right-hand side"), ("age +", "not readable")])
def test_what_is_no_formula(formula, reason):
    with pytest.raises(FormulaError, match=reason):
        covariate_names(formula)


def test_sets_by_model():
    stated = {"mediator": ["age", "nihss"], "outcome": "age + female"}
    assert covariates_of(stated, model="mediator") == ["age", "nihss"]
    assert covariates_of(stated, model="outcome") == "age + female"
    assert covariates_of(["age"], model="mediator") == covariates_of(["age"], model="outcome") == ["age"]
    assert all_covariate_names(stated) == ["age", "nihss", "female"]

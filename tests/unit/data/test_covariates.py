import pytest

from ipdmediation.data.covariates import all_covariate_names, covariate_names, covariates_of, main_effects


@pytest.mark.parametrize(
    ("covariates", "names"),
    [
        ([], []),
        (["age", "female", "age"], ["age", "female"]),
        ("", []),
        ("  ", []),
        ("age + female", ["age", "female"]),
    ],
)
def test_names_that_covariates_use(covariates, names):
    assert covariate_names(covariates) == names


def test_sets_by_model():
    stated = {"mediator": ["age", "nihss"], "outcome": "age + female"}
    assert covariates_of(stated, model="mediator") == ["age", "nihss"]
    assert covariates_of(stated, model="outcome") == "age + female"
    assert covariates_of(["age"], model="mediator") == covariates_of(["age"], model="outcome") == ["age"]
    assert all_covariate_names(stated) == ["age", "nihss", "female"]


@pytest.mark.parametrize(
    ("covariates", "names"),
    [
        (["treatment", "age"], ["treatment", "age"]),
        ("age * treatment", ["age", "treatment"]),
        ("age + treatment:age", ["age"]),
        ("I(age * treatment)", []),
        ("treatment + age - treatment", ["age"]),
    ],
)
def test_what_is_a_covariate_by_itself(covariates, names):
    assert main_effects(covariates) == names

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.formula import FUNCTIONS
from ipdmediation.models.design import fit_design
from ipdmediation.models.errors import (
    ConstantCovariateError,
    MissingValueError,
    ModelError,
    OneArmError,
    OneArmTrialWarning,
    RankDeficientError,
    SingleTrialError,
    UnusedLevelWarning,
)


@pytest.fixture
def frame():
    rng = np.random.default_rng(1)
    n = 90
    return pd.DataFrame(
        {
            "trial": np.repeat(["b", "a", "c"], 30),
            "patient": [f"p{i}" for i in range(n)],
            "treatment": np.tile([0, 1], 45).astype("int8"),
            "age": rng.normal(65, 10, n),
            "female": pd.array(rng.integers(0, 2, n), dtype="Int8"),
            "occlusion": pd.Categorical(rng.choice(["m1", "ica", "m2"], n), categories=["m1", "ica", "m2"]),
        }
    )


COVARIATES = ["age", "female", "occlusion"]


def test_columns_have_the_documented_names_and_order(frame):
    mediator = np.linspace(0, 1, 90)
    design = fit_design(frame, covariates=COVARIATES, trial_indicators=True)
    design = design.with_mediator(mediator, interaction=True)
    assert design.names == (
        "treatment",
        "mediator",
        "treatment:mediator",
        "age",
        "female",
        "occlusion[ica]",
        "occlusion[m2]",
        "trial[a]",
        "trial[c]",
    )
    assert design.trial_names == ("b", "a", "c")
    np.testing.assert_array_equal(design.matrix[:, 2], design.matrix[:, 0] * mediator)
    np.testing.assert_array_equal(design.matrix[:, 5], frame["occlusion"] == "ica")
    np.testing.assert_array_equal(design.matrix[:, 7], frame["trial"] == "a")


def test_columns_by_arm_are_those_of_the_cohort_with_the_arm_set(frame):
    mediator = np.linspace(-1, 1, 90)
    design = fit_design(frame, covariates="age + treatment:female + occlusion", trial_indicators=True)
    design = design.with_mediator(mediator, interaction=True)
    by_arm, of_mediator = design.other_columns(), design.mediator_columns(mediator)
    for arm in (0, 1):
        others = frame.assign(treatment=arm)
        female = np.where(others["treatment"] == 1, others["female"], 0)
        at = design.names.index("treatment:female") - 2
        np.testing.assert_array_equal(by_arm[arm][:, 0], np.full(90, arm))
        np.testing.assert_array_equal(by_arm[arm][:, at], female)
        unmoved = np.delete(np.arange(by_arm.shape[2]), [0, at])
        kept = np.delete(design.matrix, design.mediator_positions, axis=1)
        np.testing.assert_array_equal(by_arm[arm][:, unmoved], kept[:, unmoved])
        np.testing.assert_array_equal(of_mediator[arm], np.column_stack([mediator, arm * mediator]))
        own = frame["treatment"] == arm
        np.testing.assert_array_equal(by_arm[arm][own], kept[own])


@pytest.mark.parametrize(
    ("covariate", "expected"),
    [
        ("center(I(age * treatment))", lambda age, arm, own: age * arm - np.mean(age * own)),
        ("treatment:center(age)", lambda age, arm, own: arm * (age - np.mean(age))),
        ("I(sqrt(age) * treatment)", lambda age, arm, own: np.sqrt(age) * arm),
    ],
)
def test_what_was_learnt_from_the_cohort_stays_when_an_arm_is_set(frame, covariate, expected):
    design = fit_design(frame, covariates=f"age + {covariate}")
    age, own = frame["age"].to_numpy(), frame["treatment"].to_numpy()
    for arm in (0, 1):
        np.testing.assert_allclose(design.other_columns()[arm][:, 2], expected(age, arm, own), atol=1e-12)


def test_a_level_stays_when_only_one_arm_has_it(frame):
    site = (
        frame["occlusion"]
        .astype(str)
        .where(~((frame["occlusion"] == "m2") & (frame["treatment"] == 0)), "m1")
    )
    one_sided = frame.assign(occlusion=pd.Categorical(site, categories=["m1", "ica", "m2"]))
    design = fit_design(one_sided, covariates="treatment:female + occlusion")
    at = design.names.index("occlusion[m2]")
    for columns in design.other_columns():
        np.testing.assert_array_equal(columns[:, at], site == "m2")


def test_a_formula_and_a_list_agree(frame):
    by_list = fit_design(frame, covariates=COVARIATES)
    by_formula = fit_design(frame, covariates="age + female + occlusion")
    assert by_list.names == by_formula.names
    np.testing.assert_array_equal(by_list.matrix, by_formula.matrix)


def test_no_covariates(frame):
    design = fit_design(frame)
    assert (design.names, design.adjustment_positions.tolist()) == (("treatment",), [])


def test_columns_that_are_only_adjusted_for(frame):
    design = fit_design(
        frame,
        covariates="age + occlusion + treatment:female + I(age * treatment)",
        trial_indicators=True,
    ).with_mediator(np.arange(90.0), interaction=True)
    adjusting = [design.names[position] for position in design.adjustment_positions]
    assert adjusting == ["age", "occlusion[ica]", "occlusion[m2]"]


def test_problems_are_named(frame):
    with pytest.raises(ConstantCovariateError, match="female"):
        fit_design(frame.assign(female=1), covariates=COVARIATES)
    with pytest.raises(RankDeficientError, match="is a combination of"):
        fit_design(frame.assign(twice=frame["age"] * 2), covariates=["age", "twice"])
    with pytest.raises(MissingValueError, match=r"age \(1 of 90 rows\)"):
        fit_design(frame.assign(age=frame["age"].mask(frame.index == 4)), covariates=COVARIATES)
    with pytest.raises(ModelError, match="weight"):
        fit_design(frame, covariates=["weight"])
    with pytest.raises(OneArmError, match="controls"):
        fit_design(frame.assign(treatment=0))
    with pytest.raises(SingleTrialError, match="b"):
        fit_design(frame.iloc[:30], trial_indicators=True)
    one_arm = frame.assign(treatment=frame["treatment"].where(frame["trial"] != "c", 0))
    (note,) = fit_design(one_arm, by_trial=True).notes
    assert isinstance(note, OneArmTrialWarning)
    assert str(note).startswith("trials with one arm only: c (control);")
    with pytest.raises(MissingValueError, match="2 rows have no mediator value"):
        fit_design(frame).with_mediator([np.nan, np.inf, *range(88)])


def test_a_spline_of_the_mediator_keeps_its_knots(frame):
    mediator, knots = np.random.default_rng(3).normal(size=90), (-1.0, 0.0, 0.5, 2.0)
    design = fit_design(frame, covariates=["age"]).with_mediator(mediator, knots=knots, interaction=True)
    terms = ["mediator[1]", "mediator[2]", "mediator[3]"]
    assert design.mediator_positions.tolist() == [1, 2, 3, 4, 5, 6]
    assert design.names == ("treatment", *terms, *(f"treatment:{name}" for name in terms), "age")
    np.testing.assert_array_equal(design.matrix[:, 4:7], design.matrix[:, [0]] * design.matrix[:, 1:4])
    control, treated = design.mediator_columns(mediator[:5])
    np.testing.assert_array_equal(control, np.column_stack([design.matrix[:5, 1:4], np.zeros((5, 3))]))
    np.testing.assert_array_equal(treated, np.tile(design.matrix[:5, 1:4], 2))


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("age +", "not readable as a formula"),
        ("weight + age", "no columns of the data: weight"),
        ("MEDIATOR + age", "no columns of the data: MEDIATOR"),
        ("age | female", "joined by + - * / : ** ^ only"),
        ("age @ female", "joined by + - * / : ** ^ only"),
        ("polish(age)", "no function 'polish'; allowed: C, "),
        ("_numbers(age)", "no function '_numbers'"),
        ("I(age * pd.NA)", "a point looks something up"),
        ("age + 2", "2 is no term"),
        ("bs(age, df=1)", "`df` must be greater than 3"),
        ("C(age, 3)", "allowed: Treatment, Sum"),
    ],
)
def test_a_formula_that_fails_is_one_line(frame, formula, reason):
    with pytest.raises(ModelError) as error:
        fit_design(frame, covariates=formula)
    assert reason in str(error.value)
    assert str(error.value).isprintable()


def test_a_formula_does_not_see_the_names_of_the_module(frame, monkeypatch):
    """Checked behind the list of functions, which stops such a call first."""
    monkeypatch.setitem(FUNCTIONS, "_numbers", ())
    with pytest.raises(ModelError, match="name '_numbers' is not defined"):
        fit_design(frame, covariates="_numbers(age)")


def test_a_missing_value_inside_a_formula_is_named(frame):
    with pytest.raises(MissingValueError, match=r"age \(1 of 90 rows\)"):
        fit_design(frame.assign(age=frame["age"].mask(frame.index == 4)), covariates="bs(age, df=4)")
    with np.errstate(invalid="ignore"), pytest.raises(ModelError, match=r"log\(age - 60\)"):
        fit_design(frame, covariates="log(age - 60)")


@pytest.mark.parametrize(
    ("levels", "left", "reference"),
    [
        (["m1", "ica", "m2", "m3"], "m3", ""),
        (["m3", "m1", "ica", "m2"], "m3", "m1"),
        (["m1", "m3", "ica", "m4", "m2"], "m3, m4", ""),
    ],
)
@pytest.mark.parametrize(
    "covariates", [["age", "occlusion"], "age + occlusion + age:occlusion", "C(occlusion)"]
)
def test_a_level_that_nobody_has_is_left_out_with_a_note(frame, covariates, levels, left, reference):
    site = frame["occlusion"].astype(str)
    declared = frame.assign(occlusion=pd.Categorical(site, categories=levels))
    used = frame.assign(occlusion=pd.Categorical(site, categories=[x for x in levels if x in set(site)]))
    found, expected = (fit_design(each, covariates=covariates) for each in (declared, used))
    assert found.names == expected.names
    np.testing.assert_array_equal(found.matrix, expected.matrix)
    np.testing.assert_array_equal(found.other_columns(), expected.other_columns())
    (note,) = found.notes
    assert isinstance(note, UnusedLevelWarning)
    compared = f"; the other levels are compared with {reference}" if reference else ""
    assert str(note) == f"covariate occlusion: nobody has level {left}, which the model leaves out{compared}"
    assert expected.notes == ()


def test_a_covariate_of_which_everybody_has_one_level_is_an_error(frame):
    one = frame.assign(occlusion=pd.Categorical(["m1"] * len(frame), categories=["ica", "m1"]))
    with pytest.raises(ConstantCovariateError, match="covariate occlusion: everybody has level m1"):
        fit_design(one, covariates=["age", "occlusion"])


@pytest.mark.parametrize("name", ["Intercept", "1"])
def test_a_column_that_is_called_as_formulaic_s_own_is_not_lost(frame, name):
    design = fit_design(frame.rename(columns={"age": name}), covariates=["female", name])
    assert [term.variable for term in design.terms] == ["treatment", "female", name]
    np.testing.assert_array_equal(design.matrix[:, 2], frame["age"])

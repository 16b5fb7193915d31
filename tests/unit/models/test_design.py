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
    design = fit_design(
        frame, covariates=COVARIATES, mediator=mediator, interaction=True, trial_indicators=True
    )
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


def test_applies_to_a_part_of_the_data_with_an_arm_set(frame):
    design = fit_design(frame, covariates=COVARIATES, mediator=np.arange(90.0), trial_indicators=True)
    part = frame.iloc[[3, 40]].assign(occlusion=lambda d: d["occlusion"].astype(str))
    applied = design.apply(part, treatment=1, mediator=[3.0, 40.0])
    expected = design.matrix[[3, 40]].copy()
    expected[:, 0] = 1
    np.testing.assert_array_equal(applied, expected)


def test_spline_knots_are_those_of_the_fitted_data(frame):
    design = fit_design(frame, covariates="bs(age, df=4) + female")
    np.testing.assert_allclose(design.apply(frame.iloc[:7]), design.matrix[:7])


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
        mediator=np.arange(90.0),
        interaction=True,
        trial_indicators=True,
    )
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
    with pytest.raises(ModelError, match="does not know: z"):
        fit_design(frame, trial_indicators=True).apply(frame.assign(trial="z"))


FORMULA = "bs(age, df=4) + occlusion * female"


def test_a_lost_level_keeps_its_columns(frame):
    """What a resample without a level, and with a narrower range of age, is made into."""
    design = fit_design(frame, covariates=FORMULA)
    kept = ((frame["occlusion"] != "m2") & frame["age"].between(55, 75)).to_numpy()
    resample = frame[kept].assign(occlusion=lambda part: part["occlusion"].cat.remove_unused_categories())
    applied = design.apply(resample)
    assert applied.shape[1] == len(design.names)
    np.testing.assert_allclose(applied, design.matrix[kept], rtol=0, atol=1e-12)
    lost = [position for position, name in enumerate(design.names) if "m2" in name]
    assert len(lost) == 2
    assert not applied[:, lost].any()


def test_a_spline_of_the_mediator_keeps_its_knots(frame):
    mediator, knots = np.random.default_rng(3).normal(size=90), (-1.0, 0.0, 0.5, 2.0)
    design = fit_design(frame, covariates=["age"], mediator=mediator, mediator_knots=knots, interaction=True)
    terms = ["mediator[1]", "mediator[2]", "mediator[3]"]
    assert design.mediator_positions.tolist() == [1, 2, 3, 4, 5, 6]
    assert design.names == ("treatment", *terms, *(f"treatment:{name}" for name in terms), "age")
    np.testing.assert_array_equal(design.matrix[:, 4:7], design.matrix[:, [0]] * design.matrix[:, 1:4])
    applied = design.apply(frame.iloc[:5], treatment=1, mediator=mediator[:5])
    np.testing.assert_array_equal(applied[:, 1:4], design.matrix[:5, 1:4])
    np.testing.assert_array_equal(applied[:, 4:7], design.matrix[:5, 1:4])


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
    np.testing.assert_array_equal(found.apply(declared), expected.matrix)
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

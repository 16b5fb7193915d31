"""A formula is data: what it may hold, that formulaic agrees, and attempts to make it run something."""

import pandas as pd
import pytest
from formulaic import Formula, model_matrix
from formulaic.transforms import TRANSFORMS

from ipdmediation.data.formula import CONTRASTS, FUNCTIONS, LONGEST, FormulaError, parse_formula
from ipdmediation.models.design import fit_design
from ipdmediation.models.errors import ModelError


@pytest.mark.parametrize(
    ("formula", "names"),
    [
        ("age", ["age"]),
        ("bs(age, df=4, degree=3) * female - 1", ["age", "female"]),
        ("bs(age, knots=[50, 60.5], lower_bound=-1, include_intercept=False)", ["age"]),
        ("cr(age, df=3, constraints='center')", ["age"]),
        ("C(site, Treatment('m1')):nihss + C(site, contrasts=Sum)", ["site", "nihss"]),
        ("log(nihss + 1) + I(age ** 2) + sqrt(nihss)", ["nihss", "age"]),
        ("age + (\n female)^2", ["age", "female"]),
        ("-1 + (age / female) ** 2 - age:female", ["age", "female"]),
        ("I(site == 'm1') + I(age >= 65)", ["site", "age"]),
        ("poly(age, degree=2, raw=True) + scale(center(age))", ["age"]),
        ("I(-age / (nihss + 0.5))", ["age", "nihss"]),
    ],
)
def test_names_that_a_formula_uses(formula, names):
    assert list(parse_formula(formula).names) == names


TERMS = [
    "a + b - a",
    "a * b * c",
    "a + b:c",
    "a * b:c",
    "(a + b) ** 2",
    "a / b / c",
    "(a + b + c)**3 - a:b:c",
    "a / (b + c)",
    "0 + a + -b",
    "a:(b + c)^2",
    "(a + b):(a + c)",
]


@pytest.mark.parametrize("formula", TERMS)
def test_terms_are_those_of_formulaic(formula):
    theirs = {frozenset(map(str, term.factors)) for term in Formula(formula)} - {frozenset("1")}
    assert set(parse_formula(formula).terms) == theirs


def test_functions_are_known_to_formulaic():
    assert set(FUNCTIONS) | set(CONTRASTS) <= {*TRANSFORMS, "sqrt"}


def test_functions_compute_what_their_names_say():
    frame = pd.DataFrame(
        {
            "trial": ["a", "b"] * 10,
            "treatment": [0, 0, 1, 1] * 5,
            "x": [float(n) for n in range(20)],
            "site": pd.Categorical(list("mnopm") * 4),
        }
    )
    design = fit_design(frame, covariates="sqrt(x) + C(site, Treatment('n'))")
    assert design.matrix[:, 1] == pytest.approx([n**0.5 for n in range(20)])
    assert design.matrix.shape[1] == 5
    assert (design.matrix[frame["site"] == "n", 2:] == 0).all()


WRONG = [
    ("mrs ~ age", "right-hand side"),
    ("age +", "ends too early"),
    ("age nihss", "not readable as a formula at 'nihss'"),
    ("bs(age", "not readable"),
    ("age)", "not readable"),
    ("age | female", "terms are joined by"),
    ("age @ female", "terms are joined by"),
    ("-(age % female)", "terms are joined by"),
    ("age > 60", "terms are joined by"),
    ("age, female", "terms are joined by"),
    ("age + polish(age)", "no function 'polish'; allowed: C, "),
    ("bs(age, 4)", "written with its name, as df=4"),
    ("bs(age, def=4)", "not readable"),
    ("bs(age, knot=4)", "no option 'knot'; allowed: df, "),
    ("log()", "needs a column first"),
    ("C(site, m1)", "allowed: Treatment, Sum"),
    ("age + 2", "2 is no term"),
    ("I(age and female)", "BoolOp is not allowed"),
    ("age.", "not readable"),
    (".", "not readable"),
]


@pytest.mark.parametrize(("formula", "reason"), WRONG)
def test_what_is_no_formula(formula, reason):
    with pytest.raises(FormulaError, match=reason) as error:
        parse_formula(formula)
    assert repr(formula) in str(error.value)
    assert str(error.value).isprintable()


RUNS = "__import__('os').system('touch pwned')"
HOSTILE = [
    RUNS,
    f"I({RUNS})",
    "np.os.system('touch pwned')",
    "I(np.lib.os.system('touch pwned'))",
    "log.__class__(age)",
    "log(age).__class__",
    "age.__class__",
    "I(age.to_pickle('pwned'))",
    "age.to_csv",
    "I(().__class__.__bases__[0].__subclasses__())",
    "I([c for c in age])",
    "I((lambda: age)())",
    "lambda: 0",
    "I(f'{age}')",
    "I(rf'{age!r}')",
    "C(site, Treatment(f'{age}'))",
    "I(age[0])",
    "age[0]",
    "{age}",
    "{open('pwned', 'w')}",
    "`age`",
    "`age`.__class__",
    "eval('age')",
    "exec('age')",
    "open('pwned', 'w')",
    "getattr(age, 'to_csv')('pwned')",
    "Q('age')",
    "I(log)(age)",
    "log(age)(age)",
    "log(age, out=age)",
    "log(*age)",
    "log(**age)",
    "C(site, contr.treatment(base='m1'))",
    "C(site, contrasts=Treatment(exec('1')))",
    "C(site, Treatment(reference=age))",
    "bs(age, df=open('pwned', 'w'))",
    "bs(age, knots=[x for x in age])",
    "bs(age, df=9**9)",
    "bs(age, df=999999)",
    "I(age ** 9 ** 9 ** 9)",
    "I(age ** 9999999)",
    "I(9 ** 9 ** 9 ** 9)",
    "I(9 ** 6)",
    "(age + female) ** 99",
    "I(age := 1)",
    "I(age if female else age)",
    "I(print(age))",
    "I(age << 99999)",
    "I('a' * 999999999)",
    "I(b'a')",
    "I(1e999)",
    "I(1j)",
    "I(0x10)",
    "I(1_000)",
    "I(...)",
    "I(not age)",
    "I({age})",
    "I((age, age))",
    "I(yield)",
    "I(await age)",
    "age; import os",
    "age # import",
    "\uff4fs.system('x')",  # full-width letters that Python takes for os
    "\uff49mport",
    "l\u03bfg(age)",  # a Greek omicron
    "age\u202e + female",
    "age\x00",
    "C(site == '\\x41')",
    "I(site == '$(touch pwned)`')",
    "(" * 300 + "age" + ")" * 300,
    "I(" * 60 + "age" + ")" * 60,
    "-" * 400 + "age",
    "+".join(f"x{n}" for n in range(400)),
    "*".join(f"x{n}" for n in range(30)),
    "(" + "+".join(f"x{n}" for n in range(30)) + ")**6",
    "age %in% female",
    "[age ~ female]",
    "log(age) ~ 1",
    "import os",
    "class",
    "None",
    "I(None)",
    "I(True)",
]


@pytest.mark.parametrize("formula", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_formula_is_refused_before_formulaic_sees_it(formula, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def untouched(*_, **__):
        pytest.fail("formulaic was given the formula")

    monkeypatch.setattr("ipdmediation.models.covariate_columns.model_matrix", untouched)
    frame = pd.DataFrame({"trial": ["a"] * 4, "treatment": [0, 1] * 2, "age": [1.0, 2.0, 3.0, 5.0]})
    with pytest.raises(FormulaError) as error:
        parse_formula(formula)
    assert len(str(error.value)) < 400
    assert str(error.value).isprintable()
    with pytest.raises(ModelError):
        fit_design(frame, covariates=formula)
    assert list(tmp_path.iterdir()) == []


def test_the_attempts_would_work_without_the_check(tmp_path, monkeypatch):
    """Where this one fails, formulaic itself has become safe, and the check may be too careful."""
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame({"age": [1.0, 2.0]})
    model_matrix("I(age * np.f2py.os.system('touch pwned'))", frame, context={})
    assert (tmp_path / "pwned").exists()


def test_a_name_is_a_column_or_nothing():
    frame = pd.DataFrame({"trial": ["a"] * 4, "treatment": [0, 1] * 2, "age": [1.0, 2.0, 3.0, 5.0]})
    for name in ("getattr", "np", "log", "__builtins__", "sqrt"):
        with pytest.raises(ModelError, match=f"no columns of the data: {name}"):
            fit_design(frame, covariates=f"I({name})")


def test_a_formula_has_an_upper_length():
    assert parse_formula("age" + " " * (LONGEST - 3)).names == ("age",)
    with pytest.raises(FormulaError, match=f"{LONGEST + 1} letters; allowed: {LONGEST}"):
        parse_formula("age" + " " * (LONGEST - 2))

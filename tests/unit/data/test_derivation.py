"""What an expression on a trial's columns may hold, and that nothing else gets past its reader."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ipdmediation.data.derivation import (
    FUNCTIONS,
    MOST_DIGITS,
    DerivationError,
    derivation_columns,
    parse_derivation,
)
from ipdmediation.data.derivation_source import DEEPEST, LONGEST, MOST_STEPS
from ipdmediation.data.derivation_tree import Column, Elapsed, Kind, Literal, nodes


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("A", ["A"]),
        ("A + B * A", ["A", "B"]),
        ("sum(N1, N2, `item 3`)", ["N1", "N2", "item 3"]),
        ("`a` / `b (cm)`", ["a", "b (cm)"]),
        ("  A\n  + B\t", ["A", "B"]),
        ("Größe * 2", ["Größe"]),
        ("`Größe (cm)` * `µg` + Ä", ["Größe (cm)", "µg", "Ä"]),
        ('`patient\'s "age"` + A', ['patient\'s "age"', "A"]),
        ("1 if SEX == 'it`s' else A", ["SEX", "A"]),
        ("`if` + `missing` + `sum` + ___", ["if", "missing", "sum", "___"]),
        ("sum + log", ["sum", "log"]),
        ("(`first\nline`)", ["first\nline"]),
        ("hours_between(ONSET, RAND) if is_missing(H) else H", ["ONSET", "RAND", "H"]),
        ("A if B == 1 else missing", ["A", "B"]),
        ("__class__ + 1", ["__class__"]),  # a name is a column, whatever it is elsewhere
    ],
)
def test_columns_that_an_expression_uses(text: str, columns: list[str]) -> None:
    assert list(derivation_columns(text)) == columns


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("A + 1", Kind.NUMBER),
        ("-A", Kind.NUMBER),
        ("round(A / B, 2)", Kind.NUMBER),
        ("days_between(A, B)", Kind.NUMBER),
        ("A", Kind.CODE),
        ("first_known(A, B)", Kind.CODE),
        ("6 if A == 'yes' else B", Kind.CODE),
        ("'x' if A > 1 else 0", Kind.CODE),
        ("1 if A > 1 else 0", Kind.NUMBER),
        ("first_known(A > 1, B > 1)", Kind.TRUTH),
        ("A > 1 if B == 1 else missing", Kind.TRUTH),
        ("18 <= A < 80", Kind.TRUTH),
        ("not (A == 'x' or is_missing(B)) and C != -9", Kind.TRUTH),
    ],
)
def test_what_an_expression_gives_is_known_before_data_are_read(text: str, kind: Kind) -> None:
    assert parse_derivation(text, numbers=False).kind is kind


def test_where_a_number_is_wanted_columns_are_read_as_numbers() -> None:
    tree = parse_derivation("first_known(A, B if C == 'x' else 3)", numbers=True).tree
    kinds = {node.name: node.kind for node in nodes(tree) if isinstance(node, Column)}
    assert kinds == {"A": Kind.NUMBER, "B": Kind.NUMBER, "C": Kind.CODE}


def test_what_it_can_come_to() -> None:
    read = parse_derivation("first_known(A, 2) if B > 3 else ('x' if C == 'y' else missing)", numbers=False)
    assert read.outcomes == [Column("A", Kind.CODE), Literal(2.0), Literal("x"), Literal(None)]
    assert parse_derivation("hours_between(A, B)", numbers=True).outcomes == [Elapsed("A", "B", "hour")]
    assert parse_derivation("hours_between(A, B)", numbers=True).stamps == {"A", "B"}


WRONG = [
    # no expression of this language
    ("", "not readable"),
    ("A +", "not readable"),
    ("A B", "not readable at 'B'"),
    ("(A + B", "not readable"),
    ("A)", "not readable"),
    ("sum(A, B", "not readable"),
    ("A, B", "a comma outside of a function; a number has a decimal point"),
    ("A * 1,5", "a comma outside of a function"),
    ("A = 3", "= gives a name to something; a comparison is =="),
    ("A = B == 1", "a comparison is =="),
    ("if(A > 1, 2, 3)", "a choice is written `a if condition else b`"),
    ("A if B == 1", "a choice is written `a if condition else b`"),
    ("ifelse(A > 1, 2, 3)", "no function 'ifelse'; did you mean `a if condition else b`?"),
    ("A & B", "two conditions are joined by `and`"),
    ("A | B", "two conditions are joined by `or`"),
    ("A ** 2", "** is no operator here; a square is written A * A"),
    ("9**9**9 * A", "** is no operator here"),
    ("A ^ 2", "^ is no operator here"),
    ("A % 2", "% is no operator here"),
    ("A // 2", "// is no operator here"),
    ("A << 9", "BinOp is not allowed"),
    ("~A", "the mark '~' has no place here"),
    ("A ≥ 3", "the mark '≥' has no place here"),
    ("A; B", "the mark ';' has no place here"),
    ("A # comment", "the mark '#' has no place here"),
    ("A @ B", "the mark '@' has no place here"),
    ("{A: B}", "the mark '{' has no place here"),
    ("(x := A)", "the mark ':' has no place here"),
    ("lambda: A", "the mark ':' has no place here"),
    ("A in ('a', 'b')", "write X == 'a' or X == 'b'"),
    ("A not in ('a', 'b')", "write X != 'a' and X != 'b'"),
    ("A is 1", "`is` is no comparison here"),
    ("A is not B", "`is not` is no comparison here"),
    ("1if A == 1 else 2", "a blank is missing in 1if"),
    # attempts to get at something else than a column
    ("__import__('os').system('x')", "no function \"__import__('os').system\""),
    ("A.__class__", "a point looks something up in something else"),
    ("A.values + 1", "a point looks something up"),
    ("A[0]", "square brackets look something up"),
    ("().__class__.__bases__[0]", "square brackets look something up"),
    ("[A, B]", "List is not allowed"),
    ("[x for x in A]", "ListComp is not allowed"),
    ("sum(x for x in A)", "sum() has 1 values"),
    ("sum(A, (x for x in A))", "GeneratorExp is not allowed"),
    ("f'{A}'", "a text has no letter in front of its quotes"),
    ("r'A' == B", "a text has no letter in front of its quotes"),
    ("eval('A')", "no function 'eval'"),
    ("exec(A)", "no function 'exec'"),
    ("open('/etc/passwd')", "no function 'open'"),
    ("getattr(A, 'x')", "no function 'getattr'"),
    ("(sum)(A, B)(C)", "no function '(sum)(A, B)'"),
    ("`sum`(A, B)", "no function '`sum`'"),
    ("await A", "Await is not allowed"),
    ("yield A", "not readable"),
    ("sum(*A)", "takes values one by one"),
    ("sum(A, *B)", "takes values one by one"),
    ("round(A, digits=2)", "= gives a name to something"),
    ("sum(A, **B)", "takes values one by one"),
    # numbers, texts and names
    ("A + 1e9", "the number '1e9'; allowed: plain decimal numbers up to 1e+09"),
    ("A + 0x3E8", "the number '0x3E8'"),
    ("A + 1_000", "the number '1_000'"),
    ("A + 2j", "the number '2j'"),
    ("A + 99999999999", "the number 1e+11; allowed here: at most 1e+09"),
    ("A + " + "9" * 400, "the number '999"),
    ("A == ''", "whether a cell is empty says is_missing(X)"),
    ("A == ' '", "whether a cell is empty says is_missing(X)"),
    ("A == 'a\\n'", "on one line, without \\"),
    ("A == 'a", "the mark ' is not closed"),
    ("A == 'a' 'b'", "an operator or a blank is missing in 'a''b'"),
    (f"A == '{'a' * 201}'", "allowed: 200 letters"),
    ("`A + 1", "the mark ` is not closed"),
    ("`` + 1", "backticks without a column's name"),
    ("`A` `B`", "not readable"),
    ("`A``B`", "an operator is missing beside `A`"),
    ("A`B`", "an operator is missing beside `B`"),
    ("µg + 1", "letters that Python reads as others; put the name in backticks"),
    ("A² + 1", "letters that Python reads as others"),
    ("True", "True is no value here"),
    ("A == None", "None is no value here; one that is not there is `missing`"),
    ("A == ...", "Constant is not allowed"),
    # numbers of values
    ("sum(A)", "sum() has 1 values; allowed: 2 to 200"),
    ("is_missing(A, B)", "is_missing() has 2 values; allowed: 1"),
    ("round(A, 1, 2)", "round() has 3 values; allowed: 1 to 2"),
    ("log()", "log() has 0 values; allowed: 1"),
    ("days_between(A)", "days_between() has 1 values; allowed: 2"),
    ("round(A, 0.5)", "allowed: 0 to 10 digits after the point"),
    ("round(A, 99)", "at most 10"),
    ("round(A, B)", "Name is not allowed"),
    ("round(A, -1)", "allowed: 0 to 10 digits"),
    ("coalesce(A, B)", "no function 'coalesce'; did you mean first_known?"),
    ("Mean(A, B)", "no function 'Mean'; did you mean mean?"),
    # what does not go together
    ("A + 'x'", "`'x'` is a text or code; allowed there: a number"),
    ("-'x' + A", "`'x'` is a text or code; allowed there: a number"),
    ("A + (B > 1)", "is true or false; allowed there: a number; what true and false count says `1 if"),
    ("`Größe (µm)` * Ä + (B > 1)", "`B > 1` is true or false; allowed there: a number"),
    ("A and B", "the column 'A' is no condition; compare it, as in A == 1"),
    ("not A", "the column 'A' is no condition"),
    ("1 if A else 0", "the column 'A' is no condition"),
    ("1 if A + 1 else 0", "`A + 1` is a number; allowed there: a comparison"),
    ("A < 'x'", "texts have no order; allowed: == and !="),
    ("A + 1 == 'x'", "compares a number with a text"),
    ("'x' == 'y' or A == 1", "compares a text or code with a text"),
    ("1 == 'x' or A == 1", "compares a number with a text"),
    ("(A > 1) == (B > 1)", "is true or false; allowed there: a number"),
    ("(A > 1) == 'x'", "compares true or false with a text"),
    ("A if B == 1 else C > 1", "gives true or false in one case only"),
    ("first_known(A, B > 1)", "gives true or false in one case only"),
    ("missing if A == 1 else missing", "is missing either way"),
    ("A == missing", "whether X is missing says is_missing(X)"),
    ("missing + A", "whether X is missing says is_missing(X)"),
    ("first_known(A, missing)", "whether X is missing says is_missing(X)"),
    ("missing", "whether X is missing says is_missing(X)"),
    ("days_between('2014-01-01', A)", "takes two columns of stamps, and nothing else"),
    ("days_between(first_known(A, B), C)", "takes two columns of stamps, and nothing else"),
    ("days_between(missing, A)", "takes two columns of stamps"),
    ("1 + 2", "no column of the file; one value for every patient is `constant`"),
]


@pytest.mark.parametrize(("text", "said"), WRONG, ids=range(len(WRONG)))
def test_what_is_no_expression(text: str, said: str) -> None:
    with pytest.raises(DerivationError) as error:
        parse_derivation(text, numbers=False)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 600


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A == 1", "`A == 1` is true or false; allowed there: a number"),
        ("'x' if A == 1 else B", "`'x'` is a text or code; allowed there: a number"),
        ("first_known(A, 'x')", "allowed there: a number"),
        ("is_missing(A)", "allowed there: a number"),
    ],
)
def test_a_continuous_variable_needs_numbers(text: str, said: str) -> None:
    with pytest.raises(DerivationError) as error:
        parse_derivation(text, numbers=True)
    assert said in str(error.value)


TOO_MUCH = [
    ("A" + " " * LONGEST, f"{LONGEST + 1} letters; allowed: {LONGEST}"),
    ("(" * (DEEPEST + 1) + "A" + ")" * (DEEPEST + 1), f"more than {DEEPEST} brackets"),
    ("+".join(["A"] * (MOST_STEPS + 2)), "items are added by sum(A, B, ...)"),
    ("not " * (MOST_STEPS + 2) + "A == 1", f"more than {MOST_STEPS} steps inside one another"),
    ("-" * (LONGEST - 1) + "A", "letters; allowed|steps inside one another|not readable"),
    ("not " * (LONGEST // 4 - 2) + "A == 1", "steps inside one another|not readable"),
    (f"sum({', '.join(['A'] * 201)})", "sum() has 201 values"),
]


@pytest.mark.parametrize(("text", "said"), TOO_MUCH, ids=range(len(TOO_MUCH)))
def test_an_expression_has_its_limits(text: str, said: str) -> None:
    with pytest.raises(DerivationError) as error:
        parse_derivation(text, numbers=False)
    assert any(part in str(error.value) for part in said.split("|"))


def test_up_to_its_limits_an_expression_is_read() -> None:
    for text in ("(" * DEEPEST + "A" + ")" * DEEPEST, "+".join(["A"] * (MOST_STEPS - 1))):
        assert derivation_columns(text) == ("A",)
    assert derivation_columns("A" + " " * (LONGEST - 1)) == ("A",)
    assert derivation_columns(f"round(A, {MOST_DIGITS})") == ("A",)


def test_there_are_enough_hostile_and_wrong_expressions() -> None:
    assert len({text for text, _ in [*WRONG, *TOO_MUCH]}) >= 100


def test_a_long_expression_is_cut_in_messages() -> None:
    with pytest.raises(DerivationError) as error:
        parse_derivation("sum(" + "A, " * 60 + "'x')", numbers=True)
    assert str(error.value).startswith("'sum(A, A, A")
    assert len(str(error.value)) < 250


def test_the_examples_of_the_readme_can_be_read_and_every_function_is_named_there() -> None:
    readme = (Path(__file__).parents[3] / "config/README.md").read_text(encoding="utf-8")
    section = readme.partition("**Derived variables.**")[2].partition("**A third arm.**")[0]
    block = re.search(r"```yaml\n(.*?)```", section, re.DOTALL)
    assert block is not None
    for entry in yaml.safe_load(block[1])["variables"].values():
        assert derivation_columns(entry["derive"])
    assert all(re.search(rf"`{name}\W", section) for name in FUNCTIONS)


def test_every_function_is_read() -> None:
    for name, (fewest, _) in FUNCTIONS.items():
        arguments = ", ".join("ABCD"[:fewest])
        assert derivation_columns(f"{name}({arguments})") == tuple("ABCD"[:fewest])

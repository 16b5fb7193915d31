"""What can be stated is asked for its rules; nothing outside the vocabulary tells them from its text."""

import ast
import re
from pathlib import Path

import pytest

from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.links import LINKS
from ipdmediation.vocabulary.scales import COEFFICIENT, COMPARATIVE, PROPORTION, UTILITY, scales_of
from ipdmediation.vocabulary.terms import TermKind
from ipdmediation.vocabulary.transforms import TRANSFORMS
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS
from ipdmediation.vocabulary.withheld import Withheld

PACKAGE = Path(__file__).parents[3] / "workflow/scripts/ipdmediation"
#: A generating model has words of its own, and kernels are told apart by their types.
OTHERS = ("vocabulary", "synthetic", "kernels")
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in OTHERS)
SCALES = (*scales_of([], utility=True).every, *COMPARATIVE, UTILITY, COEFFICIENT, PROPORTION)
KEYS = {
    *FAMILIES,
    *LINKS,
    *TRANSFORMS,
    *TRIAL_EFFECTS,
    *(scale.key for scale in SCALES),
    *map(str, TermKind),
    *map(str, Withheld),
}
STATED = re.compile(r"(?:\b(?:family|transform|trial_effects|scale|link|withheld)|[.\['\"]kind)\b\W*$")
TAKEN_APART = ("startswith", "endswith", "removeprefix", "removesuffix", "partition", "split")
#: What keys of scales and effects begin with, and notes on what is withheld.
BEGINNINGS = ("prob_le_", "cde_", "int_ref_", "direct_at_", "mediator_effect_", "not defined", "withheld: ")


def told_from_text(source: str) -> list[str]:
    """Return the expressions of a module that compare, take apart or build a key as a text."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            leaves = [leaf for side in sides for leaf in ast.walk(side)]
            texts = {leaf.value for leaf in leaves if isinstance(leaf, ast.Constant)}
            if texts & KEYS and any(STATED.search(ast.unparse(side)) for side in sides):
                found.append(ast.unparse(node))
        elif isinstance(node, ast.Attribute) and node.attr in TAKEN_APART:
            if STATED.search(ast.unparse(node.value)):
                found.append(ast.unparse(node))
        elif (
            isinstance(node, ast.Constant)
            and id(node) not in docstrings
            and str(node.value).startswith(BEGINNINGS)
        ):
            found.append(repr(node.value))
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_tells_a_rule_from_a_text(module):
    assert told_from_text(module.read_text()) == []


@pytest.mark.parametrize(
    "line",
    [
        'if study.family == "binary": pass',
        'if outcome["family"] == "continuous": pass',
        'if not trial_effects.startswith("random"): pass',
        'if specification.transform in ("log", "log1p"): pass',
        'code = scale.removeprefix("prob")',
        'if row["scale"] == "proportion": pass',
        'if term.kind == "spline": pass',
        'if row["kind"] in ("random", "residual"): pass',
        'if link != "probit": pass',
        'results["withheld"] != "undefined"',
        'name = f"prob_le_{code}"',
        'why.startswith("not defined: ")',
    ],
)
def test_a_rule_that_is_told_from_a_text_is_found(line):
    assert told_from_text(line)

"""Rules that a study declares of its patients' values: read against its variables, never run (light)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from typing import Literal as OneOf

from ipdmediation.data.arms import ARMS
from ipdmediation.data.derivation import DerivationError, parse_condition
from ipdmediation.data.derivation_tree import (
    Column,
    Elapsed,
    IsText,
    Kind,
    Literal,
    Node,
    Step,
    column_names,
    nodes,
)
from ipdmediation.data.errors import listing
from ipdmediation.data.problems import Fault, Place
from ipdmediation.data.variables import Variable, trial_variable
from ipdmediation.vocabulary.terms import TREATMENT, TRIAL


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What has to hold of every patient of whom it can be decided.

    Parameters
    ----------
    rule : str
        A condition on the common variables, as `derivation.parse_condition` reads it.
    when : str or None
        Another one: of which patients the rule speaks; None is of all.
    label : str or None
        What the rule says, in words.
    when_broken : {"error", "notice"}
        Whether a patient who breaks it stops the run, or is only counted.
    """

    rule: str
    when: str | None = None
    label: str | None = None
    when_broken: OneOf["error", "notice"] = "error"

    @property
    def condition(self) -> str:
        """The rule in its own language, on one line."""
        rule = " ".join(self.rule.split())
        return rule if self.when is None else f"{rule} (when {' '.join(self.when.split())})"

    @property
    def words(self) -> str:
        """What the rule is called in messages."""
        return self.condition if self.label is None else f"{self.label}: {self.condition}"


def rules_from_config(declared: Iterable[Mapping[str, Any]]) -> list[Rule]:
    """Return the rules of a study's `contract`."""
    return [Rule(**rule) for rule in declared]


def contract_faults(
    declared: Iterable[Mapping[str, Any]],
    variables: Mapping[str, Variable],
    *,
    trials: Iterable[str],
    unsound: Collection[str] = (),
) -> Iterator[Fault]:
    """Yield what is wrong with the rules of a study, each at its place in the configuration.

    Parameters
    ----------
    declared : iterable of mapping
        The `contract` section.
    variables : mapping
        The study's variables by name.
    trials : iterable of str
        The ids of its trials.
    unsound : collection of str
        Names of variables that have a fault of their own, of which nothing is said.
    """
    arms = Variable(name=TREATMENT, type="categorical", label="Arm", levels={arm: arm for arm in ARMS})
    known = {**variables, TRIAL: trial_variable(trials), TREATMENT: arms}
    for position, rule in enumerate(declared):
        for key in [key for key in ("rule", "when") if key in rule]:
            place = ("contract", position, key)
            try:
                tree = parse_condition(rule[key])
            except DerivationError as error:
                yield Fault(place, str(error))
                continue
            if not set(column_names(tree)) & set(unsound):
                yield from _condition_faults(place, tree, known)


def _condition_faults(place: Place, tree: Node, known: Mapping[str, Variable]) -> Iterator[Fault]:
    unknown = [name for name in column_names(tree) if name not in known]
    for name in unknown:
        said = f"no variable {name!r}{_nearest(name, known)}"
        yield Fault(place, f"{said}; allowed: {listing(known, limit=99)}")
    if unknown:
        return
    found: dict[str, None] = {}
    for node in nodes(tree):
        if isinstance(node, Elapsed):
            words = f"{node.unit}s_between({node.start}, {node.end})"
            found[f"{words}: the common variables are no stamps; allowed: - of two times of one unit"] = None
        elif isinstance(node, Column) and node.kind is not None:
            found |= dict.fromkeys(_kind_faults(node, known[node.name]))
        elif isinstance(node, IsText) and isinstance(node.part, Column):
            found |= dict.fromkeys(_level_faults(node.text, known[node.part.name]))
        elif isinstance(node, Step) and node.name in ("==", "!="):
            found |= dict.fromkeys(_code_faults(node, known))
    for text in found:
        yield Fault(place, text)


def _kind_faults(column: Column, variable: Variable) -> Iterator[str]:
    if column.kind is Kind.NUMBER and variable.type == "categorical":
        yield (
            f"{variable.name!r} has levels and no numbers; allowed: == and != with one of "
            f"{listing(variable.level_labels, limit=30)}"
        )
    if column.kind is Kind.CODE and variable.type != "categorical":
        yield f"{variable.name!r} holds numbers and no texts; allowed: {variable.allowed}, without quotes"


def _code_faults(step: Step, known: Mapping[str, Variable]) -> Iterator[str]:
    """Yield a sentence where a variable is compared with a number that none of its levels is."""
    columns = [known[part.name] for part in step.parts if isinstance(part, Column)]
    values = [part.value for part in step.parts if isinstance(part, Literal)]
    for variable in columns:
        for value in values:
            if variable.codes and value not in variable.codes:
                yield f"`{step.text}`: no level of {variable.name!r}; allowed: {variable.allowed}"


def _level_faults(text: str, variable: Variable) -> Iterator[str]:
    if variable.type == "categorical" and text not in variable.level_labels:
        said = f"{text!r} is no level of {variable.name!r}{_nearest(text, variable.level_labels)}"
        yield f"{said}; allowed: {listing(variable.level_labels, limit=30)}"


def _nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is nearest to another one, as a question."""
    by_letters = {each.casefold(): each for each in known}
    near = get_close_matches(word.casefold(), by_letters, n=1)
    return f"; did you mean {by_letters[near[0]]!r}?" if near else ""

"""Faults of a study that no schema sees: references that lead nowhere, settings that do not fit (light)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from ipdmediation.data.configuration import (
    analysed_trials,
    eligibility_rules,
    resolve_analysis,
    stated_at,
)
from ipdmediation.data.contract import contract_faults
from ipdmediation.data.covariates import all_covariate_names, main_effects
from ipdmediation.data.death_faults import death_faults
from ipdmediation.data.errors import listing
from ipdmediation.data.evidence_faults import evidence_faults
from ipdmediation.data.formula import FormulaError
from ipdmediation.data.known_units import known_unit_fault
from ipdmediation.data.model_choices import (
    centring_faults,
    cluster_faults,
    free_treatment_faults,
    model_faults,
    weights_faults,
)
from ipdmediation.data.problems import Fault, Place, in_words, shown
from ipdmediation.data.replicates import fewest_replicates
from ipdmediation.data.variables import (
    Variable,
    is_integer,
    trial_variable,
    variable_faults,
    variables_from_config,
)
from ipdmediation.data.written_text import as_read
from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.links import LOGIT
from ipdmediation.vocabulary.terms import TREATMENT, TRIAL
from ipdmediation.vocabulary.transforms import TRANSFORMS

MOST_CHUNKS = 2_000  # jobs of one analysis, which Snakemake plans in seconds
EVERY_TRIAL = "all"  # how the tables call all trials together


@dataclass(frozen=True)
class Study:
    """The parts of a configuration that are sound, and what the rest is called.

    Attributes
    ----------
    config : the configuration without the parts that departed from the schema.
    declared : names of all variables, sound or not.
    trials : ids of all trials with rows, sound or not.
    sent : ids of those that send their result in place of rows.
    """

    config: Mapping[str, Any]
    declared: tuple[str, ...]
    trials: tuple[str, ...]
    sent: tuple[str, ...] = ()

    @property
    def every_trial(self) -> tuple[str, ...]:
        """Ids of the trials, with rows or without."""
        return (*self.trials, *self.sent)

    @property
    def analyses(self) -> Mapping[str, Any]:
        """The sound analyses; none where the primary one is not."""
        stated: Mapping[str, Any] = self.config.get("analyses", {})
        return stated if "primary" in stated else {}

    @property
    def variables(self) -> dict[str, Variable]:
        """The sound variables."""
        stated = self.config.get("variables", {})
        wrong = {fault.place[1] for fault in variable_faults(stated)}
        return variables_from_config({name: each for name, each in stated.items() if name not in wrong})

    def unknown(self, place: Place, name: str) -> Iterator[Fault]:
        """Yield a fault for a name that no variable has."""
        if name not in self.declared:
            yield Fault(place, f"no variable {name!r}; allowed: {listing(self.declared, limit=99)}")


def sound_parts(content: Mapping[str, Any], faults: Iterable[Fault]) -> Mapping[str, Any]:
    """Return a configuration without its entries that have a fault, so that the others can be checked on.

    An entry is a variable, trial, analysis, rule or figure; elsewhere it is all under a top-level key.
    """
    wrong = {_entry(fault) for fault in faults if fault.place}

    def kept(value: Any, place: Place) -> Any:
        if isinstance(value, Mapping):
            return {
                key: kept(inner, (*place, key)) for key, inner in value.items() if (*place, key) not in wrong
            }
        if isinstance(value, list) and len(place) == 1:
            return [inner for at, inner in enumerate(value) if (*place, at) not in wrong]
        return value

    left: Mapping[str, Any] = kept(content, ())
    return left


def _entry(fault: Fault) -> Place:
    if fault.text.startswith("unknown key"):
        return fault.place
    sections = ("variables", "trials", "contract", "analyses", "eligibility", "published")
    return fault.place[: 2 if fault.place[0] in sections else 1]


def study_faults(study: Study) -> Iterator[Fault]:
    """Yield every reference of a configuration that leads nowhere or does not fit."""
    config, variables = study.config, study.variables
    yield from variable_faults(config.get("variables", {}))
    for kind in ("label", "in_text"):
        yield from equal_labels(_labels("variables", kind, config))
    for name, entry in config.get("variables", {}).items():
        if "unit" in entry and (fault := known_unit_fault(entry["unit"])) is not None:
            yield Fault(("variables", name, "unit"), fault)
        levels = entry.get("levels", {})
        yield from equal_labels({("variables", name, "levels", key): levels[key] for key in levels})
    for kind in ("label", "short", "in_text"):
        yield from equal_labels(_labels("arms", kind, config))
    if EVERY_TRIAL in study.every_trial and EVERY_TRIAL in config.get("trials", {}):
        yield Fault(("trials", EVERY_TRIAL), f"the tables call all trials together {EVERY_TRIAL!r}")
    yield from _rule_faults(("eligibility",), config.get("eligibility", ()), study, variables)
    unsound = set(study.declared) - set(variables)
    rules = config.get("contract", ())
    yield from contract_faults(rules, variables, trials=study.trials, unsound=unsound)
    for position, name in enumerate(config.get("describe", {}).get("baseline", ())):
        yield from study.unknown(("describe", "baseline", position), name)
    yield from equal_labels(
        {("analyses", name, "label"): entry["label"] for name, entry in study.analyses.items()}
    )
    for name in study.analyses:
        yield from _analysis_faults(name, study, variables)


def _labels(section: str, kind: str, config: Mapping[str, Any]) -> dict[Place, str]:
    """Return what the entries of a section are called, those that say it."""
    entries = config.get(section, {}).items()
    return {(section, name, kind): entry[kind] for name, entry in entries if kind in entry}


def equal_labels(labels: Mapping[Place, str]) -> Iterator[Fault]:
    """Yield a fault for each label that a reader cannot tell from an earlier one."""
    first: dict[str, Place] = {}
    for place, label in labels.items():
        same = first.setdefault(as_read(label), place)
        if same != place:
            yield Fault(place, f"{shown(label)} is the label of {in_words(same)} too; give it its own")


def _analysis_faults(name: str, study: Study, variables: Mapping[str, Variable]) -> Iterator[Fault]:
    config = study.config
    analysis = resolve_analysis(config, name)

    def at(*keys: str) -> Place:
        return stated_at(config, name, *keys)

    yield from _rule_faults(at("eligibility"), analysis["eligibility"], study, variables)
    outcome = analysis["outcome"]
    family = FAMILIES[outcome["family"]]
    kinds = {"mediator": "continuous", "outcome": family.variable}
    for role, kind in kinds.items():
        used = analysis[role]["variable"]
        yield from study.unknown(at(role, "variable"), used)
        variable = variables.get(used)
        if variable is not None and variable.type != kind:
            reason = f" for family {family.key!r}" if role == "outcome" else ""
            text = f"{variable.name!r} is {variable.type}, it has to be {kind}{reason}"
            yield Fault(at(role, "variable"), text)
    if not family.links and outcome["link"] != LOGIT.key:
        own = next((at("outcome", key) for key in ("link", "family") if at("outcome", key)[1] == name), None)
        yield Fault(
            own or at("outcome", "link"),
            f"family {family.key!r} has no link, found link {outcome['link']!r}; allowed: none, or the "
            f"default {LOGIT.key!r}",
        )
    if analysis["mediator"]["variable"] == outcome["variable"]:
        yield Fault(at("outcome", "variable"), f"mediator and outcome are both {outcome['variable']!r}")
    yield from _scale_faults(at, analysis["mediator"], variables)
    yield from _outcome_faults(at, analysis, variables.get(outcome["variable"]))
    yield from _held_faults(at, analysis, variables.get(analysis["mediator"]["variable"]))
    yield from _covariate_faults(at("covariates"), analysis, study)
    whole = {"eligibility": [], **config}
    trials = analysed_trials(whole, name, study.trials)
    named_trials = [
        level
        for rule in eligibility_rules(whole, name)
        if rule["variable"] == TRIAL
        for level in (*rule.get("one_of", ()), *rule.get("none_of", ()))
    ]
    if set(named_trials) <= set(study.every_trial) and study.trials and not trials:
        yield Fault(at("eligibility"), "the rules on 'trial' leave no trial")
    yield from model_faults(at, analysis, trials)
    yield from centring_faults(at, analysis)
    yield from free_treatment_faults(at, analysis)
    for key, none in (("weights", None), ("cluster", TRIAL)):
        if analysis[key] != none:
            yield from study.unknown(at(key), analysis[key])
    yield from weights_faults(at, analysis, variables)
    yield from cluster_faults(at, analysis, variables)
    yield from _bootstrap_faults(at, analysis["bootstrap"])
    yield from evidence_faults(at, analysis, trials=study.trials)
    ruled = list(dict.fromkeys(rule["variable"] for rule in eligibility_rules(whole, name)))
    yield from death_faults(at, analysis, declared=study.declared, variables=variables, ruled=ruled)


def _bootstrap_faults(at: Any, bootstrap: Mapping[str, Any]) -> Iterator[Fault]:
    replicates, fewest = bootstrap["replicates"], fewest_replicates(bootstrap["level"])
    if replicates < fewest:
        yield Fault(
            at("bootstrap", "replicates"),
            f"{replicates} are too few for an interval of level {bootstrap['level']:g}; allowed: {fewest} or "
            "more",
        )
    chunks = ceil(replicates / bootstrap["chunk"])
    if chunks > MOST_CHUNKS:
        yield Fault(
            at("bootstrap", "chunk"),
            f"{replicates} replicates in chunks of {bootstrap['chunk']} are {chunks} jobs; allowed: at most "
            f"{MOST_CHUNKS}; take chunks of {ceil(replicates / MOST_CHUNKS)} or more",
        )


def _covariate_faults(place: Place, analysis: Mapping[str, Any], study: Study) -> Iterator[Fault]:
    stated = analysis["covariates"]
    try:
        names, alone = all_covariate_names(stated), main_effects(stated)
    except FormulaError as error:
        yield Fault(place, str(error))
        return
    for name in names:
        if name != TREATMENT:
            yield from study.unknown(place, name)
        if name in (analysis["mediator"]["variable"], analysis["outcome"]["variable"]):
            yield Fault(place, f"{name!r} is the mediator or the outcome")
    if TREATMENT in alone:
        yield Fault(
            place,
            f"{TREATMENT!r} is in every model by itself; leave it out, or take a product such as treatment:x",
        )


def _outcome_faults(at: Any, analysis: Mapping[str, Any], outcome: Variable | None) -> Iterator[Fault]:
    if outcome is None:
        return
    utility, level = analysis["standardisation"]["utility"], analysis["named_level"]
    levels = 2 if outcome.type == "binary" else len(outcome.codes)
    if utility is not None and len(utility) != levels:
        yield Fault(
            at("standardisation", "utility"),
            f"{len(utility)} weights for {levels} levels of {outcome.name!r}; "
            "allowed: one per level, or null",
        )
    if level is not None and outcome.type == "ordinal":
        # Everybody reaches the worst level or a better one.
        allowed = outcome.codes[:-1] if analysis["outcome"]["better"] == "low" else outcome.codes[1:]
        if level not in allowed:
            text = f"{level} is not one of {listing(allowed, limit=99)} of {outcome.name!r}"
            yield Fault(at("named_level"), text)


def _held_faults(at: Any, analysis: Mapping[str, Any], mediator: Variable | None) -> Iterator[Fault]:
    """Yield a fault for each value at which the mediator cannot be held, or that is called as another one."""
    place = at("standardisation", "controlled_at")
    first: dict[str, float] = {}
    for position, value in enumerate(analysis["standardisation"]["controlled_at"]):
        if mediator is not None and mediator.type == "continuous":
            yield from level_faults((*place, position), value, mediator)
        same = first.setdefault(f"{value:g}", value)
        if same != value:
            text = f"{value} and {same} have one name in the tables, {value:g}; leave one of them out"
            yield Fault((*place, position), text)


def _scale_faults(at: Any, mediator: Mapping[str, Any], variables: Mapping[str, Variable]) -> Iterator[Fault]:
    variable = variables.get(mediator["variable"])
    transform = TRANSFORMS[mediator["transform"]]
    bound, offset = transform.above(mediator["offset"]), transform.added(mediator["offset"])
    if bound is None or variable is None or variable.type != "continuous":
        return
    if variable.minimum is None or variable.minimum <= bound:
        low = "no minimum" if variable.minimum is None else f"minimum {variable.minimum:g}"
        yield Fault(
            at("mediator", "transform"),
            f"{transform.key!r} with offset {offset:g} is not defined for every value of "
            f"{variable.name!r} ({low}); minimum plus offset has to be above 0",
        )


def _rule_faults(
    place: Place, rules: Iterable[Mapping[str, Any]], study: Study, variables: Mapping[str, Variable]
) -> Iterator[Fault]:
    for position, rule in enumerate(rules):
        where = (*place, position)
        named = {**variables, TRIAL: trial_variable(study.every_trial)}
        if rule["variable"] != TRIAL:
            yield from study.unknown((*where, "variable"), rule["variable"])
        variable = named.get(rule["variable"])
        if variable is None:
            continue
        low, high = rule.get("between", (None, None))
        if "between" in rule and variable.type == "categorical":
            text = f"{variable.name!r} is categorical and has no range; use one_of or none_of"
            yield Fault((*where, "between"), text)
        if low is not None and high is not None and low > high:
            yield Fault((*where, "between"), f"between {low:g} and {high:g} nothing lies")
        for test in ("one_of", "none_of"):
            for level in rule.get(test, ()):
                yield from level_faults((*where, test), level, variable)


def level_faults(place: Place, level: Any, variable: Variable) -> Iterator[Fault]:
    """Yield a fault where a variable cannot have a value."""
    if variable.type == "continuous":
        inside = isinstance(level, (int, float)) and (
            (variable.minimum is None or level >= variable.minimum)
            and (variable.maximum is None or level <= variable.maximum)
        )
    elif variable.type == "categorical":
        inside = str(level) in variable.level_labels
    else:
        inside = is_integer(level) and int(level) in variable.codes
    if not inside:
        yield Fault(place, f"{level!r} is no value of {variable.name!r}; allowed: {variable.allowed}")

"""References between the parts of a configuration, which a JSON schema cannot check (light to import)."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from math import isfinite
from pathlib import Path
from typing import Any

from ipdmediation.data.codes import Code, same_codes
from ipdmediation.data.covariates import all_covariate_names
from ipdmediation.data.errors import ConfigurationError, SourceError, listing, raise_all
from ipdmediation.data.formula import FormulaError
from ipdmediation.data.replicates import fewest_replicates
from ipdmediation.data.stamp_formats import format_problem
from ipdmediation.data.variables import (
    ARMS,
    Variable,
    is_integer,
    variable_problems,
    variables_from_config,
)

FAMILY_TYPES = {"ordinal": "ordinal", "binary": "binary", "continuous": "continuous"}
TREATMENT = "treatment"  # in every study, beside the declared variables
# what draws depend on, beside the resampling
DRAWN_BY = (
    "eligibility", "mediator", "outcome", "covariates", "interaction", "trial_effects", "standardisation",
    "missing",
)  # fmt: skip


def resolve_source(source: Mapping[str, Any]) -> Path:
    """Return the path of a trial's file.

    Parameters
    ----------
    source : mapping
        `source` of a trial's mapping: `file`, or `package` and `path` for a file that an installed package
        ships. The package is found, not imported.

    Raises
    ------
    SourceError
        Where the package is not installed or does not ship the file.
    """
    if "file" in source:
        return Path(source["file"])
    package, path = str(source["package"]), Path(source["path"])
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SourceError(f"source: package {package!r} is not installed")
    for directory in spec.submodule_search_locations:
        if (Path(directory) / path).is_file() and ".." not in path.parts:
            return Path(directory) / path
    raise SourceError(f"source: package {package!r} ships no file {str(path)!r}")


def resolve_analysis(config: Mapping[str, Any], analysis: str) -> dict[str, Any]:
    """Return an analysis with everything that it inherits from `primary`.

    Mappings are merged, lists and single values replaced.

    Parameters
    ----------
    config : mapping
        The study's configuration.
    analysis : str
        Name of one of its analyses.

    Raises
    ------
    ConfigurationError
        Where there is no such analysis.
    """
    analyses = config["analyses"]
    if analysis not in analyses:
        raise ConfigurationError(f"no analysis {analysis!r}; allowed: {listing(analyses, limit=99)}")
    merged: dict[str, Any] = _merged(analyses["primary"], analyses[analysis])
    return merged


def eligibility_rules(config: Mapping[str, Any], analysis: str) -> list[dict[str, Any]]:
    """Return the rules of an analysis: the study's, then its own."""
    return [*config["eligibility"], *resolve_analysis(config, analysis)["eligibility"]]


def drawn_as(config: Mapping[str, Any], analysis: str) -> str:
    """Return the analysis whose draws an analysis has: one with the same patients, models and resamples.

    It is the primary one or else the first, so that what stands before the primary one changes none of its
    numbers.

    Analyses that differ only in what is made of the draws, such as the kind of interval, its level or the
    number of replicates, then differ in nothing else.

    Parameters
    ----------
    config : mapping
        The study's configuration.
    analysis : str
        Name of one of its analyses.

    Examples
    --------
    >>> first = dict.fromkeys(DRAWN_BY, 0) | {"bootstrap": {"resampling": "stratified", "interval": "basic"}}
    >>> analyses = {"primary": first, "bca": {"bootstrap": {"interval": "bca"}}, "direct": {"mediator": 1}}
    >>> [drawn_as({"analyses": analyses}, name) for name in analyses]
    ['primary', 'primary', 'direct']
    >>> drawn_as({"analyses": {"bca": analyses["bca"], "primary": first}}, "primary")
    'primary'
    """
    own = _draws_of(config, analysis)
    names: list[str] = sorted(config["analyses"], key=lambda name: name != "primary")
    return next(name for name in names if _draws_of(config, name) == own)


def _draws_of(config: Mapping[str, Any], analysis: str) -> list[Any]:
    settings = resolve_analysis(config, analysis)
    return [*(settings[key] for key in DRAWN_BY), settings["bootstrap"]["resampling"]]


def check_configuration(
    config: Mapping[str, Any], mappings: Mapping[str, Mapping[str, Any]], *, file: str = "configuration"
) -> None:
    """Raise one error for every reference of a configuration that leads nowhere or does not fit.

    Parameters
    ----------
    config : mapping
        The study's configuration, valid by `config.schema.yaml` and filled with its defaults.
    mappings : mapping
        Trial id to the content of its mapping, valid by `trial.schema.yaml`.
    file : str
        Name of the configuration in the message.

    Raises
    ------
    ConfigurationError
        Lists every problem with the place where it stands and what is allowed there.
    """
    problems = list(variable_problems(config["variables"]))
    problems += _path_problems(config, mappings)
    if not problems:
        variables = variables_from_config(config["variables"])
        problems += _study_problems(config, variables)
        for trial in config["trials"]:
            problems += _mapping_problems(f"trials.{trial}", mappings[trial], variables)
    raise_all(problems, ConfigurationError, f"{file}: {len(problems)} problem(s):")


def _merged(base: Any, changes: Any) -> Any:
    if not (isinstance(base, Mapping) and isinstance(changes, Mapping)):
        return copy.deepcopy(changes)
    merged = {key: copy.deepcopy(value) for key, value in base.items()}
    for key, value in changes.items():
        merged[key] = _merged(merged.get(key), value)
    return merged


def _path_problems(config: Mapping[str, Any], mappings: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    paths = {f"pathvars.{name}": path for name, path in config.get("pathvars", {}).items()}
    paths |= {f"trials.{trial}": path for trial, path in config["trials"].items()}
    paths["study.synthetic"] = config["study"]["synthetic"]
    for trial, mapping in mappings.items():
        paths |= {f"trials.{trial}.source.{key}": mapping["source"].get(key) for key in ("file", "path")}
    for place, path in paths.items():
        if set(path or "") & set("{}"):
            yield (
                f"{place}: curly braces in {path!r}, which Snakemake takes for a wildcard; rename the file "
                "or folder"
            )


def _study_problems(config: Mapping[str, Any], variables: Mapping[str, Variable]) -> Iterator[str]:
    yield from _rule_problems("eligibility", config["eligibility"], variables)
    for name in config["describe"]["baseline"]:
        yield from _unknown_variable("describe.baseline", name, variables)
    for name in config["analyses"]:
        yield from _analysis_problems(name, config, variables)
    for position, entry in enumerate(config["published"], start=1):
        if entry["analysis"] not in config["analyses"]:
            yield (
                f"published, entry {position} ({entry['label']}): no analysis {entry['analysis']!r}; "
                f"allowed: {listing(config['analyses'], limit=99)}"
            )


def _analysis_problems(
    name: str, config: Mapping[str, Any], variables: Mapping[str, Variable]
) -> Iterator[str]:
    where = f"analyses.{name}"
    analysis = resolve_analysis(config, name)
    mediator, outcome = analysis["mediator"], analysis["outcome"]
    yield from _rule_problems(f"{where}.eligibility", analysis["eligibility"], variables)
    for role, entry, kind in (
        ("mediator", mediator, "continuous"),
        ("outcome", outcome, FAMILY_TYPES[outcome["family"]]),
    ):
        variable = variables.get(entry["variable"])
        yield from _unknown_variable(f"{where}.{role}.variable", entry["variable"], variables)
        if variable is not None and variable.type != kind:
            reason = f" for family {outcome['family']!r}" if role == "outcome" else ""
            yield (
                f"{where}.{role}.variable: {variable.name!r} is {variable.type}, it has to be {kind}{reason}"
            )
    yield from _scale_problems(f"{where}.mediator", mediator, variables)
    yield from _utility_problems(where, analysis, variables)
    yield from _named_level_problems(where, analysis, variables)
    yield from _covariate_problems(f"{where}.covariates", analysis, variables)
    yield from _spline_problems(f"{where}.mediator.spline_knots", analysis)
    if mediator["variable"] == outcome["variable"]:
        yield f"{where}: mediator and outcome are both {outcome['variable']!r}"
    yield from _replicate_problems(f"{where}.bootstrap", analysis["bootstrap"])
    effects = analysis["trial_effects"]
    if len(config["trials"]) == 1 and effects != "none":
        yield f"{where}.trial_effects: {effects!r} needs two trials; allowed for one: 'none'"
    if analysis["bootstrap"]["resampling"] == "two_level" and not effects.startswith("random"):
        yield (
            f"{where}.bootstrap.resampling: 'two_level' needs random trial effects, found trial_effects "
            f"{effects!r}; allowed: 'stratified'"
        )


def _replicate_problems(where: str, bootstrap: Mapping[str, Any]) -> Iterator[str]:
    fewest = fewest_replicates(bootstrap["level"])
    if bootstrap["replicates"] < fewest:
        yield (
            f"{where}.replicates: {bootstrap['replicates']} are too few for an interval of level "
            f"{bootstrap['level']:g}; allowed: {fewest} or more"
        )


def _covariate_problems(
    where: str, analysis: Mapping[str, Any], variables: Mapping[str, Variable]
) -> Iterator[str]:
    try:
        names = all_covariate_names(analysis["covariates"])
    except FormulaError as error:
        yield f"{where}: {error}"
        return
    for name in names:
        if name != TREATMENT:
            yield from _unknown_variable(where, name, variables)
        if name in (analysis["mediator"]["variable"], analysis["outcome"]["variable"]):
            yield f"{where}: {name!r} is the mediator or the outcome"


def _spline_problems(where: str, analysis: Mapping[str, Any]) -> Iterator[str]:
    distribution = analysis["standardisation"]["mediator_distribution"]
    if analysis["mediator"]["spline_knots"] is not None and distribution == "empirical":
        yield f"{where}: a spline needs the mediator_distribution 'gaussian', not 'empirical'"


def _utility_problems(
    where: str, analysis: Mapping[str, Any], variables: Mapping[str, Variable]
) -> Iterator[str]:
    utility, outcome = analysis["standardisation"]["utility"], variables.get(analysis["outcome"]["variable"])
    if utility is None or outcome is None:
        return
    levels = 2 if outcome.type == "binary" else len(outcome.codes)
    if len(utility) != levels:
        yield (
            f"{where}.standardisation.utility: {len(utility)} weights for {levels} levels of "
            f"{outcome.name!r}; allowed: one a level, or null"
        )


def _named_level_problems(
    where: str, analysis: Mapping[str, Any], variables: Mapping[str, Variable]
) -> Iterator[str]:
    level, outcome = analysis["named_level"], variables.get(analysis["outcome"]["variable"])
    if level is None or outcome is None or outcome.type != "ordinal":
        return
    # Everybody reaches the worst level or a better one.
    allowed = outcome.codes[:-1] if analysis["outcome"]["better"] == "low" else outcome.codes[1:]
    if level not in allowed:
        yield f"{where}.named_level: {level} is not one of {listing(allowed, limit=99)} of {outcome.name!r}"


def _scale_problems(
    where: str, mediator: Mapping[str, Any], variables: Mapping[str, Variable]
) -> Iterator[str]:
    variable = variables.get(mediator["variable"])
    offsets = {"log": mediator["offset"], "log1p": 1}
    offset = offsets.get(mediator["transform"])
    if offset is None or variable is None or variable.type != "continuous":
        return
    if variable.minimum is None or variable.minimum + offset <= 0:
        low = "no minimum" if variable.minimum is None else f"minimum {variable.minimum:g}"
        yield (
            f"{where}: {mediator['transform']!r} with offset {offset:g} is not defined for every value of "
            f"{variable.name!r} ({low}); minimum plus offset has to be above 0"
        )


def _rule_problems(where: str, rules: Any, variables: Mapping[str, Variable]) -> Iterator[str]:
    for position, rule in enumerate(rules, start=1):
        place = f"{where}, rule {position} ({rule['reason']})"
        variable = variables.get(rule["variable"])
        if variable is None:
            yield from _unknown_variable(place, rule["variable"], variables)
            continue
        low, high = rule.get("between", (None, None))
        if "between" in rule and variable.type == "categorical":
            yield f"{place}: {variable.name!r} is categorical and has no range; use one_of or none_of"
        if low is not None and high is not None and low > high:
            yield f"{place}: between {low:g} and {high:g} nothing lies"
        for level in [*rule.get("one_of", ()), *rule.get("none_of", ())]:
            yield from _level_problem(place, level, variable)


def _mapping_problems(
    where: str, mapping: Mapping[str, Any], variables: Mapping[str, Variable]
) -> Iterator[str]:
    codes = mapping["treatment"]["codes"]
    for arm in [arm for arm in ARMS if arm not in codes.values()]:
        yield f"{where}.treatment.codes: no code means {arm!r}"
    decimal = mapping["source"].get("options", {}).get("decimal", ".")
    yield from _same_code_problems(f"{where}.treatment", codes, (), by_value=False, decimal=decimal)
    for name in [name for name in variables if name not in mapping["variables"]]:
        yield f"{where}.variables: {name!r} is not mapped (`absent: true` if the trial did not record it)"
    for name, entry in mapping["variables"].items():
        variable = variables.get(name)
        if variable is None:
            yield from _unknown_variable(f"{where}.variables", name, variables)
            continue
        place = f"{where}.variables.{name}"
        yield from _column_problems(place, entry, variable)
        if "column" in entry:
            levels = variable.level_labels if variable.type == "categorical" else variable.codes
            missing = [*mapping.get("missing", ()), *entry.get("missing", ())]
            by_value = variable.type == "continuous"
            known = entry.get("codes", levels)
            yield from _same_code_problems(place, known, missing, by_value=by_value, decimal=decimal)


def _column_problems(where: str, entry: Mapping[str, Any], variable: Variable) -> Iterator[str]:
    if variable.type == "continuous":
        for code, value in entry.get("codes", {}).items():
            if not isinstance(value, (int, float)) or not isfinite(value):
                yield f"{where}.codes: {code!r} is taken for {value!r}; allowed: a number"
        if "from" in entry and variable.unit is None:
            yield f"{where}: time between two stamps needs a unit of the variable"
        wrong = format_problem(entry["format"]) if "format" in entry else None
        if wrong:
            yield f"{where}.format: {entry['format']!r}: {wrong}"
    else:
        for key in [key for key in ("unit", "from") if key in entry]:
            yield f"{where}: `{key}` is for continuous variables, {variable.name!r} is {variable.type}"
        for level in entry.get("codes", {}).values():
            yield from _level_problem(f"{where}.codes", level, variable)
    if "constant" in entry:
        yield from _level_problem(f"{where}.constant", entry["constant"], variable)


def _same_code_problems(
    where: str, codes: Iterable[Any], missing: Iterable[Any], *, by_value: bool, decimal: str
) -> Iterator[str]:
    """Yield a problem for each code that means two things; two codes for missing mean one."""
    known, absent = list(map(Code, codes)), list(map(Code, missing))
    for first, second in same_codes([*known, *absent], by_value=by_value, decimal=decimal):
        if first in known and second in absent:
            yield f"{where}: {first!r} is mapped, and the same code, {second!r}, means missing"
        elif first in known:
            yield f"{where}.codes: {first!r} and {second!r} are the same code"


def _level_problem(where: str, level: Any, variable: Variable) -> Iterator[str]:
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
        yield f"{where}: {level!r} is no value of {variable.name!r}; allowed: {variable.allowed}"


def _unknown_variable(where: str, name: str, variables: Mapping[str, Variable]) -> Iterator[str]:
    if name not in variables:
        yield f"{where}: no variable {name!r}; allowed: {listing(variables, limit=99)}"

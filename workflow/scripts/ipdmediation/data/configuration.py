"""What a configuration comes to: an analysis with what it inherits, a trial's file (light to import)."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ipdmediation.data.codes import EXCLUDED
from ipdmediation.data.errors import ConfigurationError, SourceError, listing
from ipdmediation.data.joined_columns import joined_files
from ipdmediation.data.problems import Place
from ipdmediation.vocabulary.terms import TRIAL

# what draws depend on, beside the resampling
DRAWN_BY = (
    "eligibility", "mediator", "outcome", "covariates", "interaction", "trial_effects", "standardisation",
    "missing", "weights", "cluster", "estimation",
)  # fmt: skip
#: The allocation ratio of a trial that states none.
EQUAL = {"treated": 1, "control": 1}


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
        if ".." not in path.parts and not path.is_absolute() and (Path(directory) / path).is_file():
            return Path(directory) / path
    raise SourceError(f"source: package {package!r} ships no file {str(path)!r}")


def stated_files(source: Mapping[str, Any]) -> dict[Place, Any]:
    """Return the files of a trial, each with the place in its mapping where it is stated.

    Parameters
    ----------
    source : mapping
        `source` of a trial's mapping.

    Examples
    --------
    >>> list(stated_files({"file": "a.csv", "format": "csv"}))
    [('source',)]
    >>> list(stated_files({"files": {"main": {"file": "a.csv"}, "scans": {"file": "b.csv"}}}))
    [('source', 'files', 'main'), ('source', 'files', 'scans')]
    """
    joined = joined_files(source)
    return {("source", "files", name): entry for name, entry in joined.items()} or {("source",): source}


def trials_of(source: str, mapping: Mapping[str, Any]) -> dict[str, str]:
    """Return the trials of a mapping and their labels, in the order of the mapping.

    Parameters
    ----------
    source : str
        Its name under `trials:`, which is the trial's id where the file holds one.
    mapping : mapping
        Valid by `trial.schema.yaml`.

    Examples
    --------
    >>> trials_of("north", {"label": "North trial"})
    {'north': 'North trial'}
    >>> codes = {1: {"id": "north", "label": "North trial"}, 2: "excluded"}
    >>> trials_of("registry", {"trial": {"column": "STUDY", "codes": codes}})
    {'north': 'North trial'}
    """
    return {str(trial["id"]): str(trial["label"]) for trial in _stated_trials(source, mapping)}


def treated_shares(source: str, mapping: Mapping[str, Any]) -> dict[str, float]:
    """Return the share of patients that each trial of a mapping allocated to treatment.

    Parameters
    ----------
    source, mapping
        As for `trials_of`.

    Examples
    --------
    >>> treated_shares("north", {"label": "North trial"})
    {'north': 0.5}
    >>> codes = {1: {"id": "south", "allocation": {"treated": 3, "control": 1}}, 2: "excluded"}
    >>> treated_shares("registry", {"trial": {"column": "STUDY", "codes": codes}})
    {'south': 0.75}
    """
    ratios = {str(trial["id"]): allocation_of(trial, mapping) for trial in _stated_trials(source, mapping)}
    return {trial: ratio["treated"] / sum(ratio.values()) for trial, ratio in ratios.items()}


def _stated_trials(source: str, mapping: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if "trial" not in mapping:
        return [{**mapping, "id": source}]
    return [trial for trial in mapping["trial"]["codes"].values() if trial != EXCLUDED]


def allocation_of(trial: Mapping[str, Any], mapping: Mapping[str, Any]) -> Mapping[str, int]:
    """Return the allocation ratio of a trial: its own, that of all trials of the mapping, or 1:1."""
    ratio: Mapping[str, int] = trial.get("allocation", mapping.get("allocation", EQUAL))
    return ratio


def resolve_analysis(config: Mapping[str, Any], analysis: str) -> dict[str, Any]:
    """Return an analysis with everything that it inherits from `primary`.

    Mappings are merged, lists and single values replaced; `evidence: null` asks for none.

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
    settings: dict[str, Any] = merged(analyses["primary"], analyses[analysis])
    return settings | {"evidence": settings.get("evidence") or {}}


def stated_at(config: Mapping[str, Any], analysis: str, *keys: str) -> Place:
    """Return where a setting of an analysis stands: in the analysis itself, or in the primary one.

    Examples
    --------
    >>> config = {"analyses": {"primary": {}, "bca": {"bootstrap": {"interval": "bca"}}}}
    >>> stated_at(config, "bca", "bootstrap", "interval"), stated_at(config, "bca", "mediator")
    (('analyses', 'bca', 'bootstrap', 'interval'), ('analyses', 'primary', 'mediator'))
    """
    value = config["analyses"][analysis]
    for key in keys:
        if not isinstance(value, Mapping) or key not in value:
            return ("analyses", "primary", *keys)
        value = value[key]
    return ("analyses", analysis, *keys)


def eligibility_rules(config: Mapping[str, Any], analysis: str) -> list[dict[str, Any]]:
    """Return the rules of an analysis: the study's, then its own."""
    return [*config["eligibility"], *resolve_analysis(config, analysis)["eligibility"]]


def analysed_trials(config: Mapping[str, Any], analysis: str, trials: Iterable[str]) -> tuple[str, ...]:
    """Return those of some trials, by id, that no eligibility rule of an analysis leaves out as a whole.

    Examples
    --------
    >>> rule = {"variable": "trial", "none_of": ["b"], "reason": "Left out"}
    >>> config = {"eligibility": [], "analyses": {"primary": {"eligibility": [rule]}}}
    >>> analysed_trials(config, "primary", ["a", "b", "c"])
    ('a', 'c')
    """
    left = tuple(trials)
    for rule in eligibility_rules(config, analysis):
        if rule["variable"] == TRIAL:
            kept, lost = rule.get("one_of", left), rule.get("none_of", ())
            left = tuple(trial for trial in left if trial in kept and trial not in lost)
    return left


def departures(config: Mapping[str, Any], analysis: str) -> tuple[str, ...]:
    """Return the settings in which an analysis differs from the primary one, as dotted keys in order.

    Words, the evidence beside the effects, and how many replicates are drawn make no other analysis.

    Examples
    --------
    >>> analyses = {"primary": {"missing": {"method": "impute"}}, "other": {"missing": {"method": "none"}}}
    >>> departures({"analyses": analyses}, "other")
    ('missing.method',)
    """
    own, primary = (_flat(resolve_analysis(config, name)) for name in (analysis, "primary"))
    changed = (key for key in {*own, *primary} if own.get(key) != primary.get(key))
    return tuple(sorted(key for key in changed if not key.startswith(_NO_CHOICES)))


_NO_CHOICES = (
    "label", "named_level", "evidence", "bootstrap.replicates", "bootstrap.chunk", "bootstrap.max_failed",
)  # fmt: skip


def _flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return single settings and lists by their dotted keys."""
    flat: dict[str, Any] = {}
    for key, value in settings.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{inner}": found for inner, found in _flat(value).items()}
        else:
            flat[key] = value
    return flat


def drawn_as(config: Mapping[str, Any]) -> dict[str, str]:
    """Return for each analysis the one whose draws it has: with the same patients, models and resamples.

    It is the primary one or else the first, so that what stands before the primary one changes none of its
    numbers.

    Analyses that differ only in what is made of the draws, such as the kind of interval, its level or the
    number of replicates, then differ in nothing else.

    Parameters
    ----------
    config : mapping
        The study's configuration.

    Examples
    --------
    >>> first = dict.fromkeys(DRAWN_BY, 0) | {"eligibility": []}
    >>> first |= {"bootstrap": {"resampling": "stratified", "interval": "basic"}}
    >>> analyses = {"primary": first, "bca": {"bootstrap": {"interval": "bca"}}, "direct": {"mediator": 1}}
    >>> drawn_as({"analyses": analyses})
    {'primary': 'primary', 'bca': 'primary', 'direct': 'direct'}
    >>> drawn_as({"analyses": {"bca": analyses["bca"], "primary": first}})["primary"]
    'primary'
    """
    draws = {name: _draws_of(config, name) for name in config["analyses"]}
    first = sorted(draws, key=lambda name: name != "primary")
    return {name: next(other for other in first if draws[other] == own) for name, own in draws.items()}


def _draws_of(config: Mapping[str, Any], analysis: str) -> list[Any]:
    settings = resolve_analysis(config, analysis)
    rules = [{**rule, "reason": ""} for rule in settings["eligibility"]]  # words draw nothing
    drawn_by = {**settings, "eligibility": rules}
    return [*(drawn_by[key] for key in DRAWN_BY), settings["bootstrap"]["resampling"]]


def merged(base: Any, changes: Any) -> Any:
    """Return a copy of a configuration with changes: mappings are merged, lists and single values replaced.

    Examples
    --------
    >>> merged({"a": {"b": 1, "c": [1]}}, {"a": {"c": [2]}})
    {'a': {'b': 1, 'c': [2]}}
    """
    if not (isinstance(base, Mapping) and isinstance(changes, Mapping)):
        return copy.deepcopy(changes)
    both = {key: copy.deepcopy(value) for key, value in base.items()}
    for key, value in changes.items():
        both[key] = merged(both.get(key), value)
    return both

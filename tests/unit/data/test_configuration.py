from __future__ import annotations

import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from snakemake.utils import validate

from ipdmediation.data.configuration import (
    check_configuration,
    drawn_as,
    eligibility_rules,
    resolve_analysis,
)
from ipdmediation.data.errors import ConfigurationError
from tests.unit.data.conftest import DECLARED, MAPPING

ROOT = Path(__file__).parents[3]
SCHEMAS = ROOT / "workflow" / "schemas"
STUDIES = [ROOT / "config" / "config.yaml", *sorted((ROOT / "config" / "examples").glob("*/config.yaml"))]

CONFIG: dict[str, Any] = {
    "study": {"title": "T", "question": "Q?"},
    "seed": 1,
    "trials": {"a": "a.yaml", "b": "b.yaml"},
    "variables": DECLARED,
    "eligibility": [{"variable": "mrs", "measured": True, "reason": "Unknown"}],
    "analyses": {
        "primary": {
            "label": "Primary",
            "mediator": {"variable": "volume", "transform": "log", "offset": 1},
            "outcome": {"variable": "mrs", "family": "ordinal", "better": "low"},
            "covariates": ["age", "female"],
        },
        "early": {
            "label": "Early",
            "eligibility": [{"variable": "delay", "between": [None, 6], "reason": "Late"}],
            "bootstrap": {"replicates": 40},
        },
    },
}


def load(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def filled(config: dict[str, Any]) -> dict[str, Any]:
    config = copy.deepcopy(config)
    validate(config, str(SCHEMAS / "config.schema.yaml"))
    return config


@pytest.fixture
def config() -> dict[str, Any]:
    return filled(CONFIG)


@pytest.fixture
def mappings() -> dict[str, Any]:
    return {"a": copy.deepcopy(MAPPING), "b": copy.deepcopy(MAPPING)}


@pytest.mark.parametrize("name", ["config", "trial"])
def test_the_schemas_are_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(load(SCHEMAS / f"{name}.schema.yaml"))


@pytest.mark.parametrize("file", STUDIES, ids=lambda file: str(file.parent.name))
def test_every_study_that_we_ship_is_valid(file: Path) -> None:
    config = filled(load(file))
    mappings = {trial: load(ROOT / path) for trial, path in config["trials"].items()}
    for mapping in mappings.values():
        validate(mapping, str(SCHEMAS / "trial.schema.yaml"))
    check_configuration(config, mappings)


def test_defaults_fill_the_main_analysis_and_no_other(config: dict[str, Any]) -> None:
    assert config["pathvars"] == {"results": "results", "logs": "logs", "benchmarks": "benchmarks"}
    assert config["arms"]["treated"]["short"] == "Treated"
    assert config["analyses"]["primary"]["missing"] == {
        "method": "impute",
        "imputations": 10,
        "iterations": 10,
        "donors": 5,
    }
    assert config["analyses"]["early"] == CONFIG["analyses"]["early"]


def test_an_analysis_inherits_what_it_does_not_state(config: dict[str, Any]) -> None:
    early = resolve_analysis(config, "early")
    assert early["label"] == "Early"
    assert early["bootstrap"]["replicates"] == 40
    assert early["bootstrap"]["chunk"] == 250
    assert early["mediator"] == config["analyses"]["primary"]["mediator"]
    early["mediator"]["variable"] = "age"
    assert resolve_analysis(config, "primary")["mediator"]["variable"] == "volume"
    assert [rule["reason"] for rule in eligibility_rules(config, "early")] == ["Unknown", "Late"]
    with pytest.raises(ConfigurationError, match=r"no analysis 'x'; allowed: 'primary', 'early'"):
        resolve_analysis(config, "x")


PUBLISHED = {"label": "x", "value": 1, "table": "flow", "where": {"step": 0}, "column": "remaining"}


@pytest.mark.parametrize("more", [{}, {"below": True, "note": "n"}, {"threshold": 0.05, "calibrated": True}])
def test_a_published_figure_may_say_how_it_is_to_be_read(more: dict[str, Any]) -> None:
    filled({**CONFIG, "published": [PUBLISHED | more]})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["sed"], 1),
        (["study", "titel"], "x"),
        (["analyses", "early", "covariats"], []),
        (["analyses", "early", "bootstrap", "interval"], "bootstrap"),
        (["analyses", "primary", "missing", "method"], "drop"),
        (["analyses", "primary", "bootstrap", "level"], 95),
        (["variables", "age", "levels"], {0: "a", 1: "b"}),
        (["variables", "site", "unit"], "mL"),
        (["variables", "site", "levels"], {True: "yes", "no": "no"}),
        (["variables", "Upper"], {"type": "binary", "label": "x"}),
        (["eligibility", 0, "one_of"], [1]),
        (["eligibility", 0, "missing"], "keep"),
        (["trials"], {}),
        (["published"], [{"label": "x", "value": 1, "table": "flow", "where": {}, "column": "n"}]),
        (["published"], [PUBLISHED | {"below": False}]),
        (["published"], [PUBLISHED | {"below": True, "threshold": 0.05}]),
        (["published"], [PUBLISHED | {"below": True, "low": 1, "high": 2}]),
        (["published"], [PUBLISHED | {"calibrated": "yes"}]),
    ],
)
def test_a_typo_is_an_error(path: list[Any], value: Any) -> None:
    config = copy.deepcopy(CONFIG)
    place: Any = config
    for key in path[:-1]:
        place = place[key] if isinstance(place, list) else place.setdefault(key, {})
    place[path[-1]] = value
    with pytest.raises(Exception, match=r"(?i)valid|should|allowed|unexpected"):
        filled(config)


@pytest.mark.parametrize(
    "change",
    [
        {"source": {"file": "a.csv", "package": "p", "path": "a", "format": "csv"}},
        {"source": {"package": "statsmodels", "format": "csv"}},
        {"source": {"file": "a.csv", "format": "csv", "options": {"sheet": "data"}}},
        {"source": {"file": "a.xlsx", "format": "excel", "options": {"quoting": "none"}}},
        {"source": {"file": "a.dta", "format": "stata", "options": {"decimal": ","}}},
        {"variables": {"age": {"column": "AGE", "absent": True}}},
        {"variables": {"age": {"from": "A"}}},
        {"variables": {"age": {"colum": "AGE"}}},
        {"variables": {"age": {"constant": 1, "unit": "year"}}},
        {"treatment": {"column": "ARM", "codes": {1: "treatd", 2: "control"}}},
        {"treatment": {"column": "ARM", "codes": {True: "treated", False: "control"}}},
    ],
)
def test_a_mapping_with_a_typo_is_an_error(change: dict[str, Any]) -> None:
    mapping = {**copy.deepcopy(MAPPING), **change}
    with pytest.raises(Exception, match=r"(?i)valid|should|allowed|dependency|required"):
        validate(mapping, str(SCHEMAS / "trial.schema.yaml"))


def test_a_sound_study_has_no_problem(config: dict[str, Any], mappings: dict[str, Any]) -> None:
    validate(mappings["a"], str(SCHEMAS / "trial.schema.yaml"))
    check_configuration(config, mappings)


Change = tuple[list[Any], Any, str]
COVARIATES = "analyses.early.covariates"
CHANGES: list[Change] = [
    (["analyses", "primary", "covariates"], ["age", "sex"], "analyses.primary.covariates: no variable 'sex'"),
    (["analyses", "early", "covariates"], ["mrs"], "analyses.early.covariates: 'mrs' is the mediator or"),
    (
        ["analyses", "early", "covariates"],
        "bs(age, df=4) + sex",
        "analyses.early.covariates: no variable 'sex'",
    ),
    (
        ["analyses", "early", "covariates"],
        "mrs ~ age",
        "analyses.early.covariates: 'mrs ~ age': covariates are",
    ),
    (["analyses", "early", "covariates"], {"mediator": ["age"], "outcome": "log(volume)"}, "'volume' is the"),
    (["analyses", "early", "covariates"], "age | delay", "covariates: 'age | delay': terms are joined by"),
    (["analyses", "early", "covariates"], "age @ delay", "covariates: 'age @ delay': terms are joined by"),
    (["analyses", "early", "covariates"], "polish(age)", "covariates: 'polish(age)': no function 'polish'"),
    (
        ["analyses", "early"],
        {
            "label": "E",
            "standardisation": {"mediator_distribution": "empirical"},
            "mediator": {"spline_knots": 4},
        },
        "a spline needs the mediator_distribution 'gaussian', not 'empirical'",
    ),
    (["analyses", "primary", "mediator", "variable"], "mrs", "'mrs' is ordinal, it has to be continuous"),
    (["analyses", "primary", "outcome", "family"], "binary", "'mrs' is ordinal, it has to be binary for"),
    (["analyses", "primary", "mediator", "offset"], 0, "'log' with offset 0 is not defined for every"),
    (["analyses", "primary", "outcome", "variable"], "volume", "mediator and outcome are both 'volume'"),
    (["eligibility", 0, "variable"], "mrss", r"eligibility, rule 1 (Unknown): no variable 'mrss'"),
    (["analyses", "early", "eligibility", 0, "between"], [5, 1], "between 5 and 1 nothing lies"),
    (["analyses", "early", "eligibility", 0, "variable"], "site", "'site' is categorical and has no range"),
    (["describe", "baseline"], ["agee"], "describe.baseline: no variable 'agee'"),
    (["variables", "mrs", "levels"], {"0": "a", "x": "b"}, "variables.mrs.levels: ids of an ordinal"),
    (["variables", "mrs", "levels"], {1: "a", 0: "b"}, "variables.mrs.levels: codes have to increase"),
    (["variables", "site", "levels"], {1: "a", "1": "b"}, "levels: ids have to differ as text, found 1, '1'"),
    (["variables", "site", "levels"], {"m1": "a", " m1": "b"}, "variables.site.levels: ids have to differ"),
    (["variables", "mrs", "levels"], {1: "a", 500: "b"}, "between -128 and 127"),
    (["variables", "age", "minimum"], 200, "minimum 200 is not below maximum 105"),
    (["trials"], {"a": "a.yaml"}, "trial_effects: 'random_slope' needs two trials"),
    (
        ["analyses", "early"],
        {"label": "E", "trial_effects": "fixed", "bootstrap": {"resampling": "two_level"}},
        "analyses.early.bootstrap.resampling: 'two_level' needs random trial effects, found trial_effects "
        "'fixed'; allowed: 'stratified'",
    ),
    (
        ["analyses", "early", "bootstrap", "replicates"],
        38,
        "analyses.early.bootstrap.replicates: 38 are too few for an interval of level 0.95; allowed: 39",
    ),
    (
        ["analyses", "primary", "bootstrap"],
        {"replicates": 198, "level": 0.99, "resampling": "stratified"},
        "analyses.primary.bootstrap.replicates: 198 are too few for an interval of level 0.99; allowed: 199",
    ),
    (["analyses", "early", "bootstrap"], {"replicates": 1}, "1 are too few for"),
    (
        ["published"],
        [{"label": "F", "analysis": "x"}],
        "published, entry 1 (F): no analysis 'x'; allowed: 'primary', 'early'",
    ),
    (
        ["eligibility"],
        [{"variable": "site", "one_of": ["m3"], "reason": "R"}],
        "rule 1 (R): 'm3' is no value of 'site'; allowed: m1, ica, none",
    ),
    (
        ["eligibility"],
        [{"variable": "mrs", "none_of": [7], "reason": "R"}],
        "rule 1 (R): 7 is no value of 'mrs'; allowed: 0, 1, 2",
    ),
]


def changed(target: Any, path: list[Any], value: Any) -> None:
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: ".".join(map(str, change[0])))
def test_a_reference_to_nothing_is_named(
    config: dict[str, Any], mappings: dict[str, Any], change: Change
) -> None:
    path, value, message = change
    changed(config, path, value)
    with pytest.raises(ConfigurationError) as error:
        check_configuration(config, mappings, file="config.yaml")
    assert "config.yaml" in str(error.value)
    assert message in str(error.value)


MAPPING_CHANGES: list[Change] = [
    (["variables", "mRS"], {"column": "x"}, "trials.a.variables: no variable 'mRS'; allowed: 'age'"),
    (
        ["variables", "female", "codes"],
        {"M": 2},
        "trials.a.variables.female.codes: 2 is no value of 'female'",
    ),
    (
        ["variables", "site"],
        {"constant": "m5"},
        "trials.a.variables.site.constant: 'm5' is no value of 'site'",
    ),
    (["variables", "age"], {"constant": 3}, "3 is no value of 'age'; allowed: numbers from 18 to 105 year"),
    (
        ["variables", "age", "codes"],
        {"<20": "18"},
        "variables.age.codes: '<20' is taken for '18'; allowed: a number",
    ),
    (["variables", "age", "codes"], {"9,9": 1, 9.9: 2}, "age.codes: '9,9' and 9.9 are the same code"),
    (["variables", "female", "codes"], {1: 0, "01": 1}, "female.codes: 1 and '01' are the same code"),
    (
        ["variables", "female", "codes"],
        {"-9": 0, "F": 1},
        "female: '-9' is mapped, and the same code, -9, means",
    ),
    (["variables", "mrs", "missing"], ["2.0"], "mrs: 2 is mapped, and the same code, '2.0', means missing"),
    (["variables", "delay", "format"], "%H:%M", "delay.format: '%H:%M': it names no year"),
    (["variables", "delay", "format"], "%d-%m-%Y %Q", "%Q is no directive"),
    (["source", "file"], "data/a{1}.csv", "trials.a.source.file: curly braces in 'data/a{1}.csv'"),
    (["variables", "site", "unit"], "mL", "trials.a.variables.site: `unit` is for continuous variables"),
    (["treatment", "codes"], {1: "treated", 2: "treated"}, "treatment.codes: no code means 'control'"),
]


@pytest.mark.parametrize("change", MAPPING_CHANGES, ids=lambda change: ".".join(map(str, change[0])))
def test_a_mapping_that_does_not_fit_is_named(
    config: dict[str, Any], mappings: dict[str, Any], change: Change
) -> None:
    path, value, message = change
    changed(mappings["a"], path, value)
    with pytest.raises(ConfigurationError) as error:
        check_configuration(config, mappings)
    assert message in str(error.value)


def test_a_variable_that_a_trial_does_not_map(config: dict[str, Any], mappings: dict[str, Any]) -> None:
    del mappings["b"]["variables"]["site"]
    with pytest.raises(ConfigurationError, match=r"trials\.b\.variables: 'site' is not mapped"):
        check_configuration(config, mappings)


def test_just_enough_replicates_are_no_problem(config: dict[str, Any], mappings: dict[str, Any]) -> None:
    config["analyses"]["early"]["bootstrap"] = {"replicates": 39}
    check_configuration(config, mappings)
    config["analyses"]["early"]["bootstrap"] = {"replicates": 19, "level": 0.9}
    check_configuration(config, mappings)


def test_all_problems_at_once(config: dict[str, Any], mappings: dict[str, Any]) -> None:
    config["describe"]["baseline"] = ["x"]
    config["eligibility"][0]["variable"] = "y"
    with pytest.raises(ConfigurationError, match=r"2 problem\(s\)(.|\n)*'y'(.|\n)*'x'"):
        check_configuration(config, mappings)


def test_checking_a_configuration_imports_nothing_heavy() -> None:
    code = (
        "import sys; import ipdmediation.data.configuration; "
        "print([name for name in ('pandas', 'numpy', 'pint', 'pandera') if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT / "workflow" / "scripts",
    )
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("change", [("trials", "a"), ("study", "synthetic"), ("pathvars", "results")])
def test_a_path_that_snakemake_takes_for_a_wildcard(
    config: dict[str, Any], mappings: dict[str, Any], change: tuple[str, str]
) -> None:
    section, key = change
    config.setdefault(section, {})[key] = "x{1}"
    with pytest.raises(ConfigurationError, match=rf"{section}\.{key}: curly braces in 'x\{{1\}}'"):
        check_configuration(config, mappings)


def test_texts_with_a_fraction_may_be_two_codes(config: dict[str, Any], mappings: dict[str, Any]) -> None:
    mappings["a"]["variables"]["site"]["codes"] = {"1.1": "m1", "1.10": "ica"}
    check_configuration(config, mappings)


@pytest.mark.parametrize(
    "name", ["trial", "patient", "treatment", "imputation", "mediator", "intercept", "residual_sd"]
)
def test_a_name_of_the_tables_own_is_no_variable(
    config: dict[str, Any], mappings: dict[str, Any], name: str
) -> None:
    config["variables"][name] = {"type": "binary", "label": "x"}
    with pytest.raises(ConfigurationError, match=rf"variables\.{name}: the tables use this name themselves"):
        check_configuration(config, mappings)


def test_analyses_that_differ_in_the_interval_share_their_draws(config: dict[str, Any]) -> None:
    config["analyses"] |= {
        "exact": {
            "label": "E",
            "bootstrap": {"interval": "bca", "level": 0.9, "replicates": 99, "chunk": 50},
        },
        "early_exact": {"label": "F", "eligibility": config["analyses"]["early"]["eligibility"]},
    }
    shared = {name: drawn_as(config, name) for name in config["analyses"]}
    assert shared == {"primary": "primary", "early": "early", "exact": "primary", "early_exact": "early"}


@pytest.mark.parametrize(
    "difference",
    [
        {"mediator": {"offset": 2}},
        {"outcome": {"better": "high"}},
        {"covariates": ["age"]},
        {"interaction": True},
        {"trial_effects": "none"},
        {"standardisation": {"controlled_at": [3]}},
        {"missing": {"imputations": 3}},
        {"bootstrap": {"resampling": "two_level"}},
        {"eligibility": [{"variable": "age", "measured": True, "reason": "Age unknown"}]},
    ],
    ids=lambda difference: next(iter(difference)),
)
def test_other_models_or_patients_have_draws_of_their_own(
    config: dict[str, Any], difference: dict[str, Any]
) -> None:
    config["analyses"]["other"] = {"label": "O", **difference}
    assert drawn_as(config, "other") == "other"


def test_other_words_draw_nothing_of_their_own(config: dict[str, Any]) -> None:
    rule = {"variable": "age", "measured": True, "reason": "Age unknown"}
    config["analyses"]["primary"]["eligibility"] = [rule]
    config["analyses"]["other"] = {"label": "O", "eligibility": [rule | {"reason": "No age"}]}
    assert drawn_as(config, "other") == "primary"


def test_the_primary_analysis_keeps_its_draws_whatever_stands_before_it(config: dict[str, Any]) -> None:
    twin = {"label": "Another interval", "bootstrap": {"interval": "basic"}}
    before = config | {"analyses": {"twin": twin, **config["analyses"]}}
    assert [drawn_as(before, name) for name in ("twin", "primary")] == ["primary", "primary"]


@pytest.mark.parametrize(
    ("better", "level", "right"), [("low", 0, True), ("low", 5, False), ("high", 0, False)]
)
def test_the_named_level_is_one_that_not_everybody_reaches(
    config: dict[str, Any], mappings: dict[str, Any], better: str, level: int, right: bool
) -> None:
    primary = config["analyses"]["primary"]
    primary["outcome"]["better"] = better
    levels = list(config["variables"]["mrs"]["levels"])
    primary["named_level"] = levels[-1] if level else levels[0]
    if right:
        check_configuration(config, mappings)
        return
    with pytest.raises(ConfigurationError, match=r"analyses\.primary\.named_level: \d is not one of"):
        check_configuration(config, mappings)

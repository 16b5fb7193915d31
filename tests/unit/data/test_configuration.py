from __future__ import annotations

import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from ipdmediation.data import configuration
from ipdmediation.data.configuration import drawn_as, eligibility_rules, resolve_analysis
from ipdmediation.data.errors import ConfigurationError
from ipdmediation.data.json_schema import schema_faults
from ipdmediation.data.mapping_references import mapping_faults
from ipdmediation.data.problems import in_words
from ipdmediation.data.references import Study, study_faults
from ipdmediation.vocabulary.links import LINKS, LOGIT
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


def departures(content: Any, name: str = "config") -> list[str]:
    faults = schema_faults(content, load(SCHEMAS / f"{name}.schema.yaml"))
    return [f"{in_words(fault.place)}: {fault.text}" for fault in faults]


def filled(config: dict[str, Any]) -> dict[str, Any]:
    config = copy.deepcopy(config)
    assert departures(config) == []
    return config


def found(config: dict[str, Any], mappings: dict[str, Any]) -> list[str]:
    """Return all that does not fit in a configuration and its mappings, in words."""
    study = Study(config=config, declared=tuple(config["variables"]), trials=tuple(config["trials"]))
    faults = [f"{in_words(fault.place)}: {fault.text}" for fault in study_faults(study)]
    for trial, mapping in mappings.items():
        faults += [f"{trial}.{in_words(each.place)}: {each.text}" for each in mapping_faults(mapping, study)]
    return list(dict.fromkeys(faults))


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
def test_every_study_that_we_ship_states_no_more_than_the_schema_knows(file: Path) -> None:
    filled(load(file))


def test_defaults_fill_the_main_analysis_and_no_other(config: dict[str, Any]) -> None:
    assert config["pathvars"] == {
        "results": "results",
        "logs": "<results>/logs",
        "benchmarks": "<results>/benchmarks",
    }
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
    assert len(departures(config)) in (1, 2)


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
    assert departures(mapping, "trial")


def test_a_sound_study_has_no_problem(config: dict[str, Any], mappings: dict[str, Any]) -> None:
    assert departures(mappings["a"], "trial") == []
    assert found(config, mappings) == []


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
    (
        ["analyses", "early"],
        {"label": "E", "outcome": {"variable": "age", "family": "continuous", "link": "probit"}},
        "analyses.early.outcome.link: family 'continuous' has no link, found link 'probit'; allowed: none, "
        "or the default 'logit'",
    ),
    (["analyses", "primary", "mediator", "offset"], 0, "'log' with offset 0 is not defined for every"),
    (["analyses", "primary", "outcome", "variable"], "volume", "mediator and outcome are both 'volume'"),
    (["eligibility", 0, "variable"], "mrss", "eligibility[entry 1].variable: no variable 'mrss'"),
    (["analyses", "early", "eligibility", 0, "between"], [5, 1], "between 5 and 1 nothing lies"),
    (["analyses", "early", "eligibility", 0, "variable"], "site", "'site' is categorical and has no range"),
    (["describe", "baseline"], ["agee"], "describe.baseline[entry 1]: no variable 'agee'"),
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
        {"replicates": 198, "level": 0.99, "resampling": "stratified", "chunk": 99},
        "analyses.primary.bootstrap.replicates: 198 are too few for an interval of level 0.99; allowed: 199",
    ),
    (["analyses", "early", "bootstrap"], {"replicates": 1}, "1 are too few for"),
    (
        ["analyses", "early"],
        {"label": "E", "mediator": {"centred": "within_trial"}, "interaction": True},
        "analyses.early.mediator.centred: a centred mediator is a difference from the mean of the trial, "
        "not a value, which interaction needs; state `interaction: false` beside it",
    ),
    (
        ["analyses", "early"],
        {"label": "E", "mediator": {"centred": "within_trial", "spline_knots": 3}},
        "which mediator.spline_knots needs; state `spline_knots: null` beside it",
    ),
    (
        ["analyses", "early"],
        {"label": "E", "mediator": {"centred": "within_trial"}, "standardisation": {"controlled_at": [5]}},
        "which standardisation.controlled_at needs; state `controlled_at: []` beside it",
    ),
    (["analyses", "early", "weights"], "ipw", "analyses.early.weights: no variable 'ipw'; allowed: 'age'"),
    (["analyses", "early", "weights"], "site", "'site' is categorical; allowed: a continuous variable, or"),
    (["analyses", "early", "weights"], "volume", "weights: 'volume' is the mediator or the outcome"),
    (["analyses", "early", "cluster"], "centre", "analyses.early.cluster: no variable 'centre'; allowed:"),
    (["analyses", "early", "cluster"], "age", "'age' is continuous; allowed: a categorical variable, or 'tr"),
    (
        ["analyses", "early"],
        {"label": "E", "cluster": "site", "trial_effects": "fixed"},
        "analyses.early.cluster: cluster 'site' needs random effects, found trial_effects 'fixed'; allowed: "
        "'random_intercept', 'random_slope', 'random_slopes', or cluster 'trial'",
    ),
    (
        ["analyses", "early"],
        {"label": "E", "cluster": "site", "bootstrap": {"resampling": "two_level"}},
        "analyses.early.cluster: resampling 'two_level' draws trials and is not supported beside cluster 'si",
    ),
    (
        ["analyses", "early"],
        {"label": "E", "cluster": "site", "standardisation": {"population": "new_trial"}},
        "analyses.early.cluster: effects in a new trial need random effects of the trials",
    ),
    (
        ["analyses", "early"],
        {"label": "E", "estimation": "reml", "trial_effects": "none"},
        "analyses.early.estimation: 'reml' is for random trial effects, found trial_effects 'none'",
    ),
    (
        ["analyses", "early", "eligibility"],
        [{"variable": "trial", "none_of": ["b"], "reason": "R"}],
        "analyses.primary.trial_effects: 'random_slope' needs two trials; allowed for one: 'none'",
    ),
    (
        ["analyses", "early", "eligibility"],
        [{"variable": "trial", "none_of": ["a", "b"], "reason": "R"}],
        "analyses.early.eligibility: the rules on 'trial' leave no trial",
    ),
    (
        ["eligibility"],
        [{"variable": "site", "one_of": ["m3"], "reason": "R"}],
        "eligibility[entry 1].one_of: 'm3' is no value of 'site'; allowed: m1, ica, none",
    ),
    (
        ["eligibility"],
        [{"variable": "mrs", "none_of": [7], "reason": "R"}],
        "eligibility[entry 1].none_of: 7 is no value of 'mrs'; allowed: 0, 1, 2",
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
    assert message in "\n".join(found(config, mappings))


def test_a_continuous_outcome_that_inherits_a_link_is_named_where_it_is_stated(
    config: dict[str, Any], mappings: dict[str, Any]
) -> None:
    config["analyses"]["primary"]["outcome"]["link"] = "cloglog"
    assert found(config, mappings) == []
    outcome = {"variable": "delay", "family": "continuous"}
    config["analyses"]["early"]["outcome"] = outcome
    assert found(config, mappings) == [
        "analyses.early.outcome.family: family 'continuous' has no link, found link 'cloglog'; allowed: "
        "none, or the default 'logit'"
    ]
    config["analyses"]["early"]["outcome"] = {**outcome, "link": "logit"}
    assert found(config, mappings) == []


def test_the_schema_has_every_link_and_the_same_default(config: dict[str, Any]) -> None:
    analysis = load(SCHEMAS / "config.schema.yaml")["$defs"]["analysis"]["properties"]
    link = analysis["outcome"]["properties"]["link"]
    assert link["enum"] == list(LINKS)
    assert all(f"`{key}`" in link["description"] for key in LINKS)
    assert config["analyses"]["primary"]["outcome"]["link"] == LOGIT.key


MAPPING_CHANGES: list[Change] = [
    (["variables", "mRS"], {"column": "x"}, "a.variables.mRS: no variable 'mRS'; allowed: 'age'"),
    (
        ["variables", "female", "codes"],
        {"M": 2},
        "a.variables.female.codes.M: 2 is no value of 'female'",
    ),
    (
        ["variables", "site"],
        {"constant": "m5"},
        "a.variables.site.constant: 'm5' is no value of 'site'",
    ),
    (["variables", "age"], {"constant": 3}, "3 is no value of 'age'; allowed: numbers from 18 to 105 year"),
    (
        ["variables", "age", "codes"],
        {"<20": "18"},
        "variables.age.codes.<20: '<20' is taken for '18'; allowed: a number",
    ),
    (["variables", "age", "codes"], {"9,9": 1, 9.9: 2}, "age.codes.9.9: '9,9' and 9.9 are the same code"),
    (["variables", "female", "codes"], {1: 0, "01": 1}, "female.codes.01: 1 and '01' are the same code"),
    (
        ["variables", "female", "codes"],
        {"-9": 0, "F": 1},
        "female.codes.-9: '-9' is mapped, and the same code, -9, means",
    ),
    (
        ["variables", "mrs", "missing"],
        ["2.0"],
        "mrs.codes.2: 2 is mapped, and the same code, '2.0', means missing",
    ),
    (["variables", "delay", "format"], "%H:%M", "delay.format: '%H:%M': it names no year"),
    (["variables", "delay", "format"], "%d-%m-%Y %Q", "%Q is no directive"),
    (["variables", "site", "unit"], "mL", "a.variables.site.unit: `unit` is for continuous variables"),
    (["treatment", "codes"], {1: "treated", 2: "treated"}, "treatment.codes: no code means 'control'"),
]


@pytest.mark.parametrize("change", MAPPING_CHANGES, ids=lambda change: ".".join(map(str, change[0])))
def test_a_mapping_that_does_not_fit_is_named(
    config: dict[str, Any], mappings: dict[str, Any], change: Change
) -> None:
    path, value, message = change
    changed(mappings["a"], path, value)
    assert message in "\n".join(found(config, mappings))


def test_a_variable_that_a_trial_does_not_map(config: dict[str, Any], mappings: dict[str, Any]) -> None:
    del mappings["b"]["variables"]["site"]
    assert any("b.variables: 'site' is not mapped" in text for text in found(config, mappings))


def test_just_enough_replicates_are_no_problem(config: dict[str, Any], mappings: dict[str, Any]) -> None:
    config["analyses"]["early"]["bootstrap"] = {"replicates": 39}
    assert found(config, mappings) == []
    config["analyses"]["early"]["bootstrap"] = {"replicates": 19, "level": 0.9}
    assert found(config, mappings) == []


def test_all_problems_at_once(config: dict[str, Any], mappings: dict[str, Any]) -> None:
    config["describe"]["baseline"] = ["x"]
    config["eligibility"][0]["variable"] = "y"
    assert [text.partition("; ")[0] for text in found(config, mappings)] == [
        "eligibility[entry 1].variable: no variable 'y'",
        "describe.baseline[entry 1]: no variable 'x'",
    ]


def test_checking_a_configuration_imports_nothing_heavy() -> None:
    code = (
        "import sys; import ipdmediation.plumbing.study_check; "
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
def test_a_path_that_snakemake_takes_for_a_wildcard(change: tuple[str, str]) -> None:
    section, key = change
    config = copy.deepcopy(CONFIG)
    config.setdefault(section, {})[key] = "x{1}"
    assert departures(config)[0].startswith(f"{section}.{key}: 'x{{1}}': curly braces, which Snakemake")


def test_texts_with_a_fraction_may_be_two_codes(config: dict[str, Any], mappings: dict[str, Any]) -> None:
    mappings["a"]["variables"]["site"]["codes"] = {"1.1": "m1", "1.10": "ica"}
    assert found(config, mappings) == []


@pytest.mark.parametrize(
    "name", ["trial", "patient", "treatment", "imputation", "mediator", "intercept", "residual_sd"]
)
def test_a_name_of_the_tables_own_is_no_variable(
    config: dict[str, Any], mappings: dict[str, Any], name: str
) -> None:
    config["variables"][name] = {"type": "binary", "label": "x"}
    assert f"variables.{name}: the tables use this name themselves" in "\n".join(found(config, mappings))


def test_analyses_that_differ_in_the_interval_share_their_draws(config: dict[str, Any]) -> None:
    config["analyses"] |= {
        "exact": {
            "label": "E",
            "bootstrap": {"interval": "bca", "level": 0.9, "replicates": 99, "chunk": 50},
        },
        "early_exact": {"label": "F", "eligibility": config["analyses"]["early"]["eligibility"]},
    }
    shared = {"primary": "primary", "early": "early", "exact": "primary", "early_exact": "early"}
    assert drawn_as(config) == shared


@pytest.mark.parametrize(
    "difference",
    [
        {"mediator": {"offset": 2}},
        {"outcome": {"better": "high"}},
        {"outcome": {"link": "probit"}},
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
    assert drawn_as(config)["other"] == "other"


def test_other_words_draw_nothing_of_their_own(config: dict[str, Any]) -> None:
    rule = {"variable": "age", "measured": True, "reason": "Age unknown"}
    config["analyses"]["primary"]["eligibility"] = [rule]
    config["analyses"]["other"] = {"label": "O", "eligibility": [rule | {"reason": "No age"}]}
    assert drawn_as(config)["other"] == "primary"


def test_the_primary_analysis_keeps_its_draws_whatever_stands_before_it(config: dict[str, Any]) -> None:
    twin = {"label": "Another interval", "bootstrap": {"interval": "basic"}}
    before = config | {"analyses": {"twin": twin, **config["analyses"]}}
    assert drawn_as(before)["twin"] == drawn_as(before)["primary"] == "primary"


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
    wrong = [text for text in found(config, mappings) if "primary.named_level" in text]
    assert bool(wrong) is not right


def test_an_analysis_departs_in_what_it_states_otherwise_and_not_in_words_or_numbers_of_replicates() -> None:
    primary = {
        "label": "Primary", "mediator": {"variable": "volume", "transform": "log"}, "eligibility": [],
        "missing": {"method": "impute", "imputations": 10}, "evidence": {"death": {"event": "died"}},
        "bootstrap": {"replicates": 5000, "resampling": "stratified", "chunk": 100, "max_failed": 0.1},
    }  # fmt: skip
    others = {
        "same": {"label": "Other", "evidence": None, "bootstrap": {"replicates": 10, "chunk": 5}},
        "changed": {
            "mediator": {"transform": "identity"}, "eligibility": [{"variable": "age"}],
            "bootstrap": {"resampling": "two_level"}, "missing": {"method": "impute"},
        },
    }  # fmt: skip
    config = {"analyses": {"primary": primary, **others}}
    assert configuration.departures(config, "primary") == configuration.departures(config, "same") == ()
    assert configuration.departures(config, "changed") == (
        "bootstrap.resampling",
        "eligibility",
        "mediator.transform",
    )

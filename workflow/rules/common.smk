# Functions that the rules share: where the workflow's files lie, what code a script runs, what an analysis is set to.
import ast
import hashlib
import importlib
import math
import os
import sys
from functools import cache
from pathlib import Path

import yaml
from snakemake.exceptions import WorkflowError

HERE = workflow.current_basedir
SCRIPTS = "../scripts"


@cache
def source(path):
    """Return where a file of this workflow lies, or None: in place, or Snakemake's copy of a remote one.

    In place matters: a copy has a new name in every run, and compiled kernels are cached by name.
    """
    if HERE.is_local:
        local = os.path.relpath(HERE.join(path).get_path_or_uri(secret_free=True))
        return local if os.path.isfile(local) else None
    try:
        return str(workflow.source_path(path))
    except Exception:  # each hosting service has its own "not found"
        return None


@cache
def imports_of(path):
    """Return the files below scripts/ that one of them imports directly."""
    imported = []
    for node in ast.walk(ast.parse(Path(source(path)).read_bytes())):
        if isinstance(node, ast.Import):
            imported += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imported += [f"{node.module}.{alias.name}" for alias in node.names]
    files = set()
    for name in imported:
        parts = name.split(".")
        if parts[0] in ("ipdmediation", "job"):
            stems = ["/".join([SCRIPTS, *parts[:length]]) for length in range(len(parts), 0, -1)]
            files |= {
                file for stem in stems for file in (f"{stem}.py", f"{stem}/__init__.py") if source(file)
            }
    return files


@cache
def files_of(path):
    """Return a file below scripts/ and all files that it imports, directly or not."""
    found, waiting = set(), {path}
    while waiting:
        found |= waiting
        waiting = {file for known in waiting for file in imports_of(known)} - found
    return sorted(found)


@cache
def code(script):
    """Return one hash of a script and of everything that it imports from the package.

    Snakemake tracks the script but not its imports; as a parameter the hash makes an edit a reason to rerun.
    """
    digest = hashlib.sha256()
    for path in files_of(f"{SCRIPTS}/{script}.py"):
        digest.update(path.encode())
        digest.update(Path(source(path)).read_bytes())
    return digest.hexdigest()


def load(name):
    """Import a module of the package while the workflow is read; it may import nothing heavy."""
    places = [source(path) for path in files_of(f"{SCRIPTS}/{name.replace('.', '/')}.py")]
    package = next(place for place in places if place.endswith("ipdmediation/__init__.py"))
    sys.path.insert(0, str(Path(package).resolve().parents[1]))
    try:
        return importlib.import_module(name)
    finally:
        del sys.path[0]


configuration = load("ipdmediation.data.configuration")
json_schema = load("ipdmediation.data.json_schema")


def read_yaml(path):
    """Return the content of a YAML file; one clear error where it is missing or not YAML."""
    try:
        return yaml.safe_load(Path(path).read_text())
    except (OSError, yaml.YAMLError) as error:
        raise WorkflowError(f"{path}: {error}") from None


def check_configuration():
    """Stop before anything is computed where the configuration or a mapping of a trial is wrong."""
    try:
        json_schema.check_schema(
            config,
            read_yaml(source("../schemas/config.schema.yaml")),
            file="configuration",
        )
        mappings = {trial: read_yaml(path) for trial, path in config["trials"].items()}
        for trial, mapping in mappings.items():
            json_schema.check_schema(
                mapping,
                read_yaml(source("../schemas/trial.schema.yaml")),
                file=config["trials"][trial],
            )
        configuration.check_configuration(config, mappings)
    except configuration.ConfigurationError as error:
        raise WorkflowError(str(error)) from None
    return mappings


def analysis(name):
    """Return the settings of an analysis: those of the primary one with its own differences."""
    return configuration.resolve_analysis(config, name)


def setting(*keys):
    """Return a parameter function that looks up one setting of the job's analysis."""

    def look_up(wildcards):
        value = analysis(wildcards.analysis)
        for key in keys:
            value = value[key]
        return value

    return look_up


def model_settings(wildcards):
    """Return what the models of an analysis depend on, and nothing else."""
    wanted = ("mediator", "outcome", "covariates", "interaction", "trial_effects")
    return {key: analysis(wildcards.analysis)[key] for key in wanted}


def eligibility(wildcards):
    """Return the rules of the study and then those of the analysis."""
    return configuration.eligibility_rules(config, wildcards.analysis)


def raw_file(trial):
    """Return the file that a trial's mapping names."""
    return str(configuration.resolve_source(MAPPINGS[trial]["source"]))


def chunks(wildcards):
    """Return the bootstrap files of an analysis; all are full, so that more replicates only add files."""
    bootstrap = analysis(wildcards.analysis)["bootstrap"]
    size = bootstrap["chunk"]
    starts = range(0, math.ceil(bootstrap["replicates"] / size) * size, size)
    return [f"<results>/{wildcards.analysis}/bootstrap/{start}-{start + size}.parquet" for start in starts]


def given(trial):
    """Return one hash of the files that a user gives for a trial.

    Snakemake compares the content only of inputs that are newer than the output. As a parameter the hash makes
    any edit a reason to rerun, also one whose date lies in the past: a file copied with its date, a clock set back.
    """
    synthetic = config["study"]["synthetic"]
    digest = hashlib.sha256()
    for path in (config["trials"][trial], synthetic or raw_file(trial)):
        if os.path.isfile(path):
            with open(path, "rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def trial_labels():
    """Return the label of each trial."""
    return {trial: mapping["label"] for trial, mapping in MAPPINGS.items()}


def study_words(name, bootstrap=("level",)):
    """Return what figures, tables and the report say about the study and one of its analyses."""
    settings = analysis(name)
    shown = (
        "label",
        "mediator",
        "outcome",
        "covariates",
        "interaction",
        "trial_effects",
        "missing",
    )
    return {
        **config["study"],
        "synthetic": bool(config["study"]["synthetic"]),
        "arms": config["arms"],
        "variables": config["variables"],
        "trials": trial_labels(),
        "analysis": {
            **{key: settings[key] for key in shown},
            "bootstrap": {key: settings["bootstrap"][key] for key in bootstrap},
        },
    }


def shown(inputs, name):
    """Return the input function of a figure or table: its named files for the job's analysis."""

    def look_up(wildcards):
        files = inputs[wildcards[name]].items()
        return {key: file(wildcards) if callable(file) else file.format(**wildcards) for key, file in files}

    return unpack(look_up)

# Functions that the rules share: where the workflow's files lie, what code a script runs, what an analysis is set to.
import ast
import hashlib
import importlib
import math
import os
import sys
from functools import cache
from pathlib import Path

from snakemake.exceptions import WorkflowError

HERE = workflow.current_basedir
IN_PLACE = Path(HERE.get_path_or_uri(secret_free=True)).is_dir()
SCRIPTS = "../scripts"
CACHE = workflow.workflow_settings.cache is not None


@cache
def source(path):
    """Return where a file of this workflow lies, or None: in place, or Snakemake's copy from a repository.

    In place matters: a copy has a new name in every run, and compiled kernels are cached by name.
    """
    if IN_PLACE:
        local = os.path.relpath(HERE.join(path).get_path_or_uri(secret_free=True))
        return local if os.path.isfile(local) else None
    try:
        return str(workflow.source_path(path))
    except Exception:  # each hosting service has its own "not found"
        return None


def files_run_by(name):
    """Return the files below scripts/ that importing a dotted name runs: its packages' and its module's."""
    files = []
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        stem = "/".join([SCRIPTS, *parts[:length]])
        # First what is more often there: to ask for a file that is not there is slow in a remote repository.
        if source(f"{stem}.py"):
            return [*files, f"{stem}.py"]
        if not source(f"{stem}/__init__.py"):
            break
        files.append(f"{stem}/__init__.py")
    return files


def statements(node):
    """Go through the statements below a node, not their expressions, which hold no import."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.stmt, ast.excepthandler, ast.match_case)):
            yield child
            yield from statements(child)


@cache
def imports_of(path):
    """Return the files below scripts/ that one of them imports directly."""
    imported = []
    for node in statements(ast.parse(Path(source(path)).read_bytes())):
        if isinstance(node, ast.Import):
            imported += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imported += [f"{node.module}.{alias.name}" for alias in node.names]
    names = [name for name in imported if name.split(".")[0] in ("ipdmediation", "job")]
    return {file for name in names for file in files_run_by(name)}


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
    for path in files_of(f"{SCRIPTS}/{name.replace('.', '/')}.py"):
        source(path)
    package = Path(source(f"{SCRIPTS}/ipdmediation/__init__.py"))
    if package.suffix != ".py":
        raise WorkflowError("gitfile() renames files: give the path of a clone, or use github() or gitlab()")
    sys.path.insert(0, str(package.resolve().parents[1]))
    try:
        return importlib.import_module(name)
    finally:
        del sys.path[0]


# Targets that are no rule of this file's workflow, and folders beside those of the analyses.
OTHER_TARGETS = {"default", "ipd", "quality"}

configuration = load("ipdmediation.data.configuration")
ending = load("ipdmediation.plumbing.ending")
json_schema = load("ipdmediation.data.json_schema")
locks = load("ipdmediation.plumbing.locks")
notices = load("ipdmediation.data.notices")
place = load("ipdmediation.plumbing.place")
strict_yaml = load("ipdmediation.data.strict_yaml")


def schema(name):
    """Return one of the workflow's schemas."""
    return strict_yaml.read_yaml(source(f"../schemas/{name}.schema.yaml"))


def configuration_files():
    """Return the files that Snakemake took this study from; where it is a module, its importer has them."""
    if not workflow.modifier.is_main_snakefile():
        return []
    files = [*workflow.configfiles, *workflow.overwrite_configfiles]
    return [path for path in dict.fromkeys(map(str, files)) if os.path.isfile(path)]


def check_configuration():
    """Stop before anything is computed where the configuration or a mapping of a trial is wrong."""
    try:
        for path in configuration_files():
            strict_yaml.check_yaml(path)
        json_schema.check_schema(config, schema("config"), file="configuration")
        mappings = {trial: strict_yaml.read_yaml(path) for trial, path in config["trials"].items()}
        for trial, mapping in mappings.items():
            json_schema.check_schema(mapping, schema("trial"), file=config["trials"][trial])
        configuration.check_configuration(config, mappings)
    except configuration.ConfigurationError as error:
        raise WorkflowError(str(error)) from None
    return mappings


def check_targets():
    """Stop where an analysis, which is a target and a folder of the results, has the name of another one."""
    taken = [name for name in config["analyses"] if rules.has(name) or name in OTHER_TARGETS]
    if taken:
        raise WorkflowError(
            f"configuration: analyses: {', '.join(taken)}: the name of a step or folder of the workflow; "
            "give the analysis another name"
        )


def check_cache():
    """Stop where patients' rows would go to Snakemake's cache, whose files everybody may read."""
    if not CACHE:
        return
    if "SNAKEMAKE_OUTPUT_CACHE" not in os.environ:
        raise WorkflowError("--cache: the environment variable SNAKEMAKE_OUTPUT_CACHE names no directory")
    for known in workflow.rules:
        if known.name in workflow.workflow_settings.cache and any(
            "ipd" in Path(output).parts for output in known.output
        ):
            raise WorkflowError(
                f"--cache {known.name}: its output has patients' rows, and everybody may read a cached file; "
                "give --cache without names for the steps that may be cached"
            )


def drop_benchmark_if_cached(step):
    """Record no running time under --cache: Snakemake refuses both, as a file from the cache took none."""
    if CACHE:
        step.rule._benchmark = None


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


def needed(wildcards):
    """Return which variables the models of an analysis need, and what is done where one is missing."""
    settings = analysis(wildcards.analysis)
    return {
        "method": settings["missing"]["method"],
        "covariates": settings["covariates"],
        "mediator": settings["mediator"]["variable"],
        "outcome": settings["outcome"]["variable"],
    }


def eligibility(wildcards):
    """Return the rules of the study and then those of the analysis."""
    return configuration.eligibility_rules(config, wildcards.analysis)


def doubling(amount):
    """Return a resource function: a job that is tried again is given twice as much each time."""
    return lambda wildcards, attempt: amount * 2 ** (attempt - 1)


def raw_file(trial):
    """Return the file that a trial's mapping names."""
    return str(configuration.resolve_source(MAPPINGS[trial]["source"]))


def chunks(wildcards):
    """Return the bootstrap files of an analysis; all are full, so that more replicates only add files."""
    replicates, drawn = analysis(wildcards.analysis)["bootstrap"]["replicates"], drawn_as(wildcards)
    size = analysis(drawn)["bootstrap"]["chunk"]
    starts = range(0, math.ceil(replicates / size) * size, size)
    return [f"<results>/{drawn}/bootstrap/{start}-{start + size}.parquet" for start in starts]


def drawn_as(wildcards):
    """Return the analysis that an analysis shares its random numbers and its bootstrap files with."""
    return configuration.drawn_as(config, wildcards.analysis)


@cache
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


def published_share(name):
    """Return the published share of the log odds ratio that an analysis is held against, as a proportion."""
    where = {"effect": "log_or_difference", "scale": "proportion"}
    for figure in config["published"]:
        if figure["analysis"] == name and figure["where"] == where:
            ends = {key: figure[key] for key in ("value", "low", "high") if key in figure}
            return {key: value / figure["scale"] for key, value in ends.items()}
    return {}


def study_words(name, bootstrap=("level",)):
    """Return what figures, tables and the report say about the study and one of its analyses."""
    settings = analysis(name)
    shown = (
        "label",
        "mediator",
        "outcome",
        "named_level",
        "covariates",
        "interaction",
        "trial_effects",
        "standardisation",
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
            "published_share": published_share(name),
        },
    }


def reported(file, part):
    """Flag a figure or table for Snakemake's report, with a caption of its own."""
    name = Path(file).stem
    return report(
        file,
        caption=f"../report/{part}/{name}.rst",
        category="{analysis}",
        subcategory=part.capitalize(),
        labels={
            "shows": name.replace("_", " "),
            "data": "synthetic" if config["study"]["synthetic"] else "of the trials",
        },
    )

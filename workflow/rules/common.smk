# Functions that the rules share: where the workflow's files lie, what code a script runs, what an analysis is set to.
import importlib
import math
import os
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace

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


def imported(name, files):
    """Import a module of the package; of a workflow in a repository, after fetching what that needs."""
    for path in files:
        source(f"{SCRIPTS}/{path}")
    package = Path(source(f"{SCRIPTS}/ipdmediation/__init__.py"))
    if package.suffix != ".py":
        raise WorkflowError("gitfile() renames files: give the path of a clone, or use github() or gitlab()")
    sys.path.insert(0, str(package.resolve().parents[1]))
    try:
        return importlib.import_module(name)
    finally:
        del sys.path[0]


FIRST = [f"ipdmediation/plumbing/{name}.py" for name in ("__init__", "code_hash")]
CODE = imported("ipdmediation.plumbing.code_hash", FIRST).CodeHash(lambda path: source(f"{SCRIPTS}/{path}"))


def code(script):
    """Return the hash of a script's code."""
    return CODE.of(script)


def load(name):
    """Import a module of the package while the workflow is read; it may import nothing heavy."""
    return imported(name, CODE.files(f"{name.replace('.', '/')}.py"))


configuration = load("ipdmediation.data.configuration")
ending = load("ipdmediation.plumbing.ending")
locks = load("ipdmediation.plumbing.locks")
notices = load("ipdmediation.data.notices")
place = load("ipdmediation.plumbing.place")
strict_yaml = load("ipdmediation.data.strict_yaml")
handed = load("ipdmediation.plumbing.handed")
provenance = load("ipdmediation.plumbing.provenance")
reruns = load("ipdmediation.plumbing.reruns")
settings = load("ipdmediation.plumbing.settings")


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


@cache
def analysis(name):
    """Return the settings of an analysis: those of the primary one with its own differences."""
    return settings.ordered(configuration.resolve_analysis(config, name))


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


def kernels(wildcards):
    """Return the file that says that the kernels of an analysis are compiled."""
    return f"<results>/kernels/{analysis(wildcards.analysis)['outcome']['link']}.txt"


def links():
    """Return the links of the study's analyses, each once."""
    return sorted({analysis(name)["outcome"]["link"] for name in config["analyses"]})


def needed(wildcards):
    """Return which variables the models of an analysis need, and what is done where one is missing."""
    stated = analysis(wildcards.analysis)
    return {
        "method": stated["missing"]["method"],
        "covariates": stated["covariates"],
        "mediator": stated["mediator"]["variable"],
        "outcome": stated["outcome"]["variable"],
    }


def eligibility(wildcards):
    """Return the rules of the study and then those of the analysis, without their reasons."""
    rules_of = configuration.eligibility_rules(config, wildcards.analysis)
    return [
        settings.ordered({key: value for key, value in rule_.items() if key != "reason"})
        for rule_ in rules_of
    ]


def reasons(wildcards):
    """Return the reason of each of these rules."""
    return [stated["reason"] for stated in configuration.eligibility_rules(config, wildcards.analysis)]


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


def analysis_results(name):
    """Return the results of an analysis that may be shown, its own bootstrap draws among them."""
    tables = [
        "<results>/{analysis}/flow.csv",
        "<results>/{analysis}/missing.csv",
        EFFECTS,
        NOTICES,
        *(file for file in NOTED if file.endswith(".csv")),
    ]
    records = expand("<results>/{{analysis}}/provenance/{step}.json", step=STEPS_OF_ANALYSIS)
    files = expand([*tables, *DESCRIPTIONS, *FITS, *SHOWN, *records], analysis=name)
    return [*files, *(draws for draws in chunks(SimpleNamespace(analysis=name)) if f"/{name}/" in draws)]


def drawn_as(wildcards):
    """Return the analysis that an analysis shares its random numbers and its bootstrap files with."""
    return configuration.drawn_as(config, wildcards.analysis)


def ranges(wildcards, input):
    """Return the plausible ranges of a trial's values.

    Snakemake does not compare a parameter that is made from inputs: that of ranges is `reruns.Comparison`'s task.
    """
    return settings.ranges(config["variables"], MAPPINGS[wildcards.trial])


def made_by(step, analysis=lambda wildcards: wildcards.analysis):
    """Return a function from a job's wildcards to what is expected of a file that a step makes for an analysis."""

    def expected(wildcards):
        whose = SimpleNamespace(analysis=analysis(wildcards))
        used = [(name, value) for name, value in step.rule.params.items() if name != "expected"]
        return handed.expectation(
            provenance.of_job(
                Path(step.rule.script).stem,
                wildcards=vars(whose),
                params={name: value(whose) if callable(value) else value for name, value in used},
                inputs={},
            )
        )

    return expected


def expects(**inputs):
    """Return a parameter function of what has to have made a job's inputs, by their names; not compared itself."""
    return lambda wildcards, input: {name: expected(wildcards) for name, expected in inputs.items()}


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
    stated = analysis(name)
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
        "variables": settings.shown(config["variables"]),
        "trials": trial_labels(),
        "analysis": {
            **{key: stated[key] for key in shown},
            "bootstrap": {key: stated["bootstrap"][key] for key in bootstrap},
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

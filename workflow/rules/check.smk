# In: the configuration, the trials' mappings, and the files that they name. Out: a study without a fault, or one list of all.
from snakemake.pathvars import Pathvars

study_check = load("ipdmediation.plumbing.study_check")
study_files = load("ipdmediation.plumbing.study_files")
taken_names = load("ipdmediation.plumbing.taken_names")
strict_yaml = load("ipdmediation.data.strict_yaml")
problems = load("ipdmediation.data.problems")

MAIN = workflow.modifier.is_main_snakefile()


def schema(name):
    """Return one of the workflow's schemas."""
    return strict_yaml.read_yaml(source(f"../schemas/{name}.schema.yaml"))


def stated_study():
    """Return the study as its files state it, or as a workflow hands it over that imports this one."""
    if MAIN:
        files = workflow.overwrite_configfiles or ["config/config.yaml"]
        return study_files.read_study(files, workflow.config_settings.config)
    # what the module statement says beside its configuration
    known = {
        name: path for name, path in workflow.pathvars.items.items() if workflow.pathvars.level[name] < 4
    }
    folders = {name: known[name] for name in ("results", "logs", "benchmarks") if name in known}
    return study_files.StatedStudy({**config, "pathvars": folders}, study_files.Origins(), ())


def surroundings():
    """Return what a study is checked against."""
    rule_files = taken_names.included(Path(source("../Snakefile")).read_text())
    texts = [Path(source(f"../{name}")).read_text() for name in rule_files]
    own = [str(workflow.main_snakefile)] if MAIN else []
    return study_check.Surroundings(
        config_schema=schema("config"),
        trial_schema=schema("trial"),
        taken=taken_names.taken(
            [*texts, *(Path(path).read_text() for path in [source("../Snakefile"), *own])]
        ),
        code=[*own, *([source("../Snakefile")] if IN_PLACE else [])],
        files_there=MAIN and workflow.is_main_process,
    )


def checked_study():
    """Return the study, or stop with all that is wrong with it."""
    stated = stated_study()
    found = [*stated.problems]
    if stated.content is not None:
        study = study_check.check_study(stated.content, origins=stated.origins, surroundings=surroundings())
        found += study.problems
    if found:
        raise WorkflowError(problems.listing_of(found))
    return study


def take(study):
    """Put a checked study in the place of what Snakemake has read."""
    config.clear()
    config.update(study.config)
    workflow.pathvars.update(Pathvars.from_module(config["pathvars"]))

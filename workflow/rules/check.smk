# In: the configuration, the trials' mappings, and the files that they name. Out: a study without a fault, or one list of all.
from snakemake.logging import logger
from snakemake.pathvars import Pathvars

study_check = load("ipdmediation.plumbing.study_check")
study_files = load("ipdmediation.plumbing.study_files")
problems = load("ipdmediation.data.problems")

MAIN = workflow.modifier.is_main_snakefile()


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


def checked_study():
    """Return the study, or stop with all that is wrong with it."""
    surroundings = study_check.surroundings_of(
        lambda name: source(f"../{name}"),
        snakefiles=[str(workflow.main_snakefile)] if MAIN else [],
        files_there=MAIN and workflow.is_main_process,
    )
    study, found = study_check.check_stated(stated_study(), surroundings=surroundings)
    if found:
        # a WorkflowError would put the lines of this file around the list
        logger.error(problems.listing_of(found))
        raise SystemExit(1)
    return study


def take(study):
    """Put a checked study in the place of what Snakemake has read."""
    config.clear()
    config.update(study.config)
    workflow.pathvars.update(Pathvars.from_module(config["pathvars"]))

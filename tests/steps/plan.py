"""Write every job that Snakemake plans for a study, or a target of it, as a pickle: see `planned_jobs`."""

import pickle
import sys
from pathlib import Path
from typing import Any

from tests.yaml_files import read_yaml

SNAKEFILE = Path(__file__).resolve().parents[2] / "Snakefile"
PROFILE = SNAKEFILE.parent / "profiles/default/config.yaml"


def files(found: Any) -> dict[str, Any]:
    """Return files by name, of which there may be a list, and every one of them, those without a name too."""
    named = {
        name: str(value) if isinstance(value, str) else list(map(str, value)) for name, value in found.items()
    }
    return {"named": named, "every": list(map(str, found))}


def reported(path: Any) -> Any:
    """Return how Snakemake's report shows a file; None where it does not."""
    return path.flags.get("report")


def planned_jobs(configuration: Path, targets: set[str]) -> list[dict[str, Any]]:
    """Return every job that runs a script, and its resources at the first and at the second try."""
    from snakemake.api import OutputSettings, SnakemakeApi
    from snakemake.settings.types import (
        ConfigSettings,
        DAGSettings,
        Quietness,
        RerunTrigger,
        ResourceSettings,
    )

    triggers = RerunTrigger.parse_choices_set(read_yaml(PROFILE)["rerun-triggers"])

    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        study = api.workflow(
            resource_settings=ResourceSettings(cores=8),
            config_settings=ConfigSettings(configfiles=[configuration]),
            snakefile=SNAKEFILE,
            workdir=Path(),
        )
        study.dag(DAGSettings(targets=targets, rerun_triggers=triggers)).execute_workflow(executor="dryrun")
        return [
            {
                "rule": job.rule.name,
                "script": job.rule.script,
                "wildcards": dict(job.wildcards_dict),
                "input": files(job.input),
                "output": files(job.output),
                "log": list(map(str, job.log)),
                "params": dict(job.params.items()),
                "needed": study._workflow.dag.needrun(job),
                "local": job.rule.name in study._workflow._localrules,
                "benchmark": str(job.benchmark or ""),
                "reported": {str(path): shown._asdict() for path in job.output if (shown := reported(path))},
                "resources": [
                    dict(job.rule.expand_resources(job.wildcards, job.input, attempt).items())
                    for attempt in (1, 2)
                ],
            }
            for job in study._workflow.dag.jobs
            if job.rule.script
        ]


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(pickle.dumps(planned_jobs(Path(sys.argv[1]), {*sys.argv[3:]})))

"""Write what Snakemake reads of the rules of the default study as JSON: `python parsed_rules.py <JSON>`."""

import json
import sys
from pathlib import Path
from typing import Any

SNAKEFILE = Path(__file__).resolve().parents[2] / "Snakefile"


def parsed_rules() -> list[dict[str, Any]]:
    """Return each rule's name, its wildcards, and the patterns of its outputs: by name, and every one."""
    from snakemake.api import OutputSettings, SnakemakeApi
    from snakemake.settings.types import Quietness, ResourceSettings

    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        read = api.workflow(resource_settings=ResourceSettings(cores=1), snakefile=SNAKEFILE)._workflow
        return [
            {
                "name": rule.name,
                "wildcards": sorted(rule.wildcard_names),
                "output": {
                    name: str(value) if isinstance(value, str) else list(map(str, value))
                    for name, value in rule.output.items()
                },
                "every": list(map(str, rule.output)),
            }
            for rule in read.rules
        ]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(parsed_rules()))

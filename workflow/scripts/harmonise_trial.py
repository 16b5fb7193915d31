"""Turn one trial's own columns and codes into the common variables."""

from job import run  # first: it makes the other imports faster

from pathlib import Path
from typing import Any

import yaml

from ipdmediation.data.mapping import TrialMapping, harmonise_trial
from ipdmediation.data.reading import read_raw
from ipdmediation.data.variables import variables_from_config


def main(
    *, raw: str, mapping: str, harmonised: str, quality: str, trial: str, variables: dict[str, Any]
) -> None:
    """Read a trial's file and its mapping; write the harmonised trial and what harmonising did."""
    known = variables_from_config(variables)
    content = yaml.safe_load(Path(mapping).read_text())
    declared = TrialMapping.from_mapping(content)
    source = content["source"]
    table = read_raw(raw, file_format=source["format"], options=source.get("options"))
    result = harmonise_trial(table, mapping=declared, trial=trial, variables=known, file=raw)
    result.frame.to_parquet(harmonised)
    result.quality.to_csv(quality, index=False)


if __name__ == "__main__":
    run(main, snakemake)

"""Turn one trial's own columns and codes into the common variables."""

from job import run  # first: it makes the other imports faster

from typing import Any

from ipdmediation.data.harmonise import harmonise_trial
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.reading import read_raw
from ipdmediation.data.result_tables import write_table
from ipdmediation.data.strict_yaml import read_yaml
from ipdmediation.data.variables import variables_from_config


def main(
    *, raw: str, mapping: str, harmonised: str, quality: str, trial: str, variables: dict[str, Any]
) -> None:
    """Read a trial's file and its mapping; write the harmonised trial and what harmonising did."""
    known = variables_from_config(variables)
    content = read_yaml(mapping)
    declared = TrialMapping.from_mapping(content)
    source = content["source"]
    table = read_raw(
        raw, file_format=source["format"], options=source.get("options"), columns=declared.columns
    )
    result = harmonise_trial(table, mapping=declared, trial=trial, variables=known, file=raw)
    result.frame.to_parquet(harmonised)
    write_table(result.quality, quality)


if __name__ == "__main__":
    run(main, snakemake)

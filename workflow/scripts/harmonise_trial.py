"""Turn one trial's own columns and codes into the common variables."""

from job import run, snakemake  # first: it makes the other imports faster

from typing import Any

from ipdmediation.data.contract import rules_from_config
from ipdmediation.data.harmonise import harmonise_trial
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.notices import Noted, write_notices
from ipdmediation.data.reading import read_raw
from ipdmediation.data.result_tables import write_table
from ipdmediation.data.schema import in_canonical_order
from ipdmediation.data.variables import variables_from_config


def main(
    *,
    raw: str,
    harmonised: str,
    quality: str,
    broken: str,
    trial: str,
    mapping: dict[str, Any],
    variables: dict[str, Any],
    ranges: dict[str, dict[str, float]],
    contract: list[dict[str, Any]],
) -> None:
    """Read a trial's file; write the harmonised trial, what harmonising did, and which rules are broken."""
    known = variables_from_config({name: entry | ranges.get(name, {}) for name, entry in variables.items()})
    declared = TrialMapping.from_mapping(mapping)
    source = mapping["source"]
    table = read_raw(
        raw, file_format=source["format"], options=source.get("options"), columns=declared.columns
    )
    rules = rules_from_config(contract)
    result = harmonise_trial(table, mapping=declared, trial=trial, variables=known, file=raw, contract=rules)
    in_canonical_order(result.frame).to_parquet(harmonised)
    write_table(result.quality, quality)
    write_notices(broken, [Noted("pooling", notice.kind, str(notice)) for notice in result.notices])


if __name__ == "__main__":
    run(main, snakemake)

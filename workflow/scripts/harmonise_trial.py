"""Turn one trial's own columns and codes into the common variables."""

from job import run, snakemake  # first: it makes the other imports faster

from typing import Any

import pandas as pd

from ipdmediation.data.contract import rules_from_config
from ipdmediation.data.harmonise import harmonise_trial
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.notices import Noted, write_notices
from ipdmediation.data.pseudonyms import pseudonyms
from ipdmediation.data.result_tables import write_table
from ipdmediation.data.schema import in_canonical_order
from ipdmediation.data.sources import named_files, read_source
from ipdmediation.data.variables import variables_from_config
from ipdmediation.plumbing.pseudonym_key import key_file, read_key


def main(
    *,
    raw: str | list[str],
    harmonised: str,
    counts: str,
    broken: str,
    trial: str,
    mapping: dict[str, Any],
    variables: dict[str, Any],
    ranges: dict[str, dict[str, float]],
    pseudonymous: bool,
    key: str | None,
    contract: list[dict[str, Any]],
) -> None:
    """Write a harmonised trial, what harmonising did with every small count, and which rules are broken."""
    known = variables_from_config({name: entry | ranges.get(name, {}) for name, entry in variables.items()})
    declared = TrialMapping.from_mapping(mapping)
    paths, source = [raw] if isinstance(raw, str) else raw, mapping["source"]
    result = harmonise_trial(
        read_source(paths, source, declared),
        mapping=declared,
        trial=trial,
        variables=known,
        file=named_files(paths, source),
        contract=rules_from_config(contract),
    )
    patients = in_canonical_order(result.frame)  # by their own ids: no number may depend on the key
    if pseudonymous:
        made = pseudonyms(patients["trial"], patients["patient"], key=read_key(key_file(key)))
        patients = patients.assign(patient=pd.Series(made, dtype="str"))
    patients.to_parquet(harmonised)
    write_table(result.quality, counts)
    write_notices(broken, [Noted("pooling", notice.kind, str(notice)) for notice in result.notices])


if __name__ == "__main__":
    run(main, snakemake)

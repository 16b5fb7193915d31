"""Rows of one trial, harmonised."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ipdmediation.data.harmonise import harmonise_trial
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.reading import RawTable
from ipdmediation.data.variables import Variable

Variables = dict[str, Variable]


def harmonise(raw: pd.DataFrame | RawTable, mapping: dict[str, Any], variables: Variables) -> Any:
    table = raw if isinstance(raw, RawTable) else RawTable.of_rows(raw)
    return harmonise_trial(
        table, mapping=TrialMapping.from_mapping(mapping), trial="a", variables=variables, file="a.csv"
    )

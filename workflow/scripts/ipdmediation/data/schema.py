"""The contract of a harmonised trial: its columns, types, ranges and keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ipdmediation.data.arms import ARMS
from ipdmediation.data.errors import ContractError, listing, raise_all
from ipdmediation.data.variables import (
    KEY_COLUMNS,
    Variable,
    VariableType,
    frame_columns,
    variables_from_config,
)

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = [
    "KEY_COLUMNS",
    "Variable",
    "VariableType",
    "check_contract",
    "conform",
    "harmonised_schema",
    "in_canonical_order",
    "variables_from_config",
]

KEY_DESCRIPTIONS = {
    "trial": "Trial id, as the configuration names it.",
    "patient": "Patient id, unique within the trial, as text.",
    "treatment": "Randomised arm: 0 control, 1 treated; until the cohort empty where it is not compared.",
}


def variable_dtype(variable: Variable) -> str | pd.CategoricalDtype:
    """Return the pandas dtype of a variable's column."""
    if variable.type == "continuous":
        return "float64"
    if variable.type == "categorical":
        return pd.CategoricalDtype(pd.Index(list(variable.level_labels), dtype="str"), ordered=False)
    return "Int8"


def conform(
    frame: pd.DataFrame, variables: Mapping[str, Variable], *, excluded_arms: bool = False
) -> pd.DataFrame:
    """Return the frame with the contract's columns in order and in their dtypes.

    Reading a file may lose a dtype (a category's unused level, a nullable integer); this restores it.
    Columns that the contract does not know, such as `imputation`, follow behind, untouched.

    Parameters
    ----------
    frame : DataFrame
        Has `trial`, `patient`, `treatment` and one column per variable.
    variables : mapping
        The study's variables by name.
    excluded_arms : bool
        Whether there may be patients of arms that are not compared, whose treatment is missing: in a
        harmonised trial and the pooled ones, never from the cohort on.

    Raises
    ------
    ContractError
        Where a column is missing or holds a value that its dtype cannot.
    """
    expected = frame_columns(variables)
    absent = [column for column in expected if column not in frame.columns]
    if absent:
        raise ContractError(
            f"columns {listing(absent)} are missing; the frame has {listing(frame.columns, limit=40)}"
        )
    others = [column for column in frame.columns if column not in expected]
    typed = frame[[*expected, *others]].reset_index(drop=True)
    missing_arm = excluded_arms and bool(typed["treatment"].isna().any())
    dtypes: dict[str, Any] = {
        "trial": "str",
        "patient": "str",
        "treatment": "Int8" if missing_arm else "int8",
    }
    dtypes |= {name: variable_dtype(variable) for name, variable in variables.items()}
    problems = []
    for column, dtype in dtypes.items():
        values = typed[column]
        if isinstance(dtype, pd.CategoricalDtype):
            # A cast to category would silently drop what is not a level.
            unknown = values.notna() & ~values.isin(dtype.categories)
            if unknown.any():
                found = listing(sorted(set(values[unknown].astype(str))))
                count = int(unknown.sum())
                rows = "1 row holds" if count == 1 else f"{count} rows hold"
                problems.append(f"column {column!r}: {rows} {found}; allowed: {variables[column].allowed}")
                continue
        try:
            typed[column] = values.astype(dtype)
        except (TypeError, ValueError, OverflowError) as error:
            # Its words may quote a cell, and that may be an id.
            problems.append(f"column {column!r} cannot be read as {dtype} ({type(error).__name__})")
    raise_all(problems, ContractError, "the frame is not a harmonised trial:")
    return typed


def in_canonical_order(frame: pd.DataFrame, *, keys: Sequence[str] = ("trial", "patient")) -> pd.DataFrame:
    """Return the rows in the order of the trial's id and then of the patient's, both as text.

    Random numbers go to patients by their row. In this order no result depends on that of the rows in a file,
    or of the trials in the configuration. Text is compared by the code points of its characters: ``"10"``
    comes before ``"9"``, ``"B"`` before ``"a"``.

    Parameters
    ----------
    frame : DataFrame
        Has `trial` and `patient`, which are unique together.
    keys : sequence of str
        Only `trial` where each trial is in order already: pseudonyms have an order of their own, which is
        that of a key and of no design.

    Examples
    --------
    >>> rows = pd.DataFrame({"trial": ["b", "a", "a"], "patient": ["1", "9", "10"]})
    >>> in_canonical_order(rows).to_numpy().tolist()
    [['a', '10'], ['a', '9'], ['b', '1']]
    """
    order = np.arange(len(frame))
    if "patient" in keys:
        patients = frame["patient"].tolist()
        order = np.array(sorted(range(len(patients)), key=patients.__getitem__), dtype=np.intp)
    names = {trial: place for place, trial in enumerate(sorted(frame["trial"].unique()))}
    trials = frame["trial"].map(names).to_numpy(dtype=np.intp)[order]
    return frame.iloc[order[np.argsort(trials, kind="stable")]].reset_index(drop=True)


def harmonised_schema(variables: Mapping[str, Variable], *, missing_arm: bool = False) -> pa.DataFrameSchema:
    """Return the pandera contract of a harmonised or pooled trial, with a sentence per column.

    Parameters
    ----------
    variables : mapping
        The study's variables by name.
    missing_arm : bool
        Whether there are patients of an arm that is not compared.
    """
    # pandera costs half a second to import and only the harmonising and pooling steps need it.
    import pandera.pandas as pa

    columns = {
        "trial": pa.Column("str", description=KEY_DESCRIPTIONS["trial"]),
        "patient": pa.Column(
            "str", pa.Check.str_length(min_value=1), description=KEY_DESCRIPTIONS["patient"]
        ),
        "treatment": pa.Column(
            "Int8" if missing_arm else "int8",
            pa.Check.isin(list(ARMS.values())),
            nullable=missing_arm,
            description=KEY_DESCRIPTIONS["treatment"],
        ),
    }
    for name, variable in variables.items():
        checks = []
        if variable.type == "continuous":
            checks.append(pa.Check(np.isfinite, name="finite"))
            if variable.minimum is not None:
                checks.append(pa.Check.ge(variable.minimum))
            if variable.maximum is not None:
                checks.append(pa.Check.le(variable.maximum))
        elif variable.type != "categorical":
            checks.append(pa.Check.isin(list(variable.codes)))
        columns[name] = pa.Column(
            variable_dtype(variable), checks, nullable=True, description=describe_variable(variable)
        )
    return pa.DataFrameSchema(
        columns, strict=True, ordered=True, unique=["trial", "patient"], name="harmonised trial"
    )


def describe_variable(variable: Variable) -> str:
    """Return one sentence on what a variable's column holds."""
    if variable.type == "continuous":
        return f"{variable.label}: {variable.allowed}; empty where not known."
    if variable.type == "binary":
        return f"{variable.label}: 1 yes, 0 no; empty where not known."
    meaning = "; ".join(f"{level} = {label}" for level, label in variable.level_labels.items())
    return f"{variable.label}: {meaning}; empty where not known."


def check_contract(
    frame: pd.DataFrame, variables: Mapping[str, Variable], *, file: str, excluded_arms: bool = False
) -> pd.DataFrame:
    """Return the frame if it keeps the contract.

    Parameters
    ----------
    frame : DataFrame
        A harmonised trial or several of them stacked.
    variables : mapping
        The study's variables by name.
    file : str
        Name of the file in the error's message.
    excluded_arms : bool
        As in `conform`.

    Raises
    ------
    ContractError
        One error that names the file and, for each broken promise, the column, the number of rows, some of
        their values and what is allowed.
    """
    import pandera.errors

    missing_arm = excluded_arms and "treatment" in frame and bool(frame["treatment"].isna().any())
    try:
        return harmonised_schema(variables, missing_arm=missing_arm).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        problems = _problems(error.failure_cases, variables)
    raise_all(problems, ContractError, f"{file}: not a harmonised trial:")
    return frame


def _problems(cases: pd.DataFrame, variables: Mapping[str, Variable]) -> list[str]:
    problems = []
    for (column, check), found in cases.groupby(["column", "check"], sort=False, dropna=False):
        rows = found["index"].nunique() if found["index"].notna().any() else 0
        values = listing(sorted(map(str, found["failure_case"].unique())))
        if check == "multiple_fields_uniqueness":
            numbers = listing(sorted(set((found["index"] + 1).tolist())))
            text = f"columns 'trial' and 'patient': rows {numbers} share an id"
            if text in problems:
                continue
            allowed = "each patient once in a trial"
        elif rows == 0:
            text, allowed = f"{check}: {values}", "the configured columns, in their order and dtype"
        else:
            text = f"column {column!r}: {rows} rows break {check}"
            text += "" if column == "patient" else f", values {values}"  # a message shows nobody's id
            allowed = (
                variables[str(column)].allowed
                if column in variables
                else KEY_DESCRIPTIONS.get(str(column), "nothing")
            )
        problems.append(f"{text}; allowed: {allowed}")
    return list(dict.fromkeys(problems))

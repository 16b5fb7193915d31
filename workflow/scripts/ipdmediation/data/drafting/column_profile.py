"""What a column holds, said without a word that is a single patient's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pandas as pd

from ipdmediation.data.codes import is_whole, number
from ipdmediation.data.disclosure import MINIMUM_COUNT, public_counts, rounded
from ipdmediation.data.drafting.labels import clean, visible
from ipdmediation.data.drafting.words import Words, split_name
from ipdmediation.data.drafting.yaml_text import code_of, quoted, scalar
from ipdmediation.data.matching import is_missing
from ipdmediation.data.reading import RawTable
from ipdmediation.data.reading.column_labels import ColumnLabels
from ipdmediation.data.stamps import read_stamp

Kind = Literal["empty", "numbers", "whole numbers", "codes", "dates", "text"]
CodeValue = str | int | float

#: A column with more different values than this has no codes.
MOST_CODES = 12
LONGEST_CODE = 60
#: Ways to write a stamp that are no ISO 8601.
STAMP_FORMATS = tuple(
    f"{day}{clock}"
    for day in ("%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%m/%d/%Y", "%m-%d-%Y", "%Y/%m/%d", "%d%b%Y", "%d-%b-%Y")
    for clock in ("", " %H:%M", " %H:%M:%S", ":%H:%M:%S")
)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One column.

    Attributes
    ----------
    name : of the column, in its own file or sheet.
    label : what the file says that it is; empty where that is no more than its name.
    rows, missing, different : numbers of rows, of empty cells, and of values that are not the same.
    kind : what it holds.
    codes : of a column of codes those that enough patients have, and how many; None where that would give a
        small number away.
    labels : what the file says that those codes are, and what is missing.
    most_first : those codes by their number of patients.
    whole_codes : whether all codes are whole numbers.
    rare : number of the other codes.
    beyond : number of those that are no whole number between two codes that are named.
    missing_codes : what very likely means missing.
    other_texts : number of cells among numbers that are none.
    between : rounded quantiles, and the share between them in percent; None where too few have a value.
    formats : ways to read text stamps, empty where they are ISO 8601 or no text.
    """

    name: str
    rows: int
    missing: int
    different: int
    label: str = ""
    kind: Kind = "text"
    codes: Mapping[CodeValue, int | None] = field(default_factory=dict)
    labels: Mapping[CodeValue, str] = field(default_factory=dict)
    most_first: Sequence[CodeValue] = ()
    whole_codes: bool = False
    rare: int = 0
    beyond: int = 0
    missing_codes: Sequence[CodeValue] = ()
    other_texts: int = 0
    between: tuple[float, float, int] | None = None
    formats: Sequence[str] = ()

    @property
    def unique(self) -> bool:
        """Whether no two rows have the same value, and none lacks it."""
        return self.missing == 0 and self.different == self.rows

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers that are no codes."""
        return self.kind in ("numbers", "whole numbers")

    def text_of(self, code: CodeValue) -> str:
        """Return what a code is called: by its label, or by itself."""
        return self.labels.get(code, str(code))

    def shown(self, code: CodeValue) -> str:
        """Return a code, with its label where it has one."""
        label = self.labels.get(code)
        return scalar(code) if label is None else f"{scalar(code)} {quoted(clean(label))}"

    def __str__(self) -> str:
        parts = [self.kind, f"{self.different} different" if self.different else ""]
        if self.kind == "codes":
            parts += [self.shown(code) + ("" if n is None else f" {n}x") for code, n in self.codes.items()]
            few = f"of fewer than {MINIMUM_COUNT} patients each"
            parts.append(f"{self.rare} more {few}" if self.rare else "")
        if self.between is not None:
            low, high, share = self.between
            parts.append(f"{share} % from {low:g} to {high:g}")
        if self.other_texts:
            parts.append(f"{self.other_texts} cells that are no numbers")
        if self.missing_codes:
            parts.append(f"missing: {', '.join(map(self.shown, self.missing_codes))}")
        parts.append(f"{self.missing} empty" if self.missing else "none empty")
        return ", ".join(filter(None, parts))


def profile(
    raw: RawTable,
    column: str,
    *,
    decimal: str,
    words: Words,
    patient: pd.Series[Any] | None = None,
    name: str | None = None,
) -> Profile:
    """Return what a column holds.

    Parameters
    ----------
    raw : RawTable
        The file.
    column : str
        One of its columns.
    decimal : str
        Decimal mark of text.
    words : Words
        Among them the usual codes for missing.
    patient : Series or None
        Whose row each is; None where each row is a patient.
    name : str or None
        What the column is called in its own sheet; None where that is the same.
    """
    cells = raw[column]
    known = cells[~cells.map(is_missing).astype(bool)]
    known = known.map({value: _without_zeros(value, decimal) for value in known.unique()}).astype(object)
    values = list(pd.unique(known))
    said = raw.labels.get(column, ColumnLabels())
    found = Profile(
        name=column if name is None else name,
        label=_label(said, column),
        rows=len(cells),
        missing=len(cells) - len(known),
        different=len(values),
    )
    if not values:
        return replace(found, kind="empty")
    labels = _code_labels(said)
    numbers = {value: number(value, decimal=decimal) for value in values}
    missing = _missing(numbers, words, labels)
    left = [value for value in values if value not in missing]
    mostly = [value for value in left if numbers[value] is not None]
    is_number = bool(mostly) and known.isin(mostly).sum() >= 0.9 * known.isin(left).sum()
    formats = _formats(left, raw)
    if formats is not None:
        return replace(found, kind="dates", formats=formats)
    whole = is_number and all(held is None or is_whole(held) for held in map(numbers.get, mostly))
    coded = 0 < len(left) <= MOST_CODES and len(left) < len(known) and (whole or not is_number)
    coded &= all(len(str(value)) <= LONGEST_CODE for value in left)
    missing_codes = tuple(dict.fromkeys(map(code_of, missing)))
    if coded or (is_number and len(mostly) < len(left)):
        counted = {code: n for code, n in counts(known, patient).items() if code not in missing_codes}
        often = {code for code, n in counted.items() if n >= MINIMUM_COUNT}
    if coded:
        shown = public_counts({repr(code): n for code, n in counted.items()}, minimum=MINIMUM_COUNT)
        codes = {code: shown[repr(code)] for code in sorted(often, key=code_order)}
        return replace(
            found,
            kind="codes",
            codes=codes,
            labels=_of(labels, codes, missing_codes),
            most_first=sorted(codes, key=lambda code: -counted[code]),
            whole_codes=whole and all(isinstance(code, int) for code in counted),
            rare=len(counted) - len(often),
            beyond=sum(not _between_codes(code, often) for code in set(counted) - often),
            missing_codes=missing_codes,
        )
    if not is_number:
        return found
    others = [value for value in left if numbers[value] is None]
    texts = {code_of(value) for value in others} & often if others else set()
    return replace(
        found,
        kind="whole numbers" if whole else "numbers",
        labels=_of(labels, texts, missing_codes),
        codes=dict.fromkeys(sorted(texts, key=code_order)),
        missing_codes=missing_codes,
        other_texts=int(known.isin(others).sum()),
        between=_between(known.map({value: float(numbers[value] or 0) for value in mostly}).dropna()),
    )


def _without_zeros(cell: object, decimal: str) -> object:
    """Return a text such as 2.0, which programs write in a column with empty cells, as the whole number."""
    if not isinstance(cell, str):
        return cell
    whole, _, fraction = cell.strip().partition(decimal)
    return whole if fraction and not fraction.strip("0") and whole.removeprefix("-").isdecimal() else cell


def _label(said: ColumnLabels, column: str) -> str:
    label = visible(said.label)
    return label if split_name(label) and label != column else ""


def _code_labels(said: ColumnLabels) -> dict[CodeValue, str]:
    labels = {code_of(value): visible(label) for value, label in said.codes.items()}
    return {code: label for code, label in labels.items() if label}


def _of(labels: Mapping[CodeValue, str], *codes: Collection[CodeValue]) -> dict[CodeValue, str]:
    """Return the labels of codes that are written; that of a code of few patients is not."""
    return {code: labels[code] for some in codes for code in some if code in labels}


def _missing(
    numbers: Mapping[Any, Decimal | None], words: Words, labels: Mapping[CodeValue, str]
) -> list[Any]:
    """Return the values that are usual codes for missing and lie apart, or that their labels say are."""
    usual = {Decimal(code) for code in words.of("missing_numbers")}
    texts = {str(code).casefold() for code in words.of("missing_texts")}
    labelled = {code for code, label in labels.items() if label.casefold() in texts}
    found = [
        value
        for value in numbers
        if (isinstance(value, str) and value.strip().casefold() in texts)
        or (labelled and code_of(value) in labelled)
    ]
    others = [
        held
        for value, held in numbers.items()
        if held is not None and held not in usual and value not in found
    ]
    if not others:
        # among words every such number lies apart
        found += [value for value, held in numbers.items() if held in usual and not isinstance(value, bool)]
        found = list(dict.fromkeys(found))
        return found if len(found) < len(numbers) else []
    low, high = min(others), max(others)
    for value, held in numbers.items():
        if held is None or held not in usual or isinstance(value, bool):
            continue
        if (held < 0 <= low) or held - high > max(Decimal(5), (high - low) / 2):
            found.append(value)
    return found


def _formats(values: Sequence[Any], raw: RawTable) -> tuple[str, ...] | None:
    """Return the formats of stamps that fit all values, none where none is needed; None for no stamps."""
    if not values:
        return None
    if all(isinstance(value, (datetime, date, np.datetime64)) for value in values):
        return ()
    texts = [str(value).strip() for value in values if isinstance(value, str)]
    if len(texts) < len(values) or any(text.isdigit() for text in texts):
        return None
    if all(read_stamp(text, stamp_format=None, epoch=raw.epoch) for text in texts):
        return ()
    fitting = STAMP_FORMATS
    for text in texts:
        fitting = tuple(known for known in fitting if read_stamp(text, stamp_format=known, epoch=None))
        if not fitting:
            return None
    return fitting


def counts(known: pd.Series[Any], patient: pd.Series[Any] | None) -> dict[CodeValue, int]:
    """Return each code and how many patients have it; two spellings of a whole number are one code.

    Parameters
    ----------
    known : Series
        Cells that are not empty.
    patient : Series or None
        As in `profile`.
    """
    values = list(pd.unique(known))
    spellings: dict[Decimal, set[CodeValue]] = defaultdict(set)
    for value in values:
        held = number(code_of(value))
        if held is not None and is_whole(held):
            spellings[held].add(code_of(value))
    one = {code: int(held) for held, codes in spellings.items() if len(codes) > 1 for code in codes}
    coded = known.map({value: one.get(code_of(value), code_of(value)) for value in values}).astype(object)
    if patient is not None:
        rows = pd.DataFrame({"code": coded, "patient": patient.loc[known.index]}).drop_duplicates()
        coded = rows["code"]
    return dict(Counter(coded))


def _between_codes(code: CodeValue, others: Collection[CodeValue]) -> bool:
    whole = [other for other in others if isinstance(other, int)]
    return isinstance(code, int) and len(whole) == len(others) > 0 and min(whole) < code < max(whole)


def code_order(code: CodeValue) -> tuple[bool, float, str]:
    """Return by what codes are sorted: numbers by their size, before texts."""
    return (isinstance(code, str), 0.0 if isinstance(code, str) else float(code), str(code))


def _between(values: pd.Series[Any]) -> tuple[float, float, int] | None:
    """Return rounded quantiles outside of which enough patients lie."""
    array = values.to_numpy(dtype=np.float64)
    array = array[np.isfinite(array)]
    if array.size < 4 * MINIMUM_COUNT:
        return None
    beyond = max(0.05, MINIMUM_COUNT / array.size)
    low, high = np.quantile(array, [beyond, 1 - beyond])
    spread = float(array.std())
    return (
        rounded(float(low), spread=spread),
        rounded(float(high), spread=spread),
        round(100 * (1 - 2 * beyond)),
    )

"""What a file says of its columns beside their names: a label, and labels of codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class ColumnLabels:
    """What is said of one column.

    Parameters
    ----------
    label : str
        The column's; empty where it has none.
    codes : mapping
        Value of a cell to its label.
    """

    label: str = ""
    codes: Mapping[object, str] = field(default_factory=dict)

"""A trial's file as a draft finds it: how it is written, what it holds, and the sheets that are joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ipdmediation.data.joined_columns import file_of, name_in_file
from ipdmediation.data.reading import RawTable


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file and how it is written.

    Attributes
    ----------
    file_format, options : what a mapping says under `source`.
    raw : what it holds, every column; those of joined sheets by their whole names.
    decide : what was guessed about it, as questions.
    joined : by the name of each part what is joined, that of the patients first; empty where it is one table.
    key : column of the id by which parts are joined.
    """

    file_format: str
    options: Mapping[str, Any]
    raw: RawTable
    decide: tuple[str, ...] = ()
    joined: Mapping[str, Source] = field(default_factory=dict)
    key: str | None = None

    def stated(self, path: str) -> dict[str, Any]:
        """Return what a mapping says under `source`."""
        if self.joined:
            return {"files": {name: part.stated(path) for name, part in self.joined.items()}}
        said: dict[str, Any] = {"file": path, "format": self.file_format}
        return said | {"options": dict(self.options)} if self.options else said

    @property
    def decimal(self) -> str:
        """Decimal mark of text cells, where it is one table."""
        return str(self.options.get("decimal", "."))

    def decimal_of(self, column: str) -> str:
        """Return the decimal mark of text cells in a column."""
        return self.joined[file_of(column)].decimal if self.joined else self.decimal

    def name_of(self, column: str) -> str:
        """Return what a column is called in its own file or sheet."""
        return name_in_file(column) if self.joined else column

    def may_name_trials(self, column: str) -> bool:
        """Return whether a column stands beside the patient's id, as one of their trial has to."""
        return self.key is None or file_of(column) == file_of(self.key)

"""The named error of the synthetic floor."""

from __future__ import annotations

from ipdmediation.data.errors import DataError


class SyntheticDataError(DataError):
    """The generating model or a raw file's layout cannot be carried out as written."""

"""Rows."""

from collections.abc import Iterator, Mapping
from typing import Any

from ipdmediation.data.problems import Fault
from ipdmediation.data.references import Study


def published_faults(study: Study, mappings: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield."""
    return iter(())

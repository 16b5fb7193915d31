"""Hostile and clumsy studies: one edit each of the template, and what has to be said about it.

An edit is a file, a text in it, and what takes its place; then comes a part of what has to be said.
It has to be said of the first line that differs, unless a line is given.
"""

from __future__ import annotations

from tests.unit.plumbing.slips.analyses import ANALYSES
from tests.unit.plumbing.slips.counts import COUNTS
from tests.unit.plumbing.slips.derived import DERIVED
from tests.unit.plumbing.slips.files import FILES
from tests.unit.plumbing.slips.folders import FOLDERS
from tests.unit.plumbing.slips.keys import KEYS
from tests.unit.plumbing.slips.labels import FONTS, LABELS
from tests.unit.plumbing.slips.mappings import MAPPINGS
from tests.unit.plumbing.slips.published import PUBLISHED
from tests.unit.plumbing.slips.slip import CONFIG, Slip
from tests.unit.plumbing.slips.units import UNITS
from tests.unit.plumbing.slips.unreadable import UNREADABLE
from tests.unit.plumbing.slips.yaml_words import YAML_WORDS

__all__ = ["CONFIG", "SLIPS", "Slip"]

SLIPS = [
    *KEYS,
    *YAML_WORDS,
    *FONTS,
    *LABELS,
    *COUNTS,
    *UNITS,
    *FOLDERS,
    *FILES,
    *DERIVED,
    *MAPPINGS,
    *ANALYSES,
    *PUBLISHED,
    *UNREADABLE,
]

"""A common variable of a draft: the columns that it is in each file, and what was guessed about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ipdmediation.data.drafting.column_profile import Profile
from ipdmediation.data.drafting.words import Name


@dataclass
class Member:
    """A column of one file that is the variable there, and what its name and its label say."""

    column: str
    profile: Profile
    name: Name
    label: Name


@dataclass(eq=False)
class Matched:
    """One common variable.

    Attributes
    ----------
    key : its name in the configuration.
    label : its label.
    members : file to the column that it is there.
    type, unit, levels : as the configuration states them.
    level_of : code, as text, to the level of a categorical variable.
    unlike : file to a column whose name fits and whose cells do not.
    decide : what was guessed, as questions.
    """

    key: str
    label: str
    members: dict[str, Member]
    type: str = "continuous"
    unit: str | None = None
    levels: dict[int | str, str] = field(default_factory=dict)
    level_of: dict[str, str] = field(default_factory=dict)
    unlike: dict[str, str] = field(default_factory=dict)
    decide: list[str] = field(default_factory=list)

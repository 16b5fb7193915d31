"""Families of outcomes: what an outcome of each kind is, and what its models and effects can be."""

from __future__ import annotations

from dataclasses import dataclass

from ipdmediation.vocabulary.links import LINKS, Link


@dataclass(frozen=True, kw_only=True)
class Family:
    """A family of outcomes.

    Attributes
    ----------
    key : str
        What the configuration calls it.
    variable : str
        Type of variable that the outcome has to be.
    levels : bool
        Whether the outcome has levels, so that its effects are on several scales; otherwise it is a number.
    codes : tuple of int
        Of the levels, in increasing order, where they are the same in every study; empty where not.
    links : tuple of Link
        Links that its models can have, the default first; none where the predictor is the mean.
    odds_ratio : str
        What a common odds ratio of two of its distributions is called; empty where it has none.
    """

    key: str
    variable: str
    levels: bool = False
    codes: tuple[int, ...] = ()
    links: tuple[Link, ...] = ()
    odds_ratio: str = ""

    @property
    def event(self) -> bool:
        """Whether the outcome is an event, so that its mean is a probability."""
        return self.codes == (0, 1)

    @property
    def cuts(self) -> bool:
        """Whether the outcome has several cuts, which its models treat alike."""
        return self.levels and not self.event

    def ratio(self, link: Link) -> str:
        """Return what exp(coefficient) is called in models with a link; empty where it has no name."""
        return self.odds_ratio if link.odds and link in self.links else ""


ORDINAL = Family(
    key="ordinal",
    variable="ordinal",
    levels=True,
    links=tuple(LINKS.values()),
    odds_ratio="common odds ratio",
)
BINARY = Family(
    key="binary",
    variable="binary",
    levels=True,
    codes=(0, 1),
    links=tuple(LINKS.values()),
    odds_ratio="odds ratio",
)
CONTINUOUS = Family(key="continuous", variable="continuous")
#: All families by key.
FAMILIES = {family.key: family for family in (ORDINAL, BINARY, CONTINUOUS)}

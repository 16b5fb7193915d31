"""Scales that effects are on: where the null is, which end is better, which outcomes have them (light)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from ipdmediation.vocabulary.families import Family
from ipdmediation.vocabulary.links import Link


class Better(Enum):
    """Which side of a scale's null is better."""

    ABOVE = "above"
    #: The side of the better outcomes, as the outcome's own codes have it.
    AS_CODES = "as codes"
    #: The other one.
    AGAINST_CODES = "against codes"
    NEITHER = "neither"


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A scale. The null of every stored number is 0: of a ratio its logarithm is stored.

    Attributes
    ----------
    key : str
        What tables call it.
    additive : bool
        Whether it is a difference of averages, so that interactions can be told apart on it.
    logarithm : bool
        Whether it is the logarithm of a ratio, which is what a reader is shown; that ratio's null is 1.
    better : Better
        Which side of the null is better.
    ratio : str
        What this ratio is called; empty where that depends on family and link.
    cut : int or None
        Of the probability of a level or a lower one: the code of that level.
    """

    key: str
    additive: bool = False
    logarithm: bool = False
    better: Better = Better.ABOVE
    ratio: str = ""
    cut: int | None = None

    def better_end(self, outcome: int) -> int:
        """Return 1 where above the null is better, -1 where below is, 0 where neither is.

        Parameters
        ----------
        outcome : 1 where higher codes of the outcome are better, -1 where lower ones are.
        """
        return {Better.ABOVE: 1, Better.AS_CODES: outcome, Better.AGAINST_CODES: -outcome}.get(self.better, 0)

    def named_ratio(self, family: Family, link: Link) -> str:
        """Return what an effect on the scale is called as a ratio, empty where it is none.

        A share is called by the coefficients that it is made of.

        Examples
        --------
        >>> from ipdmediation.vocabulary.families import FAMILIES
        >>> from ipdmediation.vocabulary.links import LINKS
        >>> LOG_OR.named_ratio(FAMILIES["binary"], LINKS["probit"])
        'odds ratio'
        >>> COEFFICIENT.named_ratio(FAMILIES["binary"], LINKS["probit"])
        ''
        """
        if self in (COEFFICIENT, PROPORTION):
            return family.ratio(link)
        return (self.ratio or family.odds_ratio) if self.logarithm else ""


MEAN = Scale(key="mean", additive=True, better=Better.AS_CODES)
UTILITY = Scale(key="utility", additive=True)
#: Probability of a better outcome than an untreated patient's, ties half, minus one half.
WIN = Scale(key="win")
LOG_WIN_ODDS = Scale(key="log_win_odds", logarithm=True, ratio="win odds")
#: Common log odds ratio of a better outcome.
LOG_OR = Scale(key="log_or", logarithm=True)
#: Coefficients of the models; a logarithm where family and link say so.
COEFFICIENT = Scale(key="coefficient")
#: Shares of a coefficient.
PROPORTION = Scale(key="proportion", better=Better.NEITHER)
#: P(Y <= k), with the outcome's own codes whichever end is better.
_CUT = Scale(key="prob_le_", additive=True, better=Better.AGAINST_CODES)

_CUTS = "le_"

#: Scales of two distributions over levels.
COMPARATIVE = (WIN, LOG_WIN_ODDS, LOG_OR)
_BY_KEY = {scale.key: scale for scale in (MEAN, UTILITY, *COMPARATIVE, COEFFICIENT, PROPORTION)}


def cut(code: int) -> Scale:
    """Return the scale of the probability of a level or a lower one.

    Examples
    --------
    >>> cut(2).key
    'prob_le_2'
    """
    return replace(_CUT, key=f"{_CUT.key}{code}", cut=code)


def cut_name(code: int) -> str:
    """Return what a table whose columns are cuts calls one.

    Examples
    --------
    >>> cut_name(2), read_cut("le_2").key
    ('le_2', 'prob_le_2')
    """
    return f"{_CUTS}{code}"


def read_cut(name: str) -> Scale:
    """Return the scale of a cut that a table calls by its name."""
    return cut(int(name.removeprefix(_CUTS)))


def scale_of(key: str) -> Scale:
    """Return the scale that a table calls by a key.

    Raises
    ------
    KeyError
        For a key that no scale has.

    Examples
    --------
    >>> scale_of("log_or") is LOG_OR, scale_of("prob_le_2") == cut(2)
    (True, True)
    """
    code = key.removeprefix(_CUT.key)
    return cut(int(code)) if code != key and code.removeprefix("-").isdecimal() else _BY_KEY[key]


@dataclass(frozen=True)
class Scales:
    """The scales that an outcome is compared on.

    Attributes
    ----------
    additive : tuple of Scale
        Differences of averages.
    comparative : tuple of Scale
        Those of two distributions.
    """

    additive: tuple[Scale, ...]
    comparative: tuple[Scale, ...]

    @property
    def every(self) -> tuple[Scale, ...]:
        """All scales, the additive ones first."""
        return (*self.additive, *self.comparative)


def scales_of(codes: Sequence[int], *, utility: bool) -> Scales:
    """Return the scales of an outcome.

    Parameters
    ----------
    codes : sequence of int
        Of its levels; none for an outcome without.
    utility : bool
        Whether its levels have weights.

    Examples
    --------
    >>> [scale.key for scale in scales_of([2, 1, 0], utility=True).additive]
    ['mean', 'utility', 'prob_le_0', 'prob_le_1']
    """
    every = [MEAN]
    if codes:
        cuts = (cut(code) for code in sorted(codes)[:-1])
        every += [*([UTILITY] if utility else []), *cuts, *COMPARATIVE]
    additive = tuple(scale for scale in every if scale.additive)
    return Scales(additive, tuple(scale for scale in every if not scale.additive))

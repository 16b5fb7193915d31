"""What the natural effects and the scales of an outcome are called (light to import)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NATURAL_EFFECTS = ("te", "pnde", "tnie", "tnde", "pnie", "pm")
COMPARATIVE_SCALES = ("win", "log_win_odds", "log_or")
#: What an effect on the scale of a logarithm is called as a ratio, whose null is 1; a common odds ratio is
#: called after the outcome's family.
LOG_RATIOS = {"log_win_odds": "win odds"}


@dataclass(frozen=True)
class ScaleNames:
    """The scales that an outcome is compared on.

    Attributes
    ----------
    additive : tuple of str
        Scales that are differences of averages: `mean`, `utility`, `prob_le_k` for P(Y <= k), with the
        outcome's own codes whichever end is better.
    comparative : tuple of str
        Scales of two distributions: `win` (probability of a better outcome than an untreated patient's, ties
        half, minus one half), `log_win_odds`, `log_or` (common log odds ratio of a better outcome).
    """

    additive: tuple[str, ...]
    comparative: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All scales, the additive ones first."""
        return (*self.additive, *self.comparative)


def scale_names(codes: Sequence[int], *, utility: bool) -> ScaleNames:
    """Return the scales of an outcome.

    Parameters
    ----------
    codes : sequence of int
        Of its levels; none for a continuous outcome.
    utility : bool
        Whether its levels have weights.

    Examples
    --------
    >>> scale_names([2, 1, 0], utility=True).additive
    ('mean', 'utility', 'prob_le_0', 'prob_le_1')
    """
    if not codes:
        return ScaleNames(("mean",), ())
    cuts = (f"prob_le_{code}" for code in sorted(codes)[:-1])
    return ScaleNames(("mean", *(["utility"] if utility else []), *cuts), COMPARATIVE_SCALES)

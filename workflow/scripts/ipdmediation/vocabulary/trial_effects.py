"""How models treat differences between trials."""

from __future__ import annotations

from dataclasses import dataclass

from ipdmediation.vocabulary.terms import INTERCEPT, MEDIATOR, TREATMENT


@dataclass(frozen=True, kw_only=True)
class TrialEffects:
    """A way of treating differences between trials.

    Attributes
    ----------
    key : str
        What the configuration calls it.
    indicators : bool
        Whether each trial has a coefficient.
    random : tuple of str
        What varies between trials at random, by the ids of these terms: intercept, treatment, mediator.
    """

    key: str
    indicators: bool = False
    random: tuple[str, ...] = ()

    @property
    def tell_apart(self) -> bool:
        """Whether the models tell trials apart at all."""
        return self.indicators or bool(self.random)

    def random_in(self, *, mediator: bool) -> tuple[str, ...]:
        """Return what varies at random in a model that has the mediator, or in one that has not."""
        return tuple(role for role in self.random if mediator or role != MEDIATOR)


#: All of them by key, the simplest first.
TRIAL_EFFECTS = {
    effects.key: effects
    for effects in (
        TrialEffects(key="none"),
        TrialEffects(key="fixed", indicators=True),
        TrialEffects(key="random_intercept", random=(INTERCEPT,)),
        TrialEffects(key="random_slope", random=(INTERCEPT, TREATMENT)),
        TrialEffects(key="random_slopes", random=(INTERCEPT, TREATMENT, MEDIATOR)),
    )
}

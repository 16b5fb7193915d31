"""Which effects there are: their keys, the scale they are on, and what a proportion is a share of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ipdmediation.vocabulary.effects import (
    DIRECT_AT,
    KHB_INDIRECT,
    MEDIATOR_EFFECT_IN,
    NATURAL_EFFECTS,
    ON_THE_MEDIATOR,
    PROPORTION_MEDIATED,
    SHARE_BY_DIFFERENCE,
    SHARE_ON_ONE_SCALE,
    EffectKey,
    controlled_direct,
    reference_interaction,
)
from ipdmediation.vocabulary.scales import COEFFICIENT, PROPORTION, Scale, Scales


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One effect on one scale.

    Attributes
    ----------
    effect : str
        What tables of effects call it.
    scale : Scale
    share_of : str or None
        For a proportion mediated, the effect that is its denominator: on scale `coefficient` for a scale
        `proportion`, else on its own scale.
    mediated : EffectKey or None
        For a proportion whose sign is not that of a mediated effect, because a change of scale is in it as
        well: the key of the mediated effect, which says whether there is a share at all.
    undefined : str
        Why the analysis has no such effect; empty where it has.
    at : float or None
        Value of the mediator, in its own unit, that the effect is at; None for the others.
    """

    effect: str
    scale: Scale
    share_of: str | None = None
    mediated: EffectKey | None = None
    undefined: str = ""
    at: float | None = None

    @property
    def key(self) -> EffectKey:
        """Effect and scale, unique in a catalogue."""
        return EffectKey(self.effect, self.scale.key)

    @property
    def denominator(self) -> EffectKey | None:
        """Key of the effect that a proportion mediated is a share of, None for other effects."""
        if self.share_of is None:
            return None
        return EffectKey(self.share_of, (COEFFICIENT if self.scale == PROPORTION else self.scale).key)

    @property
    def column(self) -> str:
        """Name of the effect's column in a table of draws."""
        return self.key.column


COEFFICIENT_EFFECTS = (
    Effect(effect="total", scale=COEFFICIENT),
    Effect(effect="direct", scale=COEFFICIENT),
    Effect(effect=ON_THE_MEDIATOR, scale=COEFFICIENT),
    Effect(effect="mediator_effect", scale=COEFFICIENT),
    Effect(effect=SHARE_BY_DIFFERENCE.effect, scale=PROPORTION, share_of="total", mediated=KHB_INDIRECT),
    Effect(effect="log_or_product", scale=PROPORTION, share_of="total"),
)

# what an interaction puts in the place of one coefficient of the treatment, and of one of the mediator
SLOPES_BY_ARM = tuple(Effect(effect=effect, scale=COEFFICIENT) for effect in MEDIATOR_EFFECT_IN.values())

DIRECT_COEFFICIENT_EFFECTS = frozenset({SHARE_BY_DIFFERENCE.effect, "log_or_product"})
NO_SINGLE_DIRECT_COEFFICIENT = "with an interaction the direct coefficient depends on the mediator"
#: Effects that are made of one coefficient of the treatment.
TREATMENT_COEFFICIENT_EFFECTS = frozenset(
    {"total", "direct", *DIRECT_AT, *DIRECT_COEFFICIENT_EFFECTS, "khb_total", SHARE_ON_ONE_SCALE.effect}
)
NO_SINGLE_TREATMENT_COEFFICIENT = "the treatment's coefficient is free, another one at each cut"
MEDIATOR_SLOPE_EFFECTS = frozenset({"mediator_effect", "log_or_product"})

KHB_EFFECTS = (
    Effect(effect="khb_total", scale=COEFFICIENT),
    Effect(effect=KHB_INDIRECT.effect, scale=COEFFICIENT),
    Effect(effect=SHARE_ON_ONE_SCALE.effect, scale=PROPORTION, share_of="khb_total"),
)


def coefficient_catalogue(
    *, interaction: bool, linear: bool, quartiles: Sequence[float]
) -> tuple[Effect, ...]:
    """Return the entries that are made of coefficients alone.

    Parameters
    ----------
    interaction : bool
        Whether the outcome model has treatment x mediator. The treatment's coefficient is then shown at the
        quartiles of the mediator and the mediator's by arm, and the proportions of coefficients undefined.
    linear : bool
        Whether the mediator has one slope in each arm.
    quartiles : sequence of float
        The three of them, in the mediator's unit.

    Examples
    --------
    >>> entries = coefficient_catalogue(interaction=True, linear=True, quartiles=[14, 41, 120])
    >>> [effect.effect for effect in entries][:4]
    ['total', 'direct_at_q1', 'direct_at_median', 'direct_at_q3']
    """
    entries: list[Effect] = []
    for effect in COEFFICIENT_EFFECTS:
        if effect.effect in MEDIATOR_SLOPE_EFFECTS and not linear:
            continue
        if not interaction:
            entries.append(effect)
        elif effect.effect == "direct":
            entries += [
                Effect(effect=at_quartile, scale=COEFFICIENT, at=float(value))
                for at_quartile, value in zip(DIRECT_AT, quartiles, strict=True)
            ]
        elif effect.effect == "mediator_effect":
            entries += SLOPES_BY_ARM
        elif effect.effect in DIRECT_COEFFICIENT_EFFECTS:
            entries.append(replace(effect, undefined=NO_SINGLE_DIRECT_COEFFICIENT))
        else:
            entries.append(effect)
    return tuple(entries)


def without_treatment_coefficient(entries: Sequence[Effect]) -> tuple[Effect, ...]:
    """Return entries of which those are undefined that need one coefficient of the treatment.

    Examples
    --------
    >>> [bool(effect.undefined) for effect in without_treatment_coefficient(KHB_EFFECTS)]
    [True, False, True]
    """
    return tuple(
        replace(entry, undefined=NO_SINGLE_TREATMENT_COEFFICIENT)
        if entry.effect in TREATMENT_COEFFICIENT_EFFECTS
        else entry
        for entry in entries
    )


def natural_catalogue(scales: Scales) -> tuple[Effect, ...]:
    """Return the entries of `natural_effects`, all scales of an effect together."""
    return tuple(
        Effect(effect=effect, scale=scale, share_of="te" if effect == PROPORTION_MEDIATED else None)
        for effect in NATURAL_EFFECTS
        for scale in scales.every
    )


def four_way_catalogue(scales: Scales, *, controlled_at: Sequence[float]) -> tuple[Effect, ...]:
    """Return the entries of controlled direct effects, reference interactions and the mediated interaction.

    Parameters
    ----------
    scales : Scales
    controlled_at : sequence of float
        Values of the mediator, in its own unit.
    """
    held = list(map(float, controlled_at))
    return (
        *(
            Effect(effect=controlled_direct(value), scale=scale, at=value)
            for value in held
            for scale in scales.every
        ),
        *(
            Effect(effect=reference_interaction(value), scale=scale, at=value)
            for value in held
            for scale in scales.additive
        ),
        *(Effect(effect="int_med", scale=scale) for scale in scales.additive),
    )

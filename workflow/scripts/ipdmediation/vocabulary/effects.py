"""Keys of the effects, and what each of them is an effect on (light to import)."""

from __future__ import annotations

from typing import NamedTuple

from ipdmediation.vocabulary.scales import COEFFICIENT, MEAN, PROPORTION


class EffectKey(NamedTuple):
    """An effect on a scale: the two columns of a table that name its row."""

    effect: str
    scale: str

    @property
    def column(self) -> str:
        """Name of its column in a table of draws."""
        return f"{self.effect}:{self.scale}"


#: The proportion mediated, on each scale of the outcome; the last of the natural effects.
PROPORTION_MEDIATED = "pm"
NATURAL_EFFECTS = ("te", "pnde", "tnie", "tnde", "pnie", PROPORTION_MEDIATED)
#: Part of the total effect that runs through an event before the mediator, beside `pnde` and `tnie`.
VIA_EVENT = "via_event"
#: Bounds of the total effect, the better one for the treatment first.
BOUNDS = ("te_best", "te_worst")
ON_THE_MEDIATOR = "treatment_on_mediator"
#: With an interaction, the treatment's coefficient at quartiles of the mediator: effect to quartile.
DIRECT_AT = {f"direct_at_{quartile}": quartile for quartile in ("q1", "median", "q3")}
DIRECT_AT_MEDIAN = "direct_at_median"
#: With an interaction, the mediator's coefficient by arm: arm to effect.
MEDIATOR_EFFECT_IN = {arm: f"mediator_effect_{arm}" for arm in ("control", "treated")}
KHB_COEFFICIENTS = ("khb_total", "khb_indirect")
#: Coefficients of the treatment, and parts of them.
ON_THE_OUTCOME = ("total", "direct", *DIRECT_AT, *KHB_COEFFICIENTS)
#: Coefficients of the mediator.
OF_THE_MEDIATOR = ("mediator_effect", *MEDIATOR_EFFECT_IN.values())

#: The share of the answer.
HEADLINE = EffectKey(PROPORTION_MEDIATED, MEAN.key)
#: The share as published analyses have it, from the difference of two coefficients.
SHARE_BY_DIFFERENCE = EffectKey("log_or_difference", PROPORTION.key)
#: The share on one scale, by Karlson, Holm and Breen.
SHARE_ON_ONE_SCALE = EffectKey("khb", PROPORTION.key)
KHB_INDIRECT = EffectKey("khb_indirect", COEFFICIENT.key)


def controlled_direct(value: float) -> str:
    """Return the key of the direct effect with the mediator held at a value.

    Examples
    --------
    >>> controlled_direct(50.0), reference_interaction(0.5)
    ('cde_50', 'int_ref_0.5')
    """
    return f"cde_{value:g}"


def reference_interaction(value: float) -> str:
    """Return the key of the interaction without mediation, against the mediator held at a value."""
    return f"int_ref_{value:g}"

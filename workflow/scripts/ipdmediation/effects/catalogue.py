"""Which effects there are: their names, the scale they are on, and what a proportion is a share of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ipdmediation.effects.scale_names import NATURAL_EFFECTS, ScaleNames

Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One effect on one scale.

    Attributes
    ----------
    effect, scale : str
        Names in the tables of effects.
    label : str
        Name for a reader.
    share_of : str or None
        For a proportion mediated, the effect that is its denominator: on scale `coefficient` for a scale
        `proportion`, else on its own scale.
    mediated : tuple of str or None
        For a proportion whose sign is not that of a mediated effect, because a change of scale is in it as
        well: the key of the mediated effect, which says whether there is a share at all.
    undefined : str
        Why the analysis has no such effect; empty where it has.
    at : float or None
        Value of the mediator, in its own unit, that the effect is at; None for the others.
    """

    effect: str
    scale: str
    label: str
    share_of: str | None = None
    mediated: Key | None = None
    undefined: str = ""
    at: float | None = None

    @property
    def key(self) -> Key:
        """Effect and scale, unique in a catalogue."""
        return self.effect, self.scale

    @property
    def denominator(self) -> Key | None:
        """Key of the effect that a proportion mediated is a share of, None for other effects."""
        if self.share_of is None:
            return None
        return self.share_of, "coefficient" if self.scale == "proportion" else self.scale

    @property
    def column(self) -> str:
        """Name of the effect's column in a table of draws."""
        return f"{self.effect}:{self.scale}"


COEFFICIENT_EFFECTS = (
    Effect(effect="total", scale="coefficient", label="Treatment, not adjusted for the mediator"),
    Effect(effect="direct", scale="coefficient", label="Treatment, adjusted for the mediator"),
    Effect(effect="treatment_on_mediator", scale="coefficient", label="Treatment on the mediator"),
    Effect(effect="mediator_effect", scale="coefficient", label="Mediator on the outcome"),
    Effect(
        effect="log_or_difference",
        scale="proportion",
        label="Proportion mediated, difference of coefficients",
        share_of="total",
        mediated=("khb_indirect", "coefficient"),
    ),
    Effect(
        effect="log_or_product",
        scale="proportion",
        label="Proportion mediated, product of coefficients",
        share_of="total",
    ),
)

# what an interaction puts in the place of one coefficient of the treatment, and of one of the mediator
QUARTILES = {"q1": "lower quartile", "median": "median", "q3": "upper quartile"}
SLOPES_BY_ARM = (
    Effect(
        effect="mediator_effect_control",
        scale="coefficient",
        label="Mediator on the outcome, in the controls",
    ),
    Effect(
        effect="mediator_effect_treated", scale="coefficient", label="Mediator on the outcome, in the treated"
    ),
)

DIRECT_COEFFICIENT_EFFECTS = frozenset({"log_or_difference", "log_or_product"})
NO_SINGLE_DIRECT_COEFFICIENT = "with an interaction the direct coefficient depends on the mediator"
MEDIATOR_SLOPE_EFFECTS = frozenset({"mediator_effect", "log_or_product"})

KHB_EFFECTS = (
    Effect(
        effect="khb_total",
        scale="coefficient",
        label="Treatment, adjusted for the residual of the mediator only",
    ),
    Effect(effect="khb_indirect", scale="coefficient", label="Part of it that runs through the mediator"),
    Effect(
        effect="khb",
        scale="proportion",
        label="Proportion mediated, Karlson-Holm-Breen",
        share_of="khb_total",
    ),
)

NATURAL_LABELS = {
    "te": "Total effect",
    "pnde": "Direct effect, the mediator as without treatment",
    "tnie": "Indirect effect through the mediator, in the treated",
    "tnde": "Direct effect, the mediator as under treatment",
    "pnie": "Indirect effect through the mediator, in the untreated",
    "pm": "Proportion mediated",
}


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
                Effect(
                    effect=f"direct_at_{name}",
                    scale="coefficient",
                    label=f"Treatment, the mediator at its {words}",
                    at=float(value),
                )
                for (name, words), value in zip(QUARTILES.items(), quartiles, strict=True)
            ]
        elif effect.effect == "mediator_effect":
            entries += SLOPES_BY_ARM
        elif effect.effect in DIRECT_COEFFICIENT_EFFECTS:
            entries.append(replace(effect, undefined=NO_SINGLE_DIRECT_COEFFICIENT))
        else:
            entries.append(effect)
    return tuple(entries)


def natural_catalogue(scales: ScaleNames) -> tuple[Effect, ...]:
    """Return the entries of `natural_effects`, all scales of an effect together."""
    return tuple(
        Effect(
            effect=effect,
            scale=scale,
            label=NATURAL_LABELS[effect],
            share_of="te" if effect == "pm" else None,
        )
        for effect in NATURAL_EFFECTS
        for scale in scales.names
    )


def four_way_catalogue(scales: ScaleNames, *, controlled_at: Sequence[float]) -> tuple[Effect, ...]:
    """Return the entries of controlled direct effects, reference interactions and the mediated interaction.

    Parameters
    ----------
    scales : ScaleNames
    controlled_at : sequence of float
        Values of the mediator, in its own unit.
    """
    held = [(f"{value:g}", float(value)) for value in controlled_at]
    return (
        *(
            Effect(
                effect=f"cde_{text}",
                scale=scale,
                label=f"Direct effect, the mediator held at {text}",
                at=value,
            )
            for text, value in held
            for scale in scales.names
        ),
        *(
            Effect(
                effect=f"int_ref_{text}",
                scale=scale,
                label=f"Interaction without mediation, against the mediator held at {text}",
                at=value,
            )
            for text, value in held
            for scale in scales.additive
        ),
        *(
            Effect(effect="int_med", scale=scale, label="Interaction together with mediation")
            for scale in scales.additive
        ),
    )

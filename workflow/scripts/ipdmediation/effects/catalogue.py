"""Which effects there are: their names, the scale they are on, and their value where there is none."""

from dataclasses import dataclass


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
        For a proportion mediated, the effect on scale `coefficient` that is its denominator.
    """

    effect: str
    scale: str
    label: str
    share_of: str | None = None

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
    ),
    Effect(
        effect="log_or_product",
        scale="proportion",
        label="Proportion mediated, product of coefficients",
        share_of="total",
    ),
)

"""What the outcome is standardised over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ipdmediation.models.errors import ModelError

MEDIATOR_DISTRIBUTIONS = ("gaussian", "empirical")
POPULATIONS = ("these_trials", "new_trial")


@dataclass(frozen=True, kw_only=True)
class StandardisationOptions:
    """What the outcome is standardised over.

    Attributes
    ----------
    mediator_distribution : {"gaussian", "empirical"}
        The mediator's residual: Gaussian with the fitted variance, or the residuals of the cohort themselves.
    population : {"these_trials", "new_trial"}
        Each patient at the conditional modes of the own trial, or random effects integrated over their
        distribution (those of the two models taken as independent).
    controlled_at : tuple of float
        Values of the mediator, in its own unit, for controlled direct effects.

    Raises
    ------
    ModelError
        If a choice is not one of those named.
    """

    mediator_distribution: str = "gaussian"
    population: str = "these_trials"
    controlled_at: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for name, allowed in (
            ("mediator_distribution", MEDIATOR_DISTRIBUTIONS),
            ("population", POPULATIONS),
        ):
            if getattr(self, name) not in allowed:
                raise ModelError(f"{name} must be one of {', '.join(allowed)}, not {getattr(self, name)!r}")

    @classmethod
    def from_config(cls, choices: Mapping[str, Any]) -> StandardisationOptions:
        """Read the mapping `effects` of an analysis of the configuration."""
        return cls(
            mediator_distribution=choices.get("mediator_distribution", "gaussian"),
            population=choices.get("population", "these_trials"),
            controlled_at=tuple(float(value) for value in choices.get("controlled_at", ())),
        )

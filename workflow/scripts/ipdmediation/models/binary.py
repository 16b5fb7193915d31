"""Regression of a binary outcome, logistic or of another link: the cumulative link model with two levels."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from ipdmediation.models.cumulative_link import CumulativeLinkModel


class BinaryModel(CumulativeLinkModel):
    """Model of P(Y = 1).

    The single threshold is minus the usual intercept: P(Y = 1) = 1 - F(threshold - x'beta).

    Parameters
    ----------
    outcome : (n,) zeros and ones.
    design, names, level_names, link, offset, trials, trial_names, trial_effects : as of
        `CumulativeLinkModel`.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(500, 1))
    >>> y = x[:, 0] + rng.logistic(size=500) > 0
    >>> round(BinaryModel(y, x, names=["x"]).fit().coefficient("x"), 3)
    1.029
    """

    family = "binary"

    def __init__(
        self,
        outcome: ArrayLike,
        design: ArrayLike,
        *,
        names: Sequence[str],
        level_names: Sequence[str] | None = None,
        link: str = "logit",
        offset: ArrayLike | None = None,
        trials: ArrayLike | None = None,
        trial_names: Sequence[str] | None = None,
        trial_effects: str = "none",
    ) -> None:
        super().__init__(
            outcome,
            design,
            names=names,
            n_levels=2,
            level_names=level_names,
            link=link,
            offset=offset,
            trials=trials,
            trial_names=trial_names,
            trial_effects=trial_effects,
        )

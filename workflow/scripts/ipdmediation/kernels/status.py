"""How a fit can end."""

from enum import IntEnum


class FitStatus(IntEnum):
    """How a fit ended. The first two are usable answers."""

    CONVERGED = 0
    SINGULAR = 1  # converged, with the random-effects covariance at its boundary
    NOT_CONVERGED = 2
    SEPARATED = 3
    RANK_DEFICIENT = 4
    ONE_LEVEL = 5  # the (weighted) outcome has one level only
    ARM_LACKS_LEVEL = 6  # thresholds by arm: an arm lacks the lowest or the highest level of the other

    @property
    def usable(self) -> bool:
        """Whether the estimates are an optimum."""
        return self <= FitStatus.SINGULAR

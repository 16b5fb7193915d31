"""Named errors and warnings of fitting a model."""

from ipdmediation.data.notices import Notice


class ModelError(ValueError):
    """A model that cannot be fitted to the data as given."""


class MissingValueError(ModelError):
    """A column of the model has missing values."""


class ConstantCovariateError(ModelError):
    """A covariate has one value only."""


class RankDeficientError(ModelError):
    """A column of the design is a linear combination of others."""


class OneArmError(ModelError):
    """All patients are in one arm."""


class SingleTrialError(ModelError):
    """Trial effects were asked for, but there is one trial only."""


class OutcomeError(ModelError):
    """The outcome does not fit its family (unknown codes, one level only)."""


class FitWarning(Notice):
    """Base of the warnings of this package's models."""


class ConvergenceWarning(FitWarning):
    """The optimiser stopped before the optimum."""


class SeparationWarning(FitWarning):
    """A covariate separates outcome levels perfectly, so its estimate is infinite."""


class SingularFitWarning(FitWarning):
    """A random-effects variance or correlation is estimated at its boundary (a legal answer)."""


class EmptyLevelWarning(FitWarning):
    """No patient has this outcome level."""


class OneArmTrialWarning(FitWarning):
    """A trial has patients in one arm only."""

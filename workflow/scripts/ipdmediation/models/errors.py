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


class MediatorError(ModelError):
    """The mediator does not vary where its effect would have to show."""


class SeparationError(ModelError):
    """The outcome separates the arms or is ordered by the mediator: no maximum-likelihood estimate exists."""


class FitWarning(Notice):
    """Base of what a reader of a fitted model has to know; kept with the fit, and warned of once a job."""


class ConvergenceWarning(FitWarning):
    """The optimiser stopped before the optimum."""


class SeparationWarning(FitWarning):
    """A covariate or a trial goes with an end of the outcome only, so its coefficient is infinite."""


class SingularFitWarning(FitWarning):
    """A random-effects variance or correlation is estimated at its boundary (a legal answer)."""


class EmptyLevelWarning(FitWarning):
    """No patient has this outcome level."""


class UnusedLevelWarning(FitWarning):
    """A level of a covariate that no patient has, so that it has no column."""


class OneArmTrialWarning(FitWarning):
    """A trial has patients in one arm only."""

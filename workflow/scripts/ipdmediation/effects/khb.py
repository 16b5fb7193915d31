"""The Karlson-Holm-Breen decomposition: total and direct effect on one scale of the predictor.

Adjusting a logit or probit model for the mediator rescales all of its coefficients. Karlson, Holm & Breen
2012, Sociological Methodology 42:286, therefore compare it with the same model in which the mediator M is
replaced by its residual R given treatment, covariates (and trial). M and R differ by a combination of columns
that the model has, so the likelihoods are equal and nothing needs to be fitted again: with theta the
treatment's coefficient in the linear model of M,

    b_A(reduced) = b_A(outcome) + b theta.

Random effects: theta is the fixed effect of the linear mixed model. R = M - (fixed part) leaves the fixed
columns and the random effects of the outcome model as they are, so the identity stays exact; the reduced
coefficient is that of a trial without deviation. A random slope of the mediator is taken at its mean.

Interaction, or a basis of the mediator: the coefficients are those of the *expected predictor*, averaged over
the patients, in the four cells (a, m). This is the formula above where neither is there.

Treatment free at every cut: b theta is as above, and the reduced coefficient at a cut is the outcome model's
there plus b theta; there are as many of them, and of shares, as cuts.
"""

from __future__ import annotations

import numpy as np

from ipdmediation.kernels.arrays import FloatArray


def khb(predictors: FloatArray, *, free: bool = False) -> FloatArray:
    """Return the reduced model's treatment coefficient, its indirect part and the share of that.

    Parameters
    ----------
    predictors : ndarray, shape (4,)
        Expected linear predictor of the cells (0, 0), (0, 1), (1, 0), (1, 1), treatment by mediator.
    free : bool
        Whether the treatment's coefficient is another one at each cut and not in these predictors. Only the
        indirect part is then one number.

    Returns
    -------
    ndarray, shape (3,)

    Examples
    --------
    Direct effect 1, b theta = 0.25:

    >>> khb(np.array([0.0, 0.25, 1.0, 1.25]))
    array([1.25, 0.25, 0.2 ])
    """
    untreated, _, direct, treated = predictors
    total, indirect = np.nan if free else treated - untreated, treated - direct
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.array([total, indirect, np.divide(indirect, total)])

"""The mediator's effect on the outcome where its slope in the outcome model is not it.

The slope g of a fitted outcome model is biased by an unmeasured cause that mediator and outcome share, and by
error of the mediator's measurement. Everything else of the fit can be kept: with M = mu(arm) + e, and e of
standard deviation s, a cell (a, m) of the mediation formula has the predictor

    x_i(a) + g_a mu_i(a) + h_a (mu_i(m) - mu_i(a)) + g_a e

where h_a is the mediator's effect. So the observed arms, and the total effect with them, stay what they are,
and only what the mediator carries from one arm to the other changes.

- Confounding: the errors of mediator and outcome have correlation rho, the same in both arms. Then
  h = g - rho sigma / (s sqrt(1 - rho^2)), where sigma is the standard deviation of the fitted outcome model's
  error, 1 for the probit link. It is 0 at rho = s g / sqrt(sigma^2 + s^2 g^2). The term that is taken away
  does not depend on e. So the same holds where the mediator's effect is a curve g_a(M): its cell is that of
  the fitted curve, less (h's shift) (mu_i(m) - mu_i(a)), integrated over e. Nor does it depend on how e is
  distributed, as long as the outcome's error given e is normal with mean rho sigma e / s.
- Error of measurement: a share `reliability` of the mediator's variance, given arm, covariates and trial, is
  its own. Then h = g / reliability. This is exact with the probit link and for a linear model; the share then
  has to exceed the squared rho at which h is 0. With any other link the regression is calibrated, and the
  residual's part becomes g e / sqrt(reliability).

Imai, Keele & Tingley 2010, Psychological Methods 15:309 (rho); Carroll et al. 2006, Measurement Error in
Nonlinear Models, chapter 4 (calibration); VanderWeele, Valeri & Ogburn 2012, Epidemiology 23:561.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ipdmediation.kernels.arrays import FloatArray


@dataclass(frozen=True, kw_only=True)
class StructuralSlope:
    """What the mediator's effect is, given its slope: `factor` times the slope, less `shift`.

    Attributes
    ----------
    factor, shift : float
    inflation : float
        Of the variance that the mediator's residual adds to the predictor.
    """

    factor: float = 1.0
    shift: float = 0.0
    inflation: float = 1.0

    @property
    def shifts_only(self) -> bool:
        """Whether the effect is the slope less a number, so that a curve can take the slope's place."""
        return self.factor == self.inflation == 1.0

    def bias(self, slopes: FloatArray) -> FloatArray:
        """Return by how much slopes exceed the effect, in the shape of the slopes."""
        excess: FloatArray = slopes * (1.0 - self.factor) + self.shift
        return excess


def confounded(rho: float, *, mediator_sd: float, outcome_sd: float = 1.0) -> StructuralSlope:
    """Return the effect of the mediator under unmeasured confounding.

    Parameters
    ----------
    rho : float
        Correlation of the errors of mediator and outcome as modelled, between -1 and 1.
    mediator_sd : float
        Standard deviation of the mediator model's residual.
    outcome_sd : float
        That of the outcome model's error: 1 for the probit link, else a linear model's residual.

    Examples
    --------
    >>> round(confounded(0.6, mediator_sd=3.0).shift, 12)
    0.25
    """
    return StructuralSlope(shift=rho * outcome_sd / (mediator_sd * math.sqrt(1.0 - rho * rho)))


def explaining_correlation(
    slopes: FloatArray | float, *, mediator_sd: float, outcome_sd: float = 1.0
) -> FloatArray | float:
    """Return the correlation of the errors with which a slope would be nothing but confounding.

    Parameters
    ----------
    slopes : float or ndarray
        Of the mediator in the outcome model, by arm if they differ.
    mediator_sd, outcome_sd : float
        As for `confounded`.

    Examples
    --------
    >>> explaining_correlation(0.25, mediator_sd=3.0)
    0.6
    """
    scaled = mediator_sd * slopes
    correlation: FloatArray | float = scaled / (outcome_sd**2 + scaled**2) ** 0.5
    return correlation


def mismeasured(reliability: float, *, exact: bool) -> StructuralSlope:
    """Return the effect of a mediator that was measured with error.

    Parameters
    ----------
    reliability : float
        Share of the measured mediator's variance, given arm, covariates and trial, that is its own.
    exact : bool
        Whether the outcome is linear or has the probit link; else the regression is calibrated.

    Examples
    --------
    >>> mismeasured(0.8, exact=False)
    StructuralSlope(factor=1.25, shift=0.0, inflation=1.25)
    """
    return StructuralSlope(factor=1.0 / reliability, inflation=1.0 if exact else 1.0 / reliability)

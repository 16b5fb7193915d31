"""Links of an outcome with levels: what relates the probability of a level to the linear predictor.

P(Y <= k) = F(threshold[k] - eta), with the levels in the order in which a higher one is better. McCullagh
1980, J R Stat Soc B 42:109.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

#: What is compiled beside the kernels of single links.
ALL_LINKS = "all_links"


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link.

    Attributes
    ----------
    key : str
        What the configuration calls it.
    name : str
        What a sentence calls it and its models.
    odds : bool
        Whether exp(coefficient) is an odds ratio.
    reversed : str
        Key of the link that the same model has of the reversed levels; its own where F is symmetric.
    distribution : str
        What F is.
    sd : float
        Its standard deviation.
    normal : bool
        Whether F is a normal distribution function: a Gaussian part of the predictor then only widens it.
    """

    key: str
    name: str
    odds: bool = False
    reversed: str
    distribution: str
    sd: float
    normal: bool = False

    @property
    def measure(self) -> str:
        """What is written of a coefficient: the odds ratio that it is the logarithm of, or itself."""
        return "odds ratio" if self.odds else f"{self.name} coefficient"

    @property
    def scale(self) -> str:
        """What the linear predictor is."""
        return "log odds" if self.odds else f"{self.name} scale"


LOGIT = Link(
    key="logit",
    name="logit",
    odds=True,
    reversed="logit",
    distribution="F(x) = 1 / (1 + exp(-x))",
    sd=math.pi / math.sqrt(3),
)
PROBIT = Link(
    key="probit",
    name="probit",
    reversed="probit",
    distribution="F is the standard normal distribution function",
    sd=1.0,
    normal=True,
)
#: All links by key, the default first.
LINKS = {
    link.key: link
    for link in (
        LOGIT,
        PROBIT,
        Link(
            key="cloglog",
            name="complementary log-log",
            reversed="loglog",
            distribution="F(x) = 1 - exp(-exp(x))",
            sd=math.pi / math.sqrt(6),
        ),
        Link(
            key="loglog",
            name="log-log",
            reversed="cloglog",
            distribution="F(x) = exp(-exp(-x))",
            sd=math.pi / math.sqrt(6),
        ),
        Link(
            key="cauchit",
            name="cauchit",
            reversed="cauchit",
            distribution="F is the standard Cauchy distribution function",
            sd=math.inf,
        ),
    )
}

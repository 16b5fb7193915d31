"""Links of an outcome with levels: what relates the probability of a level to the linear predictor.

P(Y <= k) = F(threshold[k] - eta), with the levels in the order in which a higher one is better. McCullagh
1980, J R Stat Soc B 42:109.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link.

    Attributes
    ----------
    key : str
        What the configuration calls it.
    odds : bool
        Whether exp(coefficient) is an odds ratio.
    symmetric : bool
        Whether the model of the reversed levels has the same link.
    distribution : str
        F, in words.
    """

    key: str
    odds: bool
    symmetric: bool
    distribution: str


LOGIT = Link(key="logit", odds=True, symmetric=True, distribution="logistic")
#: All links by key, the default first.
LINKS = {
    link.key: link
    for link in (
        LOGIT,
        Link(key="probit", odds=False, symmetric=True, distribution="normal"),
        Link(key="cloglog", odds=False, symmetric=False, distribution="1 - exp(-exp(x))"),
        Link(key="loglog", odds=False, symmetric=False, distribution="exp(-exp(-x))"),
        Link(key="cauchit", odds=False, symmetric=True, distribution="Cauchy"),
    )
}

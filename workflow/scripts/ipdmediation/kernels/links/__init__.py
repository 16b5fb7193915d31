"""The links of cumulative link models, P(Y <= k) = F(threshold[k] - eta): one module each.

Row quantities. With thresholds t and linear predictor eta, a row of level k has the bounds a = t[k] - eta and
b = t[k-1] - eta and contributes w log p, p = F(a) - F(b). Per row, times its weight:

- `above` = dl/da and `below` = -dl/db, so dl/deta = below - above;
- `cross_a` = d2l/da deta, `cross_b` = d2l/db deta, so -d2l/deta2 = cross_a + cross_b.

A link answers to

- `bound(threshold)`: what `rows` needs of a threshold, for its arrays `upper` and `lower`;
- `rows(eta, weights, upper, lower, above, below, cross_a, cross_b, start, stop)`: fills the last four arrays;
- `third(eta, inverse_weights, ..., third_a, third_b)`: turns leverages (in `third_a`) into half their
  products with the derivatives of the curvature;
- `log_probability(eta, upper, lower)`, `quantile(p)`, `distribution(x)` (F, F' and F'');
- `FLAT_BEYOND`: where F is as good as 0 and 1;
- `STRIP`: how far from the real axis F is analytic and bounded: how finely it has to be integrated.

A new link is such a module (most are made by `general.row_kernels`), its name in `MODULES`, and its words in
`vocabulary/links`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba.extending import overload

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.compiling import PASSES_ON, fast_internal
from ipdmediation.kernels.links import cauchit, cloglog, logit, loglog, probit

MODULES = (logit, probit, cloglog, loglog, cauchit)
_BY_NAME = {module.__name__.rpartition(".")[2]: module for module in MODULES}
_BY_TYPE: dict[type, Any] = {module.Link: module for module in MODULES}
#: The object that stands for each link in the arguments of kernels. They are compiled for its type, so that a
#: study pays for the links that it uses.
LINKS: dict[str, Any] = {name: module.Link() for name, module in _BY_NAME.items()}
FLAT_BEYOND = {name: module.FLAT_BEYOND for name, module in _BY_NAME.items()}
STRIP = {name: module.STRIP for name, module in _BY_NAME.items()}


def _of_link(name: str) -> Callable[..., Any]:
    """Make the function that calls the kernel of this name of the link that is its first argument."""

    def call(link: Any, *arguments: Any) -> Any:
        # what runs where numba is switched off, so that a debugger can go through the kernels
        return getattr(_BY_TYPE[type(link)], name)(*arguments)

    @overload(call, strict=False, jit_options=PASSES_ON)
    def choose(link: Any, *arguments: Any) -> Any:
        kernel = getattr(_BY_TYPE[link.instance_class], name)
        return lambda link, *arguments: kernel(*arguments)

    return call


def is_logit(link: Any) -> bool:
    """Whether the link is the logit, whose thresholds have a part of the likelihood of their own."""
    return isinstance(link, logit.Link)


@overload(is_logit, strict=False)
def _is_logit(link: Any) -> Any:
    found = link.instance_class is logit.Link
    return lambda link: found


@fast_internal
def outer_product(
    weights: FloatArray,
    above: FloatArray,
    below: FloatArray,
    cross_a: FloatArray,
    cross_b: FloatArray,
    start: int,
    stop: int,
) -> None:
    """Put squares of scores in place of second derivatives, where these are not negative definite.

    Berndt, Hall, Hall & Hausman 1974, Ann Econ Soc Meas 3:653. Not of the logit: its arrays are a part only.
    """
    for i in range(np.uint64(start), np.uint64(stop)):
        cross_a[i] = above[i] * (above[i] - below[i]) / weights[i]
    for i in range(np.uint64(start), np.uint64(stop)):
        cross_b[i] = below[i] * (below[i] - above[i]) / weights[i]


bound = _of_link("bound")
rows = _of_link("rows")
third = _of_link("third")
log_probability = _of_link("log_probability")
quantile = _of_link("quantile")
distribution = _of_link("distribution")

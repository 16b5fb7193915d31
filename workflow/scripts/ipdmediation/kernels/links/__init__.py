"""The links of cumulative link models, P(Y <= k) = F(threshold[k] - eta): one module each.

Row quantities. With thresholds t and linear predictor eta, a row of level k has the bounds a = t[k] - eta and
b = t[k-1] - eta and contributes w log p, p = F(a) - F(b). Per row, times its weight:

- `above` = dl/da and `below` = -dl/db, so dl/deta = below - above;
- `cross_a` = d2l/da deta, `cross_b` = d2l/db deta, so -d2l/deta2 = cross_a + cross_b.

A link answers to

- `bound(threshold)`: what `rows` needs of a threshold, for its arrays `upper` and `lower`;
- `rows(eta, weights, upper, lower, above, below, cross_a, cross_b, start, stop)`: fills the last four arrays;
- `third(..., third_a, third_b)`: turns leverages (in `third_a`) into half their products with the derivatives
  of the curvature;
- `log_probability(eta, upper, lower)`, `quantile(p)`, `distribution(x)` (F, F' and F'');
- `FLAT_BEYOND`: where F is as good as 0 and 1;
- `STRIP`: how far from the real axis F is analytic and bounded, which says how finely it has to be
integrated.

A new link is such a module (most are made by `general.row_kernels`), its name in `MODULES`, and its words in
`vocabulary/links`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ipdmediation.kernels.arrays import FloatArray
from ipdmediation.kernels.compiling import fast_internal, internal
from ipdmediation.kernels.links import cauchit, cloglog, logit, loglog, probit

MODULES = (logit, probit, cloglog, loglog, cauchit)
#: Name of each link -> the number by which kernels know it.
CODES = {module.__name__.rpartition(".")[2]: code for code, module in enumerate(MODULES)}
LOGIT = CODES["logit"]
FLAT_BEYOND = {name: MODULES[code].FLAT_BEYOND for name, code in CODES.items()}
STRIP = {name: MODULES[code].STRIP for name, code in CODES.items()}


def _by_code(kernels: Sequence[Callable[..., Any]]) -> Callable[..., Any]:
    """Compile a choice among the links' kernels by the first argument."""
    own = kernels[0]
    if len(kernels) == 1:

        @internal
        def last(_: int, *arguments: Any) -> Any:
            return own(*arguments)

        return last
    others = _by_code(kernels[1:])

    @internal
    def choose(code: int, *arguments: Any) -> Any:
        if code == 0:
            return own(*arguments)
        return others(code - 1, *arguments)

    return choose


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


bound = _by_code([module.bound for module in MODULES])
rows = _by_code([module.rows for module in MODULES])
third = _by_code([module.third for module in MODULES])
log_probability = _by_code([module.log_probability for module in MODULES])
quantile = _by_code([module.quantile for module in MODULES])
distribution = _by_code([module.distribution for module in MODULES])

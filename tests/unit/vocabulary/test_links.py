"""What a link says of itself is true of its distribution function."""

import numpy as np
import pytest
from scipy.special import expit, logit, ndtr

from ipdmediation.vocabulary.links import LINKS

F = {
    "logit": expit,
    "probit": ndtr,
    "cloglog": lambda x: 1 - np.exp(-np.exp(x)),
    "loglog": lambda x: np.exp(-np.exp(-x)),
    "cauchit": lambda x: 0.5 + np.arctan(x) / np.pi,
}
X = np.linspace(-2.5, 2.5, 11)


@pytest.mark.parametrize("link", LINKS.values(), ids=lambda link: link.key)
def test_a_link_is_what_it_says(link):
    own = F[link.key](X)
    assert link.normal == np.allclose(own, ndtr(X))
    assert link.odds == np.allclose(logit(own), X)
    np.testing.assert_allclose(1 - F[link.reversed](-X), own)

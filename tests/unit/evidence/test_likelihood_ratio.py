"""Likelihood ratios over completed data sets, and the share of information that one stands for."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from ipdmediation.evidence.likelihood_ratio import explained, pooled_ratio


def test_of_one_data_set_it_is_the_likelihood_ratio_test() -> None:
    assert pooled_ratio([9.63008698], degrees=1) == pytest.approx(
        (9.63008698, stats.chi2.sf(9.63008698, 1)), rel=1e-10
    )
    assert pooled_ratio([-1e-9], degrees=1) == (0.0, 1.0)


def test_data_sets_that_agree_are_one() -> None:
    assert pooled_ratio([4.0, 4.0, 4.0], degrees=2) == pytest.approx((4.0, stats.chi2.sf(4.0, 2)))


def test_the_statistic_of_li_meng_raghunathan_and_rubin() -> None:
    # R, miceadds::micombine.chisquare(c(4, 9, 6.25), df = 1): roots 2, 3, 2.5 have variance .25
    r = (1 + 1 / 3) * 0.25
    d = (19.25 / 3 - 4 / 2 * r) / (1 + r)
    below = 2 * (1 + 1 / r) ** 2
    found = pooled_ratio([4.0, 9.0, 6.25], degrees=1)
    assert found == pytest.approx((d, stats.f.sf(d, 1, below)), rel=1e-10)
    assert pooled_ratio([0.0, 4.0, 0.0], degrees=1).statistic >= 0


def test_the_interval_is_of_the_noncentrality() -> None:
    found = explained(75.0072503, degrees=1, patients=377, level=0.95)
    assert found.estimate == pytest.approx(0.18041587, abs=1e-8)
    for end, probability in ((found.low, 0.975), (found.high, 0.025)):
        noncentrality = -377 * math.log1p(-end)
        assert stats.ncx2.cdf(75.0072503, 1, noncentrality) == pytest.approx(probability, abs=1e-6)


def test_nothing_explained_begins_at_0_and_never_below() -> None:
    found = explained(0.4, degrees=1, patients=100, level=0.95)
    assert found.low == 0
    assert 0 < found.estimate < found.high
    nothing = explained(0.0, degrees=3, patients=100, level=0.95)
    assert nothing == (0.0, 0.0, 0.0)

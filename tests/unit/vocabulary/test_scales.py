"""A scale knows its null, its better end, and its key, which it alone reads back."""

import pytest

from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.links import LINKS, LOGIT
from ipdmediation.vocabulary.scales import (
    COEFFICIENT,
    COMPARATIVE,
    LOG_OR,
    LOG_WIN_ODDS,
    MEAN,
    PROPORTION,
    UTILITY,
    WIN,
    cut,
    cut_name,
    read_cut,
    scale_of,
    scales_of,
)

CODES = (-1, 0, 4, 12)
EVERY = (*scales_of(CODES, utility=True).every, COEFFICIENT, PROPORTION)


@pytest.mark.parametrize("scale", EVERY, ids=lambda scale: scale.key)
def test_a_scale_comes_back_from_its_key(scale):
    assert scale_of(scale.key) == scale


@pytest.mark.parametrize("key", ["odds", "prob_le_", "prob_le_two", "le_2", "", "mean "])
def test_a_key_that_no_scale_has_is_refused(key):
    with pytest.raises(KeyError):
        scale_of(key)


def test_the_last_level_has_no_cut_and_codes_may_come_in_any_order():
    keys = [scale.key for scale in scales_of([2, 0, 1], utility=False).every]
    assert keys == ["mean", "prob_le_0", "prob_le_1", "win", "log_win_odds", "log_or"]
    assert [scale.key for scale in scales_of([], utility=True).every] == ["mean"]


def test_cuts_come_back_from_the_name_of_their_column():
    assert [read_cut(cut_name(code)).cut for code in CODES] == list(CODES)


@pytest.mark.parametrize("outcome", [1, -1])
def test_the_better_end_is_that_of_the_outcome_or_always_above(outcome):
    assert MEAN.better_end(outcome) == outcome
    assert cut(3).better_end(outcome) == -outcome
    assert {scale.better_end(outcome) for scale in (UTILITY, *COMPARATIVE)} == {1}
    assert PROPORTION.better_end(outcome) == 0


def test_what_can_be_added_up_and_what_is_a_ratio():
    assert [scale.additive for scale in (MEAN, UTILITY, cut(1), WIN, LOG_WIN_ODDS, LOG_OR)] == [True] * 3 + [
        False
    ] * 3
    assert [scale for scale in EVERY if scale.logarithm] == [LOG_WIN_ODDS, LOG_OR]


@pytest.mark.parametrize("link", LINKS.values(), ids=lambda link: link.key)
@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.key)
def test_a_ratio_is_called_by_family_and_link_only_where_it_is_one_of_coefficients(family, link):
    assert LOG_WIN_ODDS.named_ratio(family, link) == "win odds"
    assert LOG_OR.named_ratio(family, link) == family.odds_ratio
    expected = family.odds_ratio if link == LOGIT and family.levels else ""
    assert COEFFICIENT.named_ratio(family, link) == PROPORTION.named_ratio(family, link) == expected
    assert {scale.named_ratio(family, link) for scale in (MEAN, UTILITY, WIN, cut(0))} == {""}

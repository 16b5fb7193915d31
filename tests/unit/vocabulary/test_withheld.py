"""A note on numbers that are missing is written and read back by one object."""

import pytest

from ipdmediation.inference import summary
from ipdmediation.present.labels import WITHHELD
from ipdmediation.vocabulary.withheld import Withheld

REASON = "not defined: a reason with words of its own"


@pytest.mark.parametrize("why", Withheld)
def test_a_reason_comes_back_from_its_note_whatever_it_says(why):
    assert why.reason(why.note(REASON)) == REASON
    assert why.note(REASON).startswith(f"{why.instead}: ")


def test_only_what_does_not_exist_is_called_not_defined():
    assert {why for why in Withheld if why.instead == "not defined"} == {Withheld.UNDEFINED}


def test_every_reason_has_words():
    assert set(WITHHELD) == set(Withheld)
    assert set(map(str, Withheld)) == {
        "undefined",
        "total_uncertain",
        "opposite_directions",
        "no_interval",
        "too_many_undefined",
    }


def test_the_summary_documents_every_key():
    documented = summary.summarise_effects.__doc__
    assert [why for why in Withheld if f"`{why}`" not in documented] == []

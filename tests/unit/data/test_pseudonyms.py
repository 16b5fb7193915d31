"""Pseudonyms: made by trial, id and key alone, of one form, and no two alike."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipdmediation.data import pseudonyms as module
from ipdmediation.data.pseudonyms import PseudonymError, pseudonym, pseudonyms

TEXT = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1)
KEY = b"k" * 32


@given(TEXT, TEXT)
def test_a_pseudonym_is_the_hmac_of_trial_and_id(trial: str, patient: str) -> None:
    digest = hmac.new(KEY, f"{trial}\0{patient}".encode(), hashlib.sha256).digest()
    made = pseudonym(trial, patient, key=KEY)
    assert base64.b32decode(made.upper()) == digest[:10]
    assert re.fullmatch(r"[a-z2-7]{16}", made)


def test_trial_and_id_are_told_apart_and_a_key_makes_its_own() -> None:
    made = {
        pseudonym(trial, patient, key=key)
        for key in (KEY, b"l" * 32)
        for trial, patient in (
            ("north", "1"),
            ("north1", ""),
            ("nort", "h1"),
            ("south", "1"),
            ("north", "01"),
        )
    }
    assert len(made) == 10


def test_the_same_id_in_two_trials_is_two_patients() -> None:
    first, second = pseudonyms(["a", "b"], ["7", "7"], key=KEY)
    assert first != second


def test_two_patients_with_one_pseudonym_are_an_error_that_names_neither(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "pseudonym", lambda trial, patient, *, key: "a" * 16)
    assert pseudonyms(["north", "south"], ["ID-1", "ID-2"], key=KEY) == ["a" * 16] * 2
    with pytest.raises(PseudonymError, match="same pseudonym") as error:
        pseudonyms(["north", "north"], ["ID-1", "ID-2"], key=KEY)
    assert "ID-" not in str(error.value)

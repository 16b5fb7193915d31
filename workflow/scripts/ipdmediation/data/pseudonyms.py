"""Pseudonyms of patients: who has the key finds the patient, and nobody else (imports nothing heavy)."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable

from ipdmediation.data.errors import DataError

#: Bytes of a pseudonym, of the 32 of the digest: in one study in 10^12 two of a million patients are alike.
LENGTH = 10


class PseudonymError(DataError):
    """Two patients of a trial would have one pseudonym."""


def pseudonym(trial: str, patient: str, *, key: bytes) -> str:
    """Return the pseudonym of a patient: HMAC-SHA256 of trial and id, in 16 letters and digits.

    The trial is a part of it, so that nobody can tell whether a patient took part in two.

    Parameters
    ----------
    trial, patient : str
        The trial's id, which has no NUL character, and the patient's as the trial's file has it.
    key : bytes
        Secret.

    Examples
    --------
    >>> pseudonym("north", "007", key=b"secret")
    'v55cj2mceumhviyk'
    >>> pseudonym("south", "007", key=b"secret") == pseudonym("north", "007", key=b"secret")
    False
    """
    digest = hmac.digest(key, f"{trial}\0{patient}".encode(), "sha256")
    return base64.b32encode(digest[:LENGTH]).decode().lower()


def pseudonyms(trials: Iterable[str], patients: Iterable[str], *, key: bytes) -> list[str]:
    """Return the pseudonym of each of some patients.

    Parameters
    ----------
    trials, patients : iterable of str
        Trial and id of each, unique together.
    key : bytes
        Secret.

    Raises
    ------
    PseudonymError
        Where two patients of a trial would have the same one.
    """
    owners = list(trials)
    made = [pseudonym(*whose, key=key) for whose in zip(owners, patients, strict=True)]
    if len(set(zip(owners, made, strict=True))) < len(made):
        raise PseudonymError(
            "two patients of a trial would have the same pseudonym; use another key (identifiers.key)"
        )
    return made

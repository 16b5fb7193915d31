"""Random streams that depend on what they are for, never on the order in which they are used."""

import hashlib

import numpy as np


def stream(seed: int, *purpose: str | int) -> np.random.Generator:
    """Return the random stream of one purpose.

    Parameters
    ----------
    seed : int
        Seed of the study, 0 or larger.
    *purpose : str or int
        What the numbers are for, from the general to the particular, such as ``"bootstrap"``,
        the name of an analysis and the number of a replicate.

    Returns
    -------
    numpy.random.Generator
        Equal arguments give equal streams on every machine; streams of different purposes are
        independent (NumPy's ``SeedSequence`` with the purpose as its spawn key).

    Examples
    --------
    >>> first = stream(7, "bootstrap", "primary", 12).integers(1000, size=3)
    >>> again = stream(7, "bootstrap", "primary", 12).integers(1000, size=3)
    >>> bool((first == again).all())
    True
    """
    key = tuple(part if isinstance(part, int) else _number(part) for part in purpose)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def _number(name: str) -> int:
    """Return a name as an integer, by a hash that is the same in every process."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")

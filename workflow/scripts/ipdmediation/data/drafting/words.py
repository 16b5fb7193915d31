"""Words by which columns and codes are recognised, and the parts of a column's name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ipdmediation.data.known_units import known_unit_fault

_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_PART = re.compile(r"[^\W_]+")


@dataclass(frozen=True, kw_only=True)
class Name:
    """A column's name, taken apart.

    Attributes
    ----------
    parts : its words in lower case, without accents, marks and unit.
    title : the name as it is written, without the unit.
    unit : the unit that it names, as units are spelt here; None where it names none.
    sure : whether the unit stands in brackets.
    """

    parts: tuple[str, ...]
    title: str = ""
    unit: str | None = None
    sure: bool = True

    @property
    def stem(self) -> str:
        """The words as one."""
        return "_".join(self.parts)


@dataclass(frozen=True)
class Words:
    """The lists of words of a file such as `draft_words.yaml`.

    Parameters
    ----------
    lists : mapping
        Its content.
    """

    lists: Mapping[str, Any]

    def of(self, kind: str) -> Sequence[Any]:
        """Return the words of one kind."""
        words: Sequence[Any] = self.lists[kind]
        return words

    def rank(self, kind: str, name: str, *, inside: bool = False) -> int | None:
        """Return the place of the first word of a kind that a column's name holds; None where it holds none.

        Parameters
        ----------
        kind : str
            One of the lists.
        name : str
            The column's.
        inside : bool
            Whether a word may stand inside of a part of the name, as `vol` in FUVOLCC; else it is a part
            (digits behind it aside), or all of the name.
        """
        parts = split_name(name)
        told = {*parts, *(part.rstrip("0123456789") for part in parts), "".join(parts)}
        held = "".join(parts)
        found = [word in told or (inside and word in held) for word in self.of(kind)]
        return found.index(True) if True in found else None

    def says(self, kind: str, text: str) -> bool:
        """Return whether a code is one of the words of a kind."""
        return plain(text) in {plain(str(word)) for word in self.of(kind)}

    def name(self, column: str) -> Name:
        """Take the name of a column apart.

        Parameters
        ----------
        column : str
            As the file has it.
        """
        unit, sure, title = None, True, column
        for inside in _BRACKETS.findall(column):
            unit = unit or self._unit(inside.strip(), exact=True)
        parts = split_name(_BRACKETS.sub(" ", column)) or split_name(column)
        if unit is None and "%" in column:
            unit = self._unit("%")
        if unit is None and parts and (found := self._unit(parts[-1])) is not None:
            unit, sure, parts = found, len(parts) == 1, parts[:-1]
            title = re.split(r"[\W_]+(?=[^\W_]+[\W_]*$)", column)[0]
        stem = self._synonym("_".join(parts))
        return Name(parts=(stem,) if stem else (), title=title, unit=unit, sure=sure)

    def label(self, text: str) -> Name:
        """Take the label of a column apart: only in brackets it names a unit, and other brackets stay.

        Parameters
        ----------
        text : str
            As the file has it; empty where it has none.
        """
        unit, title = None, text
        for found in _BRACKETS.finditer(text):
            if (unit := self._unit(found[1].strip(), exact=True)) is not None:
                title = f"{text[: found.start()]} {text[found.end() :]}"
                break
        stem = self._synonym("_".join(split_name(title)))
        return Name(parts=(stem,) if stem else (), title=" ".join(title.split()), unit=unit)

    def _unit(self, text: str, *, exact: bool = False) -> str | None:
        spelt = next((unit for unit, forms in self.lists["units"].items() if text.lower() in forms), None)
        if spelt is not None and known_unit_fault(spelt) is None:
            return str(spelt)
        return text if exact and text and len(text) <= 60 and known_unit_fault(text) is None else None

    def _synonym(self, stem: str) -> str:
        for same in self.lists["synonyms"]:
            if stem in ("_".join(split_name(word)) for word in same):
                return "_".join(split_name(same[0]))
        return stem


def plain(text: str) -> str:
    """Return a text without case, accents and outer blanks.

    Examples
    --------
    >>> plain(" PATIËNT ")
    'patient'
    """
    parts = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(mark for mark in parts if not unicodedata.combining(mark))


def split_name(name: str) -> tuple[str, ...]:
    """Return the words of a name.

    Examples
    --------
    >>> split_name("PatientId"), split_name("Pat-Nr."), split_name("VOLUME_CL")
    (('patient', 'id'), ('pat', 'nr'), ('volume', 'cl'))
    """
    apart = re.sub(r"(?<=[a-z][a-z])(?=[A-Z])", " ", name)
    return tuple(_PART.findall(plain(apart)))


def identifier(text: str, *, instead: str, taken: set[str], longest: int = 50) -> str:
    """Return a text as the id of a variable or trial that no other one has, and take it.

    Parameters
    ----------
    text : str
        What it is made of.
    instead : str
        What stands before a text that begins with no letter.
    taken : set of str
        Ids that are taken; the new one is added.
    longest : int
        Letters at most.

    Examples
    --------
    >>> identifier("Größe 2", instead="v", taken=set()), identifier("101", instead="site", taken={"site_101"})
    ('grosse_2', 'site_101_2')
    """
    made = "_".join(re.findall(r"[a-z0-9]+", plain(text)))[:longest].strip("_")
    if not made or not made[0].isalpha():
        made = f"{instead}_{made}".strip("_")
    found, number = made, 1
    while found in taken:
        number += 1
        found = f"{made}_{number}"
    taken.add(found)
    return found

"""Substances whose amounts are written in mass, moles, equivalents or international units (light)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

#: Abridged standard atomic weights of IUPAC, 2021 (Prohaska et al., Pure Appl Chem 2022;94:573-600).
ATOMIC_WEIGHTS: Mapping[str, float] = {
    "C": 12.011, "Ca": 40.078, "Cl": 35.45, "Co": 58.933, "Cu": 63.546, "Fe": 55.845, "H": 1.008, "I": 126.90,
    "K": 39.098, "Li": 6.94, "Mg": 24.305, "N": 14.007, "Na": 22.990, "O": 15.999, "P": 30.974, "S": 32.06,
    "Zn": 65.38,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Substance:
    """What leads from one kind of amount of a substance to another.

    Parameters
    ----------
    molar_mass : float or None
        Grams per mole.
    valence : int or None
        Equivalents per mole.
    international_unit : str or None
        What one international unit is, in a unit of pint.
    glycated : bool
        It is HbA1c, whose share in per cent (NGSP) is a straight line of that in mmol/mol (IFCC).
    """

    molar_mass: float | None = None
    valence: int | None = None
    international_unit: str | None = None
    glycated: bool = False


def molar_mass_of(formula: str) -> float:
    """Return the grams per mole of a molecule.

    Examples
    --------
    >>> round(molar_mass_of("C6H12O6"), 3)
    180.156
    """
    atoms = re.findall(r"([A-Z][a-z]?)(\d*)", formula)
    return sum(ATOMIC_WEIGHTS[element] * int(count or 1) for element, count in atoms)


def _of(formula: str, **more: Any) -> Substance:
    return Substance(molar_mass=molar_mass_of(formula), **more)


#: Known substances. Of a mixture the molecule is named that laboratories reckon with.
SUBSTANCES: Mapping[str, Substance] = {
    "ammonia": _of("NH3"),
    "bicarbonate": _of("CHO3", valence=1),
    "bilirubin": _of("C33H36N4O6"),
    "calcium": _of("Ca", valence=2),
    "chloride": _of("Cl", valence=1),
    "cholesterol": _of("C27H46O"),  # of HDL and LDL as well
    "copper": _of("Cu"),
    "cortisol": _of("C21H30O5"),
    "creatinine": _of("C4H7N3O"),
    # of unspecified enzymes: the unit of 1964 (International Union of Biochemistry)
    "enzyme": Substance(international_unit="micromole/minute"),
    "estradiol": _of("C18H24O2"),
    "ethanol": _of("C2H6O"),
    "folate": _of("C19H19N7O6"),
    "glucose": _of("C6H12O6"),
    # per atom of iron: a quarter of the tetramer, 64458 g/mol (ICSH, J Clin Pathol 1978;31:139-143)
    "haemoglobin": Substance(molar_mass=16114.5),
    "hba1c": Substance(glycated=True),
    "homocysteine": _of("C4H9NO2S"),
    "iron": _of("Fe"),
    "lactate": _of("C3H6O3"),
    "lithium": _of("Li", valence=1),
    "magnesium": _of("Mg", valence=2),
    "phosphate": _of("P"),  # written as phosphorus
    "potassium": _of("K", valence=1),
    "progesterone": _of("C21H30O2"),
    "sodium": _of("Na", valence=1),
    "testosterone": _of("C19H28O2"),
    "thyroxine": _of("C15H11I4NO4"),
    "triglycerides": _of("C57H104O6"),  # triolein
    "triiodothyronine": _of("C15H12I3NO4"),
    "urate": _of("C5H4N4O3"),
    "urea": _of("CH4N2O"),
    "urea_nitrogen": _of("N2"),  # the nitrogen of a molecule of urea
    "vitamin_b12": _of("C63H88CoN14O14P"),
    # 1 microgram is 40 international units (WHO Technical Report Series 3, 1950); 25-hydroxyvitamin D3
    "vitamin_d": _of("C27H44O2", international_unit="0.025 microgram"),
    "zinc": _of("Zn", valence=2),
}

#: What other people call them.
_ELSEWHERE = {
    "bun": "urea_nitrogen", "ca": "calcium", "cl": "chloride", "crea": "creatinine", "fe": "iron",
    "glc": "glucose", "hb": "haemoglobin", "hco3": "bicarbonate", "hdl": "cholesterol",
    "hemoglobin": "haemoglobin", "hgb": "haemoglobin", "k": "potassium", "ldl": "cholesterol",
    "mg": "magnesium", "na": "sodium", "uric_acid": "urate",
}  # fmt: skip


def substance_fault(name: str) -> str | None:
    """Return why a text is no known substance; None where it is one.

    Examples
    --------
    >>> substance_fault("glucose")
    >>> substance_fault("glucos").partition(";")[0]
    "no substance 'glucos'"
    """
    if name in SUBSTANCES:
        return None
    word = re.sub(r"[\s-]+", "_", name.strip().lower())
    near = [_ELSEWHERE[word]] if word in _ELSEWHERE else get_close_matches(word, SUBSTANCES, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return (
        f"no substance {name!r}{hint}; allowed: {', '.join(SUBSTANCES)} (of another one say "
        "`molar_mass: <number> g/mol`, and of an ion `valence:`)"
    )


def stated_substance(entry: Mapping[str, Any]) -> Substance | None:
    """Return the substance that a mapping states of a variable: by name, or by molar mass and valence.

    Parameters
    ----------
    entry : mapping
        What the mapping says of the variable, valid by `trial.schema.yaml`.

    Examples
    --------
    >>> stated_substance({"molar_mass": "180.156 g/mol"}).molar_mass
    180.156
    """
    if "substance" in entry:
        return SUBSTANCES.get(entry["substance"])
    if "molar_mass" not in entry and "valence" not in entry:
        return None
    stated = entry.get("molar_mass")
    return Substance(
        molar_mass=None if stated is None else float(stated.removesuffix("g/mol")),
        valence=entry.get("valence"),
    )

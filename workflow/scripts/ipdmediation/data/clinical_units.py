"""Units as clinical files write them, and spellings that could be two units (imports nothing heavy)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ipdmediation.data.errors import ConfigurationError

#: Units beside pint's own. Those of a clinical score are among them: pint's `point` is a printer's length.
DEFINITIONS = (
    "clinical_point = [clinical_score]",
    "international_unit = [biological_activity] = IU",
    "equivalent = [chemical_equivalent] = Eq",
    "osmole = [osmotic_amount] = Osm",
    "body_surface = 1.73 * meter ** 2",
    *(f"ten_to_{power} = 1e{power}" for power in (3, 6, 9, 12)),
)

#: Spellings of units, or of parts of them, to what pint calls them.
SPELLINGS: Mapping[str, str] = {
    **dict.fromkeys(("point", "points", "score"), "clinical_point"),
    **dict.fromkeys(("cell", "cells", "platelets", "copies", "beats", "breaths"), "count"),
    **dict.fromkeys(("mcg", "μg"), "microgram"),
    **dict.fromkeys(("mcL", "mcl", "μL", "μl"), "microliter"),
    **dict.fromkeys(("mo", "mos", "mon", "mth", "mths"), "month"),
    **dict.fromkeys(("y", "yr", "yrs"), "year"),
    **dict.fromkeys(("wk", "wks"), "week"),
    **dict.fromkeys(("hrs", "Hr"), "hour"),
    **dict.fromkeys(("mins", "Min"), "minute"),
    **dict.fromkeys(("secs", "sec"), "second"),
    **dict.fromkeys(("lb", "lbs"), "pound"),
    **dict.fromkeys(("ccm", "cc"), "centimeter**3"),
    **dict.fromkeys(("mmhg", "MMHG", "mmHG", "Torr"), "mmHg"),
    **dict.fromkeys(("°C", "Celsius", "celsius"), "degC"),
    **dict.fromkeys(("°F", "Fahrenheit", "fahrenheit"), "degF"),
    **dict.fromkeys(("Eq", "eq", "val"), "Eq"),
    **dict.fromkeys(("mEq", "meq", "mval", "MEQ"), "mEq"),
    **dict.fromkeys(("uEq", "ueq", "μEq"), "uEq"),
    **dict.fromkeys(("mOsm", "mosm", "mosmol", "mOsmol"), "mOsm"),
    **dict.fromkeys(("IU", "iu"), "IU"),
    **dict.fromkeys(("mIU", "miu", "mU"), "mIU"),
    **dict.fromkeys(("uIU", "uiu", "uU", "μIU", "μU"), "uIU"),
    **dict.fromkeys(("nIU", "nU"), "nIU"),
    **dict.fromkeys(("kIU", "kiu", "kU", "KU"), "kIU"),
    **dict.fromkeys(("MIU", "MU"), "MIU"),
    "U": "IU",  # beside another unit; alone it could be anything
    "bpm": "count/minute",
    "pct": "percent",
}

#: Words that are two units, wherever they stand, and what to write for each.
AMBIGUOUS: Mapping[str, tuple[str, ...]] = {
    "A": ("year", "ampere"),
    "C": ("degC", "coulomb"),
    "D": ("day", "debye"),
    "F": ("degF", "farad"),
    "G": ("g", "10^9", "gauss"),
    "H": ("hour", "henry"),
    "K": ("10^3", "kelvin"),
    "M": ("mol/L", "month", "10^6"),
    "MG": ("mg", "megagram"),
    "ML": ("mL", "megalitre"),
    "MM": ("mm", "mmol/L"),
    "Mg": ("mg", "megagram"),
    "Ml": ("mL", "megalitre"),
    "S": ("second", "siemens"),
    "T": ("10^12", "tesla"),
    "u": ("IU", "dalton"),
    "unit": ("IU", "count"),
    "units": ("IU", "count"),
}
#: Words that are clear beside other units, and not alone.
AMBIGUOUS_ALONE: Mapping[str, tuple[str, ...]] = {
    "m": ("metre", "month", "minute"),
    "U": ("IU", "enzyme_unit"),
}

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_POWER_OF_TEN = re.compile(r"(?<![\w.*/^])(?:[xX\u00d7]\s*)?10\s*(?:\*\*|[\^*])\s*(3|6|9|12)(?![\d.])")
_OF_BODY_SURFACE = re.compile(r"(?<![\w.])1[.]73\s*\*?\s*m\s*(?:\*\*|\^)?\s*2(?![\d.])")
_WORD = re.compile(r"[^\W\d]\w*|[%°‰]\w*")
_AREA_OR_VOLUME = re.compile(r"([kdcmunμ]?m)([23])")
_PER_DECILITRE = re.compile(r"(?<!\w)([mun]?g|mcg)\s?%")


def plain_unit(text: str) -> str:
    """Return a unit in plain letters: powers as ^, powers of ten and a standard body surface as one word.

    Examples
    --------
    >>> plain_unit("x10⁹/L"), plain_unit("mL/min/1.73 m²"), plain_unit("/mm³")
    ('ten_to_9/L', 'mL/min/body_surface', '1/mm^3')
    """
    text = text.strip().replace("µ", "μ").replace("·", "*")
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda found: "^" + found[0].translate(_SUPERSCRIPTS), text)
    text = _POWER_OF_TEN.sub(r"ten_to_\1", text)
    text = _OF_BODY_SURFACE.sub("body_surface", text)
    text = re.sub(r"(?<!\w)mm\s+Hg(?!\w)", "mmHg", text)
    text = _PER_DECILITRE.sub(r"\1/dL", text)
    return f"1{text}" if text.startswith("/") else text


def spelling_fault(text: str) -> str | None:
    """Return why a unit could be another one; None where it is one only.

    Examples
    --------
    >>> spelling_fault("m"), spelling_fault("m/s")
    ("'m' could be two units; allowed: metre, month, minute", None)
    """
    words = _WORD.findall(plain_unit(text))
    for word in words:
        candidates = AMBIGUOUS.get(word) or (AMBIGUOUS_ALONE.get(word) if plain_unit(text) == word else None)
        if candidates:
            return f"{word!r} could be two units; allowed: {', '.join(candidates)}"
    return None


def pint_spelling(text: str) -> str:
    """Return a unit as pint spells it.

    Raises
    ------
    ConfigurationError
        Where it could be two units.

    Examples
    --------
    >>> pint_spelling("mIU/mL"), pint_spelling("kg/m2"), pint_spelling("mo")
    ('mIU/mL', 'kg/m**2', 'month')
    """
    fault = spelling_fault(text)
    if fault is not None:
        raise ConfigurationError(f"unit {text!r}: {fault}")
    return _WORD.sub(lambda found: _spelt(found[0]), plain_unit(text))


def _spelt(word: str) -> str:
    if word in SPELLINGS:
        known = SPELLINGS[word]
        return f"({known})" if "/" in known or "*" in known else known
    power = _AREA_OR_VOLUME.fullmatch(word)
    return f"{power[1]}**{power[2]}" if power else word

"""Units as clinical files write them: known answers, candidates where two are meant, nothing evaluated."""

from __future__ import annotations

import numpy as np
import pytest

from ipdmediation.data.clinical_units import AMBIGUOUS, AMBIGUOUS_ALONE, SPELLINGS
from ipdmediation.data.errors import ConfigurationError
from ipdmediation.data.known_units import COMMON_UNITS, conversion_fault, known_unit_fault
from ipdmediation.data.substances import (
    SUBSTANCES,
    Substance,
    molar_mass_of,
    stated_substance,
    substance_fault,
)
from ipdmediation.data.units import check_conversion, convert


@pytest.mark.parametrize(
    ("value", "unit", "common", "answer"),
    [
        (1, "mm3", "mL", 0.001),
        (2, "cc", "cm3", 2),
        (3, "cm³", "mL", 3),
        (4, "mL", "µL", 4000),
        (5, "uL", "μL", 5),
        (12, "mo", "y", 1),
        (1, "y", "d", 365.25),
        (2, "wk", "d", 14),
        (90, "min", "h", 1.5),
        (36, "hrs", "day", 1.5),
        (760, "mmHg", "kPa", 101.325),
        (760, "mm Hg", "kPa", 101.325),
        (10, "%", "dimensionless", 0.1),
        (37, "°C", "°F", 98.6),
        (98.6, "degF", "degC", 37),
        (100, "lb", "kg", 45.359237),
        (70, "in", "cm", 177.8),
        (7.5, "x10^9/L", "10^3/uL", 7.5),
        (7.5, "10⁹/L", "cells/mm3", 7500),
        (7500, "/uL", "\u00d710^9/L", 7.5),
        (4.5, "10**12/L", "10*6/uL", 4.5),
        (40, "U/L", "IU/L", 40),
        (1.5, "mIU/mL", "IU/L", 1.5),
        (2.5, "uU/mL", "mIU/L", 2.5),
        (140, "mEq/L", "Eq/L", 0.14),
        (90, "mL/min/1.73m2", "mL/s/1.73 m²", 1.5),
        (25, "kg/m2", "kg/m^2", 25),
        (300, "mcg", "mg", 0.3),
        (72, "bpm", "beats/min", 72),
        (90, "mg%", "mg/dL", 90),
        (2, "points", "score", 2),
    ],
)
def test_known_answers(value: float, unit: str, common: str, answer: float) -> None:
    assert known_unit_fault(unit) is None
    assert conversion_fault(unit, common) is None
    np.testing.assert_allclose(convert([value, np.nan], unit, common), [answer, np.nan], rtol=1e-6)


@pytest.mark.parametrize(
    ("value", "unit", "common", "substance", "answer"),
    [
        (90, "mg/dL", "mmol/L", "glucose", 4.9957),  # 90 / 18.0156
        (1, "mg/dL", "umol/L", "creatinine", 88.40),
        (200, "mg/dL", "mmol/L", "cholesterol", 5.172),
        (150, "mg/dL", "mmol/L", "triglycerides", 1.694),
        (10, "mmol/L", "mg/dL", "urea", 60.06),
        (28.014, "mg/dL", "mmol/L", "urea_nitrogen", 10),
        (1, "mg/dL", "umol/L", "bilirubin", 17.10),
        (10, "mg/dL", "mmol/L", "calcium", 2.495),
        (5, "mEq/L", "mmol/L", "calcium", 2.5),
        (10, "mg/dL", "mEq/L", "calcium", 4.990),
        (140, "mmol/L", "mEq/L", "sodium", 140),
        (15, "g/dL", "mmol/L", "haemoglobin", 9.308),
        (60, "U/L", "nkat/L", "enzyme", 1000),
        (40, "IU", "ug", "vitamin_d", 1),
        (20, "ng/mL", "nmol/L", "vitamin_d", 49.92),
        (7, "%", "mmol/mol", "hba1c", 53.0),
        (53, "mmol/mol", "percent", "hba1c", 7.0),
        (0.053, "mol/mol", "%", "hba1c", 7.0),
        (0.07, "dimensionless", "%", "hba1c", 7.0),  # a cell that shows 7 %
    ],
)
def test_known_answers_of_substances(
    value: float, unit: str, common: str, substance: str, answer: float
) -> None:
    known = SUBSTANCES[substance]
    assert conversion_fault(unit, common, known) is None
    np.testing.assert_allclose(convert([value], unit, common, substance=known), [answer], rtol=5e-4)
    back = convert(convert([value], unit, common, substance=known), common, unit, substance=known)
    np.testing.assert_allclose(back, [value], rtol=1e-12)


def test_a_substance_that_is_not_in_the_list() -> None:
    stated = stated_substance({"molar_mass": "144.21 g/mol"})
    np.testing.assert_allclose(convert([100], "ug/mL", "umol/L", substance=stated), [693.4], rtol=1e-4)
    ion = stated_substance({"valence": 2})
    assert ion == Substance(valence=2)
    assert convert([5], "mEq/L", "mmol/L", substance=ion).tolist() == [2.5]
    assert stated_substance({"substance": "glucose"}) is SUBSTANCES["glucose"]
    assert stated_substance({"unit": "mg/dL"}) is None


def test_every_formula_is_of_known_elements() -> None:
    assert round(molar_mass_of("C6H12O6"), 3) == 180.156
    for name, substance in SUBSTANCES.items():
        known = (substance.molar_mass, substance.international_unit, substance.glycated or None)
        assert any(each is not None for each in known), name
        assert substance.molar_mass is None or 6 < substance.molar_mass < 20_000


@pytest.mark.parametrize(
    ("units", "text"),
    [
        (("mg/dL", "mmol/L"), "say of what, as in `substance: glucose`"),
        (("mEq/L", "mmol/L"), "say of what"),
        (("U/L", "nkat/L"), "say of what"),
        (("%", "mmol/mol"), "not by a factor; of HbA1c say `substance: hba1c`"),
        (("mmol/mol", "percent"), "of HbA1c say `substance: hba1c`"),
        (("kg", "cm"), "unit 'kg' (mass) cannot be converted to 'cm' (length)"),
    ],
)
def test_without_its_substance_nothing_leads_from_one_amount_to_another(
    units: tuple[str, str], text: str
) -> None:
    assert text in str(conversion_fault(*units))
    with pytest.raises(ConfigurationError):
        convert([1.0], *units)


def test_a_substance_that_does_not_lead_there() -> None:
    text = "by what is known of the substance; allowed: units of the same kind"
    assert text in str(conversion_fault("mEq/L", "mmol/L", SUBSTANCES["glucose"]))
    assert text in str(conversion_fault("mg/dL", "U/L", SUBSTANCES["glucose"]))
    assert "cannot be converted" in str(conversion_fault("mg/dL", "mmHg", SUBSTANCES["glucose"]))


@pytest.mark.parametrize("word", [*AMBIGUOUS, *AMBIGUOUS_ALONE])
def test_what_could_be_two_units_is_refused_with_the_candidates(word: str) -> None:
    candidates = {**AMBIGUOUS_ALONE, **AMBIGUOUS}[word]
    said = str(known_unit_fault(word))
    assert f"'{word}' could be two units; allowed: {', '.join(candidates)}" in said
    for candidate in candidates:
        assert known_unit_fault(candidate) is None
    if word in AMBIGUOUS:
        assert "could be two units" in str(known_unit_fault(f"{word}/L"))
    with pytest.raises(ConfigurationError, match="could be two units"):
        convert([1.0], word, word)


def test_they_are_clear_beside_other_units() -> None:
    assert known_unit_fault("m/s") is None
    assert known_unit_fault("U/mL") is None
    assert known_unit_fault("kg*m**-2") is None


def test_every_spelling_is_known_to_pint_and_to_the_light_check_alike() -> None:
    for word in SPELLINGS:
        fault = known_unit_fault(f"{word}/{word}")
        assert fault is None, (word, fault)
        check_conversion(f"{word}*s", f"s*{word}")
    for units in COMMON_UNITS.values():
        for unit in units:
            assert known_unit_fault(unit) is None


@pytest.mark.parametrize(
    ("unit", "near"),
    [("yeer", "year"), ("mmol/l.", ""), ("KG", "kg"), ("MMOL/L", "mmol/L"), ("minuts", "min")],
)
def test_a_misspelt_unit_and_the_nearest_one(unit: str, near: str) -> None:
    said = str(known_unit_fault(unit))
    assert said.startswith(f"unit {unit!r}")
    assert (f"did you mean {near}" in said) == bool(near)


@pytest.mark.parametrize(
    "unit", ["10^9^9^9", "10**99/L", "x10^9/L;rm", "10^9e9", "1.73*m2**99", "10⁹⁹", "m²⁹", "__import__('os')"]
)
def test_powers_of_ten_open_no_door(unit: str) -> None:
    assert known_unit_fault(unit) is not None


@pytest.mark.parametrize(
    ("name", "near"),
    [("glucos", "glucose"), ("HDL", "cholesterol"), ("uric acid", "urate"), ("Na", "sodium"), ("xyz", None)],
)
def test_a_substance_that_is_not_known(name: str, near: str | None) -> None:
    said = str(substance_fault(name))
    assert said.startswith(f"no substance {name!r}")
    assert ("did you mean" in said) == (near is not None)
    assert f"did you mean {near}?" in said or near is None
    assert "allowed: ammonia, " in said

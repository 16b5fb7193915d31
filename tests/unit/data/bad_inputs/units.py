"""Units and substances that cannot be converted."""

from __future__ import annotations

from tests.unit.data.bad_inputs.bad_input import Bad, declared, variable

UNITS = [
    Bad(
        topic="units",
        said=("variables.volume.unit", "'mmHg' (pressure) cannot be converted to 'mL' (volume)"),
        mapping=variable("volume", unit="mmHg"),
    ),
    Bad(
        topic="units",
        said=("variables.age.unit", "'M' could be two units", "month"),
        mapping=variable("age", unit="M"),
    ),
    Bad(
        topic="units",
        said=("variables.age.unit", "'m' could be two units; allowed: metre, month, minute"),
        mapping=variable("age", unit="m"),
    ),
    Bad(
        topic="units",
        said=("variables.age.unit", "unit 'yeer' is not known", "did you mean year?"),
        mapping=variable("age", unit="yeer"),
    ),
    Bad(
        topic="units",
        said=("variables.crp.unit", "'mmol/L'", "say of what, as in `substance: glucose`"),
        mapping=variable("crp", unit="mmol/L"),
    ),
    Bad(
        topic="units",
        said=("variables.crp.substance", "no substance 'glucos'; did you mean glucose?", "molar_mass"),
        mapping=variable("crp", unit="mmol/L", substance="glucos"),
    ),
    Bad(
        topic="units",
        said=("variables.crp", "does not belong here"),
        mapping=variable("crp", unit="mmol/L", substance="glucose", molar_mass="180 g/mol"),
    ),
    Bad(
        topic="units",
        said=("variables.crp.molar_mass: found '180'", "as in 180.156 g/mol"),
        mapping=variable("crp", unit="mmol/L", molar_mass="180"),
    ),
    Bad(
        topic="units",
        said=("variables.crp.molar_mass: found '0 g/mol'", "a number above 0"),
        mapping=variable("crp", unit="mmol/L", molar_mass="0 g/mol"),
    ),
    Bad(
        topic="units",
        said=("variables.crp.substance", "it needs 'unit' beside it"),
        mapping=variable("crp", substance="glucose"),
    ),
    Bad(
        topic="units",
        said=("variables.crp.unit", "'mEq/L'", "by what is known of the substance"),
        mapping=variable("crp", unit="mEq/L", substance="glucose"),
    ),
    Bad(
        topic="units",
        said=("variables.site.unit", "is for continuous variables"),
        mapping=variable("site", unit="mL"),
    ),
    Bad(
        topic="units",
        said=("variables.site.substance", "is for continuous variables"),
        mapping=variable("site", unit="mL", substance="glucose"),
    ),
    Bad(
        topic="units",
        said=("variables.crp.unit", "units '%' and 'mmol/mol': not by a factor", "substance: hba1c"),
        config=declared("crp", unit="mmol/mol"),
        mapping=variable("crp", unit="%"),
    ),
    Bad(
        topic="units",
        said=("variables.crp.unit", "9**9", "a power of a number"),
        mapping=variable("crp", unit="9**9*mg/L"),
    ),
    Bad(
        topic="units",
        said=("config.yaml", "variables.crp.unit", "'U' could be two units"),
        config=declared("crp", unit="U"),
    ),
]

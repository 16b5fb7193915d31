"""The words for effects and terms; nothing reads them back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ipdmediation.present import notation
from ipdmediation.present.scales import DIRECT_AT
from ipdmediation.present.study import Study

EFFECTS = {
    "total": "Treatment, not adjusted for the mediator (total)",
    "direct": "Treatment, adjusted for the mediator (direct)",
    "treatment_on_mediator": "Treatment on the mediator (a)",
    "mediator_effect": "Mediator on the outcome at the same treatment (b)",
    "log_or_difference": "Proportion mediated, difference of coefficients",
    "log_or_product": "Proportion mediated, product of coefficients",
    "khb_total": "Treatment, on the scale of the direct effect (Karlson-Holm-Breen)",
    "khb_indirect": "Part of it that runs through the mediator",
    "khb": "Proportion mediated, Karlson-Holm-Breen",
    "pm": "Proportion mediated, of the effect on the {average}",
}


def effect_name(row: Mapping[Any, Any], *, study: Study) -> str:
    """Name an effect of the effects table.

    Parameters
    ----------
    row
        Its row; `effect` and, where it is one at a value of the mediator, `at` are read.
    study
        Words of the study.
    """
    effect = str(row["effect"])
    if effect in DIRECT_AT:
        value = study.amount(study.mediator, row["at"])
        return f"Treatment at the {DIRECT_AT[effect]} of the mediator, {value} (direct)"
    for arm in ("treated", "control"):
        if effect == f"mediator_effect_{arm}":
            return f"Mediator on the outcome, {study.short(arm)} (b)"
    return EFFECTS[effect].format(average=study.average)


def term_label(row: Mapping[Any, Any]) -> str:
    """Label of a model's term with the unit that its coefficient is per.

    Parameters
    ----------
    row
        Its row of the model table; `label` and `unit` are read.
    """
    label, unit = str(row["label"]), notation.text_of(row["unit"])
    return f"{label}, per {unit}" if unit else label

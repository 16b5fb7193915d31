"""Figures by short names, ordinary or at the edge of what has to fit, drawn once for all tests."""

from dataclasses import replace
from functools import cache

import matplotlib as mpl

from ipdmediation.present import style
from ipdmediation.present.figures.mediator_by_arm import mediator_by_arm
from ipdmediation.present.figures.mediator_by_trial import mediator_by_trial
from ipdmediation.present.figures.model_coefficients import model_coefficients
from ipdmediation.present.figures.outcome_by_arm import outcome_by_arm
from ipdmediation.present.figures.outcome_by_trial import outcome_by_trial
from ipdmediation.present.figures.path_diagram import path_diagram
from ipdmediation.present.figures.patient_flow import patient_flow
from ipdmediation.present.figures.proportion_distribution import proportion_distribution
from tests.unit.present.boxes import texts


def draw(examples, name, **changes):
    """One figure by a short name, ordinary or at the edge of what has to fit; with changes of the study."""
    study, models, effects = examples.study(**changes), examples.models(), examples.effects()
    many, pain, volumes = examples.eleven_levels()
    framing, support, anxiety = examples.framing()
    curved, curves, curved_effects = examples.spline()
    crossed, crosses, crossed_effects = examples.interaction()
    share = {"value": 0.12, "low": 0.01, "high": 0.19}
    published = replace(study, analysis={**study.analysis, "published_share": share})
    made = {
        "patient_flow": lambda: patient_flow(examples.flow(), study=study),
        "outcome_by_arm": lambda: outcome_by_arm(examples.outcome(), study=study, effects=effects),
        "outcome_by_trial": lambda: outcome_by_trial(examples.outcome(), study=study),
        "mediator_by_arm": lambda: mediator_by_arm(examples.mediator(), study=study),
        "mediator_by_trial": lambda: mediator_by_trial(examples.mediator(), study=study),
        "path_diagram": lambda: path_diagram(effects, study=study),
        "proportion_distribution": lambda: proportion_distribution(
            examples.draws(), examples.effects(), study=published
        ),
        "model_coefficients": lambda: model_coefficients(
            models["total"], models["outcome"], effects, study=study
        ),
        "eleven levels": lambda: outcome_by_arm(pain, study=many, effects=effects),
        "thirty trials": lambda: outcome_by_trial(pain, study=many),
        "mediator in thirty trials": lambda: mediator_by_trial(volumes, study=many),
        "long names on paths": lambda: path_diagram(effects, study=many),
        "spline on paths": lambda: path_diagram(curved_effects, study=curved),
        "spline in the forest": lambda: model_coefficients(
            curves["total"], curves["outcome"], curved_effects, study=curved
        ),
        "interaction on paths": lambda: path_diagram(crossed_effects, study=crossed),
        "interaction in the forest": lambda: model_coefficients(
            crosses["total"], crosses["outcome"], crossed_effects, study=crossed
        ),
        "shares withheld": lambda: proportion_distribution(
            examples.draws(), examples.withheld(*SHARES), study=published
        ),
        "one share withheld": lambda: proportion_distribution(
            examples.draws(), examples.withheld(SHARES[0]), study=published
        ),
        "framing outcome": lambda: outcome_by_arm(support, study=framing, effects=effects),
        "framing trials": lambda: outcome_by_trial(support, study=framing),
        "framing mediator": lambda: mediator_by_arm(anxiety, study=framing),
        "framing flow": lambda: patient_flow(examples.flow().iloc[[0, 3]], study=framing),
        "withheld flow": lambda: patient_flow(examples.withheld_flow(), study=study),
        "withheld levels": lambda: outcome_by_trial(examples.withheld_levels(), study=study),
        "levels withheld in all": lambda: outcome_by_arm(
            examples.withheld_levels("all", ("2", "3"), arms=("control", "treated")),
            study=study,
            effects=effects,
        ),
    }
    return made[name]()


SHARES = [("pm", "mean"), ("khb", "proportion"), ("log_or_difference", "proportion")]
ORDINARY = [
    "patient_flow", "outcome_by_arm", "outcome_by_trial", "mediator_by_arm", "mediator_by_trial",
    "path_diagram", "proportion_distribution", "model_coefficients",
]  # fmt: skip
ALL = [
    *ORDINARY, "eleven levels", "thirty trials", "mediator in thirty trials", "long names on paths",
    "spline on paths", "spline in the forest", "interaction on paths", "interaction in the forest",
    "shares withheld", "one share withheld",
    "framing outcome", "framing trials", "framing mediator", "framing flow",
    "withheld flow", "withheld levels", "levels withheld in all",
]  # fmt: skip


@cache
def drawn(examples, name):
    """A figure that no test changes, with all its texts in place."""
    with mpl.rc_context(style.RC):
        figure = draw(examples, name)
        figure.canvas.draw()
    return figure


def words(figure):
    figure.canvas.draw()
    return [item.get_text() for item in texts(figure)]

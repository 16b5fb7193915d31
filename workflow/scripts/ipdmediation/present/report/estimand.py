"""What is estimated, and under which assumptions, in words."""

from __future__ import annotations

from ipdmediation.present.house_style import people
from ipdmediation.present.study import Study


def estimand(study: Study) -> list[str]:
    """Say which parts of the total effect are asked for, and when data can show them.

    Parameters
    ----------
    study
        Words of the study.

    References
    ----------
    VanderWeele 2015, Explanation in Causal Inference, ch. 2.
    """
    treated, control = (study.named_arm(arm) for arm in ("treated", "control"))
    mediator, outcome = study.named(study.mediator), study.named_outcome
    return [
        f"The question has two parts, both averaged over the {people()} analysed. The natural indirect "
        f"effect: how does {outcome} with {treated} change when {mediator} is as it is with {treated}, "
        f"rather than as it would be with {control}? The natural direct effect: how does {treated} change "
        f"{outcome} if {mediator} stays as it would be with {control}? The two make up the total effect.",
        "Data can answer this only if the graph holds: if there is no unmeasured cause of both mediator and "
        "outcome, and none that is itself an effect of the treatment.",
    ]

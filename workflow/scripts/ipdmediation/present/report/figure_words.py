"""What each figure shows, in words."""

from __future__ import annotations

from ipdmediation.present import notation, style
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.worlds import WORLDS, distributions, means, named_world


def shows(name: str, result: AnalysisResult) -> str:
    """Say what a figure shows, for readers who cannot see it and below its number.

    Parameters
    ----------
    name
        Of the figure.
    result
        The analysis.

    Raises
    ------
    KeyError
        For a figure that has no words here.
    """
    study = result.study
    mediator, outcome = study.label(study.mediator), study.label(study.outcome)
    by_arm = (
        f"Distribution of {outcome} by arm." if not study.has_levels else f"{outcome} by arm: percentages."
    )
    words = {
        "patient_flow": f"From randomisation to the {notation.count(result.fitted)} analysed.",
        "balance": "Standardised differences between the arms at baseline.",
        "outcome_by_arm": by_arm,
        "outcome_by_trial": f"The same in each trial: {outcome} by arm.",
        "mediator_by_arm": f"Distribution of {mediator} by arm, with median and interquartile range.",
        "mediator_by_trial": f"Median and interquartile range of {mediator} by arm in each trial.",
        "path_diagram": f"Paths from treatment through {mediator} to {outcome} with their estimates.",
        "proportion_distribution": "Bootstrap distribution of the proportion mediated, with its interval.",
        "each_trial": "Total and indirect effect in each trial, pooled in two stages, and in one stage.",
        "leave_one_out": "Indirect effect and proportion mediated without each trial, and of all trials.",
        "confounding": (
            "Indirect effect and proportion mediated against the correlation that an unmeasured cause makes."
        ),
        "measurement_error": (
            f"Indirect effect and proportion mediated against the reliability of {mediator}."
        ),
        "proportional_odds": "Coefficients of treatment and mediator at every cut of the outcome.",
        "death": "Indirect effect and proportion mediated by how those without a mediator are dealt with.",
        "surrogacy": f"Effects of the trials on {outcome} against those on {mediator}, with a line.",
        "four_worlds": (
            f"{outcome} expected with treatment and {mediator} each as under treatment or as without it."
        ),
        "effects_by_cut": f"Total, direct and indirect effect on {outcome}, at each of its cuts.",
        "mediator_curve": f"{outcome} by arm along {mediator}, by the outcome model.",
        "calibration": f"{outcome} observed and expected by the outcome model, by arm and {mediator}.",
        "specification_curve": "Indirect effect and proportion mediated in every analysis, with its choices.",
        "model_coefficients": "Coefficients of the models without and with the mediator, with intervals.",
    }
    note = f" {style.SYNTHETIC_NOTE}." if study.synthetic else ""
    return words[name] + note


def reads(name: str, result: AnalysisResult) -> list[str]:
    """Read a figure's numbers out where the page has no table of them, for readers who cannot see it.

    Parameters
    ----------
    name
        Of the figure.
    result
        The analysis.
    """
    return _worlds(result) if name == "four_worlds" else []


def _worlds(result: AnalysisResult) -> list[str]:
    study = result.study
    sentences = []
    if not study.has_levels:
        found = means(result.worlds)
        texts = {world: study.amount(study.outcome, found[world]) for world in WORLDS}
    else:
        levels = study.levels_better_first()
        shares = distributions(result.worlds, list(levels))
        texts = {
            world: ", ".join(
                f"{notation.fixed(share, digits=0)}% {label}"
                for label, share in zip(levels.values(), shares[world], strict=True)
            )
            for world in WORLDS
        }
    for world, text in texts.items():
        given, mediator = named_world(world, study)
        sentences.append(f"{given}, {notation.lower(mediator)}: {text}.")
    return sentences

"""What was done to set evidence beside the effects, in sentences."""

from __future__ import annotations

from ipdmediation.data.covariates import all_covariate_names
from ipdmediation.present import notation
from ipdmediation.present.death import event_of
from ipdmediation.present.notation import lower
from ipdmediation.present.report.result import AnalysisResult


def evidence_methods(result: AnalysisResult) -> list[str]:
    """Describe what stands beside the effects of an analysis, nothing where nothing does."""
    stated = result.study.analysis.get("evidence", {}).get("trials", {})
    sentences = []
    if "pooled" in result.evidence:
        names = [lower(result.study.label(name)) for name in all_covariate_names(stated["covariates"])]
        adjusted = f"adjusted for {notation.joined(names)}" if names else "not adjusted for covariates"
        sentences.append(
            f"Each trial was also analysed by itself, {adjusted}, with "
            f"{notation.count(stated['replicates'])} bootstrap replicates of its own. The trials' effects "
            "were pooled in a second stage by a random-effects model with restricted maximum likelihood, "
            "their standard errors being those of the replicates; intervals are those of Knapp & Hartung "
            "2003 with a factor that is at least 1 (Röver et al. 2015), prediction intervals have as many "
            "degrees of freedom as trials less one (Higgins et al. 2009, who take one less), and the "
            "variation between trials has a Q-profile interval (Viechtbauer 2007). The proportion mediated "
            "of the pooled effects is their ratio after a joint fit, with Fieller's interval (Fieller 1954)."
        )
    if "leave_one_out" in result.evidence:
        sentences.append(
            "The analysis of all trials was repeated without one trial after the other, with "
            f"{notation.count(stated['leave_one_out_replicates'])} bootstrap replicates each."
        )
    if "death" in result.evidence:
        sentences += _death(result)
    return sentences


def _death(result: AnalysisResult) -> list[str]:
    study = result.study
    stated = study.analysis["evidence"]["death"]
    mediator = lower(study.label(study.mediator))
    names = [lower(study.label(name)) for name in all_covariate_names(stated["covariates"])]
    given = notation.joined(["treatment", *names])
    return [
        f"{notation.upper(mediator)} cannot exist after the event {lower(event_of(study))}, which means "
        "the worst outcome. Everybody was therefore analysed again, in "
        f"{notation.count(stated['replicates'])} bootstrap replicates of all who were randomised and "
        "whose outcome is known: with the most harmful value that was observed; with normal scores of "
        "the ranks, the event tied beyond all others (Lachin 1999); and with event and mediator as one "
        "composite mediator, so that the total effect is a direct part, one through the event and one "
        "through the mediator (VanderWeele & Vansteelandt 2014). The probability of the event was that "
        f"of a logistic regression on {given}. Who was not measured for another reason had the mediator "
        "imputed as the analysis does, or, instead, the measured were weighted by the inverse of their "
        "probability of being measured, given the same, estimated anew in each replicate. Bounds in "
        "participants whom the event would befall in neither arm are those of Zhang & Rubin 2003."
    ]

"""What was done to set evidence beside the effects, in sentences."""

from __future__ import annotations

from ipdmediation.data.covariates import all_covariate_names
from ipdmediation.present import notation
from ipdmediation.present.notation import lower
from ipdmediation.present.report.result import AnalysisResult


def evidence_methods(result: AnalysisResult) -> list[str]:
    """Describe what stands beside the effects of an analysis, nothing where nothing does."""
    stated = (result.study.analysis.get("evidence") or {}).get("trials", {})
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
    if "by_cut" in result.evidence:
        cuts = result.study.analysis["evidence"]["proportional_odds"]
        apart = ", trials having indicators" if result.study.trial_effects.tell_apart else ""
        sentences.append(
            "Whether coefficients are the same at every cut of the outcome was tested in the total and the "
            f"outcome model{apart}: by score tests with the observed information at the proportional fit "
            "(McCullagh 1980; Peterson & Harrell 1990), for the treatment by the likelihood ratio as well, "
            "and by Brant's test (1990) where every cut has patients of both arms on either side. "
            "Coefficients at a cut are those of a binary regression at that cut, and of a model in which the "
            "variable is free and the others are proportional. The effects were computed with a "
            "proportional treatment and with one that is free at every cut, from the same "
            f"{notation.count(cuts['replicates'])} bootstrap replicates."
        )
    return sentences

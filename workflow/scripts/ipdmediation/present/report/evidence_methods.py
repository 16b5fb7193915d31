"""What was done to set the trials beside each other, and to judge the mediator, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ipdmediation.data.covariates import all_covariate_names
from ipdmediation.present import notation
from ipdmediation.present.notation import lower
from ipdmediation.present.report.result import AnalysisResult

#: Trials that a line through their effects needs.
FEWEST = 3


def evidence_methods(result: AnalysisResult) -> list[str]:
    """Describe what stands beside the effects of an analysis, nothing where nothing does."""
    evidence = result.study.analysis.get("evidence", {})
    stated = evidence.get("trials", {})
    sentences = []
    if "pooled" in result.evidence:
        sentences.append(
            f"Each trial was also analysed by itself, {_adjusted(stated, result)}, with "
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
    if "surrogacy" in result.evidence:
        sentences.append(_surrogacy(evidence["surrogacy"], result))
    return sentences


def _adjusted(stated: Mapping[str, Any], result: AnalysisResult) -> str:
    names = [lower(result.study.label(name)) for name in all_covariate_names(stated["covariates"])]
    return f"adjusted for {notation.joined(names)}" if names else "not adjusted for covariates"


def _surrogacy(stated: Mapping[str, Any], result: AnalysisResult) -> str:
    """Describe the surrogacy panel."""
    study = result.study
    simplified = " without interaction and spline" if study.interaction or study.spline_knots else ""
    text = (
        f"Whether {lower(study.label(study.mediator))} could stand for {study.named_outcome} was asked with "
        f"the models of the analysis{simplified}, fitted by maximum likelihood: by Prentice's criteria "
        "(Prentice 1989) with likelihood-ratio tests and a t test of the effect on the mediator; by the "
        "proportion of the treatment effect explained (Freedman et al. 1992), with Fieller's interval "
        "(Fieller 1954) from the covariance of both coefficients in "
        f"{notation.count(stated['replicates'])} bootstrap replicates"
    )
    if not study.trial_effects.random:
        text += ", and from their stacked scores"
    text += (
        "; and by the information that the mediator explains given treatment, 1 - exp(-LR/n), with an "
        "interval of the noncentrality (Alonso et al. 2006)"
    )
    if study.has_levels:
        text += ", and its correlation with the latent outcome of a probit model"
    if int(result.evidence["surrogacy"]["trials"].max()) < FEWEST:
        return f"{text}."
    return (
        f"{text}. Between trials, each analysed by itself, {_adjusted(stated, result)}, the effect on the "
        "outcome was regressed on that on the mediator by restricted maximum likelihood (Knapp & Hartung "
        "2003, with a factor of 1 at least where no variance is left between trials); the correlation of the "
        "effects has Fisher's interval and a verdict by the limits of IQWiG 2011; the surrogate threshold "
        "effect is that of Burzykowski & Buyse 2006. Effects on the mediator count as known: their errors "
        "draw the slope towards 0. Each trial was also predicted from the others."
    )

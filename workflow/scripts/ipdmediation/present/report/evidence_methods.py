"""What was done to set evidence beside the effects, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ipdmediation.data.covariates import all_covariate_names
from ipdmediation.present import notation
from ipdmediation.present.death import event_of
from ipdmediation.present.house_style import people, person
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
            f"{notation.count(stated['replicates'])} bootstrap replicates of its own. "
            f"{_at_sites(result)}The trials' effects were pooled in a second stage by a random-effects "
            "model with restricted maximum likelihood, their standard errors being those of the "
            "replicates; intervals are those of Knapp & Hartung 2003 with a factor that is at least 1 "
            "(Röver et al. 2015), prediction intervals have as many degrees of freedom as trials less one "
            "(Higgins et al. 2009, who take one less), and the variation between trials has a Q-profile "
            "interval (Viechtbauer 2007). The proportion mediated of the pooled effects is their ratio "
            "after a joint fit, with Fieller's interval (Fieller 1954)."
        )
    if "leave_one_out" in result.evidence:
        sentences.append(
            "The analysis of all trials was repeated leaving out one trial at a time, with "
            f"{notation.count(stated['leave_one_out_replicates'])} bootstrap replicates each."
        )
    return [
        *sentences,
        *_confounding(result),
        *_measurement_error(result),
        *_proportional_odds(result),
        *_surrogacy(result),
        *_death(result),
    ]


def _confounding(result: AnalysisResult) -> list[str]:
    if "confounding" not in result.evidence:
        return []
    study, stated = result.study, result.study.analysis["evidence"]["confounding"]
    latent = "by a probit" if study.has_levels else "by the linear model"
    if study.spline_knots:
        latent += ", integrated over the mediator, whose effect is a curve; nothing is mediated of the mean "
        latent += "where its effect is said to be explained"
    covariates = (
        " A covariate's own strength is the correlation that it would make if it were left out of both "
        "models (compare Cinelli & Hazlett 2020)."
        if len(result.evidence["confounding_benchmarks"])
        else ""
    )
    values = (
        " Mediational E-values (Smith & VanderWeele 2019) are of ratios of standardised risks, and "
        "approximate."
        if study.has_levels
        else ""
    )
    checked = (
        " A logit model with errors correlated by a Gaussian copula was fitted anew at nine correlations, "
        "of the first completed data set and with trials as fixed effects, as a check of the probit."
        if (result.evidence["confounding_logit"]["statistic"] == "grid").any()
        else ""
    )
    return [
        "Unmeasured confounding of mediator and outcome was taken as a correlation of the errors of their "
        f"models, the same in both arms (Imai et al. 2010), with the outcome modelled {latent}, in the first "
        f"{notation.count(stated['replicates'])} resamples of the bootstrap; the intervals along it are "
        f"pointwise.{covariates}{values}{checked}"
    ]


def _measurement_error(result: AnalysisResult) -> list[str]:
    if "measurement_error" not in result.evidence:
        return []
    stated = result.study.analysis["evidence"]["measurement_error"]
    calibrated = (result.evidence["measurement_error"]["method"] == "calibrated").any()
    how = "by calibration of the regression" if calibrated else "in closed form"
    return [
        "Error of the mediator's measurement was taken as classical, independent of treatment, outcome and "
        f"covariates, and removed {how} (Carroll et al. 2006) in the first "
        f"{notation.count(stated['replicates'])} resamples of the bootstrap."
    ]


def _adjusted(stated: Mapping[str, Any], result: AnalysisResult) -> str:
    names = [result.study.named(name) for name in all_covariate_names(stated["covariates"])]
    return f"adjusted for {notation.joined(names)}" if names else "not adjusted for covariates"


def _surrogacy(result: AnalysisResult) -> list[str]:
    if "surrogacy" not in result.evidence:
        return []
    study, stated = result.study, result.study.analysis["evidence"]["surrogacy"]
    simplified = " without interaction and spline" if study.interaction or study.spline_knots else ""
    text = (
        f"Whether {study.named(study.mediator)} could stand for {study.named_outcome} was asked with "
        f"the models of the analysis{simplified}, fitted by maximum likelihood: by Prentice's criteria "
        "(Prentice 1989) with likelihood-ratio tests and a t test of the effect on the mediator; by the "
        "proportion of the treatment effect explained (Freedman et al. 1992), with Fieller's interval "
        "(Fieller 1954) from the covariance of both coefficients in "
        f"{notation.count(stated['replicates'])} bootstrap replicates"
    )
    if not study.trial_effects.random:
        text += ", and from their stacked scores"
    text += (
        f"; and by the information that the mediator explains given treatment, 1 {notation.MINUS} "
        f"exp({notation.MINUS}LR/n), with an interval of the noncentrality (Alonso et al. 2006)"
    )
    if study.has_levels:
        text += ", and its correlation with the latent outcome of a probit model"
    if int(result.evidence["surrogacy"]["trials"].max()) < FEWEST:
        return [f"{text}."]
    return [
        f"{text}. Between trials, each analysed by itself, {_adjusted(stated, result)}, the effect on the "
        "outcome was regressed on that on the mediator by restricted maximum likelihood (Knapp & Hartung "
        "2003, with a factor of 1 at least where no variance is left between trials); the correlation of the "
        "effects has Fisher's interval and a verdict by the limits of IQWiG 2011; the surrogate threshold "
        "effect is that of Burzykowski & Buyse 2006. Effects on the mediator count as known: their errors "
        "draw the slope towards 0. Each trial was also predicted from the others."
    ]


def _death(result: AnalysisResult) -> list[str]:
    if "death" not in result.evidence:
        return []
    study = result.study
    stated = study.analysis["evidence"]["death"]
    mediator = study.named(study.mediator)
    names = [study.named(name) for name in all_covariate_names(stated["covariates"])]
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
        f"{people()} whom the event would befall in neither arm are those of Zhang & Rubin 2003."
    ]


def _proportional_odds(result: AnalysisResult) -> list[str]:
    if "by_cut" not in result.evidence:
        return []
    stated = result.study.analysis["evidence"]["proportional_odds"]
    apart = ", trials having indicators" if result.study.trial_effects.tell_apart else ""
    return [
        "Whether coefficients are the same at every cut of the outcome was tested in the total and the "
        f"outcome model{apart}: by score tests with the observed information at the proportional fit "
        "(McCullagh 1980; Peterson & Harrell 1990), for the treatment by the likelihood ratio as well, "
        f"and by Brant's test (1990) where every cut has {people()} of both arms on either side. "
        "Coefficients at a cut are those of a binary regression at that cut, and of a model in which the "
        "variable is free and the others are proportional. The effects were computed with a "
        "proportional treatment and with one that is free at every cut, from the same "
        f"{notation.count(stated['replicates'])} bootstrap replicates."
    ]


def _at_sites(result: AnalysisResult) -> str:
    """Say which trials were analysed elsewhere, nothing where none was."""
    study = result.study
    if not study.sent_trials:
        return ""
    named = notation.joined(study.sent[trial] for trial in study.sent_trials)
    return (
        f"{named} {'was' if len(study.sent_trials) == 1 else 'were'} analysed where the {people()}' data "
        "are, by the same models and as many bootstrap replicates as were chosen there, and sent "
        f"estimates and replicates, but no {person()}'s data. "
    )

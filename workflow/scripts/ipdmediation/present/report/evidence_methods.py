"""What was done to set the trials beside each other, in sentences."""

from __future__ import annotations

from ipdmediation.data.covariates import all_covariate_names
from ipdmediation.present import notation
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
            "The analysis of all trials was repeated without one trial after the other, with "
            f"{notation.count(stated['leave_one_out_replicates'])} bootstrap replicates each."
        )
    return sentences


def _at_sites(result: AnalysisResult) -> str:
    """Say which trials were analysed elsewhere, nothing where none was."""
    study = result.study
    if not study.sent_trials:
        return ""
    named = notation.joined(study.sent[trial] for trial in study.sent_trials)
    return (
        f"{named} {'was' if len(study.sent_trials) == 1 else 'were'} analysed where the participants' data "
        "are, by the same models and as many bootstrap replicates as were chosen there, and sent "
        "estimates and replicates, but no participant's data. "
    )

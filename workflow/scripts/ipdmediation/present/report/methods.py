"""What was done in this run, and nothing else, with the sources that it leans on."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from ipdmediation.data.covariates import COVARIATE_MODELS, Covariates, covariate_names, covariates_of
from ipdmediation.present import notation
from ipdmediation.present.house_style import people, person
from ipdmediation.present.report.evidence_methods import evidence_methods
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.sources import SOURCES, Source
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.effects import HEADLINE
from ipdmediation.vocabulary.links import LINKS
from ipdmediation.vocabulary.transforms import CUBE_ROOT, IDENTITY, LOG, LOG1P

_LOGISTIC = "a logistic model"
_FREE = (
    "; the treatment alone has a coefficient at each cut, that is, each arm has thresholds of its own, in "
    "the models without and with the mediator"
)
_PROPORTIONAL_ODDS = "a proportional-odds (cumulative logit) model: one odds ratio for every cut of the scale"
_TRANSFORMS = {
    LOG: "as its natural logarithm",
    LOG1P: "as the natural logarithm of one more than its value",
    CUBE_ROOT: "as its cube root",
    IDENTITY: "as measured",
}
_TRIAL_EFFECTS = {
    "fixed": "{each} had its own level of mediator and outcome (indicators); the effects were shared.",
    "random_intercept": "{each} had its own level of mediator and outcome, normally distributed.",
    "random_slope": "{each} had its own level and its own treatment effect, normally distributed.",
    "random_slopes": (
        "{each} had its own level, treatment effect and, in the outcome model, mediator effect, drawn "
        "from a normal distribution."
    ),
}
_INTERVALS = {
    "percentile": "percentile intervals (Davison & Hinkley 1997)",
    "basic": "basic intervals (Davison & Hinkley 1997)",
    "normal": "normal intervals (Davison & Hinkley 1997)",
    "bca": "bias-corrected and accelerated intervals (Efron 1987)",
}
_RESAMPLING = {
    "stratified": ("{People} were drawn with replacement within trial and arm (inference for these trials)"),
    "two_level": (
        "Trials were drawn with replacement, and within each of them {people} by arm (inference for a "
        "population of such trials)"
    ),
}


class Methods(NamedTuple):
    """Paragraphs on what was done and on what it assumes, and the sources that these name, by those names."""

    done: list[str]
    assumed: list[str]
    sources: dict[str, Source]


def methods(result: AnalysisResult, *, version: str = "") -> Methods:
    """Describe an analysis from its configuration and its tables.

    Parameters
    ----------
    result
        The analysis.
    version
        Of this software, empty where it is not known.
    """
    done = [
        _models(result),
        _effects(result),
        _bootstrap(result),
        *_missing(result),
        *evidence_methods(result),
        _software(version),
    ]
    assumed = assumptions(result)
    text = " ".join([*done, *assumed])
    return Methods(done, assumed, {key: source for key, source in SOURCES.items() if key in text})


def _models(result: AnalysisResult) -> str:
    study = result.study
    mediator, outcome = map(notation.upper, (study.named(study.mediator), study.named_outcome))
    transform = _TRANSFORMS[study.transform]
    if study.transform == LOG and study.offset:
        transform += f" after adding {study.amount(study.mediator, study.offset)}, so that zero is allowed"
    if study.centred:
        transform += f", as the difference from its mean in the {person()}'s own trial"
    if study.spline_knots:
        transform += (
            f", in the outcome model by a restricted cubic spline with {study.spline_knots} knots at "
            "quantiles (Harrell 2015)"
        )
    sentences = [
        "Three models were fitted: of the mediator on the treatment, of the outcome on the treatment "
        "(total), and of the outcome on treatment and mediator"
        f"{' with their interaction' if study.interaction else ''}. {mediator} entered them {transform}; it "
        f"was modelled by a linear model. {outcome} was modelled by {_outcome_model(study)}.",
        trial_sentence(study),
        _likelihood(study),
        adjustment(study),
        _weights(study),
    ]
    return " ".join(filter(None, sentences))


def _outcome_model(study: Study) -> str:
    """Name the outcome's model; of a link that readers may not know, what it says."""
    if not study.has_levels:
        return "a linear model"
    link, free = study.link, _FREE if study.free_treatment else ""
    if link.odds:
        return f"{_PROPORTIONAL_ODDS}{free}" if study.family.cuts else _LOGISTIC
    formula = link.distribution.replace(" - ", f" {notation.MINUS} ").replace("(-", f"({notation.MINUS}")
    of_levels = f"F(threshold {notation.MINUS} predictor), where {formula}"
    if link.reversed != link.key:
        of_levels += f" (of the reversed levels the same model is called {LINKS[link.reversed].name})"
    if study.family.event:
        levels = study.levels_better_first()
        worse = f"{study.label(study.outcome)}: {levels[list(levels)[-1]]}"
        return f"a binary {link.name} model: the probability of “{worse}” is {of_levels}"
    return (
        f"a cumulative {link.name} model: the probability of a level or a worse one is {of_levels}; each cut "
        f"of the scale has its own threshold, and all cuts have one predictor, so that {people()} differ by "
        f"the same amount at each cut on the {link.scale}{free}"
    )


def trial_sentence(study: Study) -> str:
    """Say how the models tell trials apart."""
    if study.trial_effects.tell_apart:
        each, trials = "Each trial", ""
        if study.cluster:
            each = f"Each level of “{study.label(study.cluster)}” within a trial"
            trials = (
                " Trials had their own levels as well (indicators)." if len(study.analysed_trials) > 1 else ""
            )
        return f"{_TRIAL_EFFECTS[study.trial_effects.key].format(each=each)}{trials}"
    if len(study.analysed_trials) > 1:
        return (
            f"The {len(study.analysed_trials)} trials were not told apart: the models had no trial effects."
        )
    return "There was one study, so the models had no trial effects."


def _likelihood(study: Study) -> str:
    if not study.trial_effects.random:
        if not study.has_levels:
            return "All models were fitted by least squares."
        return "The outcome models were fitted by maximum likelihood, the mediator model by least squares."
    likelihood = f"{'restricted ' if study.restricted else ''}maximum likelihood"
    if study.has_levels:
        return (
            "The outcome models were fitted by maximum likelihood with the Laplace approximation, as by the "
            f"R package ordinal (Christensen 2019), the mediator model by {likelihood}."
        )
    return f"The models were fitted by {likelihood}."


def _weights(study: Study) -> str:
    if not study.weights:
        return ""
    weights = study.label(study.weights)
    return (
        f"{notation.upper(people())} were weighted by “{weights}”, divided by its mean, in the models, in "
        "the averages that the effects are, and in the replicates. The weights were taken as known. "
        f"Numbers of {people()}, descriptive tables and imputation are without them."
    )


def _effects(result: AnalysisResult) -> str:
    study = result.study
    withheld = "" if result.estimated(*HEADLINE) else "; it is withheld here"
    population = str(study.analysis.get("standardisation", {}).get("population", "these_trials"))
    over = f"the {people()} of the cohort"
    if study.trial_effects.random:
        group = "cluster" if study.cluster else "trial"
        over += (
            f", each in a {group} like their own (at the conditional modes of the random effects)"
            if population == "these_trials"
            else ", in a new trial (random effects integrated over their distribution)"
        )
    residual = str(study.analysis.get("standardisation", {}).get("mediator_distribution", "gaussian"))
    distribution = {
        "gaussian": "the Gaussian distribution that its model gives it",
        "empirical": "the residuals of its model",
    }[residual]
    text = (
        f"Natural effects are averages over {over}, the mediator integrated over {distribution} (mediation "
        "formula; Imai et al. 2010"
        + ("; for ordinal outcomes VanderWeele et al. 2016). " if study.family.cuts else "). ")
        + f"The share of the answer is the indirect effect on the {study.average} of the outcome over the "
        f"total one{withheld}."
    )
    if study.has_levels and not study.interaction:
        text += (
            " The share by difference is one minus the ratio of the two treatment coefficients (Freedman et "
            "al. 1992), which mixes mediation with a change of scale; that on one scale keeps them apart "
            "(Karlson et al. 2012)."
        )
    if study.has_levels and study.interaction:
        predictor = "log odds" if study.ratio else "predictor"
        text += (
            f" The share on one scale is that of the expected {predictor}, averaged over the {people()}; "
            "without an interaction it would be that of Karlson et al. 2012."
        )
    return text


def _bootstrap(result: AnalysisResult) -> str:
    study = result.study
    bootstrap = study.analysis["bootstrap"]
    return (
        f"{_resampling(study)}; one resample served all models of a replicate, "
        f"which were refitted to it. {notation.count(bootstrap['replicates'])} replicates gave "
        f"{study.coverage} {_INTERVALS[str(bootstrap['interval'])]} and {notation.p_name()} values: "
        "twice the smaller share of replicates on either side of no effect, the sample itself counted as one "
        f"(Davison & Hinkley 1997). Intervals and {notation.p_name()} values in the table of the models are "
        "Wald's."
    )


def _resampling(study: Study) -> str:
    """Say what is drawn; with a single trial there is none to draw within."""
    resampling = str(study.analysis["bootstrap"]["resampling"])
    if resampling == "stratified" and len(study.analysed_trials) == 1:
        return f"{notation.upper(people())} were drawn with replacement within arm (inference for this study)"
    return _RESAMPLING[resampling].format(people=people(), People=notation.upper(people()))


def _missing(result: AnalysisResult) -> list[str]:
    study, table = result.study, result.missing
    whole = table[(table["trial"] == "all") & (table["missing"] > 0)]
    imputed, excluded = (whole[whole["handled"] == way] for way in ("imputed", "excluded"))
    sentences = []
    if len(excluded):
        sentences.append(
            f"{notation.upper(people())} without a value of a variable of the models were left out: "
            f"{_counted(excluded, study)}{f' (a {person()} may lack several)' if len(excluded) > 1 else ''}."
        )
    if len(imputed):
        missing = study.analysis["missing"]
        sentences.append(
            f"Missing values were imputed {notation.count(missing['imputations'])} times by chained "
            "equations with predictive mean matching within arm (van Buuren 2018): "
            f"{_counted(imputed, study)}. Replicates were spread over the completed data sets and pooled "
            "(Schomaker & Heumann 2018); the table of the models was pooled by Rubin's rules (Rubin 1987)."
        )
    return [" ".join(sentences) or f"No {person()} in the analysis lacked a value of the models' variables."]


def _counted(rows: pd.DataFrame, study: Study) -> str:
    return notation.joined(
        f"{study.named(str(row['variable']))} in {notation.count(row['missing'])}"
        for row in rows.to_dict("records")
    )


def _software(version: str) -> str:
    named = f"ipdmediation {version}" if version else "ipdmediation"
    return (
        f"The analysis was made with {named}; versions of all software stand under Reproducibility. What a "
        "report of a mediation analysis should contain is listed in AGReMA (Lee et al. 2021)."
    )


def assumptions(result: AnalysisResult) -> list[str]:
    """State what the analysis assumes and where its limits are."""
    study = result.study
    mediator, outcome = study.named(study.mediator), study.named_outcome
    stated = study.analysis.get("covariates", [])
    adjusted = any(covariate_names(covariates_of(stated, model=model)) for model in COVARIATE_MODELS)
    given = ", given the covariates," if adjusted else ""
    paragraphs = [
        f"Natural effects are identified only if{given} nothing unmeasured affects both "
        f"{mediator} and {outcome}, and no common cause of the two is itself an effect of the treatment. "
        "Randomisation does not ensure this, and no test can show it.",
        _model_assumptions(study, mediator, outcome),
    ]
    ways = set(result.missing.loc[result.missing["missing"] > 0, "handled"])
    if "excluded" in ways:
        paragraphs.append(
            f"Leaving out {people()} without a value does no harm only where, given treatment and "
            "covariates, it does not depend on mediator or outcome whether one is missing; those who are "
            "analysed are not all who were randomised."
        )
    if "imputed" in ways:
        paragraphs.append(
            "What is missing is taken to be missing at random: to depend on the values that the imputation "
            "uses, and not on those that are missing."
        )
    selected = result.flow[result.flow["kind"] == "eligibility"]
    lost = selected["excluded"].sum(skipna=False)
    if not notation.known(lost):  # a step's number is withheld
        before = result.flow.loc[result.flow["kind"].isin(["randomised", "arm"]), "remaining"].iloc[-1]
        lost = before - selected["remaining"].iloc[-1]
    if not notation.known(lost) or lost:
        who = notation.count(lost) if notation.known(lost) else "Some"
        paragraphs.append(
            f"{who} randomised {people()} are not analysed because of rules that may "
            f"depend on what happened after randomisation (see {notation.upper(people())}); where such a "
            "loss depends on treatment and outcome, the comparison of the arms is no longer one of "
            "randomised groups."
        )
    return paragraphs


def _model_assumptions(study: Study, mediator: str, outcome: str) -> str:
    text = f"The models are taken to be right: {mediator} is measured without error"
    if study.family.cuts:
        parallel = "proportional odds" if study.ratio else f"parallel on the {study.link.scale}"
        but = " but the treatment's" if study.free_treatment else ""
        text += f"; every {study.link.measure}{but} is the same at each cut of the scale ({parallel})"
    shape = [
        *(["a straight line on the scale of the model"] if not study.spline_knots else []),
        *(["the same in both arms"] if not study.interaction else []),
    ]
    if shape:
        text += f"; the relation between {mediator} and {outcome} is {' and '.join(shape)}"
    return f"{text}."


def adjustment(study: Study) -> str:
    """Say what the models are adjusted for, by model where that differs."""
    stated = study.analysis.get("covariates", [])
    mediator, outcome = (_covariates(covariates_of(stated, model=model), study) for model in COVARIATE_MODELS)
    if mediator == outcome:
        return f"All models were adjusted for {outcome}." if outcome else "No model had covariates."
    return (
        f"The mediator model was adjusted for {mediator or 'nothing'}, the total and the outcome model for "
        f"{outcome or 'nothing'}."
    )


def _covariates(covariates: Covariates, study: Study) -> str:
    """Name covariates; a formula also as it stands, for it says more than their names."""
    names = [name for name in covariate_names(covariates) if name in study.variables]
    named = notation.joined(study.named(name) for name in names)
    return f"{named} (as the formula {covariates})" if isinstance(covariates, str) and covariates else named

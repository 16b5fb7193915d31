"""The report: one self-contained page in plain words, made from the tables and figures of a run."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ipdmediation.data.covariates import COVARIATE_MODELS, Covariates, covariate_names, covariates_of
from ipdmediation.present import style, tables
from ipdmediation.present.style import Study
from ipdmediation.present.tables import Table

SHARES = {
    ("log_or_difference", "proportion"): "Share, by difference",
    ("khb", "proportion"): "Share, on one scale (KHB)",
    ("pm", "mean"): "Share, of the mean outcome",
}


class PatientRowsError(ValueError):
    """A table with one row a patient was handed to the report."""


@dataclass(frozen=True)
class AnalysisResult:
    """The tables of one analysis, and its figures.

    Parameters
    ----------
    study
        Words of the study, with the analysis these tables belong to.
    flow, baseline, outcome, mediator, effects
        Tidy tables of the analysis.
    models
        Coefficients of the models `mediator`, `total` and `outcome`.
    diagnostics
        What each fit reports about itself, by model.
    figures
        SVG texts by the name of the function that drew them; only those of the first analysis are shown.
    """

    study: Study
    flow: pd.DataFrame
    baseline: pd.DataFrame
    outcome: pd.DataFrame
    mediator: pd.DataFrame
    models: Mapping[str, pd.DataFrame]
    effects: pd.DataFrame
    diagnostics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    figures: Mapping[str, str] = field(default_factory=dict)


def render(
    template: Path,
    results: Sequence[AnalysisResult],
    *,
    published: pd.DataFrame | None = None,
    quality: Mapping[str, pd.DataFrame] | None = None,
    manifest: Mapping[str, Any] | None = None,
) -> str:
    """Render the report as one HTML page that fetches nothing.

    Parameters
    ----------
    template
        Jinja2 template of the page.
    results
        All analyses; the first one is told in full, the others are set beside it.
    published
        Comparison with published figures.
    quality
        What harmonising did, by trial id.
    manifest
        Seed, versions, checksums: numbers and texts, or mappings of them.

    Returns
    -------
    str
        The page.

    Raises
    ------
    PatientRowsError
        If a table has a column of the patient-level data: the page may hold aggregates only.
    """
    main = results[0]
    study = main.study
    _refuse_patient_rows(results, published, quality)
    compared = None if published is None or published.empty else published
    environment = Environment(
        loader=FileSystemLoader(template.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    quality_tables = {
        study.trial(trial): tables.quality({trial: frame}, study=study)
        for trial, frame in (quality or {}).items()
    }
    return environment.get_template(template.name).render(
        study=study,
        synthetic_note=style.SYNTHETIC_NOTE,
        answer=[_unbroken(sentence) for sentence in answer(main)],
        facts=_facts(main),
        figures={name: _figure(name, svg, main) for name, svg in main.figures.items()},
        flow=_page_table(tables.flow(main.flow, study=study)),
        baseline=_page_table(tables.baseline(main.baseline, main.flow, study=study)),
        models=_page_table(tables.models(main.models, study=study)),
        effects=_page_table(tables.effects(main.effects, study=study)),
        natural=_page_table(tables.natural_effects(main.effects, study=study)),
        meaning=[_unbroken(sentence) for sentence in meaning(main)],
        fits=_fits(main),
        published=None if compared is None else _page_table(tables.published(compared, study=study)),
        verdict=[] if compared is None else [_verdict(compared), *_published_shares(results)],
        quality={trial: _page_table(table) for trial, table in quality_tables.items()},
        analyses=_page_table(_beside(results)) if len(results) > 1 else None,
        methods=_methods(main),
        sources=SOURCES,
        manifest=_manifest(manifest or {}),
    )


def answer(result: AnalysisResult) -> list[str]:
    """Answer the study's question in sentences made from the numbers.

    Parameters
    ----------
    result
        The analysis.
    """
    study = result.study
    total, direct = (_coefficient(result.models[name], "treatment") for name in ("total", "outcome"))
    treated, control = _lower(study.arm("treated")), _lower(study.arm("control"))
    outcome = study.label(study.outcome)
    if study.odds_ratio:
        clear = _direction(total["ratio_low"], total["ratio_high"], 1.0)
        finding = {
            1: f"Participants given {treated} did better than those given {control} on the outcome",
            -1: f"Participants given {treated} did worse than those given {control} on the outcome",
            0: f"Whether {treated} did better or worse than {control} remains open",
        }[clear]
        sentences = [f"{finding}: {outcome}, {study.odds_ratio} of a better outcome {_ratio(total, study)}."]
    else:
        clear = _direction(total["ci_low"], total["ci_high"], 0.0)
        finding = {1: "was higher", -1: "was lower", 0: "did not clearly differ"}[clear]
        sentences = [
            f"{outcome} {finding} in participants given {treated} compared with {control}: "
            f"{_difference(total, study)}."
        ]
    first = _effect(result, "log_or_difference")
    if first is None:
        sentences.append(
            f"How much of this runs through {_lower(study.label(study.mediator))} is not stated: "
            f"{_withheld(result, 'log_or_difference')}"
        )
        return sentences
    share = style.proportion(first["estimate"], first["ci_low"], first["ci_high"], digits=0)
    through = study.label(study.mediator)
    if study.odds_ratio:
        adjusted = f"With {_lower(through)} in the model the {study.odds_ratio} is {_ratio(direct, study)}"
        sentences.append(
            f"{adjusted}: further from 1 than without. As a share of the effect that step would be {share}, "
            "which a change of scale makes, not mediation."
            if first["estimate"] < 0
            else f"{adjusted}. Measured by how much the log odds ratio shrinks, {share} of the effect of "
            f"{treated} runs through {_lower(through)}."
        )
    else:
        sentences.append(f"Of this difference {share} runs through {_lower(through)}.")
    averaged = _effect(result, "pm", "mean")
    if study.odds_ratio and averaged is not None:
        other = style.proportion(averaged["estimate"], averaged["ci_low"], averaged["ci_high"], digits=0)
        sentences.append(
            f"Measured on the mean of the outcome, which no change of scale distorts, the share is {other}."
        )
    return sentences


def meaning(result: AnalysisResult) -> list[str]:
    """Say what the mediation effects mean and what they do not mean, with this run's numbers.

    The odds ratio is not collapsible (Greenland, Robins & Pearl 1999 Stat Sci 14:29), so a proportion from
    odds ratios mixes mediation with a change of scale (Karlson, Holm & Breen 2012 Sociol Methodol 42:286).

    Parameters
    ----------
    result
        The analysis.
    """
    study = result.study
    mediator, outcome = _lower(study.label(study.mediator)), study.label(study.outcome)
    treated = study.arm("treated")
    a = _coefficient(result.models["mediator"], "treatment")
    b = None if study.spline_knots else _coefficient(result.models["outcome"], "mediator")
    sentences = [
        f"Path a, from treatment to mediator: {_path(a, study)} for {mediator}. Path b, from mediator to "
        "outcome among participants on the same treatment: "
        f"{_path(b, study) if b else 'a curve (restricted cubic spline) without a single number'}."
    ]
    first, second = _effect(result, "log_or_difference"), _effect(result, "khb")
    averaged = _effect(result, "pm", "mean")
    if study.odds_ratio:
        predictor = "may be such a predictor"
        if b is not None:
            strong = _direction(b["ratio_low"], b["ratio_high"], 1.0)
            predictor = "is such a predictor" if strong else "is not clearly one here"
        sentences.append(
            "An odds ratio changes when a strong predictor of the outcome enters the model, even if "
            "that predictor has nothing to do with the treatment (non-collapsibility). "
            f"{study.label(study.mediator)} {predictor}. The step from the total to the direct "
            f"{study.odds_ratio} therefore adds up two things: what the mediator carries, and a "
            "stretching of the scale that usually works the other way. The share from the difference is "
            "then too small, and can be negative although something is mediated."
        )
        sentences += _stretched(result)
        if first is not None and second is not None:
            one, two = (100 * float(row["estimate"]) for row in (first, second))
            shares = f"{_whole(one)} from the difference, {_whole(two)} when both models are put on one scale"
            shares += " (Karlson-Holm-Breen)"
            if averaged is not None:
                shares += f", and {_whole(100 * float(averaged['estimate']))} on the mean of the outcome"
            if two - one >= 2:
                sentences.append(
                    f"In this analysis the same fits give {shares}. The first differs from the others "
                    "because of the stretching, so it should not be read as the share that is mediated."
                )
            elif one - two >= 2:
                sentences.append(
                    f"In this analysis the same fits give {shares}. They are apart in the direction that "
                    "the stretching does not explain: chance, or models that describe the data badly, "
                    "may be the reason."
                )
            else:
                sentences.append(
                    f"In this analysis the same fits give {shares}: the stretching is small here."
                )
    else:
        sentences.append(
            "The outcome is modelled on its own scale, where effects along the paths add up; the "
            "difference and the product describe the same quantity."
        )
    for row in (first, second):
        if row is not None and not 0 <= float(row["estimate"]) <= 1:
            sentences.append(
                f"{style.effect_name(row['effect'])} lies outside 0% to 100% "
                f"({style.proportion(row['estimate'], row['ci_low'], row['ci_high'])}). That is printed "
                "as it is: it happens when the direct and the total effect are pulled apart by the "
                "scale or by chance, or work in opposite directions."
            )
    sentences.append(
        f"{treated} was allotted by chance; {mediator} was not. Participants with different values "
        f"differ in other ways too, and whatever affects both {mediator} and {outcome} and is not among "
        "the covariates moves these shares. They describe the average patient of these studies and do "
        "not show that changing the mediator by other means would change the outcome."
    )
    return sentences


def _stretched(result: AnalysisResult) -> list[str]:
    """Say where the mediator moves the treatment's odds ratio away from 1, beside the indirect effect."""
    study = result.study
    total, direct = (_coefficient(result.models[name], "treatment") for name in ("total", "outcome"))
    found = _effect(result, "tnie", "mean")
    if found is None or not total["estimate"] * (direct["estimate"] - total["estimate"]) > 0:
        return []
    clear = _direction(found["ci_low"], found["ci_high"], 0.0)
    indirect = style.interval(found["estimate"], found["ci_low"], found["ci_high"])
    verdict = "is clear" if clear else "is not clearly different from none"
    return [
        f"Here the {study.odds_ratio} moves away from 1 when the mediator enters, from "
        f"{style.fixed(total['ratio'])} to {style.fixed(direct['ratio'])}: as a share that step would be "
        f"{_whole(100 * (1 - direct['estimate'] / total['estimate']))}. The indirect effect on the mean of "
        f"the outcome, {indirect}, {verdict}."
    ]


def _refuse_patient_rows(
    results: Sequence[AnalysisResult],
    published: pd.DataFrame | None,
    quality: Mapping[str, pd.DataFrame] | None,
) -> None:
    """Stop where a table looks like patients: one of their columns is among its own."""
    named: dict[str, pd.DataFrame] = {}
    for result in results:
        label = str(result.study.analysis.get("label", "analysis"))
        for name in ("flow", "baseline", "outcome", "mediator", "effects"):
            named[f"{label}: {name}"] = getattr(result, name)
        named |= {f"{label}: {name} model": frame for name, frame in result.models.items()}
    named |= {f"quality of {trial}": frame for trial, frame in (quality or {}).items()}
    if published is not None:
        named["published comparison"] = published
    private = {"patient", "treatment", *results[0].study.variables}
    for name, frame in named.items():
        found = sorted(private.intersection(map(str, frame.columns)))
        # One shared name may be chance: a study can have a variable called `level`.
        if "patient" in found or len(found) > 1:
            raise PatientRowsError(
                f"{name}: columns {', '.join(found)} belong to the patient-level data ({len(frame)} "
                "rows); the report takes aggregate tables only"
            )


def _coefficient(model: pd.DataFrame, term: str) -> dict[Any, Any]:
    rows = model[(model["component"] == "coefficient") & (model["term"] == term)]
    return dict(rows.to_dict("records")[0])


def _effect(result: AnalysisResult, effect: str, scale: str = "proportion") -> dict[Any, Any] | None:
    """Row of an effect, nothing where it is absent or withheld."""
    effects = result.effects
    rows = effects[(effects["effect"] == effect) & (effects["scale"] == scale)].to_dict("records")
    return dict(rows[0]) if rows and style.known(rows[0]["estimate"]) else None


def _withheld(result: AnalysisResult, effect: str) -> str:
    rows = result.effects[result.effects["effect"] == effect]
    notes = [str(note) for note in rows["note"] if isinstance(note, str) and note]
    return f"{notes[0].rstrip('.')}." if notes else "this run has no estimate of it."


def _estimate(row: Mapping[Any, Any], study: Study) -> tuple[float, float, float]:
    """Give estimate and interval on the scale the outcome is reported on."""
    if study.odds_ratio:
        return row["ratio"], row["ratio_low"], row["ratio_high"]
    return row["estimate"], row["ci_low"], row["ci_high"]


def _ratio(row: Mapping[Any, Any], study: Study) -> str:
    text = style.interval(row["ratio"], row["ratio_low"], row["ratio_high"])
    return text.replace(" (", f" ({study.coverage} CI ")


def _difference(row: Mapping[Any, Any], study: Study) -> str:
    text = style.interval(row["estimate"], row["ci_low"], row["ci_high"])
    return f"difference {text}".replace(" (", f" ({study.coverage} CI ")


def _path(row: Mapping[Any, Any], study: Study) -> str:
    columns = ("ratio", "ratio_low", "ratio_high")
    if not style.known(row["ratio"]):
        columns = ("estimate", "ci_low", "ci_high")
    text = style.interval(*(row[column] for column in columns))
    scale = style.path_scale(str(row["term"]), row, study=study)
    return f"{scale}, {text.replace(' (', f' ({study.coverage} CI ')}"


def _direction(low: float, high: float, null: float) -> int:
    """Give the side of the null on which an interval lies, 0 where it holds the null."""
    if style.known(low) and low > null:
        return 1
    return -1 if style.known(high) and high < null else 0


def _lower(text: str) -> str:
    """Begin a label in lower case inside a sentence, unless it begins with an abbreviation."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _unbroken(sentence: str) -> str:
    """Keep the two ends of an interval on one line."""
    return sentence.replace(style.DASH, f"\N{WORD JOINER}{style.DASH}\N{WORD JOINER}")


def _whole(share: float) -> str:
    return f"{style.fixed(share, digits=0)}%"


def _facts(result: AnalysisResult) -> list[dict[str, str]]:
    """Numbers at a glance."""
    study = result.study
    last = result.flow.sort_values("step").iloc[-1]
    total, direct = (_coefficient(result.models[name], "treatment") for name in ("total", "outcome"))
    arms = ", ".join(
        f"{study.short(arm)} {style.count(last[f'remaining_{arm}'])}" for arm in ("treated", "control")
    )
    name = _measure(study)

    def fact(label: str, row: Mapping[Any, Any]) -> dict[str, str]:
        estimate, low, high = _estimate(row, study)
        ends = style.span(style.fixed(low), style.fixed(high))
        return {"label": label, "value": style.fixed(estimate), "detail": f"{study.coverage} CI {ends}"}

    facts = [
        {"label": "Participants analysed", "value": style.count(last["remaining"]), "detail": arms},
        fact(f"Total effect, {name}", total),
        fact(f"With the mediator, {name}", direct),
    ]
    for (effect, scale), label in SHARES.items():
        row = _effect(result, effect, scale)
        if row is None:
            continue
        detail = str(row["note"])
        if style.known(row["ci_low"]):
            ends = (f"{style.fixed(100 * row[end], digits=0)}%" for end in ("ci_low", "ci_high"))
            detail = f"{study.coverage} interval {style.span(*ends)}"
        facts.append({"label": label, "value": _whole(100 * row["estimate"]), "detail": detail})
    return facts


def _figure(name: str, svg: str, result: AnalysisResult) -> dict[str, str]:
    encoded = base64.b64encode(svg.encode()).decode("ascii")
    return {"source": f"data:image/svg+xml;base64,{encoded}", "alt": _alt(name, result)}


def _alt(name: str, result: AnalysisResult) -> str:
    """Say in words what a figure shows, for readers who cannot see it."""
    study = result.study
    mediator, outcome = study.label(study.mediator), study.label(study.outcome)
    last = result.flow.sort_values("step").iloc[-1]
    words = {
        "patient_flow": f"From randomisation to the {style.count(last['remaining'])} analysed.",
        "outcome_by_arm": f"{outcome} by arm: percentages at each level.",
        "outcome_by_trial": f"{outcome} by arm in each trial: percentages at each level.",
        "mediator_by_arm": f"Distribution of {mediator} by arm, with median and interquartile range.",
        "mediator_by_trial": f"Median and interquartile range of {mediator} by arm in each trial.",
        "path_diagram": f"Paths from treatment through {mediator} to {outcome} with their estimates.",
        "proportion_distribution": "Bootstrap distribution of the proportion mediated, with its interval.",
        "model_coefficients": "Coefficients of the models without and with the mediator, with intervals.",
    }
    note = f" {style.SYNTHETIC_NOTE}." if study.synthetic else ""
    return words.get(name, name.replace("_", " ").capitalize()) + note


def _page_table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "heads": table.heads,
        "prose": [position for position, name in enumerate(table.cells.columns) if name in tables.PROSE],
        "rows": [[str(cell) for cell in row] for row in table.cells.itertuples(index=False)],
        "indented": table.indented,
        "notes": table.notes,
    }


def _fits(result: AnalysisResult) -> list[str]:
    """One sentence a model on how its fit went."""
    sentences = []
    for name, fit in result.diagnostics.items():
        state = "converged" if fit.get("converged") else "did NOT converge"
        text = f"The {name} model {state} on {style.count(fit.get('n', math.nan))} participants"
        if fit.get("imputations", 1) > 1:
            text += f", {style.count(fit['imputations'])} completed data sets"
        if fit.get("singular"):
            text += "; the fit is singular"
        if "nonlinearity" in fit:
            p_value = style.p_sentence(fit["nonlinearity"]["p_value"])
            text += f"; the mediator's curve against a straight line, {p_value}"
        # a warning begins with the name of its class
        warnings = [str(warning).partition(": ")[2].rstrip(".") for warning in fit.get("warnings", [])]
        sentences.append(". ".join([text, *(words[0].upper() + words[1:] for words in warnings)]) + ".")
    return sentences


def _verdict(published: pd.DataFrame) -> str:
    agrees = published["agrees"].astype(str).str.lower().isin(["true", "1", "1.0"])
    apart = [str(label) for label in published.loc[~agrees, "label"]]
    text = f"{int(agrees.sum())} of {len(published)} published figures agree with this run by their rule."
    return f"{text} Not in agreement: {'; '.join(apart)}." if apart else text


def _published_shares(results: Sequence[AnalysisResult]) -> list[str]:
    """Set the shares that do not mix mediation with a change of scale beside each published one that does."""
    sentences = []
    for result in results:
        study, printed = result.study, result.study.published_share
        found = {label: _effect(result, *effect) for effect, label in SHARES.items()}
        shares = [
            f"{tables.effect_text(row)} {label.removeprefix('Share, ')}"
            for label, row in found.items()
            if row
        ]
        if printed and shares and study.odds_ratio:
            ends = (printed.get(end, math.nan) for end in ("value", "low", "high"))
            sentences.append(
                f"The published share, {style.proportion(*ends)}, is one by difference. In the analysis "
                f"“{study.analysis['label']}” this run gives {'; '.join(shares)}. Why a difference of log "
                "odds ratios comes out too small is said under Mediation."
            )
    return sentences


def _beside(results: Sequence[AnalysisResult]) -> Table:
    """Set the main numbers of all analyses beside each other."""
    rows = []
    mixed = len({_measure(result.study) for result in results}) > 1
    for result in results:
        study = result.study
        last = result.flow.sort_values("step").iloc[-1]
        label = str(study.analysis.get("label", ""))
        cells = [f"{label}: {_measure(study)}" if mixed else label, style.count(last["remaining"])]
        for model in ("total", "outcome"):
            row = _coefficient(result.models[model], "treatment")
            cells.append(style.interval(*_estimate(row, study)))
        for effect, scale in SHARES:
            found = _effect(result, effect, scale)
            cells.append(tables.effect_text(found) if found else "withheld")
        rows.append(cells)
    study = results[0].study
    quantity = "" if mixed else f", {_measure(study)}"
    columns = [
        "Analysis",
        "Participants",
        f"Total effect{quantity} ({study.coverage} CI)",
        f"Direct effect{quantity} ({study.coverage} CI)",
        *SHARES.values(),
    ]
    return Table(
        name="analyses", title="All analyses beside each other", cells=pd.DataFrame(rows, columns=columns)
    )


def _measure(study: Study) -> str:
    """Name the treatment's coefficient in the outcome models."""
    return study.odds_ratio or "difference"


_TRIAL_EFFECTS = {
    "none": "There is one study, so the models have no trial effects.",
    "fixed": "Each trial has its own level of mediator and outcome (indicators); the effects are shared.",
    "random_intercept": "Each trial has its own level of mediator and outcome, normally distributed.",
    "random_slope": "Each trial has its own level and its own treatment effect, normally distributed.",
    "random_slopes": (
        "Each trial has its own level, treatment effect and, in the outcome model, mediator effect, "
        "drawn from a normal distribution."
    ),
}
_FAMILIES = {
    "ordinal": "a proportional-odds (cumulative logit) model: one odds ratio for every cut of the scale",
    "binary": "a logistic model",
    "continuous": "a linear model",
}
_INTERVALS = {
    "percentile": "percentile intervals (Davison & Hinkley 1997)",
    "basic": "basic intervals (Davison & Hinkley 1997)",
    "normal": "normal intervals (Davison & Hinkley 1997)",
    "bca": "bias-corrected and accelerated intervals (Efron 1987)",
}
_RESAMPLING = {
    "stratified": "Participants are drawn with replacement within trial and arm (these trials)",
    "two_level": (
        "Trials are drawn with replacement, and within each of them participants by arm "
        "(a population of such trials)"
    ),
}


def _methods(result: AnalysisResult) -> list[str]:
    """Describe the analysis from its configuration, with sources."""
    study, analysis = result.study, result.study.analysis
    mediator, outcome = study.label(study.mediator), study.label(study.outcome)
    transform = {
        "log": "as its natural logarithm", "log1p": "as the natural logarithm of one more than its value",
        "cube_root": "as its cube root", "identity": "as measured",
    }.get(study.transform, study.transform)  # fmt: skip
    offset = float(analysis["mediator"].get("offset") or 0)
    if study.transform == "log" and offset:
        unit = study.unit(study.mediator)
        transform += (
            f" after adding {style.measure(offset)}{' ' + unit if unit else ''}, so that zero is allowed"
        )
    if study.spline_knots:
        transform += (
            f", in the outcome model by a restricted cubic spline with {study.spline_knots} knots at "
            "quantiles (Harrell 2015)"
        )
    sentences = [
        f"{mediator} enters the models {transform}. {outcome} is modelled by {_FAMILIES[study.family]}. "
        f"{_TRIAL_EFFECTS.get(str(analysis.get('trial_effects')), '')} {_adjustment(study)}",
        "Three models are fitted: treatment on mediator, treatment on outcome (total), and treatment "
        "and mediator on outcome. The share by difference is one minus the ratio of the two treatment "
        "coefficients (Freedman, Graubard & Schatzkin 1992); the share by product sets the product of "
        "the two path coefficients against its sum with the direct effect. Both are conventional rather "
        "than causal: the counterfactual definitions that they are meant to approximate are those of "
        "Imai, Keele & Tingley 2010 and, for ordinal outcomes, VanderWeele, Zhang & Lim 2016. How a "
        "change of scale enters a comparison of odds ratios is worked out by Karlson, Holm & Breen 2012.",
    ]
    bootstrap = analysis.get("bootstrap", {})
    if bootstrap:
        unit = _RESAMPLING.get(str(bootstrap.get("resampling")), "Participants are drawn with replacement")
        intervals = _INTERVALS.get(str(bootstrap.get("interval")), f"{bootstrap.get('interval')} intervals")
        sentences.append(
            f"{unit}; one resample serves all models of a replicate. "
            f"{style.count(bootstrap.get('replicates', math.nan))} replicates give {study.coverage} "
            f"{intervals}. For products of coefficients plain percentile intervals keep their error "
            "rates better than bias-corrected ones (Fritz, Taylor & MacKinnon 2012)."
        )
    missing = analysis.get("missing", {})
    if missing.get("method") == "impute":
        sentences.append(
            "Missing covariates and mediator values are imputed "
            f"{style.count(missing.get('imputations', math.nan))} times by chained equations with "
            "predictive mean matching within arm; replicates are spread over the completed data sets "
            "and pooled (Schomaker & Heumann 2018)."
        )
    elif missing.get("method") == "complete_case":
        sentences.append(
            "Only participants with every variable of the models measured are analysed (complete cases)."
        )
    sentences.append(
        "What a report of a mediation analysis should contain is listed in AGReMA (Lee et al. 2021)."
    )
    return sentences


def _adjustment(study: Study) -> str:
    """Name the covariates, by model where these differ."""
    stated = study.analysis.get("covariates", [])
    mediator, outcome = (_covariates(covariates_of(stated, model=model), study) for model in COVARIATE_MODELS)
    if mediator == outcome:
        return f"All models are adjusted for {outcome}." if outcome else "No model has covariates."
    return (
        f"The mediator model is adjusted for {mediator or 'nothing'}, the total and the outcome model for "
        f"{outcome or 'nothing'}."
    )


def _covariates(covariates: Covariates, study: Study) -> str:
    """Name covariates; a formula also as it stands, for it says more than their names."""
    names = [name for name in covariate_names(covariates) if name in study.variables]
    named = _and([_lower(study.label(name)) for name in names])
    return f"{named} (as the formula {covariates})" if isinstance(covariates, str) and covariates else named


SOURCES = (
    "Davison AC, Hinkley DV. Bootstrap Methods and their Application. Cambridge University Press 1997.",
    "Efron B. Better bootstrap confidence intervals. J Am Stat Assoc 1987;82:171.",
    "Freedman LS, Graubard BI, Schatzkin A. Statistical validation of intermediate endpoints. Stat Med "
    "1992;11:167.",
    "Fritz MS, Taylor AB, MacKinnon DP. Explanation of two anomalous results in mediation analysis. "
    "Multivariate Behav Res 2012;47:61.",
    "Harrell FE. Regression Modeling Strategies. 2nd ed. Springer 2015.",
    "Imai K, Keele L, Tingley D. A general approach to causal mediation analysis. Psychol Methods "
    "2010;15:309.",
    "Karlson KB, Holm A, Breen R. Comparing regression coefficients between same-sample nested models. "
    "Sociol Methodol 2012;42:286.",
    "Lee H, et al. A guideline for reporting mediation analyses (AGReMA). JAMA 2021;326:1045.",
    "Schomaker M, Heumann C. Bootstrap inference when using multiple imputation. Stat Med 2018;37:2252.",
    "VanderWeele TJ, Zhang Y, Lim P. Mediation analysis with an ordinal outcome. Epidemiology 2016;27:651.",
)


def _and(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _manifest(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Split a manifest into single facts, tables of names and values, and the rest as text."""
    words = {key: key.replace("_", " ").capitalize() for key in manifest}
    facts = {
        words[key]: str(value) for key, value in manifest.items() if not isinstance(value, Mapping | list)
    }
    flat = {
        words[key]: {str(name): str(entry) for name, entry in value.items()}
        for key, value in manifest.items()
        if isinstance(value, Mapping)
        and not any(isinstance(entry, Mapping | list) for entry in value.values())
    }
    rest = {
        words[key]: json.dumps(value, indent=2, ensure_ascii=False, default=str)
        for key, value in manifest.items()
        if words[key] not in facts and words[key] not in flat
    }
    return {"facts": facts, "tables": flat, "rest": rest}

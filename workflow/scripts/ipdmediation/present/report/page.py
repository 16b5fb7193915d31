"""The page itself: what stands where, made from the tables and figures of a run."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from ipdmediation.data.described import INTEGRITY_COLUMNS
from ipdmediation.data.notices import model_step
from ipdmediation.present import notation, style
from ipdmediation.present.death import meaning as death_meaning
from ipdmediation.present.emphasis import without
from ipdmediation.present.house_style import people
from ipdmediation.present.labels import NATURAL, share_label
from ipdmediation.present.manuscript.agrema import agrema
from ipdmediation.present.notation import unbroken
from ipdmediation.present.proportional_odds import impact
from ipdmediation.present.report.agreement import agreement
from ipdmediation.present.report.answer import answer
from ipdmediation.present.report.comparison import (
    beside,
    beside_truth,
    published_shares,
    truth_pairs,
    verdict,
)
from ipdmediation.present.report.estimand import estimand
from ipdmediation.present.report.figure_words import FIGURE_WORDS, alternative, caption, shows
from ipdmediation.present.report.files import all_files, exhibit_files
from ipdmediation.present.report.integrity import notable
from ipdmediation.present.report.meaning import meaning
from ipdmediation.present.report.methods import methods
from ipdmediation.present.report.not_asked import not_asked
from ipdmediation.present.report.pairs import drawn, published_pairs
from ipdmediation.present.report.privacy import refuse_other_columns, refuse_patient_rows
from ipdmediation.present.report.result import AnalysisResult, sentence
from ipdmediation.present.report.split import split
from ipdmediation.present.report.templates import named_trial, page_table, page_template
from ipdmediation.present.report.undoing import confounding_sentences, measurement_sentences
from ipdmediation.present.scales import better_outcome, reading
from ipdmediation.present.shares import shares_of
from ipdmediation.present.surrogacy import surrogacy_sentences
from ipdmediation.present.tables.baseline import baseline
from ipdmediation.present.tables.effects import effects
from ipdmediation.present.tables.evidence import evidence_tables
from ipdmediation.present.tables.flow import flow
from ipdmediation.present.tables.four_way import four_way
from ipdmediation.present.tables.models import models
from ipdmediation.present.tables.natural_effects import natural_effects
from ipdmediation.present.tables.outcome import outcome
from ipdmediation.present.tables.published import published as published_table
from ipdmediation.present.tables.quality import quality as quality_table
from ipdmediation.present.tables.trials import trials
from ipdmediation.vocabulary.effects import PROPORTION_MEDIATED, EffectKey
from ipdmediation.vocabulary.scales import COEFFICIENT, MEAN
from ipdmediation.vocabulary.withheld import Withheld


def render(
    template: Path,
    results: Sequence[AnalysisResult],
    *,
    published: pd.DataFrame | None = None,
    quality: Mapping[str, pd.DataFrame] | None = None,
    integrity: pd.DataFrame | None = None,
    manifest: Mapping[str, Any] | None = None,
    truth: Mapping[str, Any] | None = None,
    files: Sequence[Sequence[str]] = (),
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
    integrity
        As `integrity.check_integrity` returns it.
    manifest
        Seed, versions, checksums: numbers and texts, or mappings of them.
    truth
        Effects of the generating model, of a synthetic study.
    files
        What lies beside the page, as paths from its folder: the study's files, then those of each analysis.

    Returns
    -------
    str
        The page.

    Raises
    ------
    PatientRowsError
        If a table has a column that is not one of an aggregate; the page may hold no other.
    """
    main, manifest = results[0], manifest or {}
    study = main.study
    refuse_patient_rows(results, published=published, quality=quality or {})
    if integrity is not None:
        refuse_other_columns("integrity", integrity, INTEGRITY_COLUMNS)
    compared = None if published is None or published.empty else published
    text = methods(main, version=str(manifest.get("software", {}).get("version", "")))
    true_table, true_sentences = (None, []) if truth is None else beside_truth(main, truth)
    return page_template(template).render(
        study=study,
        synthetic_note=style.SYNTHETIC_NOTE,
        answer=[unbroken(line) for line in (*answer(main), *agreement(results))],
        split=split(main),
        facts=_facts(main),
        shares_differ=_shares_differ(main),
        figures={name: _figure(name, svg, results) for name, svg in main.figures.items()},
        trials=page_table(trials(main.distributions, main.outcome, study=study)),
        flow=page_table(flow(main.flow, study=study)),
        baseline=page_table(baseline(main.baseline, main.flow, study=study)),
        outcome=page_table(outcome(main.outcome, study=study)),
        models=page_table(models(main.models, study=study)),
        effects=page_table(effects(main.effects, study=study)),
        natural=page_table(natural_effects(main.effects, study=study)),
        four_way=page_table(four_way(main.effects, study=study)),
        **_evidence(main),
        estimand=estimand(study),
        meaning=[unbroken(line) for line in meaning(main)],
        notices={place: main.messages(*steps) for place, steps in NOTICE_PLACES.items()},
        fits=_fits(main),
        published=None
        if compared is None
        else page_table(
            published_table(compared, study=study), drawn(published_pairs(compared), other="published")
        ),
        verdict=[] if compared is None else [*verdict(compared), *published_shares(results)],
        truth=None
        if truth is None or true_table is None
        else page_table(true_table, drawn(truth_pairs(main, truth), other="truth")),
        true_sentences=true_sentences,
        quality=[
            {"trial": named_trial(trial, study), **page_table(quality_table(frame, study=study))}
            for trial, frame in (quality or {}).items()
        ],
        integrity=None if integrity is None or integrity.empty else notable(integrity, study),
        analyses=page_table(beside(results)) if len(results) > 1 else None,
        analyses_notices=[
            {"analysis": str(result.study.analysis.get("label", "")), "messages": found}
            for result in results[1:]
            if (found := _own_notices(result, main))
        ],
        methods=text.done,
        assumptions=text.assumed,
        checklist=page_table(agrema(results)),
        exhibits=exhibit_files(chain.from_iterable(files[:2])),
        files=all_files(files, results),
        not_asked=not_asked(main),
        sources=[source.printed for source in text.sources.values()],
        manifest=_manifest(manifest),
    )


#: Which steps' notices stand beside which part of the page.
NOTICE_PLACES = {
    "figures": ("figures",),
    "participants": ("pooling", "cohort", "imputation"),
    "mediation": ("bootstrap",),
    "trials": ("each trial", "leave one out"),
    "undoing": ("confounding", "measurement error"),
    "surrogacy": ("surrogacy",),
    "death": ("death",),
    "proportional_odds": ("proportional odds",),
}
MODEL_STEPS = tuple(map(model_step, ("mediator", "total", "outcome")))  # said with each fit


def _evidence(result: AnalysisResult) -> dict[str, Any]:
    """Return the tables and sentences of what stands beside the effects, None where there is none."""
    evidence, study = result.evidence, result.study
    tables = {
        name: page_table(table)
        for name, table in evidence_tables(evidence, result.effects, study=study).items()
    }
    said: dict[str, Callable[[], list[str]]] = {
        "confounding": lambda: confounding_sentences(result),
        "measurement_error": lambda: measurement_sentences(result),
        "proportional_odds": lambda: impact(evidence["free_treatment"], study=study),
        "death": lambda: [death_meaning(evidence["death"], result.effects, study)],
        "surrogacy": lambda: surrogacy_sentences(evidence["surrogacy"], study=study),
    }
    told = {
        name: {"said": [unbroken(line) for line in sentences()], "table": tables[name]}
        if name in tables
        else None
        for name, sentences in said.items()
    }
    return {
        "by_trial": tables.get("each_trial"),
        "left_out": tables.get("leave_one_out"),
        "predictions": tables.get("surrogate_predictions"),
        "by_cut": tables.get("coefficients_by_cut"),
        "free": tables.get("free_treatment"),
        **told,
    }


def _own_notices(result: AnalysisResult, main: AnalysisResult) -> list[str]:
    """Notices of an analysis that the first one, which is told in full, does not have."""
    steps = [*MODEL_STEPS, *(step for found in NOTICE_PLACES.values() for step in found)]
    known = set(main.messages(*steps))
    return [message for message in result.messages(*steps) if message not in known]


def _facts(result: AnalysisResult) -> list[dict[str, str]]:
    """Numbers at a glance: each with its interval, and where no effect lies."""
    study = result.study
    last = result.last_step
    arms = ", ".join(
        f"{study.short(arm)} {notation.count(last[f'remaining_{arm}'])}" for arm in ("treated", "control")
    )
    facts = [
        {
            "label": f"{notation.upper(people())} analysed",
            "value": notation.count(result.fitted),
            "detail": arms,
        }
    ]
    shown = {
        EffectKey("te", MEAN.key): NATURAL["te"],
        EffectKey("pnde", MEAN.key): NATURAL["pnde"],
        EffectKey("tnie", MEAN.key): f"Effect through {study.named(study.mediator)}",
        **{key: share_label(key, study) for key in shares_of(study)},
    }
    if study.has_levels:
        shown[EffectKey("total", COEFFICIENT.key)] = (
            f"{NATURAL['te']}, {study.coefficient} of {better_outcome(study)}"
        )
    for key, label in shown.items():
        row = result.row(*key)
        if row is None:
            continue
        read = reading(*key, study=study)
        value, ends = read.parts(row)
        detail = notation.confidence(study.coverage, ends)
        if not notation.known(row["estimate"]):
            detail = Withheld(row["withheld"]).reason(notation.text_of(row["note"]))
        named = (
            f"{label}, {read.name}" if key.scale == MEAN.key and key.effect != PROPORTION_MEDIATED else label
        )
        unit = f" {read.unit}" if read.unit not in ("", "%") and notation.known(row["estimate"]) else ""
        about = "; ".join(filter(None, [detail, read.direction if notation.known(row["estimate"]) else ""]))
        facts.append({"label": named, "value": f"{value}{unit}", "detail": about})
    return facts


def _shares_differ(result: AnalysisResult) -> bool:
    """Whether the page gives two shares that a reader sees to differ."""
    rows = {key: result.estimated(*key) for key in shares_of(result.study)}
    written = {reading(*key, study=result.study).text(row) for key, row in rows.items() if row is not None}
    return len(written) > 1


def _figure(name: str, svg: str, results: Sequence[AnalysisResult]) -> dict[str, Any]:
    encoded = base64.b64encode(svg.encode()).decode("ascii")
    return {
        "source": f"data:image/svg+xml;base64,{encoded}",
        "label": shows(name, results[0]),
        "alt": without(alternative(name, results)),
        "caption": caption(name, results[0]),
        "narrow": FIGURE_WORDS[name].narrow(results[0].study),
    }


def _fits(result: AnalysisResult) -> list[str]:
    """One sentence per model on how its fit went."""
    sentences = []
    for name, fit in result.diagnostics.items():
        state = "converged" if fit["converged"] else "did NOT converge"
        text = f"The {name} model {state} on {notation.count(fit['n'])} {people()}"
        if fit["imputations"] > 1:
            text += f", {notation.count(fit['imputations'])} completed data sets"
        if fit["singular"]:
            text += "; the fit is singular"
        if "nonlinearity" in fit:
            p_value = notation.p_sentence(fit["nonlinearity"]["p_value"])
            text += f"; the mediator's curve against a straight line, {p_value}"
        sentences.append(" ".join([f"{text}.", *(sentence(each["message"]) for each in fit["warnings"])]))
    return sentences


def _manifest(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Split a manifest into single facts, tables of names and values, and the rest as text."""
    words = {key: key.replace("_", " ").capitalize() for key in manifest}
    words |= {"participants": notation.upper(people())}
    facts = {
        words[key]: "unknown" if value is None else str(value)
        for key, value in manifest.items()
        if not isinstance(value, Mapping | list)
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

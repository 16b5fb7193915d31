"""The numbers of the main figures, read out for readers who cannot see them; each is one of a table's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ipdmediation.present import notation
from ipdmediation.present.confounding import correlation, ends_of, on_the_mean, reached_row, undone_row
from ipdmediation.present.each_trial import SHOWN, reported, rows_by_trial
from ipdmediation.present.labels import NATURAL, share_label
from ipdmediation.present.leave_one_out import by_trial
from ipdmediation.present.notation import lower
from ipdmediation.present.report.by_arm import levels_by_arm, listed, medians, p_value
from ipdmediation.present.report.comparison import TRUE_EFFECTS
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.scales import Reading, Row, named_cut, reading, total_of_models
from ipdmediation.present.shares import shares_of
from ipdmediation.present.worlds import WORLDS, distributions, means, named_world
from ipdmediation.vocabulary.scales import COEFFICIENT, MEAN, scale_of
from ipdmediation.vocabulary.withheld import Withheld

Results = Sequence[AnalysisResult]  # of all analyses, the main one first


def patient_flow(results: Results) -> list[str]:
    """Read out how many there were, and how many are analysed."""
    first = results[0].flow.sort_values("step").iloc[0]
    counts = (notation.count(number) for number in (first["remaining"], results[0].fitted))
    return ["{} were randomised, {} are analysed.".format(*counts)]


def balance(results: Results) -> list[str]:
    """Read out the largest difference."""
    table, study = results[0].baseline, results[0].study
    sizes = table[(table["trial"] == "all") & (table["statistic"] == "smd") & table["estimate"].notna()]
    if sizes.empty:
        return []
    row = max(sizes.to_dict("records"), key=lambda row: abs(row["estimate"]))
    size = notation.fixed(abs(row["estimate"]), nulls=(0,))
    return [f"The largest is {size}, of {study.named(str(row['variable']))}."]


def outcome_by_arm(results: Results) -> list[str]:
    """Read out the percentages of an outcome with levels, else medians and quartiles."""
    study, table = results[0].study, results[0].outcome
    if not study.has_levels:
        return [*filter(None, [medians(table, study.outcome, study=study)]), *p_value(table)]
    row = results[0].estimated("total", COEFFICIENT.key)
    read = reading("total", COEFFICIENT.key, study=study)
    name = notation.upper(total_of_models(study))
    estimate = [] if row is None else [f"{name}: {read.sentence(row, study)}."]
    return [*levels_by_arm(table, study=study), *estimate]


def mediator_by_arm(results: Results) -> list[str]:
    """Read out medians and quartiles."""
    study, table = results[0].study, results[0].mediator
    return [*filter(None, [medians(table, study.mediator, study=study)]), *p_value(table)]


def calibration(results: Results) -> list[str]:
    """Read out where the model is farthest from what was observed."""
    study, table = results[0].study, results[0].calibration
    known = table[table["observed"].notna()].to_dict("records")  # others are withheld
    if not known:
        return []
    row = max(known, key=lambda row: abs(row["observed"] - row["expected"]))
    where = f"with {study.named_arm(str(row['arm']))}, in group {row['group']} of the mediator"
    if not study.has_levels:
        observed, expected = (study.amount(study.outcome, row[name]) for name in ("observed", "expected"))
        return [f"They differ most {where}: a mean of {observed} observed, {expected} expected."]
    observed, expected = (
        f"{notation.fixed(100 * row[name], digits=1)}%" for name in ("observed", "expected")
    )
    level = study.levels(study.outcome)[notation.level_id(row["level"])]
    return [f"They differ most {where}: “{level}” in {observed} observed, {expected} expected."]


def mediator_residuals(results: Results) -> list[str]:
    """Read out the spread in each arm, the quantile that is farthest off, and how far means reach."""
    study, table = results[0].study, results[0].residuals
    known = table[table["estimate"].notna()]
    sentences = []
    spreads = known[known["group"].isna() & (known["statistic"] == "sd")].to_dict("records")
    if spreads:
        by_arm = [
            f"{notation.fixed(row['estimate'])} with {study.named_arm(str(row['arm']))}" for row in spreads
        ]
        sentences.append(f"Their standard deviation is {notation.joined(by_arm)}.")
    quantiles = known[known["statistic"] == "quantile"].to_dict("records")
    if quantiles:
        row = max(quantiles, key=lambda row: abs(row["estimate"] - row["expected"]))
        found, normal = (notation.fixed(row[name]) for name in ("estimate", "expected"))
        sentences.append(
            f"The quantile farthest from a normal one, {found} in place of {normal}, is with "
            f"{study.named_arm(str(row['arm']))}."
        )
    means = known.loc[known["group"].notna() & (known["statistic"] == "mean"), "estimate"]
    if len(means):
        ends = dict.fromkeys(notation.fixed(float(end)) for end in (means.min(), means.max()))
        reach = f"go from {' to '.join(ends)}" if len(ends) > 1 else f"are {next(iter(ends))}"
        sentences.append(f"Means by fifth {reach}.")
    return sentences


def four_worlds(results: Results) -> list[str]:
    """Read out the outcome of each world."""
    study, table = results[0].study, results[0].worlds
    if not study.has_levels:
        found = means(table)
        texts = {world: study.amount(study.outcome, found[world]) for world in WORLDS}
    else:
        levels = study.levels_better_first()
        shares = distributions(table, list(levels))
        texts = {world: listed(dict(zip(levels, shares[world], strict=True)), levels) for world in WORLDS}
    sentences = []
    for world, text in texts.items():
        given, mediator = named_world(world, study)
        sentences.append(f"{given}, {lower(mediator)}: {text}.")
    return sentences


def effects_by_cut(results: Results) -> list[str]:
    """Read out the effects at the cut that the answer names, and how far those at the others reach."""
    main, study = results[0], results[0].study
    scale = named_cut(study)[0].key if study.family.cuts else MEAN.key
    rows = {effect: main.estimated(effect, scale) for effect in TRUE_EFFECTS}
    read = reading("te", scale, study=study)
    said = [f"{lower(NATURAL[effect])} {read.sentence(row, study)}" for effect, row in rows.items() if row]
    sentences = [f"{notation.upper(read.name)}: {'; '.join(said)}."] if said else []
    if study.family.cuts:
        table = main.effects[main.effects["estimate"].notna()]
        cuts = table[[scale_of(key).cut is not None for key in table["scale"]]]
        for effect in ("te", "tnie"):
            ends = [float(value) for value in cuts.loc[cuts["effect"] == effect, "estimate"]]
            if len(ends) > 1:
                low, high = (_number(value, read) for value in (min(ends), max(ends)))
                sentences.append(
                    f"Over all cuts the {lower(NATURAL[effect])} goes from {low} to {high} {read.unit}."
                )
    return sentences


def proportion_distribution(results: Results) -> list[str]:
    """Read out each share with its interval, or why it is not given."""
    main, study = results[0], results[0].study
    sentences = []
    for key in shares_of(study):
        row = main.row(*key)
        if row is None:
            continue
        text = reading(*key, study=study).sentence(row, study)
        if not notation.known(row["estimate"]):
            reason = Withheld(row["withheld"]).reason(notation.text_of(row["note"]))
            text = f"{text} ({reason})" if reason else text
        sentences.append(f"{share_label(key, study)}: {text}.")
    return sentences


def each_trial(results: Results) -> list[str]:
    """Read out what is pooled, what a new trial would have, and the trials with the outermost estimates."""
    study, evidence = results[0].study, results[0].evidence
    trials = rows_by_trial(evidence["trials"], study)
    pooled = evidence["pooled"]
    sentences = []
    for effect in SHOWN:
        read = reading(effect, MEAN.key, study=study)
        found = pooled[(pooled["effect"] == effect) & (pooled["scale"] == MEAN.key)]
        for row in found[found["estimate"].notna()].to_dict("records"):
            new = ""
            if reported(row, "prediction_low"):
                ends = (_number(row[end], read) for end in ("prediction_low", "prediction_high"))
                new = f", in a new trial {notation.span(*ends)}"
            sentences.append(
                f"{NATURAL[effect]}, {read.name}: {read.sentence(row, study)} pooled in two stages{new}."
            )
        own = {study.trial(trial): cells[effect] for trial, cells in trials.items() if effect in cells}
        sentences += _outermost(own, read, "In single trials it")
    return sentences


def leave_one_out(results: Results) -> list[str]:
    """Read out between which estimates the indirect effect moves."""
    study = results[0].study
    read = reading("tnie", MEAN.key, study=study)
    found = {
        f"without {study.trial(trial)}": dict(rows.iloc[0])
        for trial, table in by_trial(results[0].evidence["leave_one_out"], study).items()
        if len(rows := on_the_mean(table, "tnie"))
    }
    return _outermost(found, read, f"{NATURAL['tnie']}, {read.named}: it")


def confounding(results: Results) -> list[str]:
    """Read out the indirect effect without confounding, and what undoes it."""
    main, study = results[0], results[0].study
    read = reading("tnie", MEAN.key, study=study)
    curve = on_the_mean(main.evidence["confounding"], "tnie")
    start = dict(curve[curve["rho"] == 0].iloc[0])
    sentences = []
    if notation.known(start["estimate"]):
        sentences.append(
            f"{NATURAL['tnie']}, {read.name}, without such a cause: {read.sentence(start, study)}."
        )
    undone = main.evidence["confounding_undone"]
    explains, reached = undone_row(undone, "explains"), reached_row(undone)
    if explains is not None:
        ends = notation.confidence(study.coverage, ends_of(explains))
        written = notation.with_ends(correlation(explains["rho"]), ends)
        sentences.append(f"It vanishes at a correlation of {written}.")
    if reached is not None:
        sentences.append(
            f"From a correlation of {correlation(reached['rho'])} on, its interval includes no effect."
        )
    return sentences


def specification_curve(results: Results) -> list[str]:
    """Read out the main analysis and those with the outermost estimates, of all on its scale."""
    study = results[0].study
    read = reading("tnie", MEAN.key, study=study)
    found = {
        f"“{result.study.analysis.get('label', '')}”": row
        for result in results
        if reading("tnie", MEAN.key, study=result.study) == read
        and (row := result.estimated("tnie", MEAN.key)) is not None
    }
    main = results[0].estimated("tnie", MEAN.key)
    sentences = []
    if main is not None:
        sentences.append(f"{NATURAL['tnie']}, {read.name}: {read.sentence(main, study)} in the primary one.")
    return [*sentences, *_outermost(found, read, "In all analyses it")]


def _outermost(rows: Mapping[str, Row], read: Reading, start: str) -> list[str]:
    """Say which of several estimates are the lowest and the highest, nothing of a single one."""
    found = {name: float(row["estimate"]) for name, row in rows.items() if notation.known(row["estimate"])}
    if len(found) < 2:
        return []
    low, high = min(found, key=found.__getitem__), max(found, key=found.__getitem__)
    lowest, highest = (_number(found[end], read) for end in (low, high))
    if lowest == highest:
        return [f"{start} is {lowest}."]
    return [f"{start} goes from {lowest} ({low}) to {highest} ({high})."]


def _number(value: float, read: Reading) -> str:
    return notation.fixed(read.number(value), digits=read.digits, nulls=(read.null,))

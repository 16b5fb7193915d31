# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
"""The table of the three models, side by side."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ipdmediation.present.tables.effects import effects as effects_table
from ipdmediation.present.tables.models import models as models_table
from ipdmediation.present.tables.natural_effects import natural_effects
from tests.unit.present.made_tables import every, row


def test_models_stand_side_by_side(examples):
    table = every(examples)["models"]
    assert row(table, "Endovascular therapy vs standard care") == [
        "Endovascular therapy vs standard care", "0.65 (0.56–0.76)", "<.001",
        "2.46 (1.69–3.57)", "<.001", "2.23 (1.47–3.36)", "<.001",
    ]  # fmt: skip
    assert row(table, "Follow-up infarct volume, per ln mL")[1:5] == [""] * 4
    terms = list(table.cells["Term"])
    assert terms[:3] == ["Endovascular therapy vs standard care", "Follow-up infarct volume, per ln mL",
                         "Follow-up infarct volume, per doubling"]  # fmt: skip
    assert "Age, per year" in terms
    threshold = "Threshold between 1 and 0 (coefficient)"
    assert row(table, threshold)[1:] == ["", "", "−2.00", "–", "−2.00", "–"]
    assert row(table, "Trial: ESCAPE")[1] == "0.30"
    assert terms.index("Trial: ESCAPE") < terms.index(threshold) < terms.index("Residual SD")
    assert table.cells.columns.is_unique
    assert table.heads.count("P") == 3
    assert all("Wald" in head for head in table.heads if "model" in head)


def test_labels_with_commas_and_pers_are_only_shown(examples):
    frames = examples.models()
    for frame in frames.values():
        frame.loc[frame["term"] == "age", "label"] = "Dose, per kg, per day"
    assert "Dose, per kg, per day, per year" in set(
        models_table(frames, study=examples.study()).cells["Term"]
    )


def test_with_an_interaction_the_treatments_row_names_its_value_of_the_mediator(examples):
    study, frames, _ = examples.interaction()
    table = models_table(frames, study=study)
    assert row(table, "Endovascular therapy vs standard care")[5:] == ["", ""]
    at_zero = row(table, "Endovascular therapy vs standard care, where the follow-up infarct volume is 0 mL")
    assert at_zero[1:5] == [""] * 4
    assert at_zero[5] == "3.74 (2.01–6.96)"
    assert any("is no direct effect" in note for note in table.notes)
    # beside an interaction the mediator's coefficient is that of one arm
    slope = row(table, "Follow-up infarct volume, per ln mL, Control")
    assert (
        slope[5]
        == row(models_table(frames, study=examples.study()), "Follow-up infarct volume, per ln mL")[5]
    )


def test_coefficients_that_are_no_ratios_have_unit_and_direction(examples):
    outcome = {"variable": "nihss", "family": "continuous", "better": "low"}
    study = examples.study(analysis={**examples.study().analysis, "outcome": outcome})
    frames = examples.models()
    for name in ("total", "outcome"):
        frames[name].loc[:, ["ratio", "ratio_low", "ratio_high"]] = np.nan
    table = models_table(frames, study=study)
    assert list(table.printed)[3::2] == [
        "Total model: difference, points (95% Wald CI)", "Outcome model: difference, points (95% Wald CI)",
    ]  # fmt: skip
    assert "In the total and the outcome model a difference below 0 means a better outcome." in table.notes


def test_the_note_on_an_odds_ratio_has_its_article(examples):
    study, frames, _ = examples.interaction()
    assert "A common odds ratio above 1 means a better outcome." in models_table(frames, study=study).notes
    analysis = study.analysis
    variables = {**study.variables, "dead": {"type": "binary", "label": "Dead at 90 days"}}
    outcome = {"variable": "dead", "family": "binary", "better": "low"}
    binary = replace(study, variables=variables, analysis={**analysis, "outcome": outcome})
    assert (
        "An odds ratio above 1 means a better outcome (Dead at 90 days: No)."
        in models_table(frames, study=binary).notes
    )


def test_the_own_levels_of_many_trials_are_counted_and_left_to_a_file(examples):
    trials = {f"t{number}": f"Trial {number}" for number in range(202)}
    frames = {name: frame[frame["kind"] != "trial"] for name, frame in examples.models().items()}

    def made(size):
        rows = [
            examples.other_row("any", "trial", "trial", (f"trial[{trial}]", f"Trial: {label}"), 0.3)
            for trial, label in list(trials.items())[1:size]
        ]
        own = pd.DataFrame(rows, columns=examples.MODEL)
        own["level"] = [f"t{number}" for number in range(1, size)]
        every = {name: pd.concat([frame, own], ignore_index=True) for name, frame in frames.items()}
        known = examples.study(trials=dict(list(trials.items())[:size]))
        return models_table(every, study=known)

    few, many = made(31), made(201)
    assert few.cells["Term"].str.startswith("Trial: ").sum() == 30
    assert not many.cells["Term"].str.startswith("Trial: ").any()
    assert len(many.cells) == len(few.cells) - 30
    said = "In the models, but not in the table: the own levels of 200 trials, which the CSV file"
    assert said in " ".join(many.notes)
    assert "not in the table" not in " ".join(few.notes)
    for table in (few, many):
        assert "; trials, Trial 0." in " ".join(table.notes)


def test_the_models_table_says_what_it_compares_with(examples):
    notes = " ".join(every(examples)["models"].notes)
    assert "not in the table" not in notes
    assert "Thresholds divide the levels of the modified Rankin Scale at 90 days" in notes
    assert "Levels compared with: occlusion site, “M1 segment”." in notes
    assert (
        "Ratios of the follow-up infarct volume, its logarithm and its doubling are those of its value plus "
        "1 mL" in notes
    )
    assert "Standard deviations are on the scale on which the model is linear." in notes
    study, frames = examples.study(), examples.models()
    bare = {
        name: frame[(frame["component"] == "coefficient") & (frame["level"] == "")]
        for name, frame in frames.items()
    }
    mediator = {"variable": "fiv", "transform": "log", "offset": 0}
    told = " ".join(
        models_table(bare, study=replace(study, analysis={**study.analysis, "mediator": mediator})).notes
    )
    for absent in (
        "not in the table",
        "Thresholds",
        "Levels compared",
        "its value plus",
        "Standard deviations",
    ):
        assert absent not in told


def test_a_residual_alone_has_its_scale_explained(examples):
    frames = {name: frame[frame["kind"] != "random"] for name, frame in examples.models().items()}
    assert "Standard deviations are on the scale" in " ".join(
        models_table(frames, study=examples.study()).notes
    )


def test_a_linear_models_outcome_has_no_second_scale(examples):
    assert "Proportion mediated, Karlson-Holm-Breen" in set(every(examples)["effects"].cells["Effect"])
    study = examples.study()
    outcome = {"variable": "nihss", "family": "continuous", "better": "low"}
    table = effects_table(
        examples.effects(), study=replace(study, analysis={**study.analysis, "outcome": outcome})
    )
    assert not any("Karlson" in name or "Part of it" in name for name in table.cells["Effect"])


@pytest.mark.parametrize(
    ("trial_effects", "resampling", "differ"),
    [
        ("random_slope", "stratified", True),
        ("random_slopes", "stratified", True),
        ("random_slope", "two_level", False),
        ("random_intercept", "stratified", False),
        ("fixed", "stratified", False),
        ("none", "two_level", False),
    ],
)
def test_intervals_about_other_trials_are_told_from_those_about_these(
    examples, trial_effects, resampling, differ
):
    study = examples.study()
    bootstrap = {**study.analysis["bootstrap"], "resampling": resampling}
    study = replace(
        study, analysis={**study.analysis, "trial_effects": trial_effects, "bootstrap": bootstrap}
    )
    notes = models_table(examples.models(), study=study).notes
    assert any("its Wald interval is about trials in general" in note for note in notes) == differ


def test_weights_are_named_and_their_wald_intervals_not_trusted(examples):
    study = examples.study()
    weighted = replace(study, analysis={**study.analysis, "weights": "nihss"})
    (named, warned) = (
        note for note in models_table(examples.models(), study=weighted).notes if "weight" in note
    )
    assert named == "Participants are weighted by “NIHSS at baseline”."
    assert "they are not robust" in warned
    for table in (effects_table, natural_effects):
        assert named in table(examples.effects(), study=weighted).notes
        assert not any("weight" in note for note in table(examples.effects(), study=study).notes)


def test_clusters_are_not_called_trials(examples):
    study = examples.study()
    clustered = replace(
        study, analysis={**study.analysis, "trial_effects": "random_slope", "cluster": "occlusion"}
    )
    notes = models_table(examples.models(), study=clustered).notes
    assert any("its Wald interval is about clusters in general" in note for note in notes)


def test_terms_of_a_spline_are_marked_as_coefficients(examples):
    study, frames, _ = examples.spline()
    table = models_table(frames, study=study)
    term = "Follow-up infarct volume, spline term 2: coefficient"
    assert row(table, term)[5] == "−1.30 (−2.30 to −0.30)"
    assert any("spline with 4 knots" in note for note in table.notes)


def test_the_intercept_stands_below_the_coefficients(examples):
    frames = examples.models()
    for frame in examples.models().values():
        intercept = frame[frame["term"] == "treatment"].assign(
            term="intercept", kind="intercept", label="Intercept"
        )
        frames = {**frames, str(frame["model"].iloc[0]): pd.concat([intercept, frame], ignore_index=True)}
    terms = list(models_table(frames, study=examples.study()).cells["Term"])
    assert terms[terms.index("Intercept") - 1] == "Onset to randomisation, per hour"
    assert terms[terms.index("Intercept") + 1] == "Trial: ESCAPE"


def test_an_intercept_without_a_ratio_is_called_a_coefficient(examples):
    frames = examples.models()
    mediator = frames["mediator"]
    intercept = mediator[mediator["term"] == "treatment"].assign(
        term="intercept", kind="intercept", label="Intercept"
    )
    intercept[["ratio", "ratio_low", "ratio_high"]] = np.nan
    frames["mediator"] = pd.concat([mediator, intercept], ignore_index=True)
    terms = set(models_table(frames, study=examples.study()).cells["Term"])
    assert "Intercept (coefficient)" in terms

# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
import io
import re
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH

from ipdmediation.present.tables.baseline import baseline
from ipdmediation.present.tables.effects import effects as effects_table
from ipdmediation.present.tables.flow import flow
from ipdmediation.present.tables.models import models as models_table
from ipdmediation.present.tables.natural_effects import natural_effects
from ipdmediation.present.tables.published import published
from ipdmediation.present.tables.quality import quality
from ipdmediation.present.tables.saving import save
from ipdmediation.present.tables.table import PROSE


def every(examples):
    study = examples.study()
    return {
        "baseline": baseline(examples.baseline(), examples.flow(), study=study),
        "models": models_table(examples.models(), study=study),
        "effects": effects_table(examples.effects(), study=study),
        "published": published(examples.published(), study=study),
        "quality": quality(examples.quality()["mr_clean"], study=study),
        "flow": flow(examples.flow(), study=study),
        "natural_effects": natural_effects(examples.effects(), study=study),
    }


NAMES = ["baseline", "models", "effects", "published", "quality", "flow", "natural_effects"]


def row(table, name):
    cells = table.cells
    return list(cells[cells.iloc[:, 0] == name].iloc[0])


def test_baseline_rows(examples):
    table = every(examples)["baseline"]
    assert list(table.cells.columns) == [
        "Characteristic", "All (n = 1665)", "Control (n = 844)", "EVT (n = 821)", "SMD", "Missing",
    ]  # fmt: skip
    assert row(table, "Age, years, median (IQR)")[1] == "68 (57–76)"
    assert row(table, "Female sex, n (%)")[1] == "781 (46.9)"
    assert row(table, "ASPECTS at baseline, points, median (IQR)")[-1] == "12"
    assert row(table, "Occlusion site, n (%)")[1] == ""
    names = list(table.cells["Characteristic"])
    start = names.index("Occlusion site, n (%)")
    assert names[start + 1 : start + 4] == ["M1 segment", "Internal carotid artery", "M2 segment"]
    assert table.indented == {start + 1, start + 2, start + 3}


def test_baseline_explains_what_it_has_and_nothing_else(examples):
    frame = examples.baseline()
    made = {name: baseline(frame[frame["variable"] == name], examples.flow(), study=examples.study())
            for name in ("age", "female")}  # fmt: skip
    age, female = (" ".join(made[name].notes) for name in ("age", "female"))
    assert "IQR, interquartile range; SMD" in age
    assert "SD, standard deviation" not in age + female
    assert "Percentages" not in age
    assert "IQR" not in female
    assert "Percentages are of the participants" in female


def test_a_level_whose_label_ends_like_a_summary_is_none(examples):
    """What is explained is what was written, not how a label happens to end."""
    frame, study = examples.baseline(), examples.study()
    occlusion = {
        **study.variables["occlusion"],
        "levels": {"m1": "Stem (SD)", "ica": "Carotid, median (IQR)"},
    }
    study = examples.study(variables={**study.variables, "occlusion": occlusion})
    table = baseline(frame[frame["variable"] == "occlusion"], examples.flow(), study=study)
    assert [name for name in table.cells["Characteristic"] if name.endswith("(SD)")] == ["Stem (SD)"]
    assert not re.search("standard deviation|interquartile", " ".join(table.notes))


def test_baseline_falls_back_to_the_mean(examples):
    frame = examples.baseline()
    frame = frame[frame["variable"] == "age"].replace({"statistic": {"median": "mean", "q1": "sd"}})
    frame = frame[frame["statistic"] != "q3"]
    table = baseline(frame, examples.flow(), study=examples.study())
    assert row(table, "Age, years, mean (SD)")[1] == "68 (57)"


def test_what_nobody_has_a_value_of_is_a_dash(examples):
    frame = examples.baseline()
    frame.loc[frame["variable"].isin(["age", "female"]) & (frame["statistic"] != "missing"), "estimate"] = (
        np.nan
    )
    table = baseline(frame, examples.flow(), study=examples.study())
    assert row(table, "Age, years, median (IQR)")[1:5] == ["–", "–", "–", "–"]
    assert not table.cells.isin(["nan", "– (––)", "– (–––)"]).any().any()


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


def test_a_flow_without_rules_speaks_of_none(examples):
    study = examples.study()
    assert (
        "A participant is counted under the first rule that is not met."
        in flow(examples.flow(), study=study).notes
    )
    assert not any("rule" in note for note in flow(examples.flow().iloc[:1], study=study).notes)


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


def test_effects_are_in_words(examples):
    table = every(examples)["effects"]
    assert row(table, "Proportion mediated, difference of coefficients")[1:5] == [
        "share of the total effect", "12.2% (1.2% to 18.9%)", "0", "",
    ]  # fmt: skip
    assert row(table, "Treatment, not adjusted for the mediator (total)")[1:6] == [
        "common odds ratio of a better outcome", "2.48 (1.77–3.53)", "1", "above 1", "<.002",
    ]  # fmt: skip
    assert set(table.cells["Replicates"]) == {"998"}
    assert "Failed bootstrap replicates: 2 of 1000." in table.notes
    assert any(note.startswith("In 40 replicates the trials' random effects") for note in table.notes)


def test_replicates_without_an_effect_are_counted(examples):
    effects = examples.changed("khb", "proportion", undefined=3)
    table = effects_table(effects, study=examples.study())
    assert row(table, "Proportion mediated, Karlson-Holm-Breen")[7] == "995"
    assert any("Up to 3 replicates have no value" in note for note in table.notes)
    assert any("; the column of replicates counts" in note for note in table.notes)
    # the other table has neither such a replicate nor such a column
    assert not any("no value" in note for note in natural_effects(effects, study=examples.study()).notes)
    natural = examples.changed("pm", "mean", undefined=3)
    told = " ".join(natural_effects(natural, study=examples.study()).notes)
    assert "Up to 3 replicates have no value" in told
    assert "column of replicates" not in told
    assert not any("no value" in note for note in effects_table(natural, study=examples.study()).notes)


def test_what_has_no_interval_has_no_kind_of_interval(examples):
    study, _, effects = examples.interaction()
    cells = effects_table(effects, study=study).cells.set_index("Effect")["Interval"]
    assert cells["Proportion mediated, difference of coefficients"] == ""
    assert cells["Proportion mediated, Karlson-Holm-Breen"] == "percentile"


def test_an_effect_that_an_analysis_has_not_is_no_ratio_without_denominator(examples):
    study, _, effects = examples.interaction()
    effects.loc[effects["withheld"] == "undefined", "undefined"] = 1000
    assert (effects["withheld"] == "undefined").any()
    table = effects_table(effects, study=study)
    assert not any("replicates have no value" in note for note in table.notes)
    assert row(table, "Proportion mediated, difference of coefficients")[2] == "not defined"


def test_a_bound_of_a_p_value_is_never_shown_as_its_value(examples):
    known = examples.changed("total", "coefficient", p_value=0.012, p_bound=False)
    cells = effects_table(known, study=examples.study()).cells
    assert list(cells["P"])[:2] == [".01", "<.002"]


def test_effects_with_an_interaction_name_arm_and_value(examples):
    study, _, effects = examples.interaction()
    names = set(effects_table(effects, study=study).cells["Effect"])
    assert "Treatment at the median of the mediator, 41 mL (direct)" in names
    assert "Mediator on the outcome, EVT (b)" in names


def test_a_withheld_effect_says_so(examples):
    table = effects_table(examples.withheld(("log_or_difference", "proportion")), study=examples.study())
    cells = row(table, "Proportion mediated, difference of coefficients")
    assert cells[2] == "withheld"
    assert cells[-1] == "withheld: total_uncertain"


def test_natural_effects_have_unit_null_and_direction(examples):
    table = every(examples)["natural_effects"]
    assert row(table, "Mean of the modified Rankin Scale at 90 days, points")[1] == "below 0"
    odds = row(table, "Common odds ratio of a better outcome, averaged over the participants")
    assert odds[1:3] == ["above 1", "2.05 (1.75–2.39)"]


def test_natural_effects_count_failures_and_explain_missing_intervals(examples):
    note = "no BCa interval: all replicates are above the estimate"
    effects = examples.changed("pm", "mean", ci_low=np.nan, ci_high=np.nan, note=note)
    table = natural_effects(effects, study=examples.study())
    assert "Failed bootstrap replicates: 2 of 1000." in table.notes
    assert "No BCa interval: all replicates are above the estimate." in table.notes
    assert table.cells.iloc[0, -1] == "24.4%"


def test_a_label_that_begins_with_an_abbreviation_stays_as_it_is(examples):
    study = examples.study()
    name = study.analysis["outcome"]["variable"]
    variables = {**study.variables, name: {**study.variables[name], "label": "mRS", "in_text": ""}}
    table = natural_effects(examples.effects(), study=examples.study(variables=variables))
    assert row(table, "mRS of 0–2, percentage points")
    assert row(table, "Mean of mRS, points")


def test_effects_on_a_binary_outcome_are_differences_of_probabilities(examples):
    study = examples.study()
    variables = {**study.variables, "dead": {"type": "binary", "label": "Dead at 90 days"}}
    outcome = {"variable": "dead", "family": "binary", "better": "low"}
    study = examples.study(variables=variables, analysis={**study.analysis, "outcome": outcome})
    effects = examples.effects().replace({"scale": {"prob_le_2": "prob_le_0"}})
    table = natural_effects(effects, study=study)
    assert row(table, "Dead at 90 days: Yes, percentage points")[1:3] == ["below 0", "−76.0 (−90.0 to −61.0)"]
    assert row(table, "Dead at 90 days: No, percentage points")[1:3] == ["above 0", "17.0 (13.7–20.1)"]


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


def test_a_column_of_notes_stands_where_there_are_notes(examples):
    study, given = examples.study(), examples.effects()
    assert "Note" not in effects_table(given.assign(note=""), study=study).cells
    noted = effects_table(given.assign(note=["", "said", *[""] * (len(given) - 2)]), study=study).cells
    assert noted["Note"].tolist().count("said") == 1


def test_published_says_yes_or_no(examples):
    assert every(examples)["published"].heads[-1] == "Agrees if"
    table = every(examples)["published"]
    assert list(table.cells["Agrees"]) == ["yes", "yes", "yes", "yes", "no"]
    assert list(table.cells["Calibrated to"]) == ["yes", "yes", "yes", "no", "no"]
    assert row(table, "Mediator, common odds ratio")[1:3] == ["0.46 (0.39–0.54)", "0.44 (0.40–0.49)"]
    assert row(table, "Mediator, P")[1:3] == ["<0.001", "<0.001"]
    real = published(examples.published(), study=examples.study(synthetic=False))
    assert "Calibrated to" not in real.cells


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((5.0, 3.0, 8.0), "5 (3–8)"),
        ((5.0, 3.0, 8.5), "5.00 (3.00–8.50)"),
        ((68.4, 67.7, 69.1), "68.4 (67.7–69.1)"),
        ((10.0, 9.5, 10.5), "10.0 (9.5–10.5)"),
        ((14.6, 0.201, 27.3), "14.6 (0.2–27.3)"),
        ((118.6, 104.9, 126.5), "119 (105–126)"),
        ((1764.0, 1700.0, 1800.0), "1764 (1700–1800)"),
        ((-9.5, -10.5, -8.0), "−9.50 (−10.50 to −8.00)"),
        ((5.0, np.nan, np.nan), "5"),
    ],
)
def test_by_hand_small_numbers_have_two_decimals_unless_all_are_whole(examples, numbers, text):
    names = ["this_run", "this_run_low", "this_run_high"]
    comparison = examples.published().iloc[:1].assign(**dict(zip(names, numbers, strict=True)))
    assert published(comparison, study=examples.study()).cells["This run"].item() == text


def test_quality_names_variables_unrecorded_columns_and_idle_codes(examples):
    table = every(examples)["quality"]
    rows = table.cells.set_index("Variable")
    assert rows.loc["Hypertension", "Column in the file"] == "not recorded"
    assert rows.loc["Age", "Codes not found"] == "999"
    counts = examples.quality()["mr_clean"].iloc[:1].assign(variable="treatment")
    assert quality(counts, study=examples.study()).cells.iloc[0, 0] == "Treatment"


def test_quality_says_how_a_rule_of_the_study_is_counted(examples):
    counts = examples.quality()["mr_clean"].iloc[:1]
    said = "who breaks it is out of range"
    assert not any(said in note for note in quality(counts, study=examples.study()).notes)
    table = quality(counts.assign(variable="contract"), study=examples.study())
    assert any(said in note for note in table.notes)


def test_flow_adds_up(examples):
    cells = every(examples)["flow"].cells
    assert cells["Excluded, all"].astype(int).sum() == 1764 - 1665
    assert list(cells.iloc[-1])[4:] == ["1665", "821", "844"]


@pytest.mark.parametrize("short", ["all", "All", "Control"])
def test_arms_may_be_called_anything(examples, short):
    study = examples.study(
        arms={"control": {"label": "C", "short": short}, "treated": {"label": "T", "short": "EVT"}}
    )
    for table in (
        flow(examples.flow(), study=study),
        baseline(examples.baseline(), examples.flow(), study=study),
    ):
        assert table.cells.columns.is_unique


@pytest.mark.parametrize("name", NAMES)
def test_csv_holds_every_cell(examples, name, tmp_path):
    table = every(examples)[name]
    save(table, tmp_path / "t.csv")
    read = pd.read_csv(tmp_path / "t.csv", dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(read, table.cells.astype(read.dtypes))


@pytest.mark.parametrize("name", NAMES)
def test_html_holds_every_cell_and_fetches_nothing(examples, name, tmp_path):
    table = every(examples)[name]
    save(table, tmp_path / "t.html")
    page = (tmp_path / "t.html").read_text()
    (read,) = pd.read_html(io.StringIO(page))
    body = read.iloc[: len(table.cells)].fillna("").astype(str)
    assert list(body.iloc[:, 0]) == list(table.cells.iloc[:, 0])
    assert "http" not in page
    assert "Synthetic data" in page


@pytest.mark.parametrize("name", NAMES)
def test_docx_holds_every_cell(examples, name, tmp_path):
    table = every(examples)[name]
    save(table, tmp_path / "t.docx")
    document = Document(str(tmp_path / "t.docx"))
    (grid,) = document.tables
    written = [[cell.text for cell in line.cells] for line in grid.rows]
    read = [[text.replace("\N{NO-BREAK SPACE}", " ") for text in line] for line in written]
    assert read[0] == list(table.heads)
    assert read[1:] == [list(line) for line in table.cells.itertuples(index=False)]
    assert document.paragraphs[0].text == table.title
    assert any("Synthetic data" in paragraph.text for paragraph in document.paragraphs)


@pytest.mark.parametrize("suffix", ["csv", "html", "docx"])
def test_the_same_table_has_the_same_bytes(examples, suffix, tmp_path):
    for turn in (1, 2):
        save(every(examples)["baseline"], tmp_path / f"{turn}.{suffix}")
    assert (tmp_path / f"1.{suffix}").read_bytes() == (tmp_path / f"2.{suffix}").read_bytes()


def test_a_docx_carries_no_date(examples, tmp_path):
    save(every(examples)["flow"], tmp_path / "t.docx")
    with zipfile.ZipFile(tmp_path / "t.docx") as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(1980, 1, 1)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("1980-01-01T00:00:00Z") == 2
    assert "python-docx" not in core


@pytest.mark.parametrize("name", NAMES)
def test_a_word_table_fills_the_page_with_numbers_to_the_right(examples, tmp_path, name):
    save(every(examples)[name], tmp_path / "table.docx")
    document = Document(str(tmp_path / "table.docx"))
    (section,), (grid,) = document.sections, document.tables
    room = section.page_width - section.left_margin - section.right_margin
    assert sum(column.width for column in grid.columns) == pytest.approx(room, rel=1e-3)
    alignments = [{cell.paragraphs[0].alignment for cell in column.cells} for column in grid.columns]
    heads = [cell.text.replace("\N{NO-BREAK SPACE}", " ") for cell in grid.rows[0].cells]
    assert alignments[0] == {None}
    assert all(
        found == ({None} if head in PROSE else {WD_ALIGN_PARAGRAPH.RIGHT})
        for head, found in zip(heads[1:], alignments[1:], strict=True)
    )


def test_rows_of_a_word_table_stand_apart_and_short_texts_on_one_line(examples, tmp_path):
    save(natural_effects(examples.effects(), study=examples.study()), tmp_path / "table.docx")
    (grid,) = Document(str(tmp_path / "table.docx")).tables
    assert grid._tbl.tblPr.xpath("w:tblCellMar/w:top/@w:w") == ["25"]
    texts = [cell.text for line in grid.rows for cell in line.cells]
    assert "above\N{NO-BREAK SPACE}0" in texts
    assert "Total effect (95%\N{NO-BREAK SPACE}CI)" in texts


def test_no_number_of_a_word_table_breaks(examples, tmp_path):
    """Widths of Arial at 8 points, of digits and of what stands around them in an interval."""
    points = {"%": 7.1, " ": 2.2, ".": 2.2, "(": 2.7, ")": 2.7, "t": 2.2, "\N{MINUS SIGN}": 4.7}
    save(natural_effects(examples.effects(), study=examples.study()), tmp_path / "table.docx")
    (grid,) = Document(str(tmp_path / "table.docx")).tables
    for column in grid.columns:
        for cell in column.cells[1:]:
            if "(" in cell.text and "%" in cell.text:
                needed = sum(points.get(character, 4.5) for character in cell.text)
                assert needed + 10.8 <= column.width.pt, cell.text
    head = "Better"
    (better,) = [column for column in grid.columns if column.cells[0].text == head]
    assert better.width.pt >= 10.8 + 26, "a bold word of six letters"


def test_counts_that_are_withheld_are_dashes_with_a_note(examples):
    study = examples.study()
    table = flow(examples.withheld_flow(), study=study)
    assert table.cells.iloc[2].tolist()[1:] == ["10", "–", "–", "1706", "–", "–"]
    assert any(note.startswith("–: withheld") for note in table.notes)
    described = examples.baseline()
    rows = (described["variable"] == "occlusion") & described["level"].isin(["ica", "m2"])
    described.loc[rows & (described["arm"] != "all"), "estimate"] = np.nan
    table = baseline(described, examples.flow(), study=study)
    site = table.cells[table.cells["Characteristic"].isin(["Internal carotid artery", "M2 segment"])]
    assert (site.iloc[:, 2:4] == "–").all(axis=None)
    assert (site.iloc[:, 1] != "–").all()
    assert any(note.startswith("–: withheld") for note in table.notes)
    for ordinary in (
        flow(examples.flow(), study=study),
        baseline(examples.baseline(), examples.flow(), study=study),
    ):
        assert not any("withheld" in note for note in ordinary.notes)

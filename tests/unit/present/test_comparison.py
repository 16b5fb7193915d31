# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
from ipdmediation.present.report.comparison import beside, beside_truth, published_shares, verdict


def test_agreement_is_not_said_of_what_the_patients_were_calibrated_to(examples):
    targets, others = verdict(examples.published())
    assert targets.startswith(
        "3 of the 5 published figures were targets to which the synthetic participants were"
    )
    assert "3 are met by their rule." in targets
    assert others == (
        "1 of the other 2 published figures agrees with this run by their rule. Not in agreement: Share "
        "explained."
    )


def test_a_target_that_is_missed_is_named(examples):
    missed = examples.published()
    missed.loc[2, "agrees"] = False
    targets, _ = verdict(missed)
    assert "2 are met by their rule. Not met: Mediator, common odds ratio." in targets


def test_all_of_two_figures_are_both(examples):
    _, others = verdict(examples.published().assign(agrees=True))
    assert others == "Both of the other published figures agree with this run by their rule."


def test_real_patients_were_calibrated_to_nothing(examples):
    (sentence,) = verdict(examples.published().assign(calibrated=False))
    assert sentence.startswith("4 of 5 published figures agree with this run")


def test_values_read_back_from_a_file_count_alike(examples):
    read = examples.published().astype({"agrees": "str", "calibrated": "str"})
    assert verdict(read) == verdict(examples.published())


def test_a_published_share_stands_beside_those_on_one_scale(examples):
    analysis = {**examples.study().analysis, "label": "As published", "published_share": {"value": 0.12}}
    (sentence,) = published_shares(
        [examples.result(study=examples.study(analysis=analysis)), examples.result()]
    )
    assert sentence.startswith(
        "The published share, 12.0%, is one by difference. In the analysis “As published”"
    )
    assert "24.4% (95% CI 16.2% to 32.5%), share of the effect on the mean" in sentence
    assert "12.2% (95% CI 1.2% to 18.9%), share by difference of coefficients" in sentence


def test_every_analysis_shows_its_natural_effects_and_shares(examples):
    table = beside([examples.result(), examples.result()])
    assert list(table.cells.iloc[0])[1:5] == ["1665", "−0.76 (−0.90 to −0.61)", "−0.57 (−0.69 to −0.45)",
                                              "−0.19 (−0.25 to −0.12)"]  # fmt: skip
    assert list(table.cells.iloc[0])[5:] == ["24.4% (16.2% to 32.5%)", "12.2% (1.2% to 18.9%)"]
    assert table.title.endswith(
        "effects on the mean of the modified Rankin Scale at 90 days, points (95% CI)"
    )
    assert "Below 0 is better." in table.notes
    boundary = (
        "Replicates with trial effects at the boundary: Primary analysis 40 of 1000; Primary analysis 40 of"
    )
    assert any(note.startswith(boundary) for note in table.notes)


def test_analyses_of_weighted_participants_are_named(examples):
    said = examples.study()
    weighted = examples.study(analysis={**said.analysis, "label": "Weighted", "weights": "nihss"})
    notes = beside([examples.result(), examples.result(study=weighted)]).notes
    assert "Participants are weighted in “Weighted”." in notes
    assert not any("weighted" in note for note in beside([examples.result()]).notes)


def test_analyses_with_different_measures_name_them(examples):
    outcome = {"variable": "nihss", "family": "continuous", "better": "low"}
    other = examples.study(analysis={**examples.study().analysis, "label": "Score", "outcome": outcome})
    labels = list(beside([examples.result(), examples.result(study=other)]).cells["Analysis"])
    assert (
        labels[0]
        == "Primary analysis: mean of the modified Rankin Scale at 90 days, points; below 0 is better"
    )
    assert labels[1] == "Score: mean of NIHSS at baseline, points; below 0 is better"


def test_a_probability_beside_a_mean_is_not_called_one(examples):
    outcome = {"variable": "female", "family": "binary", "better": "high"}
    other = examples.study(analysis={**examples.study().analysis, "label": "Event", "outcome": outcome})
    table = beside([examples.result(), examples.result(study=other)])
    assert table.title.endswith("effects on the mean or probability (95% CI)")
    assert "Share of the total effect" in table.cells
    assert "Share of the effect on the probability" in beside([examples.result(study=other)]).cells


def test_an_undefined_share_is_not_called_withheld(examples):
    study, models, effects = examples.interaction()
    (note,) = [
        note
        for note in beside([examples.result(study=study, models=models, effects=effects)]).notes
        if "“Primary analysis”" in note and "with an interaction" in note
    ]
    assert note == "Not defined in “Primary analysis”: with an interaction."


def test_a_withheld_share_says_why_below_the_table(examples):
    table = beside([examples.result(effects=examples.withheld(("pm", "mean")))])
    assert table.cells.iloc[0, 5] == "withheld"
    assert (
        "Withheld in “Primary analysis”: the interval of the total effect includes the value of no effect."
        in table.notes
    )


def test_truth_stands_beside_its_estimate(examples):
    table, sentences = beside_truth(examples.result(), examples.truth())
    row = table.cells[table.cells["Effect"].str.startswith("Total effect, modified Rankin Scale")].iloc[0]
    assert list(row)[1:] == ["percentage points", "above 0", "25.0", "17.0 (13.7–20.1)", "no"]
    assert sentences[0].startswith("The truth is that of all randomised participants, the trials in")
    assert sentences[0].endswith("holds it in 8 of 9 effects.")
    assert "It misses the total effect (modified Rankin Scale at 90 days of 0–2)." in sentences
    assert "1.22 for modified Rankin Scale at 90 days of 0 and 2.72 for" in sentences[-1]


def test_no_truth_is_compared_with_an_effect_without_an_interval(examples):
    effects = examples.changed("te", "prob_le_2", ci_low=float("nan"), ci_high=float("nan"))
    table, _ = beside_truth(examples.result(effects=effects), examples.truth())
    assert len(table.cells) == 8

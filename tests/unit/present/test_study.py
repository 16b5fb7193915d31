import pytest

from ipdmediation.present.labels import LABEL, term_label
from ipdmediation.present.report.answer import answer
from ipdmediation.present.scales import mediator_scale_unit, reading


def test_study_reads_the_configuration(examples):
    study = examples.study()
    assert study.synthetic
    assert study.mediator == "fiv"
    assert study.odds_ratio == "common odds ratio"
    assert study.coverage == "95%"
    assert study.unit("age") == "years"
    assert study.unit("fiv") == "mL"
    assert list(study.levels_better_first()) == list("0123456")


def test_levels_are_reversed_where_high_is_better(examples):
    study = examples.study()
    analysis = {**study.analysis, "outcome": {**study.analysis["outcome"], "better": "high"}}
    assert list(examples.study(analysis=analysis).levels_better_first()) == list("6543210")


def test_labels_that_are_equal_are_told_apart(examples):
    arms = {key: {"label": "Care", "short": "Care"} for key in ("control", "treated")}
    study = examples.study(arms=arms, trials={"a": "Trial", "b": "Trial", "c": "Other"})
    assert [study.arm(arm) for arm in arms] == ["Care (control)", "Care (treated)"]
    assert [study.short(arm) for arm in arms] == ["Care (control)", "Care (treated)"]
    assert [study.trial(trial) for trial in "abc"] == ["Trial (a)", "Trial (b)", "Other"]


@pytest.mark.parametrize(("level", "text"), [(0.995, "99.5%"), (0.95, "95%"), (0.9, "90%"), (0.999, "99.9%")])
def test_the_level_is_not_rounded(examples, level, text):
    analysis = examples.study().analysis
    bootstrap = {**analysis["bootstrap"], "level": level}
    assert examples.study(analysis={**analysis, "bootstrap": bootstrap}).coverage == text


@pytest.mark.parametrize(
    ("better", "named", "level"), [("low", 2, "2"), ("low", None, "3"), ("high", 5, "5"), ("high", None, "3")]
)
def test_the_named_level_is_the_configured_one_or_in_the_middle(examples, better, named, level):
    analysis = examples.study().analysis
    outcome = {**analysis["outcome"], "better": better}
    study = examples.study(analysis={**analysis, "outcome": outcome, "named_level": named})
    assert study.named_level == level


def test_a_label_inside_a_sentence_is_what_the_study_says_it_is(examples):
    variables = examples.configuration()["variables"] | {"nihss": {"label": "NIHSS"}}
    variables["mrs"] |= {"label": "Rankin Scale", "in_text": "the Rankin Scale"}
    arms = {
        "control": {"label": "Usual care", "short": "Usual"},
        "treated": {"label": "Device", "short": "Device", "in_text": "the device"},
    }
    study = examples.study(variables=variables, arms=arms)
    assert [study.named(name) for name in ("mrs", "age", "nihss")] == ["the Rankin Scale", "age", "NIHSS"]
    assert [study.named_arm(arm) for arm in ("treated", "control")] == ["the device", "usual care"]
    told = answer(examples.result(study=study))[0]
    assert told.startswith(
        "The device led to better outcomes than usual care: difference in the mean of the Rankin"
    )


def test_squares_and_cubes_of_units_are_written_as_such_wherever_a_unit_stands(examples):
    config = examples.configuration()
    config["variables"]["fiv"]["unit"], config["variables"]["age"]["unit"] = "cm**3", "kg/m2"
    study = examples.study(variables=config["variables"])
    assert study.unit("age") == "kg/m²"
    assert study.amount("fiv", 5) == "5 cm³"
    assert mediator_scale_unit(study) == "ln cm³"
    assert reading("mediator_effect", "coefficient", study=study).name.endswith("per ln cm³")
    assert term_label({LABEL: "Body mass index", "unit": "kg/m2"}) == "Body mass index, per kg/m²"

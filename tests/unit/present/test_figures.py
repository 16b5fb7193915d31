# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
import itertools
from dataclasses import replace
from functools import cache

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Rectangle

from ipdmediation.data.result_tables import read_table
from ipdmediation.present import notation, style
from ipdmediation.present.figures.mediator_by_arm import mediator_by_arm
from ipdmediation.present.figures.mediator_by_trial import mediator_by_trial
from ipdmediation.present.figures.model_coefficients import _forest_limits, model_coefficients
from ipdmediation.present.figures.outcome_by_arm import outcome_by_arm
from ipdmediation.present.figures.outcome_by_trial import outcome_by_trial
from ipdmediation.present.figures.path_diagram import path_diagram
from ipdmediation.present.figures.patient_flow import patient_flow
from ipdmediation.present.figures.proportion_distribution import proportion_distribution
from ipdmediation.present.figures.saving import save
from ipdmediation.present.figures.sheet import text_width, wrap
from ipdmediation.present.study import Study
from ipdmediation.vocabulary.transforms import TRANSFORMS
from tests.unit.present.boxes import assert_nothing_overlaps, texts


def draw(examples, name, **changes):
    """One figure by a short name, ordinary or at the edge of what has to fit; with changes of the study."""
    study, models, effects = examples.study(**changes), examples.models(), examples.effects()
    many, pain, volumes = examples.eleven_levels()
    framing, support, anxiety = examples.framing()
    curved, curves, curved_effects = examples.spline()
    crossed, crosses, crossed_effects = examples.interaction()
    share = {"value": 0.12, "low": 0.01, "high": 0.19}
    published = replace(study, analysis={**study.analysis, "published_share": share})
    made = {
        "patient_flow": lambda: patient_flow(examples.flow(), study=study),
        "outcome_by_arm": lambda: outcome_by_arm(examples.outcome(), study=study, effects=effects),
        "outcome_by_trial": lambda: outcome_by_trial(examples.outcome(), study=study),
        "mediator_by_arm": lambda: mediator_by_arm(examples.mediator(), study=study),
        "mediator_by_trial": lambda: mediator_by_trial(examples.mediator(), study=study),
        "path_diagram": lambda: path_diagram(effects, study=study),
        "proportion_distribution": lambda: proportion_distribution(
            examples.draws(), examples.effects(), study=published
        ),
        "model_coefficients": lambda: model_coefficients(
            models["total"], models["outcome"], effects, study=study
        ),
        "eleven levels": lambda: outcome_by_arm(pain, study=many, effects=effects),
        "thirty trials": lambda: outcome_by_trial(pain, study=many),
        "mediator in thirty trials": lambda: mediator_by_trial(volumes, study=many),
        "long names on paths": lambda: path_diagram(effects, study=many),
        "spline on paths": lambda: path_diagram(curved_effects, study=curved),
        "spline in the forest": lambda: model_coefficients(
            curves["total"], curves["outcome"], curved_effects, study=curved
        ),
        "interaction on paths": lambda: path_diagram(crossed_effects, study=crossed),
        "interaction in the forest": lambda: model_coefficients(
            crosses["total"], crosses["outcome"], crossed_effects, study=crossed
        ),
        "shares withheld": lambda: proportion_distribution(
            examples.draws(), examples.withheld(*SHARES), study=published
        ),
        "one share withheld": lambda: proportion_distribution(
            examples.draws(), examples.withheld(SHARES[0]), study=published
        ),
        "framing outcome": lambda: outcome_by_arm(support, study=framing, effects=effects),
        "framing trials": lambda: outcome_by_trial(support, study=framing),
        "framing mediator": lambda: mediator_by_arm(anxiety, study=framing),
        "framing flow": lambda: patient_flow(examples.flow().iloc[[0, 3]], study=framing),
        "withheld flow": lambda: patient_flow(examples.withheld_flow(), study=study),
        "withheld levels": lambda: outcome_by_trial(examples.withheld_levels(), study=study),
        "levels withheld in all": lambda: outcome_by_arm(
            examples.withheld_levels("all", ("2", "3"), arms=("control", "treated")),
            study=study,
            effects=effects,
        ),
    }
    return made[name]()


SHARES = [("pm", "mean"), ("khb", "proportion"), ("log_or_difference", "proportion")]
ORDINARY = [
    "patient_flow", "outcome_by_arm", "outcome_by_trial", "mediator_by_arm", "mediator_by_trial",
    "path_diagram", "proportion_distribution", "model_coefficients",
]  # fmt: skip
ALL = [
    *ORDINARY, "eleven levels", "thirty trials", "mediator in thirty trials", "long names on paths",
    "spline on paths", "spline in the forest", "interaction on paths", "interaction in the forest",
    "shares withheld", "one share withheld",
    "framing outcome", "framing trials", "framing mediator", "framing flow",
    "withheld flow", "withheld levels", "levels withheld in all",
]  # fmt: skip


@cache
def drawn(examples, name):
    """A figure that no test changes, with all its texts in place."""
    with mpl.rc_context(style.RC):
        figure = draw(examples, name)
        figure.canvas.draw()
    return figure


def words(figure):
    figure.canvas.draw()
    return [item.get_text() for item in texts(figure)]


@pytest.mark.parametrize("name", ALL)
def test_no_text_is_cut_or_runs_into_another(examples, name):
    assert_nothing_overlaps(drawn(examples, name))


@pytest.mark.parametrize("name", ["patient_flow", "framing flow", "path_diagram", "long names on paths"])
def test_words_stay_inside_their_boxes(examples, name):
    figure = drawn(examples, name)
    renderer = figure.canvas.get_renderer()
    boxes = [patch.get_window_extent(renderer) for patch in figure.findobj(FancyBboxPatch)]
    assert boxes
    inside = 0
    for item in texts(figure):
        text = item.get_window_extent(renderer)
        for box in boxes:
            if box.contains((text.x0 + text.x1) / 2, (text.y0 + text.y1) / 2):
                inside += 1
                assert box.x0 < text.x0 < text.x1 < box.x1, item.get_text()
                assert box.y0 - 1 < text.y0 < text.y1 < box.y1 + 1, item.get_text()
    assert inside >= len(boxes)


@pytest.mark.parametrize("name", ORDINARY)
def test_synthetic_data_are_marked_and_real_data_are_not(examples, name):
    assert style.SYNTHETIC_NOTE in words(drawn(examples, name))
    assert style.SYNTHETIC_NOTE not in words(drawn(examples, "framing outcome"))


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
@pytest.mark.parametrize("name", ["mediator_by_arm", "outcome_by_arm"])
def test_the_same_figure_has_the_same_bytes(examples, name, suffix, tmp_path):
    written = []
    for turn in ("1", "2"):
        path = tmp_path / turn / f"figure.{suffix}"
        path.parent.mkdir()
        save(draw(examples, name), path, study=examples.study())
        written.append(path.read_bytes())
    assert written[0] == written[1]
    if suffix == "pdf":
        assert b"/Subtype /Type3" not in written[0]
        assert b"CreationDate" not in written[0]


def test_a_users_settings_do_not_change_a_figure(examples, tmp_path):
    path = tmp_path / "figure.svg"
    save(draw(examples, "mediator_by_arm"), path, study=examples.study())
    plain = path.read_bytes()
    with mpl.rc_context({"font.family": "serif", "axes.facecolor": "black", "svg.fonttype": "path"}):
        save(draw(examples, "mediator_by_arm"), path, study=examples.study())
    assert path.read_bytes() == plain


def test_patient_flow_counts_an_arm_that_is_not_compared_apart(examples):
    flow = examples.flow().iloc[:2].copy()
    flow.loc[flow["step"] == 0, "remaining"] += 30
    flow.loc[flow["step"] == 1, ["reason", "excluded"]] = ["Not in a compared arm", 30]
    flow.loc[flow["step"] == 1, ["excluded_treated", "excluded_control"]] = 0
    shown = " ".join(words(patient_flow(flow, study=examples.study())))
    assert shown.count("other arms 30") == 2
    assert "other arms" not in " ".join(words(drawn(examples, "patient_flow")))


def test_patient_flow_stands_in_the_middle_where_nobody_is_excluded(examples):
    figure = patient_flow(examples.flow().iloc[:1], study=examples.study())
    boxes = [patch.get_bbox() for patch in figure.findobj(FancyBboxPatch)]
    left, right = min(box.x0 for box in boxes), max(box.x1 for box in boxes)
    assert (left + right) / 2 == pytest.approx(examples.study().page.double / 2)


def test_patient_flow_shows_every_number(examples):
    text = " ".join(words(drawn(examples, "patient_flow")))
    for row in examples.flow().to_dict("records")[1:]:
        assert f"{row['reason']} (n = {row['excluded']})" in text
        assert f"EVT {row['excluded_treated']}, Control {row['excluded_control']}" in text
    assert "Randomised (n = 1764)" in text
    assert "Analysed (n = 1665)" in text
    assert "n = 821" in text
    assert "n = 844" in text


def test_outcome_bars_carry_percentages_and_the_ratio(examples):
    shown = words(drawn(examples, "outcome_by_arm"))
    frame = examples.outcome()
    percents = frame[(frame["trial"] == "all") & (frame["statistic"] == "percent")]["estimate"]
    assert {f"{value:.0f}" for value in percents} <= set(shown)
    ratio = next(text for text in shown if "odds ratio" in text)
    assert "2.48 (95% CI 1.77–3.53), P\N{NO-BREAK SPACE}<\N{NO-BREAK SPACE}.002" in ratio
    assert "Adjusted common odds ratio of a better outcome, EVT vs Control" in ratio


def test_a_percentage_that_does_not_fit_is_left_out(examples):
    shown = words(drawn(examples, "eleven levels"))
    assert shown.count("0") == 1, "only the axis says 0"


def test_only_where_a_segment_has_no_number_that_is_said(examples):
    note = "the smallest segments carry no number"
    assert any(note in text for text in words(drawn(examples, "outcome_by_trial")))
    study, frame = examples.study(trials={"one": "One"}), examples.outcome()
    halves = examples.shares(
        {trial: dict.fromkeys(("treated", "control"), [10] * 7) for trial in ("all", "one")},
        [str(level) for level in range(7)], variable="mrs",
    )  # fmt: skip
    assert set(halves) == set(frame)
    assert not any(note in text for text in words(outcome_by_trial(halves, study=study)))


def test_levels_read_back_as_floats_are_the_same_levels(examples):
    frame = examples.outcome()
    frame["level"] = pd.to_numeric(frame["level"])
    study = examples.study()
    assert words(outcome_by_arm(frame, study=study)) == words(outcome_by_arm(examples.outcome(), study=study))


def test_a_single_level_is_one_full_bar(examples):
    study, _, _ = examples.framing()
    variables = {
        **study.variables,
        "immigr": {"type": "ordinal", "label": "Support", "levels": {1: "Only answer"}},
    }
    frame = examples.shares({"all": {"treated": [5], "control": [6]}}, ["1"], variable="immigr")
    study = Study(
        title="One", arms=study.arms, variables=variables, analysis=study.analysis, trials=study.trials
    )
    assert words(outcome_by_arm(frame, study=study)).count("100") == 3


@pytest.mark.parametrize("level", ["", "1"])
def test_a_binary_outcome_is_a_bar_of_two(examples, level):
    study = examples.study()
    variables = {**study.variables, "alive": {"type": "binary", "label": "Alive at 90 days"}}
    outcome = {"variable": "alive", "family": "binary", "better": "high"}
    study = examples.study(variables=variables, analysis={**study.analysis, "outcome": outcome})
    rows = [
        (
            "alive",
            "",
            "all",
            arm,
            statistic,
            level if statistic == "percent" else "",
            value,
            np.nan,
            np.nan,
        )
        for arm, share in (("treated", 85.0), ("control", 81.0))
        for statistic, value in (("n", 100), ("percent", share))
    ]
    shown = words(outcome_by_arm(pd.DataFrame(rows, columns=examples.DESCRIBE), study=study))
    assert {"85", "15", "81", "19", "Alive at 90 days"} <= set(shown)


def test_a_continuous_outcome_is_drawn_as_a_distribution(examples):
    study = examples.study()
    outcome = {"variable": "nihss", "family": "continuous", "better": "low"}
    study = examples.study(analysis={**study.analysis, "outcome": outcome})
    frame = examples.distribution({"escape": 0.1}, variable="nihss", unit="point", log=False)
    shown = words(outcome_by_arm(frame, study=study))
    assert "NIHSS at baseline, points" in shown
    by_trial = words(outcome_by_trial(frame, study=study))
    assert "ESCAPE" in by_trial


def test_mediator_axis_is_in_natural_units_and_starts_at_nothing(examples):
    shown = words(drawn(examples, "mediator_by_arm"))
    assert {"0", "10", "100", "Follow-up infarct volume, mL"} <= set(shown)
    assert any("32.8 mL (9.52–88.3)" in text for text in shown)
    assert any("P\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}.007" in text for text in shown)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_every_transformation_has_an_axis(examples, transform):
    study = examples.study()
    mediator = {"variable": "fiv", "transform": transform}
    study = examples.study(analysis={**study.analysis, "mediator": mediator})
    figure = mediator_by_arm(examples.mediator(), study=study)
    assert "Follow-up infarct volume, mL" in words(figure)


def test_paths_say_number_and_scale(examples):
    shown = words(drawn(examples, "path_diagram"))
    assert "a: 0.66 (0.57–0.76)" in shown
    assert "b: 0.46 (0.39–0.54)" in shown
    assert "total: 2.48 (1.77–3.53)" in shown
    assert "direct: 2.22 (1.52–3.22)" in shown
    joined = " ".join(shown)
    assert "common odds ratio of a better outcome" in joined
    assert "per ln mL" in joined
    assert "ratio of geometric means" in joined
    assert "Of effects on the outcome, above 1 is better. 95% bootstrap CI in parentheses." in shown


def test_paths_of_an_interaction_name_arm_and_value(examples):
    shown = " ".join(words(drawn(examples, "interaction on paths")))
    assert "direct: 2.14 (1.49–3.00)" in shown
    assert "mediator at its median (41\N{NO-BREAK SPACE}mL)" in shown
    assert "b: 0.43 (0.35–0.52)" in shown
    assert "EVT; Control 0.50 (0.41–0.61)" in shown


def test_paths_of_a_linear_outcome_are_differences(examples):
    study = examples.study()
    outcome = {"variable": "nihss", "family": "continuous", "better": "low"}
    study = examples.study(analysis={**study.analysis, "outcome": outcome})
    paths = words(path_diagram(examples.effects(), study=study))
    assert "total: 0.91 (0.57–1.26)" in paths
    assert "Of effects on the outcome, below 0 is better. 95% bootstrap CI in parentheses." in paths
    assert any("difference in NIHSS at baseline" in text for text in paths)
    models = examples.models()
    forest = words(model_coefficients(models["total"], models["outcome"], examples.effects(), study=study))
    assert "Difference in NIHSS at baseline, points" in forest
    assert any(text.startswith("\N{LEFTWARDS ARROW} better") for text in forest)


def test_a_spline_is_named_in_words_not_numbers(examples):
    paths = words(drawn(examples, "spline on paths"))
    assert {"b: a curve", "restricted cubic spline, 4 knots", "direct: 2.22 (1.52–3.22)"} <= set(paths)
    forest = words(drawn(examples, "spline in the forest"))
    assert any(
        "Follow-up infarct volume is a restricted cubic spline: no single estimate." in text
        for text in forest
    )
    assert "2.22 (1.52–3.22)" in forest
    assert not any("spline term" in text for text in forest)


def test_far_draws_are_counted_not_drawn(examples):
    draws = examples.draws()
    draws.loc[:4, "pm:mean"] = [900.0, -900.0, np.inf, np.nan, 500.0]
    figure = proportion_distribution(draws, examples.effects(), study=examples.study())
    assert any("1000 bootstrap replicates; " in text for text in words(figure))
    low, high = figure.axes[1].get_xlim()
    assert -50 < low < high < 80


def test_a_share_that_is_withheld_is_not_drawn(examples):
    nothing = drawn(examples, "shares withheld")
    assert len(nothing.axes) == 1
    assert not any("%" in text for text in words(nothing))
    # a label may break anywhere
    assert "withheld (total_uncertain)" in " ".join(words(nothing))
    one = " ".join(words(drawn(examples, "one share withheld")))
    assert "12.2% (1.2% to 18.9%)" in one
    assert "24.4%" not in one
    whole = " ".join(words(drawn(examples, "proportion_distribution")))
    assert "24.4% (16.2% to 32.5%)" in whole
    assert "Published: 12.0% (1.0% to 19.0%)" in whole


def test_three_shares_on_one_axis_are_told_apart_in_grey(examples):
    figure = drawn(examples, "proportion_distribution")
    assert "Karlson-Holm-Breen: 29.1% (18.0% to 44.0%)" in " ".join(words(figure))
    filled, dashed, plain = figure.axes[1].patches
    assert [patch.get_fill() for patch in (filled, dashed, plain)] == [True, False, False]
    assert dashed.get_linestyle() != plain.get_linestyle()
    marks = [line.get_marker() for line in figure.axes[1].lines if len(line.get_xdata()) == 1]
    assert len(marks) == len(set(marks)) == 4  # and that which was published
    samples = [line.get_marker() for line in figure.axes[0].lines if line.get_marker() not in ("None", None)]
    assert samples == marks


def test_a_linear_outcome_has_one_share(examples):
    outcome = {"variable": "nihss", "family": "continuous", "better": "low"}
    study = examples.study(analysis={**examples.study().analysis, "outcome": outcome})
    figure = proportion_distribution(examples.draws(), examples.effects(), study=study)
    assert len(figure.axes[1].patches) == 1
    assert not any("coefficients" in text or "Karlson" in text for text in words(figure))


def test_replicates_beyond_those_counted_are_not_drawn(examples):
    draws = examples.draws(1200)
    draws.loc[1000:, "pm:mean"] = 0.9
    figure = proportion_distribution(draws, examples.effects(), study=examples.study())
    assert any(text.startswith("1000 bootstrap replicates") for text in words(figure))
    assert figure.axes[1].get_xlim()[1] < 80


def test_forest_shows_both_models_and_skips_the_second_unit(examples):
    shown = words(drawn(examples, "model_coefficients"))
    assert {"2.48 (1.77–3.53)", "2.22 (1.52–3.22)", "0.46 (0.39–0.54)"} <= set(shown)
    assert "Follow-up infarct volume, per ln mL" in shown
    assert "Intervals: bootstrap for treatment and mediator, Wald for covariates." in shown
    assert not any("doubling" in text for text in shown)
    assert not any("ESCAPE" in text for text in shown)


def test_the_forest_of_an_interaction_has_no_coefficient_at_zero(examples):
    shown = words(drawn(examples, "interaction in the forest"))
    assert "3.74 (2.01–6.96)" not in shown
    assert {"2.48 (1.77–3.53)", "2.48 (1.65–3.67)", "2.14 (1.49–3.00)", "1.82 (1.22–2.72)"} <= set(shown)
    assert "Endovascular therapy, at 14 mL (lower quartile)" in " ".join(shown)
    assert "Follow-up infarct volume, per ln mL, EVT" in " ".join(shown)


def test_a_covariate_may_be_called_as_an_effect_is(examples):
    models = examples.models()
    for frame in models.values():
        frame.loc[frame["term"] == "age", "term"] = "treatment"
    shown = words(
        model_coefficients(models["total"], models["outcome"], examples.effects(), study=examples.study())
    )
    assert {"2.48 (1.77–3.53)", "Age, per year"} <= set(shown)


def test_a_nearly_separated_coefficient_does_not_squeeze_the_others(examples):
    models = examples.models()
    columns = ["ratio", "ratio_low", "ratio_high"]
    for frame in (models["total"], models["outcome"]):
        frame.loc[frame["term"] == "alteplase", columns] = [1e6, 1e-3, 1e12]
    figure = model_coefficients(
        models["total"], models["outcome"], examples.effects(), study=examples.study()
    )
    low, high = figure.axes[1].get_xlim()
    assert low > 0.01
    assert high < 100


@pytest.mark.parametrize(
    ("ends", "ratios", "limits"),
    [
        ([-1.0, 3.0, np.nan], False, (-1.2, 3.2)),
        ([1.0, 4.0], False, (-0.2, 4.2)),
        ([0.5, 4.0, np.inf], True, (0.5 * 8**-0.05, 4.0 * 8**0.05)),
        ([1.0], True, (np.exp(-0.22), np.exp(0.22))),
        ([1e-9, 1e9], True, (0.02 * 2500**-0.05, 50.0 * 2500**0.05)),
    ],
)
def test_the_forest_is_a_twentieth_wider_than_its_intervals_and_shows_the_null(ends, ratios, limits):
    assert _forest_limits(np.array(ends), ratios=ratios) == pytest.approx(limits)


@pytest.mark.parametrize(
    ("transform", "offset"), [("identity", 0), ("cube_root", 0), ("log", 60), ("log1p", 0)]
)
def test_the_mediators_axis_holds_all_data_whatever_their_sign(examples, transform, offset):
    low = -0.9 if transform == "log1p" else -55.0
    values = np.array([low, low / 2, 0.0, 20.0, 45.0])
    position = np.linspace(low, 45.0, 50)
    rows = [("fiv", "", "all", arm, "n", "", 100, np.nan, np.nan) for arm in ("treated", "control")]
    for arm, shift in (("treated", 0), ("control", 1)):
        quartiles = dict(zip(("q1", "median", "q3"), values[1 + shift : 4 + shift], strict=True))
        rows += [
            ("fiv", "", "all", arm, name, "", value, np.nan, np.nan) for name, value in quartiles.items()
        ]
        rows += [("fiv", "", "all", arm, "density", f"{x:.6g}", 1.0, np.nan, np.nan) for x in position]
    study = examples.study()
    mediator = {"variable": "fiv", "transform": transform, "offset": offset}
    study = examples.study(analysis={**study.analysis, "mediator": mediator})
    figure = mediator_by_arm(pd.DataFrame(rows, columns=examples.DESCRIBE), study=study)
    left, right = figure.axes[1].get_xlim()
    assert left <= low
    assert right >= 45.0
    figure.canvas.draw()
    assert any(notation.MINUS in text for text in words(figure)), "a negative tick"


def test_wrapping_never_exceeds_the_width():
    text = "An outcome with a word of Donaudampfschifffahrtselektrizitätenhauptbetriebswerk length"
    lines = wrap(text, 20)
    assert len(lines) > 3
    assert all(text_width(line, style.TEXT_SIZE) <= 20 for line in lines)
    assert wrap("", 20) == [""]


def test_tables_read_back_from_files_give_the_same_figures(examples, tmp_path):
    def again(frame):
        frame.to_csv(tmp_path / "t.csv", index=False)
        return read_table(tmp_path / "t.csv")

    study = examples.study()
    mediator = mediator_by_arm(again(examples.mediator()), study=study)
    assert words(mediator) == words(drawn(examples, "mediator_by_arm"))
    paths = path_diagram(again(examples.effects()), study=study)
    assert words(paths) == words(drawn(examples, "path_diagram"))


def test_a_study_without_rules_has_a_flow(examples):
    shown = words(patient_flow(examples.flow().iloc[:1], study=examples.study()))
    assert "Analysed (n = 1764)" in shown


def test_numbers_that_are_withheld_are_dashes_and_explained(examples):
    said = words(drawn(examples, "withheld flow"))
    assert "EVT –, Control –" in said
    assert any(line.startswith("–: withheld") for line in said)
    assert not any(line.startswith("–") for line in words(drawn(examples, "patient_flow")))


def test_levels_that_are_withheld_are_a_blank_of_the_bar(examples):
    """MR CLEAN's treated lack levels 0 and 5, 21 of 233, but level 6 keeps its place behind them."""
    figure, ordinary = drawn(examples, "withheld levels"), drawn(examples, "outcome_by_trial")
    assert "levels withheld for few participants" in " ".join(words(figure))
    assert "where levels between them are shown, these stand before the blank" in " ".join(words(figure))
    assert not any("withheld" in line for line in words(ordinary))
    blank = [patch for patch in figure.findobj(Rectangle) if patch.get_facecolor()[:3] == (1, 1, 1)]
    coloured = [patch for patch in figure.findobj(Rectangle) if patch.get_facecolor()[:3] != (1, 1, 1)]
    (found,) = [patch for patch in blank if patch.get_height() == 5]  # the height of a bar
    left = min(patch.get_x() for patch in coloured if patch.get_y() == found.get_y())
    row = [
        patch
        for patch in coloured
        if patch.get_y() == found.get_y() and left <= patch.get_x() <= found.get_x() + 80
    ]
    before = [patch for patch in row if patch.get_x() < found.get_x()]
    (last,) = [patch for patch in row if left + 60 > patch.get_x() > found.get_x()]
    length = sum(patch.get_width() for patch in [*before, last]) + found.get_width()
    assert len(before) == 4
    assert found.get_width() / length == pytest.approx(21 / 233, abs=1e-6)
    assert last.get_x() == pytest.approx(found.get_x() + found.get_width())
    assert last.get_width() / length == pytest.approx(49 / 233, abs=1e-6)
    lines = [len(each.findobj(Line2D)) for each in (figure, ordinary)]
    assert lines[1] - lines[0] == 5  # between seven levels only the end of the sixth is known in both


def test_neighbouring_levels_that_are_withheld_are_blank_where_they_belong(examples):
    """Levels 2 and 3 of both arms: their sum, and so their place, is no secret."""
    figure = drawn(examples, "levels withheld in all")
    said = " ".join(words(figure))
    assert "Blank: levels withheld for few participants" in said
    assert "stand before the blank" not in said
    blanks = [
        patch
        for patch in figure.findobj(Rectangle)
        if patch.get_facecolor()[:3] == (1, 1, 1) and patch.get_height() == 12
    ]
    assert len(blanks) == 2
    ordinary = drawn(examples, "outcome_by_arm")
    assert "withheld" not in " ".join(words(ordinary))
    for blank in blanks:
        row = sorted(
            (patch.get_x(), patch.get_width())
            for patch in ordinary.findobj(Rectangle)
            if patch.get_height() == 12 and patch.get_y() == blank.get_y()
        )
        assert blank.get_x() == pytest.approx(row[2][0])
        assert blank.get_width() == pytest.approx(row[2][1] + row[3][1])
    lines = [len(each.findobj(Line2D)) for each in (figure, ordinary)]
    assert lines[1] - lines[0] == 1  # the edge between the two


def test_a_level_that_nobody_has_hides_no_edge_of_a_blank(examples):
    table = examples.withheld_levels("all", levels=("4", "5"), arms=("treated", "control"))
    dead = (table["level"] == "6") & (table["statistic"] == "percent")
    table.loc[dead, "estimate"] = 0.0
    figure = outcome_by_arm(table, study=examples.study(), effects=examples.effects())
    bars = [patch for patch in figure.findobj(Rectangle) if patch.get_height() == 12]
    assert len(bars) == 2 * 5  # four levels and a blank
    assert all(bar.get_width() > 0 for bar in bars)


def test_a_value_of_the_mediator_keeps_its_unit_on_its_line(examples):
    said = words(drawn(examples, "interaction on paths"))
    assert any(line.endswith("\N{NO-BREAK SPACE}mL)") for line in said)


def test_the_forest_of_a_binary_outcome_names_what_is_better(examples):
    study, models = examples.study(), examples.models()
    label = "Dead, or living in an institution because of the index event, at 12 months after randomisation"
    variables = {**study.variables, "dead": {"type": "binary", "label": label}}
    outcome = {"variable": "dead", "family": "binary", "better": "low"}
    binary = examples.study(variables=variables, analysis={**study.analysis, "outcome": outcome})
    figure = model_coefficients(models["total"], models["outcome"], examples.effects(), study=binary)
    said = " ".join(words(figure))
    assert f"Odds ratio of a better outcome ({label}: No)" in said
    renderer = figure.canvas.get_renderer()
    boxes = [item.get_window_extent(renderer) for item in texts(figure)]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.width and box.y0 >= 0 for box in boxes)
    assert "Common odds ratio of a better outcome" in words(drawn(examples, "model_coefficients"))

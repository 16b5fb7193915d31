# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from ipdmediation.data.result_tables import read_table
from ipdmediation.plumbing.result_files import EVIDENCE
from ipdmediation.present.report.page import NOTICE_PLACES, render
from ipdmediation.present.report.privacy import OWN_COLUMNS, PatientRowsError

VOID = {"meta", "link", "img", "br", "hr", "input"}


class Page(HTMLParser):
    """Checks that tags are closed in order and collects what tests ask about."""

    def __init__(self):
        super().__init__()
        self.open, self.headings, self.images, self.sources, self.ids, self.anchors = [], [], [], [], [], []
        self.beside = []
        self.captions = self.tables = 0

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img":
            self.images.append(found)
        followed = tag == "a" and not found["href"].startswith("#")  # by a reader; nothing is fetched
        self.beside += [found["href"]] if followed else []
        self.sources += [found[name] for name in ("src", "href") if name in found and not followed]
        self.anchors += [found["href"][1:] for _ in "a" if tag == "a" and found["href"].startswith("#")]
        self.ids += [found["id"]] if "id" in found else []
        self.tables += tag == "table"
        self.captions += tag == "caption"

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def page(examples, *results, **parts):
    return render(examples.TEMPLATE, list(results) or [examples.result()], **parts)


def whole(examples):
    other = examples.study()
    other = examples.study(analysis={**other.analysis, "label": "Complete cases"})
    return page(
        examples, examples.result(), examples.result(study=other, figures={}), published=examples.published(),
        quality=examples.quality(), manifest=examples.manifest(), truth=examples.truth(),
    )  # fmt: skip


def parsed(html):
    found = Page()
    found.feed(html)
    assert not found.open
    return found


def plain(html):
    text = re.sub(r"<(style|script)>.*?</\1>", "", html, flags=re.S)
    text = re.sub(r"<[^>]+>", " ", text).replace("\N{WORD JOINER}", "")
    return re.sub(r"\s+", " ", text).replace("&#39;", "'").replace("&lt;", "<")


def test_page_is_well_formed_and_accessible(examples):
    html = whole(examples)
    found = parsed(html)
    assert html.lstrip().startswith("<!DOCTYPE html>")
    assert found.headings[0] == 1
    assert found.headings.count(1) == 1
    assert all(
        later - earlier <= 1 for earlier, later in zip(found.headings, found.headings[1:], strict=False)
    )
    assert len(found.images) == 16
    assert all(len(image["alt"]) > 20 for image in found.images)
    assert found.tables == found.captions == 16
    assert set(found.anchors) <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))


def test_what_scrolls_can_be_reached_by_keyboard_and_has_a_name_of_its_own(examples):
    html = whole(examples)
    regions = re.findall(r"<[^>]*role=\"region\"[^>]*>", html)
    names = [re.search(r'aria-label="([^"]*)"', region)[1] for region in regions]
    assert len(names) == len(set(names)) > 8
    assert all('tabindex="0"' in each for each in [*regions, *re.findall(r"<pre[^>]*>", html)])
    assert "<pre" in html


def test_page_fetches_nothing(examples):
    html = whole(examples)
    assert all(source.startswith(("#", "data:")) for source in parsed(html).sources)
    assert "http" not in html
    assert "url(" not in html
    (script,) = re.findall(r"<script>(.*?)</script>", html, flags=re.S)
    assert not re.search(r"fetch|import|XMLHttp|src|innerHTML|eval", script)
    assert len(script) < 4000


@pytest.mark.parametrize("notable", [True, False])
def test_the_page_says_what_is_notable_and_where_it_is_explained(examples, notable):
    row = {"trial": "thrace", "check": "allocation", "variable": "treatment", "p_value": 0.0004}
    checks = pd.DataFrame([{**row, "estimate": 70.0, "expected": 50.0, "notable": notable}])
    html = page(examples, quality=examples.quality(), integrity=checks)
    assert parsed(html).beside == ["quality/report.html#integrity"]
    text = plain(html)
    assert ("proves no fault" in text) is notable
    assert ("THRACE (70%, P < .001)." in text) is notable
    assert ("explains; nothing is notable." in text) is not notable
    assert parsed(page(examples, quality=examples.quality(), integrity=checks[:0])).beside == []
    with pytest.raises(PatientRowsError, match=r"integrity: columns patient "):
        page(examples, integrity=checks.assign(patient="P1"))


def test_figures_and_tables_are_numbered_as_they_stand_and_can_be_pointed_at(examples):
    html = whole(examples)
    for word, kind in (("Figure", "figcaption"), ("Table", "caption")):
        numbers = [
            int(number)
            for number in re.findall(
                rf'<{kind}>(?:<span>)?<a class="number" href="#\w+-\d+">{word} (\d+)\.', html
            )
        ]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= 12
        assert {f"{word.lower()}-{number}" for number in numbers} <= set(parsed(html).ids)


def test_the_contents_lead_to_every_section_and_the_first_link_past_them(examples):
    html = whole(examples)
    body = html.partition("<body>")[2]
    assert body.lstrip().startswith('<a class="skip" href="#content">')
    sections = re.findall(r'<section id="([\w-]+)"', html)
    contents = html[html.index("<nav") : html.index("</nav>")]
    assert re.findall(r'href="#([\w-]+)"', contents) == sections


def test_only_the_table_of_all_analyses_can_be_sorted(examples):
    html = whole(examples)
    (table,) = re.findall(r'<table class="[^"]*sortable[^"]*">\s*<caption>.*?</caption>', html, flags=re.S)
    assert "All analyses beside each other" in table


def test_synthetic_data_are_announced(examples):
    html = whole(examples)
    assert "Nothing here is a finding about real people" in html
    assert "they are assumed, not reported" in html
    real = examples.study(synthetic=False)
    assert "ynthetic" not in plain(page(examples, examples.result(study=real, figures={})))


def test_optional_parts_vanish(examples):
    html = page(examples, examples.result(figures={}, diagnostics={}))
    found = parsed(html)
    assert not {"published", "quality", "analyses", "reproduce", "truth"} & set(found.ids)
    assert not found.images
    nothing = page(examples, published=examples.published().iloc[:0])
    assert "published" not in parsed(nothing).ids


def test_one_study_has_no_panels_by_trial(examples):
    study, _, _ = examples.framing()
    result = examples.result()
    one = examples.study(trials={"escape": "ESCAPE"})
    assert "Outcome by arm in each trial" in page(examples, result)
    assert "Outcome by arm in each trial" not in page(examples, examples.result(study=one))
    assert study.analysis["trial_effects"] == "none"


def test_fits_that_failed_are_not_hidden(examples):
    diagnostics = examples.diagnostics()
    warnings = [{"kind": "empty_level", "message": "level 5 is empty"}]
    diagnostics["total"] |= {"converged": False, "singular": True, "warnings": warnings}
    text = plain(page(examples, examples.result(diagnostics=diagnostics)))
    assert "The total model did NOT converge on 1665 participants" in text
    assert "the fit is singular. Level 5 is empty." in text


def test_completed_data_sets_are_counted_where_there_are_several(examples):
    diagnostics = examples.diagnostics()
    diagnostics["mediator"] |= {"n": 1665, "imputations": 1, "singular": 0}
    diagnostics["total"] |= {"n": 1665, "imputations": 2, "singular": 0}
    text = plain(page(examples, examples.result(diagnostics=diagnostics)))
    assert "The mediator model converged on 1665 participants." in text
    assert "The total model converged on 1665 participants, 2 completed data sets." in text


def test_manifest_is_shown(examples):
    text = plain(whole(examples))
    for piece in ("20190211", "6081f80", "numpy", "2.4.6", "config/trials/mr_clean.yaml", "a" * 64):
        assert piece in text


def test_a_spline_has_no_single_path_b(examples):
    study, models, effects = examples.spline()
    diagnostics = examples.diagnostics()
    diagnostics["outcome"]["nonlinearity"] = {"p_value": 0.03}
    result = examples.result(study=study, models=models, effects=effects, diagnostics=diagnostics)
    text = plain(page(examples, result)).replace("\N{NO-BREAK SPACE}", " ")
    assert "on the same treatment: a curve (restricted cubic spline) without a single number." in text
    assert "The follow-up infarct volume may be such a predictor." in text
    assert "the mediator's curve against a straight line, P = .03." in text
    assert "spline term 3: coefficient" in text
    assert not re.search(r"\bnan\b", text.lower())


def test_a_commit_that_is_not_known_is_called_so(examples):
    text = plain(page(examples, manifest={**examples.manifest(), "commit": None}))
    assert "Commit unknown" in text
    assert "None" not in text


def test_patient_rows_are_refused(examples):
    patients = pd.DataFrame({"trial": ["a"], "patient": ["1"], "treatment": [1], "age": [70.0]})
    with pytest.raises(
        PatientRowsError, match="analysis 1, baseline: columns age, patient, treatment are none"
    ):
        page(examples, examples.result(baseline=patients))
    with pytest.raises(PatientRowsError, match="analysis 1, total model: columns mrs"):
        page(examples, examples.result(models={"total": patients.rename(columns={"age": "mrs"}).iloc[:, 3:]}))
    unnamed = pd.DataFrame({"age": [70.0], "mrs": [3]})
    with pytest.raises(PatientRowsError, match="aggregate"):
        page(examples, quality={"a": unnamed})
    with pytest.raises(PatientRowsError, match="published comparison: columns age, mrs"):
        page(examples, published=unnamed)


def test_every_table_of_an_analysis_is_guarded(examples):
    made = examples.result()
    tables = {name for name, part in vars(made).items() if isinstance(part, pd.DataFrame)}
    assert tables == set(OWN_COLUMNS)
    with pytest.raises(PatientRowsError, match="analysis 1, distributions: columns patient"):
        page(examples, replace(made, distributions=examples.pooled().assign(patient="1")))


@pytest.mark.parametrize("guarded", [0, 1])
def test_each_of_two_analyses_with_one_label_is_guarded(examples, guarded):
    results = [examples.result(), examples.result(figures={})]
    results[guarded] = replace(results[guarded], flow=examples.flow().assign(patient="1"))
    with pytest.raises(PatientRowsError, match=f"analysis {guarded + 1}, flow: columns patient"):
        page(examples, *results)


def test_variables_may_be_called_as_columns_are(examples):
    study = examples.study()
    variables = {**study.variables, **dict.fromkeys(("level", "estimate", "n"), study.variables["age"])}
    assert "<html" in page(examples, examples.result(study=examples.study(variables=variables)))


def test_two_trials_with_one_label_both_keep_their_quality(examples):
    study = examples.study(trials={**examples.TRIALS, "escape": "MR CLEAN"})
    text = plain(page(examples, examples.result(study=study), quality=examples.quality()))
    assert "MR CLEAN (mr_clean)" in text
    assert "MR CLEAN (escape)" in text


def test_arms_with_one_label_are_told_apart(examples):
    arms = {arm: {"label": "Care", "short": "Care"} for arm in ("control", "treated")}
    text = plain(page(examples, examples.result(study=examples.study(arms=arms))))
    assert "Care (treated) 821, Care (control) 844" in text


def test_what_a_reader_has_to_know_stands_beside_what_it_concerns(examples):
    html = page(examples, examples.result())
    participants, mediation = (
        plain(html.partition(f'id="{name}"')[2].partition("</section>")[0])
        for name in ("patients", "mediation")
    )
    assert "Trial 'piste' has participants in arm 'treated' only." in participants
    assert "100 replicates are few." in mediation
    assert "100 replicates are few" not in participants
    assert "In 40 replicates the trials' random effects were estimated at the boundary" in mediation


def test_what_is_to_be_known_of_fonts_stands_with_the_first_figure(examples):
    said = examples.notices().iloc[:1].assign(step="figures", message="no installed font has the character X")
    html = page(examples, examples.result(notices=said))
    first = plain(html.partition('id="patients"')[2].partition("</section>")[0])
    assert "No installed font has the character X." in first


def test_the_notices_of_every_piece_of_evidence_have_a_place(examples):
    places = [step for steps in NOTICE_PLACES.values() for step in steps]
    assert len(places) == len(set(places))
    assert {piece.replace("_", " ") for piece in EVIDENCE} < set(places)
    template = examples.TEMPLATE.read_text()
    assert all(f"remarks(notices.{place})" in template for place in NOTICE_PLACES)


def test_notices_of_other_analyses_stand_below_their_table(examples):
    study = examples.study(analysis={**examples.study().analysis, "label": "Complete cases"})
    notices = examples.notices()
    notices.loc[0, "message"] = "trial 'thrace' has nobody"
    other = examples.result(study=study, figures={}, notices=notices)
    text = plain(page(examples, examples.result(), other))
    assert "Complete cases: Trial 'thrace' has nobody." in text
    assert text.count("Trial 'piste' has participants") == 1


def test_every_tile_has_its_unit_its_null_and_its_better_side(examples):
    text = plain(page(examples, examples.result()))
    assert "−0.76 points 95% CI −0.90 to −0.61; below 0 is better" in text
    assert (
        "Total effect, common odds ratio of a better outcome 2.48 95% CI 1.77–3.53; above 1 is better" in text
    )
    assert "Share of the effect on the mean 24.4% 95% CI 16.2% to 32.5%" in text


def test_a_page_promises_a_difference_of_shares_only_where_there_is_one(examples):
    assert "and why shares differ, is said" in plain(page(examples))
    outcome = {"variable": "nihss", "family": "continuous", "better": "high"}
    study = examples.study(analysis={**examples.study().analysis, "outcome": outcome})
    effects = examples.effects()
    effects = effects[effects["scale"].isin(["mean", "coefficient", "proportion"])]
    text = plain(page(examples, examples.result(study=study, effects=effects)))
    assert "why shares differ" not in text
    # of a linear model's outcome all shares are one
    assert "Share on one scale (KHB)" not in text
    assert "before any adjustment. Higher is better." in text


def test_without_a_share_no_distribution_is_announced(examples):
    every = examples.withheld(("pm", "mean"), ("khb", "proportion"), ("log_or_difference", "proportion"))
    assert "Its bootstrap distribution is drawn" not in plain(page(examples, examples.result(effects=every)))
    assert "Its bootstrap distribution is drawn" in plain(page(examples))


def test_a_withheld_share_is_withheld_everywhere(examples):
    keys = [
        ("pm", "mean"),
        ("khb", "proportion"),
        ("log_or_difference", "proportion"),
        ("log_or_product", "proportion"),
    ]
    study = examples.study()
    analysis = {**study.analysis, "published_share": {"value": 0.12}}
    result = examples.result(study=examples.study(analysis=analysis), effects=examples.withheld(*keys))
    text = plain(page(examples, result, replace(result, figures={})))
    for share in ("24.4%", "29.1%", "12.2%"):
        assert share not in text
    assert not re.search(r"\bnan\b", text.lower())


def test_with_an_interaction_the_coefficient_at_zero_stands_in_the_models_table_only(examples):
    study, models, effects = examples.interaction()
    html = page(examples, examples.result(study=study, models=models, effects=effects))
    outside = re.sub(r"<caption>[^\n]*The three models</span></caption>.*?</table>", "", html, flags=re.S)
    assert "3.74" in html
    assert "3.74" not in outside
    assert "where the follow-up infarct volume is 0 mL" in plain(html)


def test_a_caption_tells_what_its_figure_shows(examples):
    text = plain(page(examples))
    assert "Better outcomes are to the left. Lines join the same level in both arms." in text
    assert "From randomisation to analysis. A participant is counted under the first rule" in text
    assert "The axis is spaced as the analysis transforms the mediator." in text
    assert "where its place is known" not in text
    few = examples.result(
        outcome=examples.withheld_levels("all"),
        flow=examples.flow().iloc[:1],
        study=examples.study(
            analysis={**examples.study().analysis, "mediator": {"variable": "fiv", "transform": "identity"}}
        ),
    )
    text = plain(page(examples, few))
    assert "Better outcomes are to the left; levels that are withheld are blank. Lines join" in text
    assert "the same level in both arms where its place is known." in text
    assert "From randomisation to analysis." in text
    assert "first rule" not in text
    assert "spaced as" not in text
    # what is withheld in one trial is not missing in the figure of all
    assert "levels that are withheld" not in plain(
        page(examples, examples.result(outcome=examples.withheld_levels()))
    )


def test_labels_are_escaped(examples):
    study = examples.study(title="A <b>bold</b> & dangerous title")
    html = page(examples, examples.result(study=study))
    assert "A &lt;b&gt;bold&lt;/b&gt; &amp; dangerous title" in html


def test_tables_read_back_from_files_give_the_same_page(examples, tmp_path):
    def again(frame):
        frame.to_csv(tmp_path / "t.csv", index=False)
        return read_table(tmp_path / "t.csv")

    direct = examples.result()
    names = ("flow", "baseline", "outcome", "mediator", "effects", "missing", "notices")
    tables = {name: again(getattr(direct, name)) for name in names}
    models = {name: again(frame) for name, frame in direct.models.items()}
    read = examples.result(**tables, models=models)
    quality = {trial: again(frame) for trial, frame in examples.quality().items()}
    assert page(examples, read, published=again(examples.published()), quality=quality) == page(
        examples, direct, published=examples.published(), quality=examples.quality()
    )


@pytest.mark.parametrize("word", ["NA", "None", "1.10", "null", "007"])
def test_words_that_look_like_numbers_or_nothing_stay_words(examples, tmp_path, word):
    frame = examples.baseline().replace({"level": {"ica": word}, "variable": {"age": word}})
    frame.to_csv(tmp_path / "t.csv", index=False)
    read = read_table(tmp_path / "t.csv")
    assert word in set(read["level"])
    assert word in set(read["variable"])


def test_two_analyses_can_be_chosen_and_no_place_is_shown_without_a_script(examples):
    html = whole(examples)
    (pair,) = re.findall(
        r'<div class="scroll"[^>]* hidden>\s*<table class="pair">.*?</table>', html, flags=re.S
    )
    first, second = re.findall(r"<select.*?</select>", pair, flags=re.S)
    assert [re.findall(r"<option( selected)?>", one) for one in (first, second)] == [
        [" selected", ""], ["", " selected"],
    ]  # fmt: skip
    assert re.findall(r">([^<]+)</option>", first) == ["Primary analysis", "Complete cases"]
    (table,) = re.findall(r'<table class="[^"]*sortable[^"]*">.*?</thead>', html, flags=re.S)
    heads = re.findall(r"<th[^>]*>([^<]+)</th>", table)
    assert re.findall(r'<th scope="row">([^<]+)</th><td></td><td></td>', pair) == heads[1:]
    assert '<table class="pair">' not in page(examples)

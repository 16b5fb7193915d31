"""The page as a whole: its structure, its parts, and the labels of a study on it."""

import re

import pytest

from ipdmediation.data.result_tables import read_table
from tests.unit.present.rendered_page import page, parsed, plain, whole


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


def test_manifest_is_shown(examples):
    text = plain(whole(examples))
    for piece in ("20190211", "6081f80", "numpy", "2.4.6", "config/trials/mr_clean.yaml", "a" * 64):
        assert piece in text


def test_a_commit_that_is_not_known_is_called_so(examples):
    text = plain(page(examples, manifest={**examples.manifest(), "commit": None}))
    assert "Commit unknown" in text
    assert "None" not in text


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


def test_what_harmonising_did_to_many_trials_is_folded_once_more(examples):
    (some,) = list(examples.quality().values())[:1]
    for number, folded in ((30, 0), (31, 1)):
        made = page(examples, quality={f"t{k}": some for k in range(number)})
        assert made.count(f"<summary>All {number} trials</summary>") == folded
        assert made.count("<details") == made.count("</details>")

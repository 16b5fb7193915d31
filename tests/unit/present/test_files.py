"""The page leads to the files beside it, and says what else could be asked."""

from __future__ import annotations

import copy
import re
from dataclasses import replace

import pytest

from ipdmediation.plumbing.result_files import EVIDENCE
from ipdmediation.present.report.files import all_files, exhibit_files
from ipdmediation.present.report.not_asked import ASKED, not_asked
from ipdmediation.present.report.page import render
from tests.unit.present.examples import TEMPLATE, manifest, result

STUDY = ["run.json", "all_analyses/specification_curve.svg"]
PRIMARY = [
    "primary/effects.csv",
    "primary/figures/balance.svg",
    "primary/figures/balance.pdf",
    "primary/tables/flow.docx",
    "primary/tables/flow.csv",
]
OTHER = ["late/figures/balance.svg", "late/tables/flow.csv"]


def test_an_exhibit_has_its_own_files_by_format() -> None:
    found = exhibit_files([*STUDY, *PRIMARY])
    assert found == {
        "figures": {
            "specification_curve": {"SVG": "all_analyses/specification_curve.svg"},
            "balance": {"SVG": "primary/figures/balance.svg", "PDF": "primary/figures/balance.pdf"},
        },
        "tables": {"flow": {"DOCX": "primary/tables/flow.docx", "CSV": "primary/tables/flow.csv"}},
    }


def test_exhibits_of_the_page_are_linked_to_the_main_analysis_files() -> None:
    page = render(TEMPLATE, [result(), result()], manifest=manifest(), files=[STUDY, PRIMARY, OTHER])
    caption = page[page.index("dashed at 0.1.") :].partition("</figcaption>")[0]
    assert re.findall(r'<a href="([^"]*)">(\w+)</a>', caption) == [
        ("primary/figures/balance.svg", "SVG"),
        ("primary/figures/balance.pdf", "PDF"),
    ]
    body, _, listing = page.partition('<details class="listing"')
    assert 'href="primary/tables/flow.docx"' in body
    assert 'href="late/' not in body
    assert re.findall(r'<li><a href="([^"]*)">\1</a></li>', listing) == [
        *sorted(STUDY), *sorted(PRIMARY), *sorted(OTHER),
    ]  # fmt: skip


def test_a_page_without_files_beside_it_has_no_links() -> None:
    page = render(TEMPLATE, [result()], manifest=manifest())
    assert 'class="listing"' not in page
    assert 'class="files"' not in page
    assert all_files([], [result()]) == []


def without(*asked: tuple[str, str]) -> dict[str, object]:
    """Return the settings of an analysis that does not ask for some evidence."""
    analysis = copy.deepcopy(dict(result().study.analysis))
    for section, key in asked:
        del analysis["evidence"][section][key]
    return analysis


def test_what_is_asked_is_not_said_and_what_is_not_asked_is_with_its_key() -> None:
    made = result()
    assert not_asked(made) == ""
    analysis = without(("confounding", "curve"), ("death", "event"))
    left = replace(made, study=replace(made.study, analysis=analysis))
    assert not_asked(left) == (
        "Not asked of this analysis: how strong an unmeasured cause would undo the answer "
        "(evidence.confounding.curve: true) and participants kept in who had an event first "
        "(evidence.death.event: <variable>)."
    )
    assert "(evidence.confounding.curve: true)" in render(TEMPLATE, [left])
    assert "Not asked of this analysis" not in render(TEMPLATE, [made])


def test_what_can_be_asked_is_what_steps_are_made_for() -> None:
    assert [(each.section, each.key) for each in ASKED] == [piece.asked_by for piece in EVIDENCE.values()]


@pytest.mark.parametrize("each", ASKED, ids=lambda each: f"{each.section}.{each.key}")
def test_every_piece_of_evidence_is_named(each: object) -> None:
    made = result()
    bare = replace(made, study=replace(made.study, analysis={**made.study.analysis, "evidence": {}}))
    assert f"(evidence.{each.section}.{each.key}: {each.value})" in not_asked(bare)  # type: ignore[attr-defined]


def test_what_an_analysis_cannot_have_is_not_offered() -> None:
    made = result()
    flow = made.flow[made.flow["kind"] != "eligibility"]
    analysis = {
        **made.study.analysis, "evidence": {}, "trials": ["escape"],
        "outcome": {"variable": "fiv", "family": "continuous", "better": "low"},
    }  # fmt: skip
    said = not_asked(replace(made, flow=flow, study=replace(made.study, analysis=analysis)))
    assert "evidence.trials" not in said
    assert "evidence.death" not in said
    assert "evidence.proportional_odds" not in said
    assert "evidence.surrogacy.panel" in said

"""What a reader has to be told stands on the page, beside what it concerns."""

import pandas as pd
import pytest

from ipdmediation.plumbing.result_files import EVIDENCE
from ipdmediation.present.report.page import NOTICE_PLACES
from ipdmediation.present.report.privacy import PatientRowsError
from tests.unit.present.rendered_page import page, parsed, plain, whole


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


def test_synthetic_data_are_announced(examples):
    html = whole(examples)
    assert "Nothing here is a finding about real people" in html
    assert "they are assumed, not reported" in html
    real = examples.study(synthetic=False)
    assert "ynthetic" not in plain(page(examples, examples.result(study=real, figures={})))


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

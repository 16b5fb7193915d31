"""What the steps that compute say of patients is said on the page as its house style calls them."""

from __future__ import annotations

import pandas as pd
import pytest

from ipdmediation.present.house_style import written_in
from ipdmediation.present.remarks import remark, with_remarks
from ipdmediation.present.report.result import sentence

SAID = "no patient has it; fewer than 5 patients of 'patients at home' and of “a patient's own”"


@pytest.mark.parametrize("people", ["participants", "patients"])
def test_only_what_is_not_quoted_is_called_otherwise(people: str) -> None:
    one = people.removesuffix("s")
    expected = f"no {one} has it; fewer than 5 {people} of 'patients at home' and of “a patient's own”"
    with written_in(journal="plain", people=people):
        assert remark(SAID) == expected
        assert sentence(SAID) == f"{expected[0].upper()}{expected[1:]}."


def test_a_table_keeps_its_numbers_and_ids() -> None:
    table = pd.DataFrame(
        {"trial": ["patients", "b"], "reason": ["too few patients", None], "estimate": [float("nan"), 1.5]}
    )
    made = with_remarks(table)
    assert made["reason"].tolist() == ["too few participants", ""]
    pd.testing.assert_frame_equal(made.drop(columns="reason"), table.drop(columns="reason"))
    assert table["reason"].tolist()[0] == "too few patients"

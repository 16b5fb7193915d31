"""The quality page: every trial and variable, no scrolling aside for a count, nothing of a single patient."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ipdmediation.data.described import arm_variable
from ipdmediation.data.description import describe_trials
from ipdmediation.data.disclosure import public_description
from ipdmediation.data.schema import conform
from ipdmediation.data.variables import variables_from_config
from ipdmediation.present.notation import DASH
from ipdmediation.present.report.privacy import PatientRowsError
from ipdmediation.present.report.quality_page import render_quality
from ipdmediation.present.study import Study

TEMPLATE = Path(__file__).resolve().parents[3] / "workflow/report/quality.html.j2"
DECLARED: dict[str, dict[str, Any]] = {
    "volume": {"type": "continuous", "label": "lesion volume", "unit": "mL"},
    "female": {"type": "binary", "label": "Female sex"},
    "score": {"type": "ordinal", "label": "Score", "levels": {0: "Well", 1: "Ill", 2: "Dead"}},
}
TRIALS = {"north": "Northern <trial>", "south": "Southern trial"}
VARIABLES = variables_from_config(DECLARED)


def patients(*, factor: float = 1.0) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    n = 200
    south = np.arange(n) % 2 == 1
    return conform(
        pd.DataFrame(
            {
                "trial": np.where(south, "south", "north"),
                "patient": [f"P{row}" for row in range(n)],
                "treatment": np.where(np.arange(n) % 10 == 0, np.nan, np.arange(n) // 2 % 2),
                "volume": rng.gamma(3, 10, n) * np.where(south, factor, 1),
                "female": rng.integers(0, 2, n),
                "score": np.where(south, np.nan, rng.integers(0, 3, n)),
            }
        ),
        VARIABLES,
        excluded_arms=True,
    )


def counts(trial: str, *, missing: int = 0, out_of_range: float = 0) -> pd.DataFrame:
    rows = [
        ("treatment", "ARM", 100, 0, 0, 100, 0, 0, 0.0, ""),
        ("volume", "VOL", 100, 0, 0, 0, 100, 0, out_of_range, "999"),
        ("female", "SEX", 100, 0, 0, 100, 0, 0, 0.0, ""),
        ("score", "absent" if missing else "MRS", 100, missing, 0, 0, 0, 0, 0.0, ""),
    ]
    names = ["variable", "column", "n", "missing", "missing_coded", "recoded", "converted", "incomplete"]
    rows = [rows[0], *sorted(rows[1:])]  # by name, as harmonising takes them
    return pd.DataFrame(rows, columns=[*names, "out_of_range", "missing_codes_unused"]).assign(trial=trial)


def checks(*notable: tuple[str, str, str]) -> pd.DataFrame:
    """Return checks of the northern trial, the only one that is large enough."""
    rows = [
        ("north", "last_digit", "volume", 62.0, 20.0, 0.2),
        ("north", "allocation", "treatment", 70.0, 100 * 2 / 3, 0.3),
        ("north", "baseline", "volume", np.nan, np.nan, 0.4),
        ("north", "baseline", "female", np.nan, np.nan, 0.0004),
        ("north", "baseline_together", "", 0.9, 0.5, 0.0071),
        ("south", "baseline", "female", np.nan, np.nan, 0.02),
    ]
    table = pd.DataFrame(rows, columns=["trial", "check", "variable", "estimate", "expected", "p_value"])
    keys = table[["trial", "check", "variable"]].itertuples(index=False, name=None)
    return table.assign(notable=[key in notable for key in keys])


def page(*, factor: float = 1.0, minimum: int = 5, **changes: Any) -> str:
    table = describe_trials(patients(factor=factor), variables=VARIABLES, minimum=minimum)
    known = VARIABLES | {"treatment": arm_variable()}
    arms = {arm: {"label": f"{arm} arm", "short": arm} for arm in ("control", "treated")}
    given: dict[str, Any] = {
        "study": Study(title="A study", arms=arms, variables=DECLARED, analysis={}, trials=TRIALS),
        "quality": {"north": counts("north", out_of_range=np.nan), "south": counts("south", missing=100)},
        "distributions": public_description(table, variables=known, minimum=minimum),
        "integrity": checks(),
        "notices": pd.DataFrame(columns=["step", "kind", "message"]),
        "units": {"south": {"volume": "cL"}},
        "handled": {"volume": "missing values are imputed"},
        "minimum": minimum,
    }
    return render_quality(TEMPLATE, **given | changes)


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html.partition("</style>")[2])))


def test_it_fetches_nothing_and_escapes_what_a_study_says() -> None:
    html = page()
    assert not re.search(r"(?:src|href)=\"(?!#|data:)", html)
    assert "url(" not in html
    assert "Northern &lt;trial&gt;" in html
    assert "Northern <trial>" not in html


def test_rows_participants_and_arms_of_each_trial_are_counted() -> None:
    text = plain(page())
    assert "Trial Rows read Participants control treated In no compared arm" in text
    made = patients()
    for trial, label in TRIALS.items():
        members = made.loc[made["trial"] == trial, "treatment"]
        arms = [(members == 0).sum(), (members == 1).sum(), members.isna().sum()]
        assert f"{label} 100 100 {' '.join(str(each) for each in arms)}" in text


def test_rows_of_trials_that_are_not_pooled_are_counted_apart() -> None:
    left_out = counts("excluded").iloc[:1].assign(variable="trial", column="STUDY", n=33)
    both = {trial: counts(trial) for trial in TRIALS}
    text = plain(page(quality={**both, "excluded": left_out}))
    assert "Trials that are not pooled 33 0 0 0" in text


def test_what_harmonising_did_is_told_in_the_order_of_the_study() -> None:
    """The table has it by name; the arm comes before the variables, the study's rules after them."""
    rule = counts("north").iloc[:1].assign(variable="contract", column="age > 0")
    table = pd.concat([rule, counts("north")])
    assert table["variable"].tolist() == ["contract", "treatment", "female", "score", "volume"]
    (found,) = re.findall(
        r"<h3>Northern &lt;trial&gt;</h3>(.*?)</table>",
        page(quality={"north": table, "south": counts("south")}),
        re.DOTALL,
    )
    heads = re.findall(r'<th scope="row">(.*?)</th>', found)
    assert heads == ["Treatment", "Lesion volume", "Female sex", "Score", "Contract"]


def test_a_trial_in_another_unit_stands_apart_on_the_axis() -> None:
    def places(factor: float) -> list[float]:
        (section,) = re.findall(r"<h3>Lesion volume, mL</h3>(.*?)</table>", page(factor=factor), flags=re.S)
        return [float(each) for each in re.findall(r'class="median" style="left: ([\d.]+)%', section)]

    together, apart = places(1), places(1000)
    assert len(together) == len(apart) == 3  # all trials and each
    assert all(0 <= each <= 100 for each in [*together, *apart])
    assert abs(together[1] - together[2]) < 40
    assert apart[1] < 3
    assert apart[2] > 30


def test_each_variable_has_its_distribution_and_what_is_done_where_it_is_missing() -> None:
    text = plain(page())
    assert "Lesion volume, mL Primary analysis: missing values are imputed." in text
    north = patients().query("trial == 'north'")
    assert "Female sex Trial Known Missing Percentage All trials 200 0 Yes" in text
    median = north["volume"].median()
    assert f"Northern <trial> 100 0 {median:.0f} (" in text
    assert f"Southern trial 0 100 {DASH}" in text
    assert f"({DASH}" not in text


def test_what_was_not_recorded_is_missing_in_all_and_said() -> None:
    html = page()
    (heat,) = re.findall(r"<table class=\"heat\">(.*?)</table>", html, flags=re.S)
    (row,) = re.findall(r"<th scope=\"row\">Score</th>(.*?)</tr>", heat, flags=re.S)
    assert re.findall(r"<td[^>]*>([^<]*)</td>", row) == ["", "100%"]
    (other,) = re.findall(r"<th scope=\"row\">Female sex</th>(.*?)</tr>", heat, flags=re.S)
    assert re.findall(r"<td[^>]*>([^<]*)</td>", other) == ["", ""]
    assert 'class="dark" style="--share: 100%"' in row
    assert "Score not recorded" in plain(html)


def test_units_are_those_of_the_file_and_of_the_study() -> None:
    text = plain(page())
    assert "Lesion volume VOL, cL to mL 100" in text
    assert text.count("cL to mL") == 1


def test_small_counts_are_dashes_and_the_page_says_so() -> None:
    text = plain(page())
    assert "A count of 1 to 4 participants is not shown" in text
    assert "withheld" in text
    every = plain(page(minimum=1, quality={trial: counts(trial) for trial in TRIALS}))
    assert "Every count is shown" in every
    assert "withheld" not in every


def test_notices_are_on_it() -> None:
    said = pd.DataFrame([("pooling", "unlikely_unit", "variable 'volume': is its unit off by 10?")])
    text = plain(page(notices=said.set_axis(["step", "kind", "message"], axis=1)))
    assert "Variable 'volume': is its unit off by 10?" in text
    assert "In no continuous variable" not in text
    assert "In no continuous variable" in plain(page())


def test_integrity_checks_stand_by_trial_and_what_is_notable_in_words() -> None:
    quiet = plain(page())
    assert "In no trial is anything notable." in quiet
    assert "Northern <trial> 70.0% 66.7% .30 1 0 2 0 .007" in quiet
    assert f"Southern trial {DASH} {DASH} {DASH} {DASH} {DASH} 1 0 {DASH}" in re.sub(
        "\N{WORD JOINER}", "", quiet
    )
    found = checks(
        ("north", "last_digit", "volume"),
        ("north", "allocation", "treatment"),
        ("north", "baseline", "female"),
        ("south", "baseline", "female"),
        ("north", "baseline_together", ""),
    )
    text = plain(page(integrity=found))
    assert "In no trial is anything notable" not in text
    assert "Northern <trial> 70.0% 66.7% .30 1 1 2 1 .007" in text
    assert (
        "“lesion volume” are not equally frequent (0 and 5 would be 20%): Northern <trial> (62%, P = .20)."
        in text
    )
    assert "sizes allocated (treated would be 67%): Northern <trial> (70%, P = .30)." in text
    both = "Northern <trial> (P < .001), Southern trial (P = .02)."
    assert f"The arms differ in “Female sex” by more than chance alone explains: {both}" in text
    assert "the arms are more alike than chance alone explains: Northern <trial> (P = .007)." in text
    apart = found.assign(estimate=0.1)
    assert "the arms are further apart than chance alone explains" in plain(page(integrity=apart))
    assert "It proves no fault" in text


def test_a_share_of_last_digits_that_is_withheld_is_not_said() -> None:
    found = checks(("north", "last_digit", "volume")).assign(estimate=np.nan)
    assert "(0 and 5 would be 20%): Northern <trial> (P = .20)." in plain(page(integrity=found))


def test_of_synthetic_participants_the_page_says_why_the_arms_are_alike() -> None:
    arms = {arm: {"label": f"{arm} arm", "short": arm} for arm in ("control", "treated")}
    said = Study(title="A", arms=arms, variables=DECLARED, analysis={}, trials=TRIALS, synthetic=True)
    alike = checks(("north", "baseline_together", ""))
    assert "sampling: stratified" in plain(page(study=said, integrity=alike))
    assert "sampling: stratified" not in plain(page(study=said))
    assert "sampling: stratified" not in plain(page(study=said, integrity=alike.assign(estimate=0.1)))
    assert "sampling: stratified" not in plain(page(integrity=alike))


@pytest.mark.parametrize("name", ["distributions", "integrity", "notices", "quality"])
def test_patients_rows_are_refused(name: str) -> None:
    rows = patients()
    with pytest.raises(PatientRowsError, match="patient"):
        page(**{name: {"north": rows, "south": rows} if name == "quality" else rows})


def test_the_longer_of_trials_and_variables_goes_down_the_page(examples: ModuleType) -> None:
    many = {f"t{number}": f"Trial {number}" for number in range(30)}
    study = Study(title="Many", arms=examples.study().arms, variables=DECLARED, analysis={}, trials=many)
    table = describe_trials(patients(), variables=VARIABLES)
    table = pd.concat([table[table["trial"] == "north"].assign(trial=trial) for trial in many])
    html = page(study=study, quality={trial: counts(trial) for trial in many}, distributions=table)
    (heat,) = re.findall(r"<table class=\"heat\">(.*?)</table>", html, flags=re.S)
    assert heat.count('scope="col"') == 3
    assert heat.count('scope="row"') == 30


def test_every_region_has_a_name_of_its_own() -> None:
    html = page()
    names = [*re.findall(r'aria-label="([^"]*)"', html), *re.findall(r"<h2[^>]*>([^<]*)</h2>", html)]
    assert len(names) == len(set(names)) > 8

# ruff: noqa: RUF001 - printed numbers carry true dashes and minus signs
"""The page of studies of every shape: it adapts, and every number of a sentence is in a table of the run."""

import json
import re
import shutil
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
import yaml

from ipdmediation.data.result_tables import read_table
from ipdmediation.present.sources import SOURCES
from ipdmediation.vocabulary.links import LINKS
from tests.tracing import untraced
from tests.unit.present.test_links import OF_DISTRIBUTIONS
from tests.workflow.conftest import Study
from tests.workflow.made_up import LEVELS, STUDIES, write

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def told(finished_study: Study, framing: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Results of all made-up studies, of the example and of the finished one, by name."""
    study = Study(tmp_path_factory.mktemp("made_up") / "studies")
    shutil.copytree(finished_study.root, study.root, symlinks=True)
    results = {"default": study.root / "results", "framing": framing}
    for name in STUDIES:
        study.run("--configfile", str(write(study.root, name)))
        results[name] = study.root / "results" / name
    return results


def plain(html: str) -> str:
    text = re.sub(r"<[^>]+>", " ", html).replace("\N{WORD JOINER}", "")
    return re.sub(r"\s+", " ", unescape(text)).strip()


def sentences(results: Path) -> list[str]:
    """Every paragraph, caption and alternative text of the page, not the tables and what is folded away."""
    page = (results / "report.html").read_text()
    body = re.sub(
        r"<(style|table|details|dl(?= class=\"plain\")|ul(?= class=\"sources\")).*?</\1>",
        "",
        page,
        flags=re.S,
    )
    written = re.findall(r"<(p|li|dd|figcaption)\b[^>]*>(.*?)</\1>", body, flags=re.S)
    pictured = re.findall(r' alt="([^"]*)"| role="img" aria-label="([^"]*)"', body)
    return [plain(each) for each in [*(text for _, text in written), *map("".join, pictured)]]


def page(results: Path) -> str:
    return plain((results / "report.html").read_text().partition("</style>")[2])


def answer(results: Path) -> str:
    html = (results / "report.html").read_text()
    return plain(html.partition('<div class="answer">')[2].partition("</div>")[0])


@pytest.mark.parametrize("name", ["default", "framing", *STUDIES])
def test_every_number_of_every_sentence_is_in_a_table_of_the_run(told: dict[str, Path], name: str) -> None:
    results = told[name]
    tables = {str(path): read_table(path) for path in results.rglob("*.csv") if "ipd" not in path.parts}
    flows = [path for path in tables if path.endswith("flow.csv") and "tables" not in path]
    tables |= {f"{path}, sums": tables[path][["excluded"]].iloc[1:].sum().to_frame() for path in flows}
    # of a binary outcome the figure has both levels, the table the share of one
    outcomes = [path for path in tables if path.endswith("describe/outcome.csv")]
    for path in outcomes:
        shares = tables[path].loc[tables[path]["statistic"] == "percent", ["estimate"]]
        tables[f"{path}, the others"] = 100 - shares
    manifest = json.loads((results / "manifest.json").read_text())
    configuration = manifest["configuration"]
    given = [
        *SOURCES, yaml.safe_dump(configuration), json.dumps(manifest["versions"]), "95% 0% 100% 1.0 0.5 0.1",
        *map(str, LEVELS), str(len(configuration["trials"])), "above 50",
    ]  # fmt: skip
    if configuration["study"]["synthetic"]:
        given.append((results / "synthetic_truth.json").read_text())
    found = sentences(results)
    assert len(found) > 20
    # Small counts (of figures, of trials, of effects) are counted from the tables, not cells of them.
    given += [str(number) for number in range(1, 60)]
    assert untraced(found, tables, given=given) == []


def test_no_decimal_point_is_left_in_what_is_written_as_the_lancet_does(told: dict[str, Path]) -> None:
    (name,) = [name for name, study in STUDIES.items() if study.style.get("journal") == "lancet"]
    folder = told[name] / "manuscript"
    texts = [
        (folder / f"{part}.md").read_text().partition("## References")[0] for part in ("methods", "results")
    ]
    written = [*sentences(told[name]), *texts]
    assert sum("·" in text for text in written) > 20
    assert [text for text in written if re.search(r"(?<![\d.])\d+\.\d+(?![\d.])", text)] == []


@pytest.mark.parametrize("name", ["default", "framing", *STUDIES])
def test_the_number_analysed_is_the_number_fitted_everywhere(told: dict[str, Path], name: str) -> None:
    results = told[name]
    for flow in results.glob("*/flow.csv"):
        last = read_table(flow).iloc[-1]
        analysis = flow.parent
        for model in ("mediator", "total", "outcome"):
            assert json.loads((analysis / f"models/{model}.json").read_text())["n"] == last["remaining"]
        for part, variable in (("baseline", None), ("outcome", None), ("mediator", None)):
            table = read_table(analysis / f"describe/{part}.csv")
            rows = table[(table["trial"] == "all") & (table["arm"] == "all")]
            counted = rows[rows["statistic"].isin(["n", "missing"])].groupby("variable")["estimate"].sum()
            assert set(counted) == {last["remaining"]}, (part, variable)
        manifest = json.loads((results / "manifest.json").read_text())
        assert manifest["participants"][analysis.name]["fitted"] == last["remaining"]
    primary = read_table(results / "primary/flow.csv").iloc[-1]
    assert f"Participants analysed {primary['remaining']}" in page(results)


@pytest.mark.parametrize("name", ["default", "framing", *STUDIES])
def test_every_page_names_its_assumption_and_nothing_undefined(told: dict[str, Path], name: str) -> None:
    text = page(told[name])
    assert "If nothing unmeasured affects both" in answer(told[name])
    assert not re.search(r"\bnan\b|\binf\b|None\b", text)


def test_an_interaction_shows_slopes_by_arm_and_no_coefficient_at_zero(told: dict[str, Path]) -> None:
    results = told["interaction"]
    text = page(results)
    assert "differs by arm in this model" in text
    assert "at the lower quartile of" in text
    model = read_table(results / "primary/models/outcome.csv")
    at_zero = float(model.loc[model["kind"] == "treatment", "ratio"].iloc[0])
    html = (results / "report.html").read_text()
    models = r"<caption>(?:(?!</caption>).)*The three models</span></caption>.*?</table>"
    outside = re.sub(models, "", html, flags=re.S)
    outside = re.sub(r"data:image[^\"]*", "", outside)
    assert f"{at_zero:.2f} (" in html
    assert f"{at_zero:.2f} (" not in plain(outside)


def test_opposite_directions_are_named_and_no_share_is_given(told: dict[str, Path]) -> None:
    text = answer(told["opposite"])
    assert "led to better outcomes" in text
    assert "have opposite directions" in text
    assert "for the worse; the part that does not run through it" in text
    assert "of this benefit runs through" not in page(told["opposite"])


def test_harm_is_called_so_along_a_spline(told: dict[str, Path]) -> None:
    text = answer(told["harm"])
    assert "New therapy led to worse outcomes than usual care" in text
    assert "of this harm runs through lesion volume" in text
    assert "restricted cubic spline" in page(told["harm"])


def test_two_hundred_trials_are_shown(told: dict[str, Path]) -> None:
    trials = read_table(told["many_trials"] / "primary/tables/trials.csv")
    assert trials["Trial"].tolist() == [*(f"Trial {number}" for number in range(1, 201)), "All trials"]


def test_without_a_total_effect_there_is_no_share(told: dict[str, Path]) -> None:
    text = answer(told["no_total_effect"])
    assert "remains open" in text
    assert "because the interval of the total effect includes the value of no effect" in text
    assert "% (95% CI" not in text


def test_complete_cases_have_a_step_of_their_own(told: dict[str, Path]) -> None:
    flow = read_table(told["complete_cases"] / "primary/flow.csv")
    assert flow["kind"].iloc[-1] == "missing"
    assert flow["excluded"].iloc[-1] > 20
    text = page(told["complete_cases"])
    assert f"were left out: age in {flow['excluded'].iloc[-1]}" in text
    assert "imputed" not in text.partition("Methods")[2]


def test_a_binary_outcome_names_its_event(told: dict[str, Path]) -> None:
    text = answer(told["binary"])
    assert "difference in the probability of “Dead at one year: Yes”" in text
    assert "have “Dead at one year: No”" in text
    assert "common odds ratio" not in page(told["binary"])


@pytest.mark.parametrize("name", ["probit", "cloglog"])
def test_another_link_than_the_logit_has_no_odds_but_those_of_the_distributions(
    told: dict[str, Path], name: str
) -> None:
    link = LINKS[name]
    files = [told[name] / "report.html", *(told[name] / "primary/tables").glob("*.csv")]
    for file in files:
        text = OF_DISTRIBUTIONS.sub("", plain(file.read_text().partition("Reproducibility</h2>")[0]))
        text = text.replace("evidence.proportional_odds.tests", "")  # a key of the configuration
        assert not re.search("odds|logit|logistic", text, re.IGNORECASE), file
    assert link.measure in answer(told[name]) or name == "cloglog"  # with an interaction it has no such share
    assert f"{link.name} model" in page(told[name])
    for model in ("total", "outcome"):
        table = read_table(told[name] / f"primary/models/{model}.csv")
        assert table["ratio"].isna().all()
        assert json.loads((told[name] / f"primary/models/{model}.json").read_text())["link"] == name
    assert (told[name] / f"kernels/{name}.txt").is_file()


def test_a_continuous_outcome_keeps_its_unit(told: dict[str, Path]) -> None:
    text = page(told["continuous"])
    assert re.search(r"difference in the mean of days in hospital, −[\d.]+ days \(95% CI", text)
    assert "odds" not in text.partition("Sources")[0].replace("proportional-odds", "")


def test_forty_participants_are_hedged(told: dict[str, Path]) -> None:
    text = page(told["small"])
    assert "With 40 participants all of these figures are uncertain" in text
    assert "There was one study, so the models had no trial effects." in text


def test_few_replicates_are_said_beside_the_intervals(told: dict[str, Path]) -> None:
    mediation = (
        (told["small"] / "report.html").read_text().partition('id="mediation"')[2].partition("</section>")[0]
    )
    assert "200 bootstrap replicates are few for a percentile interval" in plain(mediation)


def test_all_values_of_a_change_score_lie_on_the_axis(told: dict[str, Path]) -> None:
    table = read_table(told["negative"] / "primary/describe/mediator.csv")
    density = pd.to_numeric(table.loc[table["statistic"] == "density", "level"])
    assert density.min() < 0
    assert (told["negative"] / "primary/figures/mediator_by_arm.png").is_file()

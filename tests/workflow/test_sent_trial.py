"""A whole study in which one trial sent its result in place of its rows, from the site's run to the page."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from tests.workflow.conftest import Study, bare_study
from tests.workflow.made_up import STUDIES, MadeUp, write
from tests.yaml_files import read_yaml

pytestmark = pytest.mark.slow

SENT = "trial_3"
POOLED = MadeUp(
    trials=3,
    patients=60,
    analysis={
        "missing": {"method": "complete_case"},
        "bootstrap": {"replicates": 60, "chunk": 60},
        "evidence": {"trials": {"two_stages": True, "leave_one_out": False}},
    },
)


@pytest.fixture(scope="module")
def pooled(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The site's run of its one trial, and then that of the others beside what it sent."""
    study = bare_study(tmp_path_factory.mktemp("sent") / "study")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(STUDIES, "pooled", POOLED)
        path = study.root / write(study.root, "pooled")
    config = read_yaml(path)
    of_study = path.with_name("study.yaml")
    of_study.write_text(yaml.safe_dump({key: value for key, value in config.items() if key != "trials"}))
    site = path.with_name("site.yaml")
    site.write_text(yaml.safe_dump(at_the_site(config)))
    study.run("site_result", "--configfile", str(of_study), str(site))
    shutil.copy(study.root / "results/site/site/site_result.zip", path.with_name("sent.zip"))
    path.with_name(f"{SENT}.csv").unlink()  # the rows stay at the site
    mapping = {"label": "Trial 3", "source": {"result": "made_up/pooled/sent.zip"}}
    path.with_name(f"{SENT}.yaml").write_text(yaml.safe_dump(mapping))
    study.run("--configfile", str(path))
    return study


def at_the_site(config: dict[str, Any]) -> dict[str, Any]:
    """Return what docs/site-results.md lets a site write beside the study, and a place of its own."""
    return {
        "trials": {SENT: config["trials"][SENT]},
        "pathvars": {"results": "results/site"},
        "analyses": {"primary": {"trial_effects": "none"}},
    }


def results(study: Study) -> Path:
    return study.root / "results/pooled"


def test_the_trial_is_in_the_two_stages_and_in_no_number_of_patients(pooled: Study) -> None:
    trials = pd.read_csv(results(pooled) / "primary/evidence/trials.csv")
    by_trial = trials.groupby("trial")["source"].unique().map(list).to_dict()
    assert by_trial == {"trial_1": ["rows"], "trial_2": ["rows"], SENT: ["result"]}
    together = pd.read_csv(results(pooled) / "primary/evidence/pooled.csv")
    assert together["trials"].eq(3).all()
    cohort = pd.read_parquet(results(pooled) / "ipd/pooled.parquet")
    assert set(cohort["trial"].unique()) == {"trial_1", "trial_2"}
    assert not (results(pooled) / f"quality/{SENT}.csv").exists()


def test_the_page_and_the_figure_tell_it_from_the_others(pooled: Study) -> None:
    page = (results(pooled) / "report.html").read_text()
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Result only: the participants of Trial 3 are in the second stage alone" in said
    assert "Trial 3 (result only)" in said
    figure = (results(pooled) / "primary/figures/each_trial.svg").read_text()
    assert "Trial 3 (result only)" in figure
    assert "Trial 1 (result only)" not in figure


def test_a_second_run_makes_nothing_and_the_manifest_names_the_result(pooled: Study) -> None:
    config = "made_up/pooled/config.yaml"
    assert pooled.jobs("--configfile", config) == []
    assert (results(pooled) / "manifest.json").read_text().count("sent.zip")

"""A finished study, and one that fails, show nobody: no value to all decimals, no end of a range, no id."""

import base64
import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.workflow.conftest import Study

pytestmark = pytest.mark.slow

DECIMALS = 4  # a number with fewer is that of many patients, or of a percentage


def public_files(study: Study) -> Iterator[Path]:
    results = study.root / "results"
    for path in results.rglob("*"):
        if path.is_file() and "ipd" not in path.relative_to(results).parts:
            yield path


def text_of(path: Path) -> str:
    """Return what a file says, with the figures inside a page and the parts of a Word file."""
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as parts:
            return " ".join(parts.read(name).decode("utf-8", "ignore") for name in parts.namelist())
    if path.suffix not in (".csv", ".json", ".html", ".svg", ".txt"):
        return ""
    text = path.read_text()
    inside = re.findall(r"base64,([A-Za-z0-9+/=]+)", text)
    return " ".join([text, *(base64.b64decode(each).decode("utf-8", "ignore") for each in inside)])


def pooled(study: Study) -> pd.DataFrame:
    return pd.read_parquet(study.root / "results/ipd/pooled.parquet")


def own_values(patients: pd.DataFrame) -> dict[str, str]:
    """Return the values that have so many decimals that hardly anything else is written like them.

    Not those that are a short number but for the last digits of floating point, such as 1.0000000000000002.
    """
    found = {}
    for name in patients.select_dtypes("float64"):
        for value in patients[name].dropna().unique():
            if len(f"{value:.9g}".partition(".")[2]) >= DECIMALS:
                found[repr(float(value))] = name
    return found


def test_no_public_file_has_a_patient_s_value(finished_study: Study) -> None:
    values = own_values(pooled(finished_study))
    assert len(values) > 500
    shown = {
        str(path.relative_to(finished_study.root)): {
            number: values[number]
            for number in set(re.findall(r"-?\d+\.\d+(?:e-?\d+)?", text_of(path)))
            if number in values
        }
        for path in public_files(finished_study)
    }
    assert {path: numbers for path, numbers in shown.items() if numbers} == {}


def test_curves_and_intervals_do_not_reach_the_ends_of_the_range(finished_study: Study) -> None:
    cohort = pd.read_parquet(finished_study.root / "results/ipd/primary/cohort.parquet")
    for part, variables in (("mediator", ["fiv"]), ("baseline", ["onset_to_randomisation", "imaging_time"])):
        table = pd.read_csv(finished_study.root / f"results/primary/describe/{part}.csv")
        for name in variables:
            rows = table[table["variable"] == name]
            of_values = rows["statistic"].isin(["median", "q1", "q3"])
            shown = [*rows.loc[of_values, ["estimate", "ci_low", "ci_high"]].to_numpy().ravel()]
            shown += [*rows.loc[rows["statistic"] == "density", "level"].astype(float)]
            assert np.nanmax(shown) < cohort[name].nlargest(5).min()
            assert np.nanmin(shown) > cohort[name].min()


def test_small_cells_are_empty(finished_study: Study) -> None:
    minimum = finished_study.config()["disclosure"]["minimum_count"]
    for analysis in finished_study.config()["analyses"]:
        folder = finished_study.root / "results" / analysis
        for part in ("baseline", "outcome"):
            table = pd.read_csv(folder / f"describe/{part}.csv")
            counts = table.loc[table["statistic"].isin(["count", "n"]), "estimate"]
            assert not counts.between(1, minimum - 1).any()
        flow = pd.read_csv(folder / "flow.csv").query("kind == 'eligibility'")
        assert not flow.filter(like="excluded").isin(range(1, minimum)).any(axis=None)
    assert pd.read_csv(finished_study.root / "results/primary/describe/outcome.csv")["estimate"].isna().any()


def test_patients_files_are_closed_and_out_of_git(finished_study: Study) -> None:
    ipd = finished_study.root / "results/ipd"
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [ipd, *ipd.rglob("*")]}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert (ipd / ".gitignore").read_text() == "*\n"


def logs(study: Study) -> str:
    folders = (study.root / "logs", study.root / ".snakemake/log")
    return "\n".join(path.read_text() for folder in folders for path in folder.rglob("*.log"))


def ids_in(text: str, ids: set[str]) -> list[str]:
    return sorted(found for found in set(re.findall(r"[A-Za-z0-9-]+", text)) if found in ids)


def telling_ids(study: Study) -> set[str]:
    """Return ids that cannot be row numbers or the like."""
    return {one for one in pooled(study)["patient"] if re.search(r"[A-Z]", one) or len(one) > 4}


def test_no_log_of_a_study_has_an_id(finished_study: Study) -> None:
    ids = telling_ids(finished_study)
    assert len(ids) > 500
    assert ids_in(logs(finished_study), ids) == []


FAULTS = {
    "an id twice": lambda text: text + text.splitlines()[1] + "\n",
    "no header": lambda text: text.split("\n", 1)[1],
    "another separator": lambda text: text.split("\n", 1)[1].replace(";", "|"),
    "a code": lambda text: text.replace(";M1;", ";M9;"),
    "a cell too many": lambda text: text.replace(";M1;", ";M1;;", 1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_log_of_a_failing_study_and_no_line_on_the_terminal_has_an_id(fault: str, study: Study) -> None:
    ids = telling_ids(study)
    raw = study.root / "results/ipd/raw/mr_clean.csv"
    raw.write_bytes(FAULTS[fault](raw.read_bytes().decode("latin-1")).encode("latin-1"))
    done = study.snakemake("results/ipd/pooled.parquet")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "harmonise_trial: " in said
    assert ids_in(said + logs(study), ids) == []


def test_a_job_that_crashes_has_no_id_in_its_log(study: Study) -> None:
    """What pandas says of an id that is no number is not written down."""
    ids = telling_ids(study)
    study.edit(
        "workflow/scripts/impute_missing.py",
        "    completed.to_parquet(imputed)",
        '    completed["patient"].astype(float)\n    completed.to_parquet(imputed)',
    )
    done = study.snakemake("results/ipd/primary/imputed.parquet")
    assert done.returncode != 0
    assert ids_in(done.stdout + done.stderr + logs(study), ids) == []

"""A finished study, and one that fails, show nobody: no value to all decimals, no end of a range, no id."""

import base64
import gzip
import io
import json
import os
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.workflow.conftest import Study
from tests.workflow.made_up import STUDIES, MadeUp, write

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


LEAK = "ZZ-LEAK"


@dataclass(frozen=True)
class Recognisable:
    """A study whose ids and values are like nothing else, run once by somebody who closes no file."""

    study: Study
    said: str
    results: Path
    patients: list[pd.DataFrame]

    @property
    def words(self) -> list[bytes]:
        """What may stand nowhere: the ids, each value to all of its digits, and the stamps."""
        stated = [str(each) for frame in self.patients for name in frame for each in frame[name]]
        return [each.encode() for each in stated if len(each) >= 7]

    def files(self) -> Iterator[Path]:
        """Go through all that the run has made, but the patients' rows and the trials' own files."""
        for path in self.study.root.rglob("*"):
            parts = path.relative_to(self.study.root).parts
            made = parts[0] in ("results", "logs", "benchmarks", ".snakemake")
            if made and path.is_file() and parts[:3] != ("results", "leak", "ipd"):
                yield path


@pytest.fixture(scope="module")
def recognisable(finished_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Recognisable:
    study = Study(tmp_path_factory.mktemp("leak") / "study")
    ignored = shutil.ignore_patterns("results", "logs", "benchmarks", ".snakemake")
    shutil.copytree(finished_study.root, study.root, symlinks=True, ignore=ignored)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(STUDIES, "leak", MadeUp(patients=20, analysis=QUICK))
        config = study.root / write(study.root, "leak")
    rng = np.random.default_rng(1)
    patients = []
    for number in (1, 2):
        path = config.with_name(f"trial_{number}.csv")
        made = pd.read_csv(path)
        made["ID"] = [f"{LEAK}-{number}-{row:04d}" for row in rng.permutation(20)]
        for name in ("AGE", "VOL"):
            made[name] = (made[name] + rng.uniform(0, 0.01, 20)).round(7)
        seconds = pd.to_timedelta(rng.integers(0, 10**8, 20), "s")
        entered = pd.Series(pd.Timestamp("1987-03-02 04:05:06") + seconds)
        left = entered + pd.to_timedelta(made["DAYS"].abs(), "D")
        for name, stamps in {"IN": entered, "OUT": left}.items():
            made[name] = stamps.dt.strftime("%Y-%m-%dT%H:%M:%S")
        made = made.drop(columns="DAYS")
        made.to_csv(path, index=False)
        mapping = config.with_name(f"trial_{number}.yaml")
        mapping.write_text(mapping.read_text().replace("column: DAYS", "from: IN\n    to: OUT"))
        patients.append(made)
    done = study.snakemake("--configfile", str(config), umask=0)
    assert done.returncode == 0, done.stdout + done.stderr
    assert study.snakemake("share", "--configfile", str(config)).returncode == 0
    site = study.root / "site.yaml"
    site.write_text(yaml.safe_dump({"analyses": as_a_site(patients)}))
    sent = study.snakemake("site_result", "--configfile", str(config), str(site))
    assert sent.returncode == 0, sent.stdout + sent.stderr
    said = [done.stdout, done.stderr, sent.stdout, sent.stderr]
    return Recognisable(study, "".join(said), study.root / "results/leak", patients)


def as_a_site(patients: list[pd.DataFrame]) -> dict[str, Any]:
    """Return analyses that a site sends: of all, and of so few that the first trial has a small arm."""
    first = patients[0].query("ARM == 'new'")["AGE"].nlargest(FEW + 1)
    oldest = {
        "variable": "age",
        "between": [float(first.iloc[-2:].mean().round(2)), None],
        "reason": "Not that old",
    }
    return {
        "primary": {"evidence": {"trials": {"two_stages": True, "leave_one_out": False}}},
        "few": {"label": "The oldest", "eligibility": [oldest]},
    }


FEW = 3  # patients in an arm, fewer than are shown

QUICK = {
    "missing": {"method": "complete_case"},
    "trial_effects": "none",
    "bootstrap": {"replicates": 40, "chunk": 40},
}


def layers(content: bytes) -> Iterator[bytes]:
    """Yield some bytes and all that is packed in them: archives, compressed streams and embedded files."""
    yield content
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for name in parts.namelist():
                yield from layers(parts.read(name))
        return
    if content.startswith(b"\x1f\x8b"):
        yield from layers(gzip.decompress(content))
    for begins in re.finditer(rb"x[\x01\x5e\x9c\xda]", content):  # what zlib writes first: of PDF and PNG
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(content[begins.start() :])
    for encoded in re.findall(rb"base64,([A-Za-z0-9+/=]+)", content):
        yield from layers(base64.b64decode(encoded))


def words_in(content: bytes, words: set[bytes]) -> list[bytes]:
    """Return those of some words, in small letters, that stand anywhere in some bytes."""
    small = content.lower()
    return [word for word in words if word in small]


def test_nothing_outside_the_patients_folder_has_an_id_a_value_or_a_date(recognisable: Recognisable) -> None:
    """Every file of a run, its logs and all that Snakemake keeps, and the file that is shared."""
    words = {word.lower() for word in (LEAK.encode(), *recognisable.words)}
    assert len(words) > 150
    files = list(recognisable.files())
    kinds = {path.suffix for path in files}
    assert {".html", ".png", ".pdf", ".svg", ".docx", ".zip", ".log", ".json", ".csv", ".parquet"} <= kinds
    assert {".snakemake", "results", "logs"} <= {
        path.relative_to(recognisable.study.root).parts[0] for path in files
    }
    found = {
        str(path.relative_to(recognisable.study.root)): told
        for path in files
        for layer in layers(path.read_bytes())
        if (told := words_in(layer, words))
    }
    assert found == {}
    assert words_in(recognisable.said.encode(), words) == []


def test_what_a_site_sends_has_no_small_arm_and_no_name_of_a_file(recognisable: Recognisable) -> None:
    """That it has no id, value or date is held above, for all files."""
    with zipfile.ZipFile(recognisable.results / "site/site_result.zip") as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    manifest = json.loads(parts["manifest.json"])
    assert manifest["minimum_count"] == FEW + 2
    about = {name: analysis["trials"] for name, analysis in manifest["analyses"].items()}
    assert about["primary"]["trial_1"]["arms"] == {"control": 10, "treated": 10}
    assert "primary/trial_1/draws.csv" in parts
    cohort = pd.read_parquet(recognisable.results / "ipd/few/cohort.parquet")
    assert len(cohort.query("trial == 'trial_1' and treatment == 1")) == FEW
    small = about["few"]["trial_1"]
    assert (small["arms"]["treated"], small["levels"], small["replicates"]) == (None, [], 0)
    assert not any(name.startswith("few/trial_1/") for name in parts)
    shown = [
        count for trials in about.values() for trial in trials.values() for count in trial["arms"].values()
    ]
    assert all(count is None or count > FEW + 1 for count in shown)
    text = "".join(parts.values())
    places = [
        str(recognisable.study.root),
        str(Path.home()),
        "results/",
        "made_up",
        ".parquet",
        ".yaml",
        ".key",
    ]
    assert [place for place in places if place in text] == []


def test_the_walk_would_find_them(recognisable: Recognisable, tmp_path: Path) -> None:
    """In a page with an embedded figure, a Word document in an archive, a PDF and a compressed text."""
    word = f"<{LEAK}-1>".encode()
    inner = io.BytesIO()
    for name in ("b.docx", "a.zip"):
        outer = io.BytesIO()
        with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, inner.getvalue() or word)
        inner = outer
    hidden = [
        b'<img src="data:image/png;base64,' + base64.b64encode(b"\x89PNG zTXt" + zlib.compress(word)) + b'">',
        inner.getvalue(),
        b"%PDF stream " + zlib.compress(word),
        gzip.compress(word),
    ]
    for content in hidden:
        assert word not in content
        assert any(words_in(layer, {word.lower()}) for layer in layers(content))


def test_patients_have_pseudonyms_that_stand_in_their_folder_alone(recognisable: Recognisable) -> None:
    every = [pd.read_parquet(path) for path in (recognisable.results / "ipd").rglob("*.parquet")]
    assert len(every) == 7
    pseudonyms = {one for frame in every for one in frame["patient"]}
    assert len(pseudonyms) == 40
    assert all(re.fullmatch("[a-z2-7]{16}", one) for one in pseudonyms)
    search = re.compile("|".join(pseudonyms).encode())
    assert not [path for path in recognisable.files() if search.search(path.read_bytes())]


def test_whatever_the_umask_patients_files_are_open_to_nobody_else(recognisable: Recognisable) -> None:
    ipd = recognisable.results / "ipd"
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [ipd, *ipd.rglob("*")]}
    assert {path: mode for path, mode in modes.items() if mode != (0o700 if path.is_dir() else 0o600)} == {}
    assert len(modes) > 10
    assert stat.S_IMODE((recognisable.results / "report.html").stat().st_mode) == 0o666  # the umask was 0
    key = Path(os.environ["XDG_CONFIG_HOME"], "ipdmediation/pseudonyms.key")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600

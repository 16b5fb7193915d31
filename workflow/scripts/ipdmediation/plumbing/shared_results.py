"""All results that may be shown as one file, after a look for what may not."""

from __future__ import annotations

import json
import os
import re
import string
import zipfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath
from tempfile import mkstemp
from typing import Any

import pandas as pd

from ipdmediation.data.described import INTEGRITY_COLUMNS
from ipdmediation.data.pseudonyms import LENGTH
from ipdmediation.data.quality import QUALITY_COLUMNS
from ipdmediation.evidence.published import COLUMNS as PUBLISHED_COLUMNS
from ipdmediation.inference.model_table import COLUMNS as MODEL_COLUMNS
from ipdmediation.plumbing.manifest import FILES, MANIFEST, SHARED, problems
from ipdmediation.plumbing.private_files import FOLDER
from ipdmediation.plumbing.result_files import ResultFiles
from ipdmediation.plumbing.study_settings import StudySettings
from ipdmediation.present.report.privacy import EVIDENCE_COLUMNS, OWN_COLUMNS

#: The folder in the file, whatever it is called here.
INSIDE = "results"

#: The columns of each kind of table, by its place; tables for a paper have headings of their own.
COLUMNS: Mapping[str, Collection[str]] = {
    "*/flow.csv": OWN_COLUMNS["flow"],
    "*/missing.csv": OWN_COLUMNS["missing"],
    "*/effects.csv": OWN_COLUMNS["effects"],
    "*/worlds.csv": OWN_COLUMNS["worlds"],
    "*/mediator_curve.csv": OWN_COLUMNS["curve"],
    "*/calibration.csv": OWN_COLUMNS["calibration"],
    "*/mediator_residuals.csv": OWN_COLUMNS["residuals"],
    "*/notices.csv": OWN_COLUMNS["notices"],
    "notices/*.csv": OWN_COLUMNS["notices"],
    "notices/contract/*.csv": OWN_COLUMNS["notices"],
    **{f"*/evidence/{name}.csv": columns for name, columns in EVIDENCE_COLUMNS.items()},
    "*/describe/*.csv": OWN_COLUMNS["baseline"],
    "distributions.csv": OWN_COLUMNS["baseline"],
    "integrity.csv": INTEGRITY_COLUMNS,
    "*/models/*.csv": MODEL_COLUMNS,
    "quality/*.csv": QUALITY_COLUMNS,
    "published_comparison.csv": PUBLISHED_COLUMNS,
}
PAPER = "*/tables/*.csv"

_PATIENT = "patient"
_DRAWS = re.compile(r"[a-z0-9_]+/bootstrap/(\d+)-(\d+)\.parquet")
_PSEUDONYM = re.compile(rf"[a-z2-7]{{{LENGTH * 8 // 5}}}")
_OF_WORDS = frozenset(string.ascii_lowercase.encode() + string.digits.encode())
_BETWEEN_WORDS = bytes(each if each in _OF_WORDS else ord(" ") for each in range(256))
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest date of a zip archive


def refusals(results: str | Path) -> list[str]:
    """Return a line for each reason why a folder of results may not be shared as it is.

    Parameters
    ----------
    results : str or Path
        A folder that a run has finished.

    Returns
    -------
    list of str
        Files that are not as the manifest has them, that no run makes, or that may hold patients' rows.
    """
    folder = Path(results)
    found = problems(folder)
    if found:
        return found
    content = json.loads((folder / MANIFEST).read_bytes())
    try:
        known, patients = _made_by_a_run(content), _pseudonyms(folder)
    except KeyError:
        return [f"{folder / MANIFEST}: of another version; finish a run of this one first"]
    lines = []
    for name in content[FILES]:
        if name not in known:
            lines.append(f"{folder / name}: no file that a run of this study makes to be shown")
        elif (reason := _rows(folder / name, name) or _named(folder / name, patients)) is not None:
            lines.append(f"{folder / name}: {reason}")
    return lines


def share(results: str | Path, target: str | Path | None = None) -> str:
    """Put all results that may be shown, and their manifest, into one zip archive.

    The same results give the same bytes. The archive gets its name when it is whole.

    Parameters
    ----------
    results : str or Path
        A folder that a run has finished.
    target : str, Path or None
        The archive; None is `shared.zip` in the folder. An earlier archive of results is replaced.

    Returns
    -------
    str
        What was done, in a sentence.

    Raises
    ------
    ExceptionGroup
        One error for each line of `refusals`; then nothing is written.
    ValueError
        Where something else than an earlier archive stands in the target's place.
    """
    folder = Path(results)
    path = folder / SHARED if target is None else Path(target)
    there = _earlier(path, folder)
    lines = refusals(folder)
    if lines:
        raise ExceptionGroup(f"{folder}: not shared", [ValueError(line) for line in lines])
    names = [MANIFEST, *json.loads((folder / MANIFEST).read_bytes())[FILES]]
    handle, partial = mkstemp(prefix=f".partial-{path.name}-", dir=path.parent)
    draft = Path(partial)
    try:
        with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w") as archive:
            for name in sorted(names):
                entry = zipfile.ZipInfo(f"{INSIDE}/{name}", date_time=_EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, (folder / name).read_bytes())
            stream.flush()
            os.fsync(stream.fileno())
        draft.chmod(0o644)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    size = path.stat().st_size / 1e6
    return f"{path}: {len(names)} files, {size:.1f} MB" + ("; it replaces an earlier one" if there else "")


def _earlier(path: Path, folder: Path) -> bool:
    """Return whether an earlier archive stands in a place that nothing else may stand in."""
    inside = Path(os.path.realpath(folder)) in Path(os.path.realpath(path)).parents
    if (inside and path != folder / SHARED) or not path.parent.is_dir():
        raise ValueError(f"{path}: allowed: a file in a folder that is there, or {folder / SHARED}")
    if not os.path.lexists(path):
        return False
    if path.is_file() and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if f"{INSIDE}/{MANIFEST}" in archive.namelist():
                return True
    raise ValueError(f"{path}: something else than an earlier archive of results; name another file")


def _made_by_a_run(manifest: Mapping[str, Any]) -> set[str]:
    """Return the files that a run of a manifest's study makes to be shown."""
    configuration = manifest["configuration"]
    study = StudySettings(configuration, {})
    files = ResultFiles(configuration, ("", ""))  # with the figures that compare trials
    made = ["<results>/run.json", *files.of_study(study.compiled)]
    for name in configuration["analyses"]:
        made += files.listed(name, study.own_chunks(name))
    own = {name.removeprefix("<results>/").replace("{analysis}", "") for name in made}
    return {name for name in own if FOLDER not in PurePosixPath(name).parts}


def _rows(path: Path, name: str) -> str | None:
    """Return why a table may have patients' rows."""
    if path.suffix == ".parquet":
        return _of_draws(path, name)
    if path.suffix != ".csv":
        return None
    columns = pd.read_csv(path, nrows=0).columns
    paper = PurePosixPath(name).match(PAPER)
    kinds = [known for pattern, known in COLUMNS.items() if not paper and PurePosixPath(name).match(pattern)]
    strange = [each for each in columns if kinds and each not in kinds[0]]
    strange += [each for each in columns if each.strip().lower() == _PATIENT]
    if strange:
        return f"columns {', '.join(dict.fromkeys(strange))} are none of this table's and may be patients'"
    if not kinds and not paper:
        return "a table of no known kind"
    return None


def _of_draws(path: Path, name: str) -> str | None:
    import pyarrow.parquet as pq

    ends = _DRAWS.fullmatch(name)
    if ends is None:
        return "a table of rows that are no bootstrap replicates"
    schema, rows = pq.read_schema(path), pq.read_metadata(path).num_rows
    if rows != int(ends[2]) - int(ends[1]) or _PATIENT in schema.names:
        return f"{rows} rows of {len(schema.names)} columns are not the replicates that its name says"
    return None


def _pseudonyms(folder: Path) -> frozenset[bytes]:
    """Return the pseudonyms of a study's patients; none where their rows are not there."""
    pooled = folder / FOLDER / "pooled.parquet"
    if not pooled.is_file():
        return frozenset()
    ids = pd.read_parquet(pooled, columns=[_PATIENT])[_PATIENT]
    return frozenset(each.encode() for each in ids if _PSEUDONYM.fullmatch(each))


def _named(path: Path, patients: frozenset[bytes]) -> str | None:
    """Return why a file names patients, by their pseudonyms."""
    if patients:
        for content in _contents(path):
            # a third of the time that a search for the pattern takes
            if not patients.isdisjoint(content.translate(_BETWEEN_WORDS).split()):
                return "holds pseudonyms of patients"
    return None


def _contents(path: Path) -> Iterator[bytes]:
    """Yield what a file says, of an archive (a Word document) the parts."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as parts:
            for name in parts.namelist():
                yield parts.read(name)
    else:
        yield path.read_bytes()

"""What made a result, kept in the result itself: read, written and compared (light to import)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ipdmediation.plumbing.parquet_metadata import Footer, write_value

#: Key of a JSON file, and of a Parquet file's metadata, that the provenance stands under.
KEY = "provenance"

#: Parameters that are no settings: what provenance has by name, what is expected of the inputs, and where a
#: key is, on which no number depends.
NO_SETTINGS = ("code", "ranges", "reasons", "analysis", "trial", "start", "stop", "expected", "key")

#: Outputs that may be edited by hand, as they stand for files that come from elsewhere.
EDITED = ("raw",)

#: Steps that use what their inputs say of themselves, too.
USE_ALL = ("manifest",)

#: Bytes of a file that are in memory at once.
PART = 1 << 20

Hashes = dict[str, str | list[str]]
Files = Mapping[str, str | list[str]]


class ProvenanceError(ValueError):
    """A file was made by something else than what it is used for."""


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What made a file. It holds no date, no running time and no path, so that a file is the same everywhere.

    Parameters
    ----------
    step : str
        Name of the script that made it.
    settings : str
        Hash of the parameters that the step depends on, see `settings_hash`.
    code : str
        Hash of the script and of everything that it imports from the package.
    analysis, trial : str or None
        Whose it is; None where it belongs to no single one.
    start, stop : int or None
        Bootstrap replicates, from start to stop - 1.
    seed : int or None
        The study's seed, where the step draws random numbers.
    ranges : dict or None
        The plausible ranges that a trial's values were held against, where these changed none of them.
    inputs : dict
        Hash of the content of each input file, or of each in a list, by the input's name in the rule.
    outputs : dict
        The same of the files that the step made, without the provenance that they carry.
    """

    step: str
    settings: str
    code: str
    analysis: str | None = None
    trial: str | None = None
    start: int | None = None
    stop: int | None = None
    seed: int | None = None
    ranges: dict[str, Any] | None = None
    inputs: Hashes = field(default_factory=dict)
    outputs: Hashes = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object, without what does not apply."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def of_job(
    step: str, *, wildcards: Mapping[str, str], params: Mapping[str, Any], inputs: Hashes
) -> Provenance:
    """Return the provenance of what a job makes, without its outputs.

    Parameters
    ----------
    step : str
        Name of the job's script.
    wildcards : mapping of str to str
        Of the job; its `analysis`, `trial`, `start` and `stop` are kept by name.
    params : mapping
        The parameters of the rule, by name.
    inputs : mapping
        Hashes of its input files, see `hashes_of`.
    """
    return Provenance(
        step=step,
        settings=settings_hash(params),
        code=str(params["code"]),
        analysis=wildcards.get("analysis"),
        trial=wildcards.get("trial"),
        start=int(wildcards["start"]) if "start" in wildcards else None,
        stop=int(wildcards["stop"]) if "stop" in wildcards else None,
        seed=params.get("seed"),
        ranges=params.get("ranges"),
        inputs=inputs,
    )


def settings_hash(params: Mapping[str, Any]) -> str:
    """Return one hash of a job's parameters but `NO_SETTINGS`.

    Parameters
    ----------
    params : mapping
        Parameters by name: numbers, texts, lists and mappings of these, whose order counts.

    Examples
    --------
    >>> settings_hash({"seed": 1, "code": "a"}) == settings_hash({"code": "b", "seed": 1})
    True
    >>> settings_hash({"seed": 1}) == settings_hash({"seed": 2})
    False
    """
    used = {name: params[name] for name in sorted(params) if name not in NO_SETTINGS}
    return hashlib.sha256(repr(used).encode()).hexdigest()


def difference(found: Provenance, wanted: Provenance) -> str:
    """Say in what a file's provenance is another one than wanted; empty where it is the same.

    Inputs that are not there, whose hash is empty in `wanted`, are not compared, and neither are `ranges` and
    outputs.

    Examples
    --------
    >>> made = Provenance(step="impute_missing", analysis="primary", seed=1, settings="a", code="c")
    >>> difference(made, Provenance(step="impute_missing", analysis="early", seed=2, settings="b", code="c"))
    "analysis 'primary', not 'early'; seed 1, not 2; other settings"
    >>> difference(made, made)
    ''
    """
    said = [
        f"{name} {before!r}, not {now!r}"
        for name in ("step", "analysis", "trial", "start", "stop", "seed")
        if (before := getattr(found, name)) != (now := getattr(wanted, name))
    ]
    if found.settings != wanted.settings:
        said.append("other settings")
    if found.code != wanted.code:
        said.append("other code")
    names = [*wanted.inputs, *(name for name in found.inputs if name not in wanted.inputs)]
    others = [name for name in names if not same(found.inputs.get(name), wanted.inputs.get(name))]
    if others:
        said.append(f"another input: {', '.join(others)}")
    return "; ".join(said)


def same(found: str | list[str] | None, wanted: str | list[str] | None) -> bool:
    """Compare hashes of files; an empty one wanted is of a file that is not there, and is not compared."""
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    return wanted in ("", found)


def read(path: str | Path) -> Provenance | None:
    """Return the provenance that a Parquet or JSON file carries; None where it carries none."""
    path = Path(path)
    if path.suffix == ".parquet":
        return _from_json(Footer.of(path).value(KEY))
    return _from_json(_json_record(path.read_bytes())) if path.suffix == ".json" else None


def content_hash(path: str | Path) -> str:
    """Return the hash of a file's content; of one that carries its provenance, of the rest of it.

    So what is made of a file need not be made again where only the provenance of the file is another.
    """
    path = Path(path)
    if path.suffix == ".parquet" and (footer := Footer.of(path)).value(KEY) is not None:
        return _hash_of_bytes(path, footer.start)
    if path.suffix == ".json" and _json_record(content := path.read_bytes()) is not None:
        return _hash_of_rest(json.loads(content))
    return file_hash(path)


def file_hash(path: str | Path) -> str:
    """Return the SHA-256 of a whole file."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def input_hashes(
    step: str,
    files: Files,
    *,
    content: Callable[[str], str] = content_hash,
    whole: Callable[[str], str] = file_hash,
) -> Hashes:
    """Return the hash of what a step uses of each of its input files, as `hashes_of`."""
    return hashes_of(files, content_hash=whole if step in USE_ALL else content)


def hashes_of(files: Files, *, content_hash: Callable[[str], str] = content_hash) -> Hashes:
    """Return the content hash of each named file, or of each in a list; empty for one that is not there."""

    def hash_or_nothing(path: str) -> str:
        return content_hash(path) if Path(path).is_file() else ""

    return {
        name: hash_or_nothing(value) if isinstance(value, str) else list(map(hash_or_nothing, value))
        for name, value in files.items()
    }


def carriers(outputs: Mapping[str, Any]) -> list[str]:
    """Return the names of those outputs of a rule that carry its provenance.

    An output `provenance` if there is one, a JSON file for nothing else; otherwise its JSON files, and where
    it has none of these its Parquet file.
    """
    if KEY in outputs:
        return [KEY]
    single = {name: Path(value).suffix for name, value in outputs.items() if isinstance(value, str)}
    for suffix in (".json", ".parquet"):
        names = [name for name, found in single.items() if found == suffix]
        if names:
            return names
    return []


def write(provenance: Provenance, files: Files) -> None:
    """Write provenance into the files of a job that carry it, with the hashes of all its outputs.

    Parameters
    ----------
    provenance : Provenance
        Of the job.
    files : mapping
        The job's complete output files by name; that of `provenance`, if there is one, is written here.
    """
    names = carriers(files)
    others = {name: value for name, value in files.items() if name not in (*names, *EDITED)}
    outputs = hashes_of(others)
    paths = {name: Path(str(files[name])) for name in names}
    for name, path in paths.items():
        if path.suffix == ".parquet":
            write_value(path, KEY)  # as it is written below, but for the provenance
            outputs[name] = _hash_of_bytes(path, Footer.of(path).start)
        elif name != KEY:
            outputs[name] = _hash_of_rest(json.loads(path.read_bytes()))
    record = replace(provenance, outputs=dict(sorted(outputs.items()))).to_json()
    for name, path in paths.items():
        if path.suffix == ".parquet":
            write_value(path, KEY, record)
        else:
            content = {} if name == KEY else json.loads(path.read_bytes())
            path.write_text(json.dumps({**content, KEY: record}, indent=2) + "\n", encoding="utf-8")


def _from_json(record: Any) -> Provenance | None:
    try:
        return Provenance(**record)
    except TypeError:  # nothing, or not what this version writes
        return None


def _json_record(content: bytes) -> Any:
    try:
        parsed = json.loads(content)
    except ValueError:  # not JSON: cut off, perhaps
        return None
    return parsed.get(KEY) if isinstance(parsed, dict) else None


def _hash_of_bytes(path: Path, number: int) -> str:
    """Return the hash of the first bytes of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while number > 0 and (part := file.read(min(number, PART))):
            digest.update(part)
            number -= len(part)
    return digest.hexdigest()


def _hash_of_rest(content: dict[str, Any]) -> str:
    rest = {name: value for name, value in content.items() if name != KEY}
    return hashlib.sha256(json.dumps(rest).encode()).hexdigest()

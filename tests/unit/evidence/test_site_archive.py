"""A site's result is whole and as it was sent, or refused in one line that says what is wrong with it."""

from __future__ import annotations

import hashlib
import json
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ipdmediation.data.reading import sizes
from ipdmediation.evidence.site_archive import FORMAT, SiteResultError, read_archive
from tests.unit.evidence.made_results import made_result, write_result

Contents = dict[str, bytes]
EFFECTS = "primary/north/effects.csv"


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    path = tmp_path / "site_result.zip"
    write_result(path, {"primary": {"interaction": False}})
    return path


def contents(path: Path) -> Contents:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, parts: Contents) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def with_manifest(parts: Contents, change: Callable[[dict[str, Any]], None]) -> Contents:
    """Return the parts with another manifest, whose own checksum is right."""
    manifest = json.loads(parts["manifest.json"])
    change(manifest)
    text = json.dumps(manifest).encode()
    checksum = hashlib.sha256(text).hexdigest().encode()
    return parts | {"manifest.json": text, "manifest.sha256": checksum}


def test_what_was_written_is_read(sent: Path) -> None:
    found, wanted = read_archive(sent), made_result({"primary": {"interaction": False}})
    assert found.parts == wanted.parts
    assert found.analyses == wanted.analyses
    assert found.trials == ["north"]
    assert found.manifest["format"] == FORMAT


def test_the_same_result_has_the_same_bytes(sent: Path, tmp_path: Path) -> None:
    write_result(tmp_path / "again.zip", {"primary": {"interaction": False}})
    assert (tmp_path / "again.zip").read_bytes() == sent.read_bytes()


@pytest.mark.parametrize("name", ["effects.csv", "covariance.csv", "draws.csv"])
def test_an_edited_table_is_told(sent: Path, name: str) -> None:
    parts = contents(sent)
    packed(sent, parts | {f"primary/north/{name}": b"effect,scale,estimate\nte,mean,0.5\n"})
    with pytest.raises(SiteResultError, match=rf"primary/north/{name} was changed after the site made it"):
        read_archive(sent)


def test_an_edited_manifest_is_told(sent: Path) -> None:
    parts = contents(sent)
    text = parts["manifest.json"].replace(b'"interaction": false', b'"interaction": true')
    assert text != parts["manifest.json"]
    packed(sent, parts | {"manifest.json": text})
    with pytest.raises(SiteResultError, match=r"manifest\.json was changed"):
        read_archive(sent)
    packed(sent, {name: content for name, content in parts.items() if name != "manifest.sha256"})
    with pytest.raises(SiteResultError, match=r"manifest\.json was changed"):
        read_archive(sent)


def newer(manifest: dict[str, Any]) -> None:
    manifest["format"] = FORMAT + 1
    manifest["analyses"] = "are elsewhere in it"


def test_a_newer_format_is_told_by_its_number_whatever_it_holds(sent: Path) -> None:
    packed(sent, with_manifest(contents(sent), newer) | {"more.parquet": b"x"})
    with pytest.raises(SiteResultError, match=rf"format {FORMAT + 1}, made by a newer version"):
        read_archive(sent)


@pytest.mark.parametrize("stated", ["1", None, 0, True, 1.5])
def test_no_other_format_is_taken(sent: Path, stated: object) -> None:
    packed(sent, with_manifest(contents(sent), lambda manifest: manifest.update(format=stated)))
    with pytest.raises(SiteResultError, match=r"format .*; allowed: 1"):
        read_archive(sent)


def odd_trial(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        manifest["analyses"]["primary"]["trials"]["north"][key] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.pop("files"),
        lambda manifest: manifest.update(analyses=["primary"]),
        lambda manifest: manifest["analyses"]["primary"].pop("settings"),
        lambda manifest: manifest["analyses"]["primary"].update(interval=None),
        lambda manifest: manifest["analyses"]["primary"].update(trials=["north"]),
        odd_trial("arms", {"control": 40}),
        odd_trial("levels", "all"),
        odd_trial("levels", ["good"]),
        odd_trial("reason", None),
        odd_trial("replicates", "many"),
    ],
)
def test_a_manifest_of_another_kind_is_refused(sent: Path, change: Callable[[dict[str, Any]], None]) -> None:
    packed(sent, with_manifest(contents(sent), change))
    with pytest.raises(SiteResultError, match=r"manifest\.json is not as format 1 has it"):
        read_archive(sent)


def test_a_missing_table_and_a_table_too_many(sent: Path) -> None:
    parts = contents(sent)
    packed(sent, {name: content for name, content in parts.items() if name != EFFECTS})
    with pytest.raises(SiteResultError, match=f"{EFFECTS} is missing"):
        read_archive(sent)
    packed(sent, parts | {"primary/north/patients.csv": b"id,age\n1,70\n"})
    with pytest.raises(SiteResultError, match=r"holds 'primary/north/patients\.csv'"):
        read_archive(sent)


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "/etc/evil.csv", "primary/../../evil.csv", "\\evil.csv", "..\\evil.csv"]
)
def test_a_name_that_leads_elsewhere_is_refused(sent: Path, name: str) -> None:
    packed(sent, contents(sent) | {name: b"x"})
    with pytest.raises(SiteResultError, match=r"has the name .*which no site's result has"):
        read_archive(sent)


def test_no_path_of_the_manifest_leads_elsewhere(sent: Path) -> None:
    def elsewhere(manifest: dict[str, Any]) -> None:
        trials = manifest["analyses"]["primary"]["trials"]
        trials["../north"] = trials.pop("north")

    packed(sent, with_manifest(contents(sent), elsewhere))
    with pytest.raises(SiteResultError, match="holds 'primary/north/covariance"):
        read_archive(sent)


def test_a_name_that_stands_twice_is_refused(sent: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(sent, "a") as archive:
            archive.writestr(EFFECTS, b"another")
    with pytest.raises(SiteResultError, match=f"has the name '{EFFECTS}' twice"):
        read_archive(sent)


def test_a_bomb_is_not_unpacked(sent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed(sent, contents(sent) | {EFFECTS: bytes(3_000_000)})
    monkeypatch.setattr(sizes, "SUSPECT_BYTES", 1_000_000)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(SiteResultError, match=r"bytes that become 3,\d{3},\d{3} or more; allowed: at most"):
        read_archive(sent)


def test_a_damaged_file_is_one_line(sent: Path) -> None:
    whole = sent.read_bytes()
    middle = whole.index(b"effects.csv") + 20
    for damaged in (
        whole[:-40],
        b"",
        b"PK\x03\x04 and no more",
        whole[:middle] + bytes(8) + whole[middle + 8 :],
    ):
        sent.write_bytes(damaged)
        with pytest.raises(SiteResultError) as error:
            read_archive(sent)
        assert "no sound zip archive; ask the site to send it again" in str(error.value)
        assert str(error.value).startswith(f"{sent}: ")
        assert "\n" not in str(error.value)


def test_a_way_of_packing_that_is_not_known_is_one_line(sent: Path) -> None:
    content = bytearray(sent.read_bytes())
    for header, method in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):  # of a file, and of the list of files
        at = content.find(header)
        while at >= 0:
            content[at + method : at + method + 2] = (97).to_bytes(2, "little")
            at = content.find(header, at + 1)
    sent.write_bytes(content)
    with pytest.raises(SiteResultError, match="no sound zip archive; ask the site to send it again"):
        read_archive(sent)


def test_a_password_is_told(sent: Path) -> None:
    content = bytearray(sent.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + at] |= 1
            place = content.find(mark, place + 4)
    sent.write_bytes(content)
    with pytest.raises(SiteResultError, match="has a password"):
        read_archive(sent)


def test_other_archives_are_told_apart(sent: Path) -> None:
    packed(sent, {"trial.csv": b"id,age\n"})
    with pytest.raises(
        SiteResultError, match=r"it has no manifest\.json; allowed: the file site_result\.zip"
    ):
        read_archive(sent)
    for other in (b'{"files": {}}', b"[" * 100_000, b"[]", b"\xff"):
        packed(sent, {"manifest.json": other})
        with pytest.raises(SiteResultError, match="says something else"):
            read_archive(sent)

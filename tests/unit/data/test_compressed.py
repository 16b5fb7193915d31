"""What a compressed file becomes is bounded, and a file that becomes too much is refused before it has."""

from __future__ import annotations

import gzip
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from ipdmediation.data.errors import SourceError
from ipdmediation.data.reading import compressed, read_raw, sizes
from tests.unit.data.workbooks import WRITERS, Book

MEGABYTE = 1024**2


def refused(path: Path, file_format: str = "csv") -> str:
    with pytest.raises(SourceError) as error:
        read_raw(path, file_format=file_format)
    return str(error.value)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that a test reaches quickly."""
    monkeypatch.setattr(sizes, "MOST_BYTES", 40 * MEGABYTE)
    monkeypatch.setattr(sizes, "SUSPECT_BYTES", 4 * MEGABYTE)


def pack(path: Path, content: bytes) -> Path:
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(content))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.csv", content)
    return path


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.zip"])
@pytest.mark.usefixtures("small")
def test_a_bomb_is_refused_before_it_fills_the_memory(tmp_path: Path, name: str) -> None:
    path = pack(tmp_path / name, b"a,b\n" + b"1,2\n" * (30 * MEGABYTE))
    tracemalloc.start()
    said = refused(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said.startswith(f"{path}: {path.stat().st_size:,} bytes that become ")
    assert "allowed: at most 41,943,040, and above 4,194,304 at most 250 times as many" in said
    assert peak < 45 * MEGABYTE  # of 120


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.zip"])
@pytest.mark.usefixtures("small")
def test_what_is_large_and_sound_is_read(tmp_path: Path, name: str) -> None:
    small_file = pack(tmp_path / name, b"a,b\n" + b"1,2\n" * 10)
    assert len(read_raw(small_file, file_format="csv")) == 10
    rows = b"".join(b"%d,%d\n" % (row, row * 7919 % 1_000_003) for row in range(500_000))
    assert len(read_raw(pack(tmp_path / name, b"a,b\n" + rows), file_format="csv")) == 500_000


@pytest.mark.usefixtures("small")
def test_too_much_is_refused_however_well_it_is_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "MOST_BYTES", 2 * MEGABYTE)
    rows = b"".join(b"%d,%d\n" % (row, row * 7919 % 1_000_003) for row in range(200_000))
    assert "bytes that become" in refused(pack(tmp_path / "a.gz", rows))


@pytest.mark.usefixtures("small")
def test_bombs_in_several_parts_and_in_one_another(tmp_path: Path) -> None:
    part = gzip.compress(b"1,2\n" * MEGABYTE)
    (tmp_path / "parts.gz").write_bytes(gzip.compress(b"a,b\n") + part * 20)
    assert "bytes that become" in refused(tmp_path / "parts.gz")
    inner = gzip.compress(b"a,b\n1,2\n")
    (tmp_path / "twice.gz").write_bytes(gzip.compress(inner))
    assert str(tmp_path / "twice.gz") in refused(tmp_path / "twice.gz")


@pytest.mark.parametrize("file_format", ["excel", "xlsb", "ods"])
def test_a_workbook_is_an_archive_too(
    tmp_path: Path, file_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.raw"
    WRITERS[file_format](Book({"data": [["ID"], ["1"]]}), path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("more.bin", bytes(20 * MEGABYTE))
    assert len(read_raw(path, file_format=file_format)) == 1
    monkeypatch.setattr(sizes, "SUSPECT_BYTES", 4 * MEGABYTE)
    assert "bytes that become" in refused(path, file_format)


def test_a_damaged_archive_is_for_its_reader_to_refuse(tmp_path: Path) -> None:
    path = tmp_path / "a.raw"
    path.write_bytes(b"PK\3\4" + bytes(100))
    compressed.check_archive(path)
    assert "not readable as an Excel workbook" in refused(path, "excel")


def test_the_bounds_are_those_of_the_readme() -> None:
    assert sizes.MOST_BYTES == 2 * 1024**3
    assert sizes.SUSPECT_BYTES == 100 * 1024**2
    assert sizes.SUSPECT_RATIO == 250
    readme = (Path(__file__).parents[3] / "config/README.md").read_text()
    assert "larger than 2 GB, or than 100 MB\nand 250 times" in readme

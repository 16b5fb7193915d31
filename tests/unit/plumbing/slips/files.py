"""Files that are not there, or are not the trial's."""

from __future__ import annotations

from tests.unit.plumbing.slips.slip import CONFIG, NORTH, Slip

SOURCE = "source: {file: data/north.csv, format: csv}"

FILES = [
    Slip(CONFIG, "north: north.yaml", "north: nort.yaml", "trials.north: 'nort.yaml': there is no such file"),
    Slip(CONFIG, "north: north.yaml", "north: data", "trials.north: 'study/data': a folder, not a file"),
    Slip(
        CONFIG,
        "south: south.yaml",
        "south: north.yaml",
        "source: the file of 'north': its patients would",
        3,
        NORTH,
    ),
    Slip(NORTH, "data/north.csv", "data/nort.csv", "source.file: 'data/nort.csv': there is no such file"),
    Slip(NORTH, "data/north.csv", "data", "source.file: 'study/data': a folder, not a file"),
    Slip(
        NORTH,
        "data/north.csv",
        "<results>/ipd/raw/north.csv",
        "source.file: '<results>/ipd/raw/north.csv' is made",
    ),
    Slip(
        NORTH,
        SOURCE,
        "source: {package: nothing_at_all, path: a.csv, format: csv}",
        "package 'nothing_at_all' is",
    ),
    Slip(
        NORTH,
        SOURCE,
        "source: {package: os.path, path: a.csv, format: csv}",
        "source.package: found 'os.path'",
    ),
    Slip(
        NORTH,
        SOURCE,
        "source: {package: yaml, path: ../../etc/passwd, format: csv}",
        "ships no file '../../etc",
    ),
    Slip(
        NORTH,
        SOURCE,
        "source: {package: yaml, path: /etc/passwd, format: csv}",
        "ships no file '/etc/passwd'",
    ),
    Slip(
        NORTH,
        SOURCE,
        "source: {format: csv}",
        "source: exactly one of 'file', 'package', 'files' is needed, found none",
    ),
    Slip(
        NORTH,
        "data/north.csv",
        "https://example.org/a.csv",
        "source.file: 'https://example.org/a.csv': an address",
    ),
    Slip(
        CONFIG,
        "  title: Three",
        "  synthetic: nothing.yaml\n  title: Three",
        "synthetic: 'nothing.yaml': there is no",
    ),
    Slip(
        CONFIG,
        "  title: Three",
        "  synthetic: north.yaml\n  title: Three",
        "has no patients of north, south, east",
    ),
]

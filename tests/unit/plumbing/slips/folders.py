"""Folders of the results that lie where they must not."""

from __future__ import annotations

from tests.unit.plumbing.slips.slip import CONFIG, Slip

RESULTS = "results: <study>/results"

FOLDERS = [
    Slip(CONFIG, RESULTS, "results: .", "pathvars.results: '.' is the directory of the run, or holds it"),
    Slip(CONFIG, RESULTS, "results: ../", "pathvars.results: '..' is the directory of the run, or holds it"),
    Slip(CONFIG, RESULTS, "results: ~/study", "pathvars.results: '~/study': Snakemake does not know ~"),
    Slip(CONFIG, RESULTS, "results: ~", "pathvars.results: nothing, or the bare word null"),
    Slip(
        CONFIG,
        RESULTS,
        "results: <study>",
        "pathvars.results: the configuration, study/config.yaml, lies in 'study'",
    ),
    Slip(
        CONFIG, RESULTS, "results: <study>/data", "a trial's file, study/data/north.csv, lies in 'study/data'"
    ),
    Slip(CONFIG, RESULTS, "results: study/config.yaml/x", "pathvars.results: 'study/config.yaml' is a file"),
    Slip(CONFIG, RESULTS, "results: out/{analysis}", "pathvars.results: 'out/{analysis}': curly braces"),
    Slip(
        CONFIG, RESULTS, "results: <logs>/x", "pathvars.results: <logs> stands for nothing; allowed: <study>"
    ),
    Slip(
        CONFIG,
        RESULTS,
        "results: a\n  logs: a",
        "pathvars.logs: 'a' holds the results; choose another folder",
        line=16,
    ),
    Slip(
        CONFIG,
        RESULTS,
        "results: a\n  logs: b\n  benchmarks: b",
        "pathvars.benchmarks: 'b' is the folder of",
        line=17,
    ),
    Slip(CONFIG, RESULTS, "results: [a]", "pathvars.results: found a list; allowed: text"),
    Slip(CONFIG, RESULTS, "results: 5", "pathvars.results: found the number 5; allowed: text"),
    Slip(
        CONFIG, RESULTS, "result: a", "pathvars.result: unknown key; allowed: 'results', 'logs', 'benchmarks'"
    ),
]

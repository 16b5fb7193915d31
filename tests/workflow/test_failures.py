"""What fails stops only what needs it, and the end of the run says what failed, why, and what there is."""

import pytest

from tests.workflow.conftest import Study

pytestmark = pytest.mark.slow

SKIPPED = "Mend the cause and give the same command again: only what is missing is made."


def the_end(said: str) -> list[str]:
    """Return the lines from `Failed:` to the advice."""
    lines = said.splitlines()
    return lines[lines.index("Failed:") : lines.index(SKIPPED)]


def test_an_analysis_that_fails_stops_no_other(study: Study) -> None:
    study.edit(
        "workflow/scripts/collect_notices.py",
        "    write_notices(",
        '    if "/published/" in collected:\n        raise ValueError("no {notice}")\n    write_notices(',
    )
    before = study.read("results/report.html")
    done = study.snakemake()
    assert done.returncode == 1
    assert the_end(done.stdout + done.stderr) == [
        "Failed:",
        "  collect_notices: no {notice} (log: logs/collect_notices/published.log)",
        "Made: 2 of 6 jobs, among them all of primary, complete_case.",
        "Not made:",
        "  report, manuscript, manifest",
        "  published: collect_notices",
    ]
    assert "The report and the manifest are made when every analysis is." in done.stdout + done.stderr
    assert (study.root / "results/complete_case/notices.csv").is_file()
    assert not (study.root / "results/published/notices.csv").exists()
    assert study.read("results/report.html") == before


def test_a_trial_that_fails_stops_no_other(study: Study) -> None:
    code = study.root / "results/ipd/raw/mr_clean.csv"
    code.write_bytes(code.read_bytes().replace(b";M1;", b";M9;"))
    other = study.root / "results/ipd/raw/escape.tsv"
    other.write_bytes(b"".join(other.read_bytes().splitlines(keepends=True)[:-1]))
    done = study.snakemake("pool")
    assert done.returncode == 1
    end = the_end(done.stdout + done.stderr)
    assert len(end) == 5
    assert end[1].startswith("  harmonise_trial: results/ipd/raw/mr_clean.csv")
    not_made = "  harmonise_trial (1 of 2), pool_trials, describe_trials, quality_report"
    assert end[2:] == ["Made: 1 of 5 jobs.", "Not made:", not_made]
    assert (study.root / "results/ipd/harmonised/escape.parquet").stat().st_mtime > other.stat().st_mtime

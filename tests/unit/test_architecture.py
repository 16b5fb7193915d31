"""The rules of the code: where things lie, what imports what, and that what is said twice is the same."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.yaml_files import read_yaml

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "workflow/scripts/ipdmediation"
FLOORS = [
    "vocabulary",
    "kernels",
    "data",
    "synthetic",
    "models",
    "effects",
    "inference",
    "evidence",
    "present",
    "plumbing",
]
MODULES = sorted(path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py"))
RULES = sorted((ROOT / "workflow").rglob("*.smk"))


def imported(module: Path) -> set[str]:
    tree = ast.parse((PACKAGE / module).with_suffix(".py").read_text())
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return names | {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_imports_only_from_its_own_floor_or_one_above(module):
    floors = {name.split(".")[1] for name in imported(module) if name.startswith("ipdmediation.")}
    floor = module.parts[0]
    if floor in FLOORS:
        assert floors <= set(FLOORS[: FLOORS.index(floor) + 1])


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_the_package_knows_nothing_of_snakemake(module):
    """But one module, which names all that is touched of its inside."""
    if module != Path("plumbing/snakemake_inside"):
        assert not any(name.split(".")[0].startswith("snakemake") for name in imported(module))


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_file_holds_one_thing(module):
    """One of more than 400 lines holds two."""
    assert len((PACKAGE / module).with_suffix(".py").read_text().splitlines()) <= 400


def test_no_file_of_python_or_rules_has_over_400_lines():
    """Tests and their data included, and a file that is about to be committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.py", "*.smk"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in paths
        if path.is_file()  # a deleted one is listed until that is committed
    }
    assert {Path(name).parts[0] for name in lengths} >= {"tests", "workflow"}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


#: The one rule that is made for each piece of a registry.
REPEATED = "for piece in results.EVIDENCE:\n\n    rule:\n        name:\n"


def test_rules_hold_rules():
    """What they need in Python is in `plumbing`; common.smk alone is the way there, and short."""
    for path in RULES:
        lines = path.read_text().replace(REPEATED, "").splitlines()
        if path.name == "common.smk":
            assert len(lines) < 60
            continue
        outside = [line for line in lines if line and not line.startswith((" ", "#"))]
        assert all(re.fullmatch(r"rule \w+:|use rule \w+ as \w+ with:", line) for line in outside), path
        statements = re.compile(
            r"^ *(?:(?:def|class|import|from)\b|(?:for|while|with|try|if)\b.*:$)", re.MULTILINE
        )
        assert not statements.search("\n".join(lines)), path
        assert all(len(line) <= 110 for line in lines if "lambda" in line)


def test_no_module_has_an_empty_or_a_borrowed_name():
    names = {module.name for module in MODULES}
    assert not names & {"utils", "helpers", "misc", "common"}
    assert not names & set(sys.stdlib_module_names)


def test_nothing_of_one_study_stands_in_the_code():
    words = re.compile(r"thrombectomy|infarct|rankin|\bmrs\b|\bfiv\b|stroke|alteplase", re.IGNORECASE)
    files = [
        *PACKAGE.rglob("*.py"),
        *(ROOT / "workflow/scripts").glob("*.py"),
        *(ROOT / "workflow/rules").glob("*.smk"),
    ]
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in files
        for line in path.read_text().splitlines()
        # References and doctests may name a paper or an example.
        if words.search(line) and not re.search(r">>>|^\s*\(?'|References|et al|\d{4}", line)
    ]
    assert found == []


def test_a_rate_is_written_with_per():
    """Nobody writes "one row a patient"."""
    counted = "row|column|line|module|file|entry|sentence|bar|chunk|panel|effect|draw|hash|key|second|minute"
    rate = re.compile(rf"\b(?:one|two|three|four|\d+) (?:{counted})s? an? (?!time\b)[a-z]+\b", re.IGNORECASE)
    kinds = ("*.md", "*.py", "*.smk", "*.yaml", "*.rst", "*.j2")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for folder in ("config", "docs", "results", "workflow")
        for kind in kinds
        for path in (ROOT / folder).rglob(kind)
        for match in rate.finditer(" ".join(path.read_text().split()))
    ]
    assert found == []


def locked(name: str) -> dict[str, str]:
    text = (ROOT / "envs" / name).read_text()
    return {match[1].lower(): match[2] for match in re.finditer(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE)}


def test_conda_and_pip_have_the_same_versions():
    environment = read_yaml(ROOT / "envs/ipdmediation.yaml")
    conda = dict(
        entry.split(" =", 1) for entry in environment["dependencies"] if not entry.startswith("python ")
    )
    pip_names = {"matplotlib-base": "matplotlib"}
    lock = locked("requirements.lock")
    assert conda == {name: lock[pip_names.get(name, name)] for name in conda}
    declared = re.findall(r'^    "([\w-]+)[\[>=]', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    # The conda environment is that of the jobs: pygments and rich are for the process that starts them.
    needed = {
        name for name in declared if name in lock and not name.startswith(("snakemake", "pygments", "rich"))
    }
    assert needed == {pip_names.get(name, name) for name in conda}


def test_what_snakemake_s_report_and_the_progress_need_is_locked_for_a_run():
    """Not only for the tests: `make environment` installs this lock."""
    project = (ROOT / "pyproject.toml").read_text()
    for name in ("pygments", "rich"):
        assert name in locked("requirements.lock")
        assert f'    "{name}>=' in project.partition("[dependency-groups]")[0]


def test_the_development_lock_adds_to_the_lock_and_changes_nothing():
    lock, development = locked("requirements.lock"), locked("requirements-dev.lock")
    assert lock.items() <= development.items()


def test_the_lock_of_the_documentation_agrees_where_it_has_the_same_packages():
    development, docs = locked("requirements-dev.lock"), locked("requirements-docs.lock")
    shared = development.keys() & docs.keys()
    assert {"jinja2", "pyyaml"} <= shared
    assert {name: docs[name] for name in shared} == {name: development[name] for name in shared}
    assert {"zensical", "mkdocstrings-python"} <= docs.keys()


LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-docs.lock"]


@pytest.mark.parametrize("name", LOCKS)
def test_locks_hold_a_hash_for_every_package_and_no_address(name):
    text = (ROOT / "envs" / name).read_text()
    assert "://" not in text
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_profiles_agree_on_what_makes_a_step_run_again():
    default, slurm = (read_yaml(ROOT / f"profiles/{name}/config.yaml") for name in ("default", "slurm"))
    # the first of these check a study before Snakemake reads it, on a cluster as well
    assert {name: slurm[name] for name in default} == default


def test_a_run_goes_on_after_a_failure_and_makes_again_what_was_cut_off():
    default, slurm = (read_yaml(ROOT / f"profiles/{name}/config.yaml") for name in ("default", "slurm"))
    assert default["keep-going"] is True
    assert default["rerun-incomplete"] is True
    assert set(default["rerun-triggers"]) == {"input", "mtime", "params", "software-env"}
    assert slurm["executor"] == "slurm"
    assert slurm["retries"] >= 1


def test_every_rule_is_quick_or_says_what_it_needs():
    checked = 0
    for path in RULES:
        for body in re.split(r"^ *rule \w+:\n", path.read_text(), flags=re.MULTILINE)[1:]:
            if "script:" in body and "localrule: True" not in body:
                checked += 1
                assert re.search(r"mem_mb=doubling\(\d+\),\n +runtime=doubling\(\d+\),", body), path
    assert checked >= 6


def test_every_rule_that_runs_a_script_has_a_log_an_environment_and_tracks_its_code():
    checked = 0
    for path in RULES:
        for body in re.split(r"^ *rule \w+:\n", path.read_text(), flags=re.MULTILINE)[1:]:
            if "script:" in body:
                checked += 1
                assert "log:" in body, path
                assert "conda:" in body, path
                assert re.search(r"code=.*code\(", body), path
    assert checked >= 12

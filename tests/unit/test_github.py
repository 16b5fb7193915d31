"""What GitHub and git hooks run is what the Makefile runs, with the versions that the project states."""

import re
from pathlib import Path
from typing import Any

import pytest

from ipdmediation.data.reading import FORMATS
from tests.yaml_files import read_yaml

ROOT = Path(__file__).resolve().parents[2]
GITHUB = ROOT / ".github"
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
SUPPORTED = ["3.11", "3.12", "3.13"]
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml"))
WORKFLOWS = {path.stem: read_yaml(path) for path in (GITHUB / "workflows").glob("*.yml")}
JOBS: dict[str, dict[str, Any]] = {
    f"{workflow}.{name}": job
    for workflow, content in WORKFLOWS.items()
    for name, job in content["jobs"].items()
}


def commands(job: dict[str, Any]) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


def python_versions(job: dict[str, Any]) -> set[str]:
    """Return the versions that a job sets up."""
    matrix = job.get("strategy", {}).get("matrix", {})
    stated = {
        str(step["with"]["python-version"]) for step in job["steps"] if "setup-python" in step.get("uses", "")
    }
    several = {*matrix.get("python", []), *(each["python"] for each in matrix.get("include", []))}
    return several if stated == {"${{ matrix.python }}"} else stated


def test_the_supported_pythons_are_those_of_pyproject() -> None:
    first, last = (int(version.split(".")[1]) for version in (SUPPORTED[0], SUPPORTED[-1]))
    assert f'requires-python = ">=3.{first},<3.{last + 1}"' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_a_job_runs_what_a_person_would(job: dict[str, Any]) -> None:
    for command in commands(job):
        if command.startswith("make "):
            assert re.fullmatch(r"make ([a-z-]+) PYTHON=python", command), command
            assert command.split()[1] in TARGETS
        else:
            assert command == "bash .ci/run" or command.startswith("git config "), command
    assert python_versions(job) <= set(SUPPORTED)
    assert job["timeout-minutes"] <= 90


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_a_job_takes_others_code_at_a_version(job: dict[str, Any]) -> None:
    assert all(re.search(r"@v\d+$", step["uses"]) for step in job["steps"] if "uses" in step)
    assert not re.search(r"-latest\b", f"{job['runs-on']} {job.get('strategy')}")


def test_every_supported_python_runs_the_quick_tests_and_one_job_runs_everything() -> None:
    unit = JOBS["ci.unit"]
    assert commands(unit) == ["make unit PYTHON=python"]
    assert unit["strategy"]["matrix"]["python"] == SUPPORTED
    assert commands(JOBS["ci.lint"]) == ["make lint PYTHON=python"]
    assert commands(JOBS["docs.build"]) == ["make docs PYTHON=python"]
    (whole,) = (job for job in JOBS.values() if "bash .ci/run" in commands(job))
    version = re.fullmatch(r"python:(3\.\d+)-(\w+)", whole["container"]["image"])
    assert version, "the script installs packages of Debian"
    assert version[1] in SUPPORTED


def test_the_site_that_is_published_is_the_one_that_is_built() -> None:
    (upload,) = (
        step for step in JOBS["docs.build"]["steps"] if "upload-pages-artifact" in step.get("uses", "")
    )
    assert f"Open {upload['with']['path']}/index.html" in MAKEFILE
    publish = JOBS["docs.publish"]
    assert publish["needs"] == "build"
    assert "refs/heads/main" in publish["if"]
    assert "vars.PUBLISH_DOCS == 'true'" in publish["if"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_only_read_unless_a_job_says_more(name: str) -> None:
    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}
    # YAML reads the word `on` as true
    assert set(WORKFLOWS[name][True]) == {"push", "pull_request"}


def test_hooks_run_the_commands_of_make_lint_from_its_environment() -> None:
    hooks = [
        hook
        for repository in read_yaml(ROOT / ".pre-commit-config.yaml")["repos"]
        for hook in repository["hooks"]
        if repository["repo"] == "local" and hook["language"] == "system"
    ]
    assert len(hooks) == 4
    lint = re.search(r"^lint:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert lint
    run = [re.findall(r"^\t\$\(BIN\)/(.+)$", line)[0].split() for line in lint[1].splitlines()]
    # a hook is given the files that have changed, in the place of all
    wanted = {
        tuple(word for word in command if not re.fullmatch(r"\.|Snakefile|workflow", word)) for command in run
    }
    made = {
        tuple(hook["entry"].removeprefix(".venv/bin/").replace(" --force-exclude", "").split())
        for hook in hooks
    }
    assert all(hook["entry"].startswith(".venv/bin/") for hook in hooks)
    assert made == wanted - {("snakemake", "--lint")}


@pytest.mark.parametrize(
    "path", [form for form in FORMS if form.stem != "config"], ids=lambda path: path.stem
)
def test_an_issue_form_is_sound(path: Path) -> None:
    form = read_yaml(path)
    assert set(form) == {"name", "description", "labels", "body"}
    asked = [entry for entry in form["body"] if entry["type"] != "markdown"]
    assert {entry["type"] for entry in asked} <= {"textarea", "input", "dropdown", "checkboxes"}
    names = [entry["id"] for entry in asked]
    assert len(names) == len(set(names)) >= 4
    assert all(entry["attributes"]["label"] for entry in asked)
    assert sum(entry.get("validations", {}).get("required", False) for entry in asked) >= 3


@pytest.mark.parametrize("name", ["bug", "own-data"])
def test_forms_ask_for_no_patients(name: str) -> None:
    assert re.search(r"\*\*(No|Nobody's) patients", (GITHUB / f"ISSUE_TEMPLATE/{name}.yml").read_text())


def test_the_form_for_data_knows_every_format_and_insists_on_invented_rows() -> None:
    body = read_yaml(GITHUB / "ISSUE_TEMPLATE/own-data.yml")["body"]
    by_id = {entry["id"]: entry for entry in body if "id" in entry}
    assert by_id["format"]["attributes"]["options"] == [*FORMATS, "another"]
    assert all(option["required"] for option in by_id["invented"]["attributes"]["options"])

"""What has to have made the inputs of a job, from the rules that make them (light to import)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ipdmediation.plumbing import provenance
from ipdmediation.plumbing.handed import expectation
from ipdmediation.plumbing.snakemake_inside import rule_of

#: From the wildcards of a job to what is expected of one of its inputs, see `handed.check_inputs`.
Expected = Callable[[Any], Any]


def made_by(step: Any, analysis: Callable[[Any], str] = lambda wildcards: wildcards.analysis) -> Expected:
    """Return what is expected of a file that a step makes for an analysis.

    Parameters
    ----------
    step : snakemake.rules.RuleProxy
        `rules.<name>` of the step.
    analysis : callable
        From a job's wildcards to the analysis whose file it is.
    """
    rule = rule_of(step)

    def expected(wildcards: Any) -> dict[str, Any]:
        whose = SimpleNamespace(analysis=analysis(wildcards))
        used = [(name, value) for name, value in rule.params.items() if name != "expected"]
        return expectation(
            provenance.of_job(
                Path(rule.script).stem,
                wildcards=vars(whose),
                params={name: value(whose) if callable(value) else value for name, value in used},
                inputs={},
            )
        )

    return expected


def json_made_by(step: Any, files: Callable[[Any], Iterable[str]]) -> Expected:
    """Return what is expected of each file of an analysis: a step makes the JSON files; others carry none."""
    expected = made_by(step)
    return lambda wildcards: [
        expected(wildcards) if path.endswith(".json") else None for path in files(wildcards)
    ]


def made_for_each(step: Any, analyses: Iterable[str], *, files: int) -> Expected:
    """Return what is expected of the files that a step makes for each of some analyses, `files` for each."""
    expected = made_by(step)
    return lambda _: [expected(SimpleNamespace(analysis=name)) for name in analyses for _ in range(files)]


def expects(**inputs: Expected) -> Callable[..., dict[str, Any]]:
    """Return a parameter function of what has to have made a job's inputs, by their names.

    Snakemake compares no parameter that is made from inputs: this one is no reason to run a job again.
    """

    def expected(wildcards: Any, input: Any) -> dict[str, Any]:  # noqa: A002 (Snakemake goes by the name)
        return {name: made(wildcards) for name, made in inputs.items()}

    return expected

"""Every number of the texts by a name, so that a document can take it from the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ipdmediation.present import notation
from ipdmediation.present.report.result import AnalysisResult
from ipdmediation.present.scales import reading


def values(results: Mapping[str, AnalysisResult]) -> dict[str, Any]:
    """Return the numbers of each analysis: participants, and effects by effect and scale.

    Parameters
    ----------
    results
        Analyses by id.

    Returns
    -------
    dict
        By analysis: `label`; `participants` with `randomised`, `analysed`, `analysed_treated`,
        `analysed_control`; and `effects` by effect and scale, each with `what` it is, its `unit`, `estimate`,
        `ci_low`, `ci_high` as they are written (a ratio as a ratio, a share in percent; null where there is
        none), `p_value`, and the `text` that the page has.
    """
    return {name: _of_analysis(result) for name, result in results.items()}


def _of_analysis(result: AnalysisResult) -> dict[str, Any]:
    first, last = result.flow.sort_values("step").iloc[0], result.last_step
    counts = {
        "randomised": first["remaining"],
        "analysed": last["remaining"],
        **{f"analysed_{arm}": last[f"remaining_{arm}"] for arm in ("treated", "control")},
    }
    effects: dict[str, dict[str, Any]] = {}
    for row in result.effects.to_dict("records"):
        effects.setdefault(str(row["effect"]), {})[str(row["scale"])] = _effect(row, result)
    return {
        "label": str(result.study.analysis.get("label", "")),
        "participants": {name: _number(count, whole=True) for name, count in counts.items()},
        "effects": effects,
    }


def _effect(row: Mapping[Any, Any], result: AnalysisResult) -> dict[str, Any]:
    read = reading(str(row["effect"]), str(row["scale"]), study=result.study)
    estimate, *ends = (read.number(row[name]) for name in ("estimate", "ci_low", "ci_high"))
    return {
        "what": read.name,
        "unit": read.unit,
        "estimate": _number(estimate),
        **dict(zip(("ci_low", "ci_high"), map(_number, ends), strict=True)),
        "p_value": _number(row["p_value"]),
        "text": read.sentence(row, result.study) if notation.known(row["estimate"]) else read.text(row),
    }


def _number(value: Any, *, whole: bool = False) -> float | int | None:
    """Return a number as JSON has it, None where there is none."""
    if not notation.known(value):
        return None
    return int(value) if whole else float(value)

"""The tables of one analysis, as the page asks them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ipdmediation.present import notation
from ipdmediation.present.remarks import remark
from ipdmediation.present.scales import Row
from ipdmediation.present.study import Study

COUNTED_IN_TABLES = "replicates_at_boundary"  # kind of a notice


@dataclass(frozen=True)
class AnalysisResult:
    """The tables of one analysis, and its figures.

    Parameters
    ----------
    study
        Words of the study, with the analysis these tables belong to.
    distributions
        Tidy description of the pooled trials, whatever the analysis.
    flow, baseline, outcome, mediator, effects
        Tidy tables of the analysis.
    models
        Coefficients of the models `mediator`, `total` and `outcome`, with labels.
    missing
        What was missing and what was done about it: columns `variable, trial, n, missing, handled`.
    notices
        What a reader has to know: columns `step, kind, message`.
    worlds, curve
        The outcome under set treatments, and along the mediator.
    calibration
        The outcome observed and expected.
    residuals
        Those of the mediator model, standardised.
    diagnostics
        What each fit reports about itself, by model.
    figures
        SVG texts by the name of the function that drew them; only those of the first analysis are shown.
    evidence
        Tables of what stands beside the effects, by the names of their files, such as `pooled`; none where
        the analysis does not ask for them. Only those of the first analysis are shown.
    """

    study: Study
    distributions: pd.DataFrame
    flow: pd.DataFrame
    baseline: pd.DataFrame
    outcome: pd.DataFrame
    mediator: pd.DataFrame
    models: Mapping[str, pd.DataFrame]
    effects: pd.DataFrame
    missing: pd.DataFrame
    notices: pd.DataFrame
    worlds: pd.DataFrame
    curve: pd.DataFrame
    calibration: pd.DataFrame
    residuals: pd.DataFrame
    diagnostics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    figures: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def row(self, effect: str, scale: str) -> Row | None:
        """Row of an effect, None where the analysis has no such effect."""
        found = self.effects[(self.effects["effect"] == effect) & (self.effects["scale"] == scale)]
        return None if found.empty else dict(found.iloc[0])

    def estimated(self, effect: str, scale: str) -> Row | None:
        """Row of an effect, None where it is absent or withheld."""
        row = self.row(effect, scale)
        return row if row is not None and notation.known(row["estimate"]) else None

    @property
    def last_step(self) -> Row:
        """Row of the flow that counts the participants to whom the models were fitted."""
        return dict(self.flow.sort_values("step").iloc[-1])

    @property
    def fitted(self) -> int:
        """Number of participants to whom the models were fitted."""
        return int(self.last_step["remaining"])

    def messages(self, *steps: str) -> list[str]:
        """Sentences of the notices that some steps gave, but for what the tables of effects count."""
        found = self.notices[self.notices["step"].isin(steps) & (self.notices["kind"] != COUNTED_IN_TABLES)]
        return [sentence(message) for message in dict.fromkeys(found["message"].astype(str))]

    @property
    def at_boundary(self) -> str:
        """Count the replicates at the boundary of the trial effects, empty where there is none."""
        singular, replicates = (int(self.effects[name].max()) for name in ("singular", "replicates"))
        return f"{notation.count(singular)} of {notation.count(replicates)}" if singular else ""


def sentence(text: str) -> str:
    """Write a step's message as a sentence in the house style, with true minus signs."""
    text = re.sub(r"(?<![\w-])-(?=\d)", notation.MINUS, remark(text).strip().rstrip("."))
    return f"{notation.upper(text)}."

"""What the configuration says about a study and one of its analyses, in the words of figures and pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ipdmediation.present import notation
from ipdmediation.present.printed_units import printed_unit
from ipdmediation.present.style import FONT, PAGES, PLAIN, Page
from ipdmediation.vocabulary.families import FAMILIES, Family
from ipdmediation.vocabulary.links import LINKS, LOGIT, Link
from ipdmediation.vocabulary.proportional_odds import treatment_is_free
from ipdmediation.vocabulary.terms import TRIAL
from ipdmediation.vocabulary.transforms import IDENTITY, TRANSFORMS, Transform
from ipdmediation.vocabulary.trial_effects import TRIAL_EFFECTS, TrialEffects

_PLURAL_UNITS = {"year", "month", "week", "day", "hour", "minute", "second", "point"}


@dataclass(frozen=True)
class Study:
    """What the configuration says about the study and one of its analyses.

    Parameters
    ----------
    title, question, source
        Words of the study; `question` and `source` may be empty.
    arms
        ``{"control": {"label", "short"}, "treated": {...}}``.
    variables
        The configured variables, by column name.
    analysis
        One resolved analysis: `label`, `mediator`, `outcome`, `covariates`, `bootstrap`, ...; where it
        re-does a published one, its `published_share`: `value` and, where printed, `low` and `high`.
    trials
        Label of each trial, by trial id, in the order of the configuration.
    synthetic
        Whether the patients were made by a generating model.
    sent
        Label of each trial that sent its result in place of rows, by trial id.
    journal
        Whose columns the figures fit into.
    fonts
        Families of the figures' letters; a later one has the characters that those before it lack.
    """

    title: str
    arms: Mapping[str, Mapping[str, str]]
    variables: Mapping[str, Mapping[str, Any]]
    analysis: Mapping[str, Any]
    trials: Mapping[str, str]
    question: str = ""
    source: str = ""
    synthetic: bool = False
    sent: Mapping[str, str] = field(default_factory=dict)
    journal: str = PLAIN
    fonts: Sequence[str] = (FONT,)

    @classmethod
    def from_config(
        cls, config: Mapping[str, Any], *, analysis: Mapping[str, Any], trials: Mapping[str, str]
    ) -> Study:
        """Take the words from a whole configuration.

        Parameters
        ----------
        config
            The configuration; `study`, `arms` and `variables` are read.
        analysis
            The resolved analysis.
        trials
            Label of each trial, by trial id.
        """
        words = config["study"]
        return cls(
            title=words["title"],
            question=words.get("question") or "",
            source=words.get("source") or "",
            synthetic=bool(words.get("synthetic")),
            arms=config["arms"],
            variables=config["variables"],
            analysis=analysis,
            trials=trials,
        )

    @property
    def page(self) -> Page:
        """The columns that the figures fit into."""
        return PAGES[self.journal]

    @property
    def mediator(self) -> str:
        """Column name of the mediator."""
        return str(self.analysis["mediator"]["variable"])

    @property
    def outcome(self) -> str:
        """Column name of the outcome."""
        return str(self.analysis["outcome"]["variable"])

    @property
    def named_outcome(self) -> str:
        """The outcome inside a sentence; a binary one, whose label is often no noun, in quotation marks."""
        return f"“{self.label(self.outcome)}”" if self.family.event else self.named(self.outcome)

    @property
    def average(self) -> str:
        """What the effects of the answer are on: the mean of the outcome, or the probability of its event."""
        return "probability" if self.family.event else "mean"

    @property
    def family(self) -> Family:
        """Family of the outcome."""
        return FAMILIES[self.analysis["outcome"]["family"]]

    @property
    def has_levels(self) -> bool:
        """Whether the outcome has levels, so that its models have a link and its effects several scales."""
        return self.family.levels

    @property
    def link(self) -> Link:
        """Link of the models of an outcome with levels."""
        return LINKS[self.analysis["outcome"].get("link", LOGIT.key)]

    @property
    def free_treatment(self) -> bool:
        """Whether the treatment has a coefficient at each cut of the outcome."""
        return treatment_is_free(self.analysis["outcome"])

    @property
    def spline_knots(self) -> int:
        """Number of knots of the mediator's spline in the outcome model, 0 where it has none."""
        return int(self.analysis["mediator"].get("spline_knots") or 0)

    @property
    def transform(self) -> Transform:
        """Transform of the mediator."""
        return TRANSFORMS[self.analysis["mediator"].get("transform", IDENTITY.key)]

    @property
    def offset(self) -> float:
        """What is added to the mediator before its logarithm, in its own unit."""
        return self.transform.added(float(self.analysis["mediator"].get("offset") or 0.0))

    @property
    def interaction(self) -> bool:
        """Whether the outcome model has a treatment-by-mediator term."""
        return bool(self.analysis.get("interaction", False))

    @property
    def trial_effects(self) -> TrialEffects:
        """How the models tell trials apart."""
        return TRIAL_EFFECTS[self.analysis.get("trial_effects", "none")]

    @property
    def analysed_trials(self) -> Sequence[str]:
        """Ids of the trials that no rule of the analysis leaves out as a whole."""
        return tuple(self.analysis.get("trials", self.trials))

    @property
    def sent_trials(self) -> Sequence[str]:
        """Ids of the trials that take part in the second stage by a result, and have no rows here."""
        return tuple(self.analysis.get("sent", ()))

    @property
    def centred(self) -> bool:
        """Whether the mediator is its difference from the mean of the own trial."""
        return self.analysis["mediator"].get("centred") is not None

    @property
    def weights(self) -> str:
        """Column name of the weights of the participants, empty where all count alike."""
        return str(self.analysis.get("weights") or "")

    @property
    def cluster(self) -> str:
        """Column name of what random effects are of within trials, empty where they are of the trials."""
        stated = str(self.analysis.get("cluster", TRIAL))
        return "" if stated == TRIAL else stated

    @property
    def restricted(self) -> bool:
        """Whether linear mixed models are fitted by restricted maximum likelihood."""
        return bool(self.analysis.get("estimation") == "reml")

    @property
    def better(self) -> int:
        """Which way the outcome is better: 1 where higher, -1 where lower."""
        return -1 if self.analysis["outcome"].get("better") == "low" else 1

    @property
    def coverage(self) -> str:
        """Confidence level in words, such as ``95%``."""
        return f"{notation.stated(100 * float(self.analysis.get('bootstrap', {}).get('level', 0.95)))}%"

    @property
    def published_share(self) -> Mapping[str, float]:
        """Published proportion mediated by difference of coefficients, empty where there is none."""
        share: Mapping[str, float] = self.analysis.get("published_share", {})
        return share

    @property
    def odds_ratio(self) -> str:
        """Name of an odds ratio of the outcome's distributions, empty for a continuous outcome."""
        return self.family.odds_ratio

    @property
    def ratio(self) -> str:
        """Name of the exponential of the outcome models' coefficients, empty where it has none."""
        return self.family.ratio(self.link)

    @property
    def coefficient(self) -> str:
        """Name of what is written of the outcome models' coefficients, where the outcome has levels."""
        return self.ratio or self.link.measure

    @property
    def log_coefficient(self) -> str:
        """Name of these coefficients as the model has them, where the outcome has levels."""
        return f"log {self.ratio}" if self.ratio else self.coefficient

    def arm(self, arm: str) -> str:
        """Full label of an arm; where both arms have the same one, with the arm's role."""
        return self._told_apart(arm, {key: str(words["label"]) for key, words in self.arms.items()})

    def short(self, arm: str) -> str:
        """Short label of an arm, the full one where there is none; told apart as in `arm`."""
        shorts = {key: str(words.get("short") or words["label"]) for key, words in self.arms.items()}
        return self._told_apart(arm, shorts)

    def named_arm(self, arm: str) -> str:
        """Name an arm inside a sentence."""
        stated = self.arms[arm].get("in_text")
        return stated or notation.lower(self.arm(arm))

    @staticmethod
    def _told_apart(arm: str, names: Mapping[str, str]) -> str:
        return names[arm] if len(set(names.values())) == len(names) else f"{names[arm]} ({arm})"

    def label(self, variable: str) -> str:
        """Label of a variable, its name where it is not configured."""
        return str(self.variables.get(variable, {}).get("label", variable))

    def named(self, variable: str) -> str:
        """Name a variable inside a sentence."""
        stated = self.variables.get(variable, {}).get("in_text")
        return str(stated or notation.lower(self.label(variable)))

    def unit(self, variable: str) -> str:
        """Give the unit of a variable as it is printed after a number, empty where it has none."""
        unit = str(self.variables.get(variable, {}).get("unit") or "")
        return f"{unit}s" if unit in _PLURAL_UNITS else printed_unit(unit)

    def amount(self, variable: str, value: float) -> str:
        """Write a value of a variable with its unit."""
        unit = self.unit(variable)
        return f"{notation.measure(value)}{' ' + unit if unit else ''}"

    def levels(self, variable: str) -> dict[str, str]:
        """Level ids of a variable with their labels, in the configured order."""
        declared = self.variables.get(variable, {})
        if declared.get("levels"):
            return {notation.level_id(key): str(text) for key, text in declared["levels"].items()}
        return {"0": "No", "1": "Yes"} if declared.get("type") == "binary" else {}

    def levels_better_first(self) -> dict[str, str]:
        """Levels of the outcome, the best one first."""
        levels = self.levels(self.outcome)
        return levels if self.better < 0 else dict(reversed(levels.items()))

    @property
    def named_level(self) -> str:
        """Level of the outcome that the answer names: how many more patients reach it or a better one.

        The configured one, else that in the middle of the scale; the better one of a binary outcome.
        """
        configured = self.analysis.get("named_level")
        levels = list(self.levels_better_first())
        if self.family.cuts and configured is not None:
            return str(configured)
        return levels[(len(levels) - 1) // 2]

    def trial(self, trial: str) -> str:
        """Label of a trial, with its id where another trial has the same label; its id where it has none.

        One that sent its result in place of rows is marked.
        """
        if trial in self.sent:
            return f"{self.sent[trial]} (result only)"
        label = str(self.trials.get(trial, trial))
        return label if list(self.trials.values()).count(label) <= 1 else f"{label} ({trial})"

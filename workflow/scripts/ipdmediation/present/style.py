"""House style: how numbers, words and colours look in every figure, table and on the page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SINGLE_COLUMN = 89.0  # mm, one column of a journal page
DOUBLE_COLUMN = 183.0  # mm, the full width of a journal page

FONT = "DejaVu Sans"
TEXT_SIZE = 7.5
SMALL_SIZE = 7.0
TITLE_SIZE = 8.5

INK = "#1b1f24"
MUTED = "#59636e"
LINE = "#8c959f"
PALE = "#f3f5f7"
WARNING = "#a3195b"
ARM_COLOURS = {"treated": "#0b5fa5", "control": "#b35900"}
# Blue to brown stays ordered for red-green colour blindness, and in grey the middle is the lightest.
BETTER_TO_WORSE = ("#084a91", "#3f8fc5", "#a6cfe3", "#f1ede6", "#f6c48a", "#d9762b", "#7a2e05")

SYNTHETIC_NOTE = "Synthetic data"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
SMALLEST_MEASURE = 0.001

RC: Any = {
    "font.family": FONT,
    "font.size": TEXT_SIZE,
    "text.color": INK,
    "text.parse_math": False,
    "text.usetex": False,
    "axes.edgecolor": LINE,
    "axes.facecolor": "white",
    "axes.labelcolor": INK,
    "axes.labelsize": TEXT_SIZE,
    "axes.linewidth": 0.6,
    "axes.unicode_minus": True,
    "xtick.color": LINE,
    "xtick.labelcolor": INK,
    "xtick.labelsize": SMALL_SIZE,
    "xtick.major.size": 2.5,
    "xtick.major.width": 0.6,
    "ytick.labelsize": SMALL_SIZE,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.bbox": "standard",
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "ipdmediation",
}

_PLURAL_UNITS = {"year", "month", "week", "day", "hour", "minute", "second", "point"}

EFFECTS = {
    "total": "Total effect of the treatment on the outcome",
    "direct": "Direct effect: treatment on outcome at the same mediator",
    "treatment_on_mediator": "Treatment on the mediator (a)",
    "mediator_effect": "Mediator on the outcome at the same treatment (b)",
    "log_or_difference": "Proportion mediated, difference of coefficients",
    "log_or_product": "Proportion mediated, product of coefficients",
    "khb_total": "Total effect on the scale of the direct one (Karlson-Holm-Breen)",
    "khb_indirect": "Part of it that runs through the mediator",
    "khb": "Proportion mediated, Karlson-Holm-Breen",
    "te": "Total effect",
    "pnde": "Direct effect",
    "tnie": "Indirect effect",
    "pm": "Proportion mediated",
}
POINTS_SCALES = ("prob_le_", "win")


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
    """

    title: str
    arms: Mapping[str, Mapping[str, str]]
    variables: Mapping[str, Mapping[str, Any]]
    analysis: Mapping[str, Any]
    trials: Mapping[str, str]
    question: str = ""
    source: str = ""
    synthetic: bool = False

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
    def mediator(self) -> str:
        """Column name of the mediator."""
        return str(self.analysis["mediator"]["variable"])

    @property
    def outcome(self) -> str:
        """Column name of the outcome."""
        return str(self.analysis["outcome"]["variable"])

    @property
    def family(self) -> str:
        """Outcome family: ordinal, binary or continuous."""
        return str(self.analysis["outcome"]["family"])

    @property
    def spline_knots(self) -> int:
        """Number of knots of the mediator's spline in the outcome model, 0 where it has none."""
        return int(self.analysis["mediator"].get("spline_knots") or 0)

    @property
    def transform(self) -> str:
        """Name of the mediator's transformation."""
        return str(self.analysis["mediator"].get("transform", "identity"))

    @property
    def coverage(self) -> str:
        """Confidence level in words, such as ``95%``."""
        level = float(self.analysis.get("bootstrap", {}).get("level", 0.95))
        return percent(100 * level, digits=0)

    @property
    def published_share(self) -> Mapping[str, float]:
        """Published proportion mediated by difference of coefficients, empty where there is none."""
        share: Mapping[str, float] = self.analysis.get("published_share", {})
        return share

    @property
    def odds_ratio(self) -> str:
        """Name of the outcome model's ratio, empty for a continuous outcome."""
        return {"ordinal": "common odds ratio", "binary": "odds ratio"}.get(self.family, "")

    def arm(self, arm: str) -> str:
        """Full label of an arm."""
        return str(self.arms[arm]["label"])

    def short(self, arm: str) -> str:
        """Short label of an arm, the full one where there is none."""
        return str(self.arms[arm].get("short") or self.arms[arm]["label"])

    def label(self, variable: str) -> str:
        """Label of a variable, its name where it is not configured."""
        return str(self.variables.get(variable, {}).get("label", variable))

    def unit(self, variable: str) -> str:
        """Give the unit of a variable as it is printed after a number, empty where it has none."""
        unit = str(self.variables.get(variable, {}).get("unit") or "")
        return f"{unit}s" if unit in _PLURAL_UNITS else unit

    def levels(self, variable: str) -> dict[str, str]:
        """Level ids of a variable with their labels, in the configured order."""
        declared = self.variables.get(variable, {})
        if declared.get("levels"):
            return {level_id(key): str(text) for key, text in declared["levels"].items()}
        return {"0": "No", "1": "Yes"} if declared.get("type") == "binary" else {}

    def levels_better_first(self) -> dict[str, str]:
        """Levels of the outcome, the best one first."""
        levels = self.levels(self.outcome)
        if self.analysis["outcome"].get("better") == "low":
            return levels
        return dict(reversed(levels.items()))

    def trial(self, trial: str) -> str:
        """Label of a trial, its id where it has none."""
        return str(self.trials.get(trial, trial))


def level_id(value: object) -> str:
    """Write a level id as in the configuration, also after a CSV reader made it a float.

    Examples
    --------
    >>> level_id(3.0), level_id("ica"), level_id(float("nan"))
    ('3', 'ica', '')
    """
    text = str(value)
    if text.lower() in {"nan", "none", "<na>"}:
        return ""
    return text.removesuffix(".0")


def known(value: object) -> bool:
    """Say whether a cell holds a number.

    Examples
    --------
    >>> known(1.5), known(float("nan")), known(None)
    (True, False, False)
    """
    try:
        return math.isfinite(float(value))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False


def fixed(value: float, *, digits: int = 2) -> str:
    """Write a number with a fixed count of decimals and a true minus sign.

    Examples
    --------
    >>> fixed(2.216), fixed(-0.004)
    ('2.22', '0.00')
    """
    if not known(value):
        return DASH
    text = f"{value:.{digits}f}"
    if not text.strip("-0."):
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def count(value: float) -> str:
    """Write a count; from five digits on with separators.

    Examples
    --------
    >>> count(1665), count(12345)
    ('1665', '12,345')
    """
    if not known(value):
        return DASH
    whole = round(value)
    return f"{whole:,}" if abs(whole) >= 10_000 else str(whole)


def measure(value: float) -> str:
    """Write a measured value with three significant digits, no idle zeros, and no more than three decimals.

    Examples
    --------
    >>> measure(41.0), measure(118.64), measure(0.4567), measure(1764.0), measure(1e-9)
    ('41', '119', '0.457', '1764', '<0.001')
    """
    if not known(value):
        return DASH
    if value == 0:
        return "0"
    if abs(value) < SMALLEST_MEASURE:
        return f"<{SMALLEST_MEASURE}" if value > 0 else f">{MINUS}{SMALLEST_MEASURE}"
    digits = min(3, max(0, 2 - math.floor(math.log10(abs(value)))))
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", MINUS)


def percent(value: float, *, digits: int = 1) -> str:
    """Write a percentage that is already on the scale of 0 to 100.

    Examples
    --------
    >>> percent(46.906), percent(0.02), percent(100.0)
    ('46.9%', '<0.1%', '100%')
    """
    if not known(value):
        return DASH
    smallest = 10.0**-digits
    if 0 < value < smallest / 2:
        return f"<{smallest:.{digits}f}%"
    text = fixed(value, digits=digits)
    if "." in text and (value in {0, 100}):
        text = text.split(".")[0]
    return f"{text}%"


def p_value(value: float) -> str:
    """Write a p value without its name: two digits, three below .01, never 0.

    Examples
    --------
    >>> p_value(0.0071), p_value(0.234), p_value(1e-9), p_value(0.998)
    ('.007', '.23', '<.001', '>.99')
    """
    if not known(value):
        return DASH
    if value < 0.001:
        return "<.001"
    if value > 0.99:
        return ">.99"
    digits = 3 if value < 0.0095 or 0.045 <= value < 0.05 else 2
    return f"{value:.{digits}f}".removeprefix("0")


def p_sentence(value: float) -> str:
    """Write a p value with its name; the spaces do not break.

    Examples
    --------
    >>> p_sentence(0.0071).split(), p_sentence(1e-9).split()
    (['P', '=', '.007'], ['P', '<', '.001'])
    """
    text = p_value(value)
    parts = ("P", text[0], text[1:]) if text[0] in "<>" else ("P", "=", text)
    return "\N{NO-BREAK SPACE}".join(parts)


def span(low: str, high: str) -> str:
    """Join the written ends of an interval; "to" where a sign would be confused with the dash.

    Examples
    --------
    >>> span("1.52", "3.21"), span("1%", "19%")
    ('1.52–3.21', '1% to 19%')
    """  # noqa: RUF002
    joint = " to " if MINUS in low + high or "%" in low + high else DASH
    return f"{low}{joint}{high}"


def interval(estimate: float, low: float, high: float, *, digits: int = 2) -> str:
    """Write an estimate with its interval.

    Examples
    --------
    >>> interval(2.22, 1.52, 3.21), interval(-0.42, -0.6, -0.2)
    ('2.22 (1.52–3.21)', '−0.42 (−0.60 to −0.20)')
    """  # noqa: RUF002
    if not known(estimate):
        return DASH
    text = fixed(estimate, digits=digits)
    if not (known(low) and known(high)):
        return text
    return f"{text} ({span(fixed(low, digits=digits), fixed(high, digits=digits))})"


def proportion(estimate: float, low: float, high: float, *, digits: int = 1) -> str:
    """Write a proportion and its interval in percent.

    Examples
    --------
    >>> proportion(0.12, 0.01, 0.19, digits=0)
    '12% (1% to 19%)'
    """
    if not known(estimate):
        return DASH
    text = f"{fixed(100 * estimate, digits=digits)}%"
    if not (known(low) and known(high)):
        return text
    ends = span(f"{fixed(100 * low, digits=digits)}%", f"{fixed(100 * high, digits=digits)}%")
    return f"{text} ({ends})"


def effect_name(effect: str) -> str:
    """Name of an effect in words, its id in plain letters where the house has no words for it."""
    return EFFECTS.get(effect, effect.replace("_", " ").capitalize())


def term_label(term: str, row: Mapping[Any, Any], *, study: Study) -> str:
    """Label of a coefficient with the unit it is counted in.

    Parameters
    ----------
    term
        Name of the term in the model.
    row
        Its row of the model table; `label` and `ratio_unit` are read.
    study
        Words of the study.
    """
    label, ratio_unit = str(row["label"]), str(row["ratio_unit"])
    if " per " in label:
        return label
    if term == "mediator" and " per " in ratio_unit:
        return f"{label}, per {ratio_unit.split(' per ', 1)[1]}"
    unit = study.variables.get(study.mediator if term == "mediator" else term, {}).get("unit")
    return f"{label}, per {unit}" if unit else label


def path_scale(term: str, row: Mapping[Any, Any], *, study: Study) -> str:
    """Scale of a path's estimate in words: its ratio, or a difference in the unit of what the path leads to.

    Parameters
    ----------
    term
        Name of the term in the model.
    row
        Its row of the model table; `model`, `label` and `ratio_unit` are read.
    study
        Words of the study.
    """
    if isinstance(row["ratio_unit"], str) and row["ratio_unit"]:
        return row["ratio_unit"]
    leads_to = study.mediator if row["model"] == "mediator" else study.outcome
    # A transformed mediator has lost its unit.
    unit = "" if leads_to == study.mediator and study.transform != "identity" else study.unit(leads_to)
    words = f"difference in {unit}" if unit else "difference"
    per = str(row["label"]).partition(", per ")[2] if term == "mediator" else ""
    return f"{words} per {per}" if per else words

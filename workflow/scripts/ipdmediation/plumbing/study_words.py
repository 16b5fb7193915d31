"""What is said about a study and how it is shown: parameters of steps that make no number (light)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from ipdmediation.data import configuration
from ipdmediation.plumbing import settings
from ipdmediation.plumbing.figure_fonts import Fonts, fonts_of, shown_labels
from ipdmediation.plumbing.study_settings import MODEL, StudySettings
from ipdmediation.vocabulary.effects import SHARE_BY_DIFFERENCE

SHOWN = ("label", "named_level", *MODEL, "standardisation", "missing")
SHARE = SHARE_BY_DIFFERENCE._asdict()


class StudyWords:
    """The words of a study, each in the form in which it is a reason to show something again.

    Parameters
    ----------
    config : mapping
        The study's checked configuration.
    study : StudySettings
        What is computed.
    """

    def __init__(self, config: Mapping[str, Any], study: StudySettings) -> None:
        self._config = config
        self._study = study

    @property
    def house_style(self) -> dict[str, str]:
        """How numbers are written, and what those who took part are called."""
        return {key: self._config["style"][key] for key in ("journal", "people")}

    @property
    def said(self) -> dict[str, Any]:
        """What is said about the study, whatever the analysis."""
        return {
            **self._config["study"],
            "synthetic": bool(self._config["study"]["synthetic"]),
            "arms": self._config["arms"],
            "variables": settings.shown(self._config["variables"]),
            "trials": self._study.trials,
            **({"sent": self._study.sent} if self._study.sent else {}),
        }

    def of(
        self, name: str, bootstrap: tuple[str, ...] = ("level",), more: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """Return what figures, tables and the report say about the study and one of its analyses.

        Parameters
        ----------
        name : str
            The analysis.
        bootstrap : tuple of str
            Those settings of the bootstrap that are said.
        more : tuple of str
            Other parts of the analysis that are said.
        """
        stated = self._study.analysis(name)
        return {
            **self.said,
            "analysis": {
                **{key: stated[key] for key in (*SHOWN, *more)},
                "trials": list(configuration.analysed_trials(self._config, name, self._study.trials)),
                **({"sent": self._study.sent_to(name)} if self._study.sent else {}),
                "bootstrap": {key: stated["bootstrap"][key] for key in bootstrap},
                "published_share": self.published_share(name),
            },
        }

    def drawn(self, name: str, more: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return the same for figures, with how they look."""
        look = {"journal": self._config["style"]["journal"], "fonts": list(self.fonts.families)}
        return {**self.of(name, more=more), **look}

    @cached_property
    def fonts(self) -> Fonts:
        """The fonts of the figures."""
        trials = [*self._study.trials.values(), *self._study.sent.values()]
        return fonts_of(self._config["style"], shown_labels(self._config, trials))

    @property
    def told(self) -> list[dict[str, Any]]:
        """What the page and the manuscript say about the study, for each analysis."""
        said = ("resampling", "replicates", "interval", "level")
        return [self.of(name, bootstrap=said, more=("evidence",)) for name in self._config["analyses"]]

    @property
    def compared(self) -> list[dict[str, Any]]:
        """What is said about the study where its analyses stand beside each other, for each analysis."""
        return [self.drawn(name) for name in self._config["analyses"]]

    @property
    def departures(self) -> list[tuple[str, ...]]:
        """The settings in which each analysis differs from the primary one."""
        return [configuration.departures(self._config, name) for name in self._config["analyses"]]

    def published_share(self, name: str) -> dict[str, float]:
        """Return the published share of the log odds ratio that an analysis is held against; 1 is all."""
        for figure in self._config["published"]:
            if figure["analysis"] == name and figure["where"] == SHARE:
                ends = {key: figure[key] for key in ("value", "low", "high") if key in figure}
                return {key: value / figure["scale"] for key, value in ends.items()}
        return {}

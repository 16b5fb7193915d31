"""What the rules ask of a checked study, most of it by the wildcards of a job (light to import)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from ipdmediation.data import configuration
from ipdmediation.data.covariates import shared_covariate_names
from ipdmediation.data.joined_columns import joined_files
from ipdmediation.data.strict_yaml import read_yaml
from ipdmediation.evidence.site_faults import analyses_with, settings_of
from ipdmediation.plumbing import settings
from ipdmediation.plumbing.result_files import KERNELS
from ipdmediation.plumbing.site_results import SentTrial
from ipdmediation.vocabulary.families import FAMILIES
from ipdmediation.vocabulary.links import ALL_LINKS, PROBIT

MODEL = (
    "mediator", "outcome", "covariates", "interaction", "trial_effects", "weights", "cluster", "estimation",
)  # fmt: skip


class StudySettings:
    """The settings of a study, each in the form in which it is a reason to run a job again.

    Parameters
    ----------
    config : mapping
        The study's checked configuration.
    mappings : mapping
        The trials' mappings.
    sent : mapping
        Trials that send their result in place of rows.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        mappings: Mapping[str, Any],
        sent: Mapping[str, SentTrial] | None = None,
    ) -> None:
        self._config = config
        self._mappings = mappings
        self._sent = sent or {}
        self._resolved: dict[str, dict[str, Any]] = {}

    # Of an analysis

    def analysis(self, name: str) -> dict[str, Any]:
        """Return the settings of an analysis: those of the primary one with its own differences."""
        if name not in self._resolved:
            self._resolved[name] = settings.ordered(configuration.resolve_analysis(self._config, name))
        return self._resolved[name]

    def setting(self, *keys: str) -> Callable[[Any], Any]:
        """Return a parameter function that looks up one setting of the job's analysis."""

        def look_up(wildcards: Any) -> Any:
            value: Any = self.analysis(wildcards.analysis)
            for key in keys:
                value = value[key]
            return value

        return look_up

    def model(self, wildcards: Any) -> dict[str, Any]:
        """Return what the models of an analysis depend on, and nothing else."""
        stated = self.analysis(wildcards.analysis)
        return {key: stated[key] for key in MODEL}

    def kernels(self, wildcards: Any) -> list[str]:
        """Return the files that say that the kernels of an analysis are compiled."""
        return [KERNELS.format(compiled_for=each) for each in (ALL_LINKS, *self._links(wildcards.analysis))]

    def benchmarks(self, wildcards: Any) -> list[str]:
        """Return the covariates that confounding is held against: those stated, else all of both models."""
        stated = self.analysis(wildcards.analysis)
        named: list[str] | None = stated["evidence"]["confounding"]["benchmarks"]
        return shared_covariate_names(stated["covariates"]) if named is None else named

    def latent_kernels(self, wildcards: Any) -> list[str]:
        """Return the same of the probit link, with which an outcome with levels is a latent variable, cut."""
        levels = FAMILIES[self.analysis(wildcards.analysis)["outcome"]["family"]].levels
        return [KERNELS.format(compiled_for=PROBIT.key)] if levels else []

    def needed(self, wildcards: Any) -> dict[str, Any]:
        """Return which variables the models of an analysis need, and what is done where one is missing."""
        return self.needed_of(wildcards.analysis)

    def needed_of(self, name: str) -> dict[str, Any]:
        """Return the same by the name of an analysis."""
        stated = self.analysis(name)
        return {
            "method": stated["missing"]["method"],
            "covariates": stated["covariates"],
            "mediator": stated["mediator"]["variable"],
            "outcome": stated["outcome"]["variable"],
        }

    def eligibility(self, wildcards: Any) -> list[dict[str, Any]]:
        """Return the rules of the study and then those of the analysis, without their reasons."""
        stated = configuration.eligibility_rules(self._config, wildcards.analysis)
        return [
            settings.ordered({key: value for key, value in rule.items() if key != "reason"})
            for rule in stated
        ]

    def reasons(self, wildcards: Any) -> list[str]:
        """Return the reason of each of these rules."""
        return [rule["reason"] for rule in configuration.eligibility_rules(self._config, wildcards.analysis)]

    def drawn_as(self, wildcards: Any) -> str:
        """Return the analysis that an analysis shares its random numbers and its bootstrap files with."""
        return self._drawn_as[wildcards.analysis]

    @cached_property
    def _drawn_as(self) -> dict[str, str]:
        return configuration.drawn_as(self._config)

    def chunks(self, wildcards: Any) -> list[str]:
        """Return the bootstrap files of an analysis; all are full, so that more replicates only add files."""
        return self._chunks(wildcards.analysis, self.drawn_as(wildcards))

    def own_chunks(self, name: str) -> list[str]:
        """Return the bootstrap files that an analysis shares with none before it."""
        drawn_as = self._drawn_as[name]
        return self._chunks(name, drawn_as) if drawn_as == name else []

    def _chunks(self, name: str, drawn_as: str) -> list[str]:
        replicates = self.analysis(name)["bootstrap"]["replicates"]
        size = self.analysis(drawn_as)["bootstrap"]["chunk"]
        starts = range(0, math.ceil(replicates / size) * size, size)
        return [f"<results>/{drawn_as}/bootstrap/{start}-{start + size}.parquet" for start in starts]

    # Of the single trials of an analysis

    @property
    def first_stages(self) -> dict[str, dict[str, Any]]:
        """What the first stage of each analysis with two stages depends on, and what others have to share."""
        return {
            name: {
                "drawn_as": self._drawn_as[name],
                "model": {key: stated[key] for key in MODEL},
                "standardisation": stated["standardisation"],
                "covariates": stated["evidence"]["trials"]["covariates"],
                "replicates": stated["evidence"]["trials"]["replicates"],
                "interval": stated["bootstrap"]["interval"],
                "missing": stated["missing"],
                "agreed": settings.ordered(settings_of(self._config, name)),
            }
            for name in self._config["analyses"]
            if (stated := self.analysis(name))["evidence"].get("trials", {}).get("two_stages")
        }

    def sent_to(self, analysis: str) -> list[str]:
        """Return the trials whose result an analysis takes."""
        return [trial for trial in self._sent if analysis in analyses_with(self._config, trial)]

    def sent_files(self, wildcards: Any) -> list[str]:
        """Return the results of sites that are pooled in an analysis, by the trials in `sent_trials`."""
        return [self._sent[trial].file for trial in self.sent_to(wildcards.analysis)]

    def sent_trials(self, wildcards: Any) -> dict[str, str]:
        """Return the id at the site of each trial that sends a result to an analysis."""
        return {trial: self._sent[trial].sent_as for trial in self.sent_to(wildcards.analysis)}

    def agreed(self, wildcards: Any) -> dict[str, Any]:
        """Return what has to agree with the sites, nothing where none sends a result to an analysis."""
        if not self.sent_to(wildcards.analysis):
            return {}
        found: dict[str, Any] = settings.ordered(settings_of(self._config, wildcards.analysis))
        return found

    # Of a trial

    def raw_file(self, source: str) -> str | list[str]:
        """Return the file that a mapping names; all of them where several are joined."""
        files = self.raw_files(source)
        return files if self.joined.get(source) else files[0]

    def raw_files(self, source: str) -> list[str]:
        """Return the files that a mapping names."""
        stated = configuration.stated_files(self._mappings[source]["source"])
        return [str(configuration.resolve_source(entry)) for entry in stated.values()]

    def reading(self, wildcards: Any) -> dict[str, Any]:
        """Return what is computed with of a mapping, as it stands."""
        return settings.reading(self._mappings[wildcards.trial])

    def mapping(self, wildcards: Any) -> Any:
        """Return the same in an order of its own."""
        return settings.ordered(self.reading(wildcards))

    def harmonising(self, wildcards: Any) -> dict[str, dict[str, Any]]:
        """Return what a trial's own values are converted to."""
        return settings.harmonising(self._config["variables"], self._mappings[wildcards.trial])

    def ranges(self, wildcards: Any) -> dict[str, dict[str, float]]:
        """Return the plausible ranges of a trial's values."""
        return settings.ranges(self._config["variables"], self._mappings[wildcards.trial])

    def pseudonymous(self, wildcards: Any) -> bool:
        """Return whether pseudonyms take the place of the ids that a mapping's file has."""
        real = self._config["study"]["synthetic"] is None
        named = "column" in self._mappings[wildcards.trial]["patient"]
        return bool(real and named and self._config["identifiers"]["pseudonyms"])

    # Of the study

    @property
    def joined(self) -> dict[str, list[str]]:
        """The names of the files of each mapping that joins several."""
        names = {
            source: list(joined_files(self._mappings[source]["source"])) for source in self._config["trials"]
        }
        return {source: found for source, found in names.items() if found}

    @property
    def contract(self) -> list[dict[str, Any]]:
        """The rules that the harmonised patients have to keep."""
        rules: list[dict[str, Any]] = settings.ordered(self._config["contract"])
        return rules

    @property
    def trials(self) -> dict[str, str]:
        """The label of each trial, in the order of the configuration and of the mappings."""
        return {
            trial: label
            for source in self._config["trials"]
            for trial, label in configuration.trials_of(source, self._mappings[source]).items()
        }

    @property
    def treated_shares(self) -> dict[str, float]:
        """The share of patients that each trial allocated to treatment, in an order of their own."""
        shares = [
            configuration.treated_shares(source, self._mappings[source]) for source in self._config["trials"]
        ]
        return dict(sorted((trial, share) for each in shares for trial, share in each.items()))

    @property
    def pooled(self) -> dict[str, list[str]]:
        """The trials of each mapping, in an order of their own."""
        return {
            source: sorted(configuration.trials_of(source, self._mappings[source]))
            for source in sorted(self._config["trials"])
        }

    @property
    def sent(self) -> dict[str, str]:
        """The label of each trial that sends its result in place of rows."""
        return {trial: each.label for trial, each in self._sent.items()}

    @property
    def results_sent(self) -> list[str]:
        """The files of these results."""
        return [each.file for each in self._sent.values()]

    @property
    def mappings_sent(self) -> list[str]:
        """The mappings of trials that send their result."""
        return [each.mapping for each in self._sent.values()]

    @property
    def conversions(self) -> dict[str, dict[str, str]]:
        """The unit of the file of each variable of a mapping that is converted to another unit."""
        return {
            source: {
                name: str(entry["unit"])
                for name, entry in mapping["variables"].items()
                if entry.get("unit") not in (None, self._config["variables"][name].get("unit"))
            }
            for source, mapping in self._mappings.items()
        }

    @property
    def recorded(self) -> dict[str, Any]:
        """The configuration as it is written down: without folders and other places of this machine."""
        places = ("pathvars", "identifiers")
        kept = {key: value for key, value in self._config.items() if key not in places}
        study, trials = kept["study"], dict(kept["trials"])
        if study["synthetic"] is not None:
            kept["study"] = {**study, "synthetic": settings.anywhere(study["synthetic"])}
        trials |= {trial: each.mapping for trial, each in self._sent.items()}
        kept["trials"] = {source: settings.anywhere(path) for source, path in trials.items()}
        return {**kept, "identifiers": {"pseudonyms": self._config["identifiers"]["pseudonyms"]}}

    @property
    def compiled(self) -> list[str]:
        """What kernels are compiled for: all links, and each link of the analyses and of their evidence."""
        names = list(self._config["analyses"])
        used = {link for name in names for link in self._links(name)}
        latent = any(_has_latent_outcome(self.analysis(name)) for name in names)
        return [ALL_LINKS, *sorted(used | {PROBIT.key} if latent else used)]

    def _links(self, name: str) -> list[str]:
        """Return the link of an analysis; none where the outcome is a number."""
        outcome = self.analysis(name)["outcome"]
        return [outcome["link"]] if FAMILIES[outcome["family"]].links else []

    @property
    def types(self) -> dict[str, dict[str, Any]]:
        """What is computed with of harmonised variables."""
        return settings.types(self._config["variables"])

    @property
    def measures(self) -> dict[str, dict[str, Any]]:
        """The same, and their units."""
        return settings.measures(self._config["variables"])

    @cached_property
    def generating_model(self) -> Any:
        """The model that makes synthetic trials, as its file states it."""
        return read_yaml(self._config["study"]["synthetic"])


def _has_latent_outcome(analysis: Mapping[str, Any]) -> bool:
    """Say whether the evidence beside an analysis takes an outcome with levels for a latent variable, cut."""
    stated = analysis["evidence"]
    asked = stated.get("confounding", {}).get("curve") or stated.get("surrogacy", {}).get("panel")
    return bool(asked and FAMILIES[analysis["outcome"]["family"]].levels)

"""Whether the result of a site fits the study that pools it, told before anything is computed (light)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ipdmediation.data.configuration import analysed_trials, eligibility_rules, resolve_analysis
from ipdmediation.data.errors import listing
from ipdmediation.data.replicates import fewest_replicates
from ipdmediation.evidence.site_agreement import agreed_settings, disagreements
from ipdmediation.evidence.site_archive import DRAWS, EFFECTS, SiteResult, part

NOWHERE = (
    "a result enters the two stages of single trials alone, and no analysis asks for them; write "
    "`evidence: {trials: {two_stages: true}}` in one"
)
#: The one kind of interval that takes more than draws.
_ACCELERATED = "bca"


def analyses_with(config: Mapping[str, Any], trial: str) -> list[str]:
    """Return the analyses whose two stages a trial is in that sends its result."""
    return [
        name
        for name in config["analyses"]
        if resolve_analysis(config, name)["evidence"].get("trials", {}).get("two_stages")
        and analysed_trials(config, name, [trial])
    ]


def settings_of(config: Mapping[str, Any], analysis: str) -> dict[str, Any]:
    """Return what has to agree with a site in an analysis of a study."""
    return agreed_settings(
        resolve_analysis(config, analysis),
        variables=config["variables"],
        rules=eligibility_rules(config, analysis),
        synthetic=config["study"]["synthetic"] is not None,
    )


def site_faults(result: SiteResult, *, trial: str, sent_as: str, config: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each reason why a site's result cannot be pooled as a trial of a study.

    Parameters
    ----------
    result : SiteResult
    trial, sent_as : str
        The trial's id in the study and at the site.
    config : mapping
        The study's configuration, sound.
    """
    if sent_as not in result.trials:
        yield (
            f"has no trial {sent_as!r}; it has {listing(result.trials, limit=99)}; name one as "
            "`source: {result: ..., trial: <its id there>}`"
        )
        return
    wanted = analyses_with(config, trial)
    if not wanted:
        yield NOWHERE
    for name in wanted:
        if name not in result.analyses or sent_as not in result.analyses[name]["trials"]:
            has = [known for known, each in result.analyses.items() if sent_as in each["trials"]]
            yield (
                f"has no analysis {name!r} of {sent_as!r}; it has {listing(has, limit=99)}; the site has to "
                "run the analyses of this study that ask for two stages"
            )
            continue
        stated = result.analyses[name]
        for line in disagreements(stated["settings"], settings_of(config, name)):
            yield f"analysis {name!r}: {line}"
        yield from _interval_faults(name, stated, sent_as, resolve_analysis(config, name)["bootstrap"])


def _interval_faults(
    name: str, stated: Mapping[str, Any], sent_as: str, bootstrap: Mapping[str, Any]
) -> Iterator[str]:
    about = stated["trials"][sent_as]
    if about["reason"]:
        return
    if bootstrap["interval"] == _ACCELERATED != stated["interval"]:
        yield (
            f"analysis {name!r}: interval {_ACCELERATED!r} needs what the site computes with it alone, and "
            f"it had {stated['interval']!r}; let the site run with {_ACCELERATED!r}, or take another here"
        )
    fewest = fewest_replicates(bootstrap["level"])
    if about["replicates"] < fewest:
        yield (
            f"analysis {name!r}: {about['replicates']} replicates of the site are too few for an interval of "
            f"level {bootstrap['level']:g}; allowed: {fewest} or more"
        )


def equal_results(results: Mapping[str, tuple[SiteResult, str]]) -> Iterator[tuple[str, str]]:
    """Yield each trial whose numbers are those of an earlier one, and a line that says so.

    Parameters
    ----------
    results : mapping
        Trial id here to the result that has it and its id there.
    """
    first: dict[object, str] = {}
    for trial, (result, sent_as) in results.items():
        for numbers in _numbers(result, sent_as):
            same = first.setdefault(numbers, trial)
            if same != trial:
                yield trial, f"the result of {same!r} too: its patients would count twice; name another one"
                break


def _numbers(result: SiteResult, trial: str) -> Sequence[object]:
    """Return the tables of a trial, of each analysis those that no two trials have alike."""
    names = [[part(analysis, trial, name) for name in (EFFECTS, DRAWS)] for analysis in result.analyses]
    return [
        tuple(result.parts[name] for name in both)
        for both in names
        if all(name in result.parts for name in both)
    ]

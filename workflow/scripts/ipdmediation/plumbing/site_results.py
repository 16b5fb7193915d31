"""Trials of a study that send their result in place of rows: what their mappings state (light to import)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ipdmediation.data.errors import listing
from ipdmediation.data.problems import Fault
from ipdmediation.evidence.site_archive import SiteResult, SiteResultError, read_archive
from ipdmediation.evidence.site_faults import equal_results, site_faults

#: Where a mapping names the result.
PLACE = ("source", "result")
NO_ROWS = (
    "every trial here sends a result and no rows ({}); the two stages stand beside an analysis of patients, "
    "so that at least one trial has to have rows"
)


@dataclass(frozen=True, kw_only=True)
class SentTrial:
    """A trial that sends its result.

    Attributes
    ----------
    label : str
    mapping : str
        Path of its mapping.
    file : str
        Path of the result.
    sent_as : str
        Id of the trial at the site.
    """

    label: str
    mapping: str
    file: str
    sent_as: str


def sends_a_result(mapping: Any) -> bool:
    """Return whether a mapping, sound or not, names a result in place of rows."""
    source = mapping.get("source") if isinstance(mapping, Mapping) else None
    return isinstance(source, Mapping) and "result" in source


def read_results(
    sent: Mapping[str, SentTrial],
) -> tuple[dict[str, SiteResult], list[tuple[str, Fault]]]:
    """Return the results of trials by id, as far as they can be read, and what is wrong with the others."""
    read: dict[str, SiteResult | str] = {}
    for each in sent.values():
        if each.file not in read:
            try:
                read[each.file] = read_archive(each.file)
            except SiteResultError as error:
                read[each.file] = str(error)
    found = {trial: read[each.file] for trial, each in sent.items()}
    faults = [(trial, Fault(PLACE, each)) for trial, each in found.items() if isinstance(each, str)]
    return {trial: each for trial, each in found.items() if not isinstance(each, str)}, faults


def result_faults(
    results: Mapping[str, SiteResult], sent: Mapping[str, SentTrial], config: Mapping[str, Any]
) -> Iterator[tuple[str, Fault]]:
    """Yield, with its trial, every reason why a result cannot be pooled in a study that is sound itself."""
    for trial, result in results.items():
        for line in site_faults(result, trial=trial, sent_as=sent[trial].sent_as, config=config):
            yield trial, Fault(PLACE, f"{sent[trial].file!r} {line}")
    named = {trial: (result, sent[trial].sent_as) for trial, result in results.items()}
    for trial, line in equal_results(named):
        yield trial, Fault(PLACE, f"{sent[trial].file!r} is {line}")


def no_rows_fault(sent: Mapping[str, SentTrial]) -> Fault:
    """Return what is wrong with a study whose trials all send results."""
    return Fault(("trials",), NO_ROWS.format(listing(sent, limit=99)))

"""A draft of a whole study: the text of each of its files, from the files of its trials."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ipdmediation.data.codes import EXCLUDED
from ipdmediation.data.drafting.matched import match
from ipdmediation.data.drafting.roles import find_roles
from ipdmediation.data.drafting.source import find_source
from ipdmediation.data.drafting.words import Words, identifier
from ipdmediation.data.drafting.written import (
    TrialFile,
    configuration_text,
    mapping_text,
    names_of_trials,
)
from ipdmediation.data.references import EVERY_TRIAL

CONFIGURATION = "config"


def draft_study(files: Mapping[Path, str], *, words: Words) -> dict[str, str]:
    """Return the files of a drafted study and what they hold.

    Parameters
    ----------
    files : mapping of Path to str
        Each trial's file, and its path as the mapping states it.
    words : Words
        By which columns and codes are recognised.

    Returns
    -------
    dict of str to str
        Name in the study's folder to text: the configuration, and a mapping per file.

    Raises
    ------
    SourceError
        Where a file is not read.
    """
    sources = {path: find_source(path) for path in files}
    taken = {CONFIGURATION, EVERY_TRIAL, EXCLUDED}
    keys = {path: identifier(path.name.split(".")[0], instead="trial", taken=taken) for path in files}
    roles = {
        keys[path]: find_roles(source, words=words, alone=len(files) == 1) for path, source in sources.items()
    }
    matches = match(roles, words=words)
    trials, labels = names_of_trials(roles, taken=taken)
    drafted = [
        TrialFile(
            key=key,
            label=labels[key],
            path=files[path],
            source=sources[path],
            roles=roles[key],
            trials=trials[key],
        )
        for path, key in keys.items()
    ]
    made = {f"{CONFIGURATION}.yaml": configuration_text(drafted, matches, words=words)}
    made |= {f"{file.key}.yaml": mapping_text(file, matches, words=words) for file in drafted}
    return made

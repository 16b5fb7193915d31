"""Who a pseudonym stands for: found with the key in the trial's own file, said on the terminal alone."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ipdmediation.data.codes import EXCLUDED
from ipdmediation.data.configuration import resolve_source, stated_files, trials_of
from ipdmediation.data.errors import listing
from ipdmediation.data.mapping import TrialMapping
from ipdmediation.data.patient_ids import patient_ids
from ipdmediation.data.problems import listing_of
from ipdmediation.data.pseudonyms import pseudonym
from ipdmediation.data.reading import RawTable
from ipdmediation.data.sources import read_source
from ipdmediation.data.trial_of_row import trial_of_row
from ipdmediation.plumbing import settings
from ipdmediation.plumbing.check_command import checked
from ipdmediation.plumbing.pseudonym_key import KeyFileError, key_file, read_key
from ipdmediation.plumbing.study_files import read_study


def find(configuration: str, trial: str, wanted: str) -> str:
    """Return which patient of a trial has a pseudonym, in a sentence.

    Parameters
    ----------
    configuration : str
        The study's file.
    trial : str
        The trial's id.
    wanted : str
        The pseudonym.

    Raises
    ------
    ValueError
        Where the study has a fault or no such trial, there is no key, or nobody has this pseudonym.
    """
    study, found = checked(read_study([configuration]))
    if study is None or found:
        raise ValueError(listing_of(found))
    sources = {one: source for source, each in study.mappings.items() for one in trials_of(source, each)}
    if trial not in sources:
        raise ValueError(f"{trial!r} is no trial of {configuration}; allowed: {listing(sources)}")
    place = key_file(study.config["identifiers"]["key"])
    if not place.exists():
        raise KeyFileError(f"{place}: there is no key, so that no pseudonym can be looked up")
    stated = study.mappings[sources[trial]]
    mapping = TrialMapping.from_mapping(settings.reading(stated))
    paths = [resolve_source(each) for each in stated_files(stated["source"]).values()]
    tables, file = read_source(paths, stated["source"], mapping), str(paths[0])
    # of joined files the first says who the patients are
    raw = tables if isinstance(tables, RawTable) else tables[mapping.files[0].name]
    trials = trial_of_row(raw, mapping, source=sources[trial], file=file)
    key, named = read_key(place), patient_ids(raw, mapping.patient)
    for row, one, patient in zip(raw.rows, trials, named, strict=True):
        if one == trial != EXCLUDED and patient and pseudonym(one, patient, key=key) == wanted:
            return f"{file}, {raw.counted} {row}: {patient}"
    raise ValueError(
        f"{file}: no patient of {trial!r} has the pseudonym {wanted!r} with the key {place}; "
        "the pseudonym is of another trial, or was made with another key"
    )


def main(arguments: Sequence[str]) -> int:
    """Say on the terminal who it is; return 0 where somebody is, else 1."""
    if len(arguments) != 3:
        print(
            "usage: python workflow/scripts/find_patient.py <configuration> <trial> <pseudonym>",
            file=sys.stderr,
        )
        return 2
    try:
        print(find(*arguments))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0

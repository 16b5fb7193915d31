"""Which columns of a file are no variables: the patient's id, the arm, the trial, the visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ipdmediation.data.disclosure import MINIMUM_COUNT
from ipdmediation.data.drafting.column_profile import CodeValue, Profile, code_order, counts, profile
from ipdmediation.data.drafting.file_source import Source
from ipdmediation.data.drafting.words import Words, split_name
from ipdmediation.data.drafting.yaml_text import scalar
from ipdmediation.data.matching import is_missing
from ipdmediation.data.reading import RawTable

#: An arm has at most so many codes, and a file at most so many trials.
MOST_ARMS, MOST_TRIALS = 6, 200


@dataclass
class Roles:
    """The columns of a file by what they are for.

    Attributes
    ----------
    profiles : every column by its name, in the file's order.
    patient, arm, trial, visit, day : columns; None where there is none.
    arm_codes : the code of an arm to what it means.
    trial_codes : codes of the trials that enough patients have.
    repeated : whether a patient has several rows.
    varying : columns of which a patient's rows do not agree.
    decide : what was guessed about each role, as questions.
    """

    profiles: dict[str, Profile] = field(default_factory=dict)
    patient: str | None = None
    arm: str | None = None
    arm_codes: dict[CodeValue, str] = field(default_factory=dict)
    trial: str | None = None
    trial_codes: list[CodeValue] = field(default_factory=list)
    visit: str | None = None
    day: str | None = None
    repeated: bool = False
    varying: frozenset[str] = frozenset()
    decide: dict[str, list[str]] = field(default_factory=dict)

    @property
    def used(self) -> set[str]:
        """The columns that have a role."""
        every = (self.patient, self.arm, self.trial, self.visit, self.day)
        return {column for column in every if column is not None}

    def ask(self, role: str, question: str) -> None:
        """Leave a question about a role open."""
        self.decide.setdefault(role, []).append(question)


def find_roles(source: Source, *, words: Words, alone: bool) -> Roles:
    """Return what the columns of a file are for.

    Parameters
    ----------
    source : Source
        The file.
    words : Words
        By which columns are recognised.
    alone : bool
        Whether it is the study's only file; then sites may be its trials.
    """
    raw = source.raw

    def profiles(patient: pd.Series[Any] | None) -> dict[str, Profile]:
        return {
            name: profile(
                raw,
                name,
                decimal=source.decimal_of(name),
                words=words,
                patient=patient,
                name=source.name_of(name),
            )
            for name in map(str, raw.columns)
        }

    rows = profiles(None)
    roles = Roles(profiles=rows)
    _find_trial(roles, source, words=words, alone=alone)
    if source.key is not None:
        roles.patient = source.key
    else:
        _find_patient(roles, raw, words=words)
    patient = None
    if roles.repeated and roles.patient is not None:
        keys = [roles.patient] if roles.trial is None else [roles.trial, roles.patient]
        patient = raw.frame.groupby(keys, sort=False, dropna=False).ngroup()
        roles.profiles = profiles(patient)
        roles.varying = frozenset(name for name in rows if _varies(raw[name], patient))
        _find_visits(roles, words=words)
    _count_trials(roles, raw, patient, words=words)
    _find_arm(roles, words=words)
    return roles


def _varies(cells: pd.Series[Any], patient: pd.Series[Any]) -> bool:
    """Return whether the rows of some patient do not agree."""
    known = pd.DataFrame({"patient": patient, "cell": cells})[~cells.map(is_missing).astype(bool)]
    return bool(known.drop_duplicates()["patient"].duplicated().any())


def _named(roles: Roles, kind: str, words: Words, among: Sequence[str]) -> list[str]:
    """Return the columns whose names hold a word of a kind, those of an earlier word first."""
    ranks = {name: words.rank(kind, roles.profiles[name].name) for name in among}
    return sorted(
        (name for name in among if ranks[name] is not None and name not in roles.used),
        key=lambda name: ranks[name] or 0,
    )


def _labelled(roles: Roles, kind: str, words: Words, among: Sequence[str]) -> list[str]:
    """Return the columns whose labels hold a word of a kind, those of an earlier word first."""
    ranks = {name: words.rank(kind, roles.profiles[name].label) for name in among if name not in roles.used}
    return sorted((name for name in ranks if ranks[name] is not None), key=lambda name: ranks[name] or 0)


def _find_trial(roles: Roles, source: Source, *, words: Words, alone: bool) -> None:
    several = [
        name
        for name, found in roles.profiles.items()
        if source.may_name_trials(name)
        and 2 <= found.different <= min(MOST_TRIALS, found.rows // 2)
        and not found.missing
        and found.kind != "dates"
    ]
    trials = _named(roles, "trial", words, several)
    sites = [
        name
        for name in _named(roles, "site", words, several)
        if len(split_name(roles.profiles[name].name)) == 1
    ]
    column = next(iter(trials), None) or next((name for name in sites if alone), None)
    if column is not None and len(_often(source.raw, column, None)[0]) >= 2:
        roles.trial = column


def _count_trials(roles: Roles, raw: RawTable, patient: pd.Series[Any] | None, *, words: Words) -> None:
    """Name the trials of which there are patients enough; where it is not two of them there are none."""
    if (column := roles.trial) is None:
        return
    roles.trial_codes, rare = _often(raw, column, patient)
    if len(roles.trial_codes) < 2:
        roles.trial = None
        roles.trial_codes = []
        return
    rather = (
        ""
        if words.rank("trial", roles.profiles[column].name) is not None
        else ", rather than a site of one trial"
    )
    roles.ask(
        "trial",
        f"is each code of {scalar(column)} a trial of its own{rather}? If not, take `trial` away and write "
        "a `label`",
    )
    if rare:
        roles.ask(
            "trial",
            f"{rare} more codes that fewer than {MINIMUM_COUNT} patients have are not written here; which "
            "trials, or `excluded`?",
        )


def _often(raw: RawTable, column: str, patient: pd.Series[Any] | None) -> tuple[list[CodeValue], int]:
    """Return the codes of a column that enough patients have, and how many others there are."""
    known = raw[column]
    counted = counts(known[~known.map(is_missing).astype(bool)], patient)
    often = [code for code, n in counted.items() if n >= MINIMUM_COUNT]
    return sorted(often, key=code_order), len(counted) - len(often)


def _find_patient(roles: Roles, raw: RawTable, *, words: Words) -> None:
    complete = [name for name, found in roles.profiles.items() if not found.missing and found.kind != "dates"]
    named = _named(roles, "patient", words, complete)
    keyed = [name for name in named if _is_key(raw, name, roles.trial)]
    if keyed:
        roles.patient = keyed[0]
        if len(keyed) > 1:
            others = ", ".join(map(scalar, keyed[1:]))
            roles.ask("patient", f"is {scalar(keyed[0])} the patient's id, rather than {others}?")
        return
    repeated = [name for name in named if roles.profiles[name].different > 1]
    timed = [name for kind in ("visit", "day") for name in _named(roles, kind, words, complete)]
    for name in repeated:
        for when in [each for each in timed if each != name]:
            keys = [key for key in (roles.trial, name, when) if key is not None]
            if not raw.frame.duplicated(keys).any():
                roles.patient, roles.repeated = name, True
                return
    among = [
        name
        for name, found in roles.profiles.items()
        if found.kind in ("text", "whole numbers") and name not in roles.used
    ]
    labelled = [name for name in _labelled(roles, "patient", words, among) if _is_key(raw, name, roles.trial)]
    unique = [name for name in among if roles.profiles[name].unique]
    if labelled or unique:
        roles.patient = (labelled or unique)[0]
        why = "Only its label says so" if labelled else "It is unique, but its name does not say so"
        roles.ask("patient", f"is {scalar(roles.patient)} the patient's id? {why}")
        return
    told = ""
    if repeated:
        told = f"; {scalar(repeated[0])} is no key: is a patient in several rows?"
    roles.ask(
        "patient", f"is there no column of the patient's id? The number of the row takes its place{told}"
    )


def _is_key(raw: RawTable, column: str, trial: str | None) -> bool:
    keys = [column] if trial is None else [trial, column]
    return len(raw) > 0 and not raw.frame.duplicated(keys).any()


def _find_visits(roles: Roles, *, words: Words) -> None:
    among = [name for name in roles.profiles if name in roles.varying]
    days = [name for name in _named(roles, "day", words, among) if _numeric(roles.profiles[name])]
    roles.day = next(iter(days), None)
    visits = [name for name in _named(roles, "visit", words, among) if roles.profiles[name].kind != "numbers"]
    roles.visit = next(iter(visits), None)
    roles.ask("visits", "are these the columns of the visit and of its day? A patient has several rows")


def _numeric(found: Profile) -> bool:
    return found.is_number or found.whole_codes


def _find_arm(roles: Roles, *, words: Words) -> None:
    coded = [
        name
        for name, found in roles.profiles.items()
        if found.kind == "codes"
        and name not in roles.used
        and name not in roles.varying
        and 2 <= found.different <= MOST_ARMS
    ]
    spoken = [
        name
        for name in coded
        if {arm for code in roles.profiles[name].codes for arm in _meaning(code, roles.profiles[name], words)}
        >= {"control", "treated"}
    ]
    named = _named(roles, "arm", words, coded)
    labelled = _labelled(roles, "arm", words, coded)
    sure = [name for name in named or labelled if name in spoken]
    told = sure or named or spoken or labelled
    fewest = sorted(coded, key=lambda name: (roles.profiles[name].different, roles.profiles[name].missing))
    roles.arm = next(iter(told or fewest), None)
    if roles.arm is None:
        roles.ask(
            "treatment",
            "which column is the randomised arm, and which code of it is which? None looks like it",
        )
        roles.arm_codes = {"control": "control", "treated": "treated"}
        return
    if roles.arm not in (*sure, *named):
        only = "Only its label says so" if roles.arm in labelled else "Its name does not say so"
        roles.ask("treatment", f"is {scalar(roles.arm)} the randomised arm? {only}")
    found = roles.profiles[roles.arm]
    if found.missing or found.missing_codes:
        roles.ask("treatment", "patients without an arm: who is not randomised cannot be in the file")
    roles.arm_codes = _arms(roles, found, words)


def _meaning(code: CodeValue, found: Profile, words: Words) -> list[str]:
    """Return the arms that a code says it is, or its label."""
    texts = (str(code), found.text_of(code))
    return [arm for arm in ("control", "treated") if any(words.says(arm, text) for text in texts)]


def _arms(roles: Roles, found: Profile, words: Words) -> dict[CodeValue, str]:
    """Return what the codes of the arm mean; what their words do not say is guessed, and asked.

    The arms that are compared are likely those of most patients.
    """
    codes = list(found.codes)
    meant = {code: _meaning(code, found, words) for code in codes}
    said = {code: arms[0] for code, arms in meant.items() if len(arms) == 1}
    if len(said) == len(codes) and set(said.values()) == {"control", "treated"}:
        arms = {code: said[code] for code in codes}
        if len(codes) > 2:
            roles.ask(
                "treatment",
                f"are these {len(codes)} codes two arms, as written? "
                "(an arm that is not compared: `excluded`)",
            )
    else:
        arms = {}
        left = [arm for arm in ("control", "treated") if arm not in said.values()]
        likely = [code for code in found.most_first if code not in said][: len(left)]
        for code in codes:
            arms[code] = said.get(code) or (left.pop(0) if code in likely else "excluded")
        for arm in left:
            # no patient has it, or too few: the draft has to be whole
            arms[next(text for text in (arm, f"{arm}?") if text not in map(str, codes))] = arm
        roles.ask(
            "treatment", "which code is `treated`, which `control`? (an arm that is not compared: `excluded`)"
        )
    if found.rare:
        roles.ask(
            "treatment",
            f"{found.rare} more codes that fewer than {MINIMUM_COUNT} patients have are not written here; "
            "which arm are they?",
        )
    return arms

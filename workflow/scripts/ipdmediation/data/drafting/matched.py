"""Which columns of several files are one variable, and which column is likely the outcome or the mediator."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from ipdmediation.data.drafting.analysed import choose
from ipdmediation.data.drafting.drafted_variable import Matched, Member
from ipdmediation.data.drafting.labels import clean, label_of, unlike
from ipdmediation.data.drafting.roles import Roles
from ipdmediation.data.drafting.words import Name, Words, identifier, plain, split_name
from ipdmediation.data.drafting.yaml_text import quoted, scalar
from ipdmediation.data.known_units import COMMON_UNITS, conversion_fault
from ipdmediation.data.variables import DTYPE_RANGE, RESERVED_NAMES

#: Two names that are at least as alike as this are near.
NEAR = 0.85
#: A scale goes over at most so many whole numbers.
LONGEST_SCALE = 20
#: The schema allows 500 variables, of which one or two may have to be made up.
MOST_VARIABLES = 490


@dataclass(frozen=True, kw_only=True)
class Matches:
    """The variables of a study and what they are for.

    Attributes
    ----------
    variables : in the order in which the files have them.
    outcome, mediator : of the main analysis; never the same.
    left : file to columns that no variable is made of.
    """

    variables: list[Matched]
    outcome: Matched
    mediator: Matched
    left: Mapping[str, list[str]]


def match(files: Mapping[str, Roles], *, words: Words) -> Matches:
    """Return the common variables of files.

    Parameters
    ----------
    files : mapping of str to Roles
        By the file's id.
    words : Words
        By which names are recognised.
    """
    groups = _groups(files, words)
    for group in groups:
        _type(group)
        _call(group)
    shared = [group for group in groups if len(files) == 1 or len(group.members) > 1]
    single = [group for group in groups if group not in shared]
    outcome, mediator = choose(shared, single, words=words)
    kept = [group for group in groups if group in shared[:MOST_VARIABLES] or group in (outcome, mediator)]
    variables = [*kept, *(each for each in (mediator, outcome) if each not in kept)]
    taken = set(RESERVED_NAMES)
    for each in variables:
        each.key = identifier(each.key, instead="variable", taken=taken)
    labels = unlike({each.key: each.label for each in variables})
    for each in variables:
        each.label = labels[each.key]
    used = {(file, member.column) for each in variables for file, member in each.members.items()}
    left = {
        file: [name for name in roles.profiles if name not in roles.used and (file, name) not in used]
        for file, roles in files.items()
    }
    return Matches(variables=variables, outcome=outcome, mediator=mediator, left=left)


def _groups(files: Mapping[str, Roles], words: Words) -> list[Matched]:
    """Return the columns that can be variables, those of one name together."""
    by_stem: dict[str, Matched] = {}
    told = defaultdict[str, Counter[str]](Counter)
    for file, roles in files.items():
        for column, found in roles.profiles.items():
            usable = found.is_number or (found.kind == "codes" and (found.codes or found.rare))
            if column in roles.used or not usable:
                continue
            name = words.name(found.name)
            stem = name.stem or _measure(name.unit) or column
            group = by_stem.get(stem)
            if group is not None and file in group.members:
                stem = column  # a second column of one file by the same name but for its unit
                group = by_stem.get(stem)
            if group is None or file in group.members:
                stem = stem if stem not in by_stem else f"{stem} {file}"
                group = by_stem[stem] = Matched(stem, label_of(name.title if name.stem else stem), {})
            label = words.label(found.label)
            told[file][label.stem] += 1 if label.stem else 0
            group.members[file] = Member(column, found, _with_unit(name, label), label)
    return _labelled(_near([*by_stem.values()]), told)


def _with_unit(name: Name, label: Name) -> Name:
    """Return a name with the unit of the label, where it names none itself."""
    if name.unit is None:
        return replace(name, unit=label.unit)
    return replace(name, sure=name.sure or name.unit == label.unit)


def _measure(unit: str | None) -> str | None:
    return next((measure for measure, units in COMMON_UNITS.items() if unit in units), None)


def _near(groups: list[Matched]) -> list[Matched]:
    """Put groups together whose names are nearly the same and that are of other files."""
    kept: list[Matched] = []
    for group in groups:
        near = [
            each
            for each in kept
            if not set(each.members) & set(group.members) and _alike(each.key, group.key)
        ]
        if near:
            near[0].members |= group.members
        else:
            kept.append(group)
    return kept


def _alike(one: str, other: str) -> bool:
    digits = [re.sub(r"\D", "", text) for text in (one, other)]
    shortest = min(len(one), len(other))
    if digits[0] != digits[1]:
        # a day or a visit behind the name, which the other file has no need of
        same = one.rstrip("0123456789_") == other.rstrip("0123456789_")
        return shortest >= 3 and same and not all(digits)
    if shortest < 4:
        return False
    pair = SequenceMatcher(None, one, other)
    return pair.quick_ratio() >= NEAR and pair.ratio() >= NEAR


def _labelled(groups: list[Matched], told: Mapping[str, Mapping[str, int]]) -> list[Matched]:
    """Put groups of other files together of which labels, or a label and a name, say the same thing.

    A label that several columns of a file have says nothing of any of them.
    """
    kept: list[Matched] = []
    by_name, by_label = defaultdict[str, list[Matched]](list), defaultdict[str, list[Matched]](list)
    for group in groups:
        names = [each.name.stem for each in group.members.values()]
        labels = [
            each.label.stem for file, each in group.members.items() if told[file].get(each.label.stem) == 1
        ]
        alike = [each for stem in labels for each in (*by_label[stem], *by_name[stem])]
        alike += [each for stem in names for each in by_label[stem]]
        same = next((each for each in alike if not set(each.members) & set(group.members)), None)
        if same is None:
            kept.append(group)
        else:
            same.members |= group.members
        for stem in names:
            by_name[stem].append(same or group)
        for stem in labels:
            by_label[stem].append(same or group)
    return kept


def _type(group: Matched) -> None:
    """Say what kind of variable a group is, and ask what was guessed for that."""
    members = group.members
    if any(member.profile.is_number for member in members.values()):
        words_in = [
            file
            for file, each in members.items()
            if not each.profile.is_number and not each.profile.whole_codes
        ]
        for file in words_in:
            group.unlike[file] = members.pop(file).column
        _unit(group)
    else:
        _levels(group)
    labels = {member.label.stem for member in members.values()} - {""}
    if len({split_name(member.profile.name) for member in members.values()}) > 1 or len(labels) > 1:
        columns = ", ".join(
            f"{scalar(member.column)} of {file}{_in_brackets(member.label.title)}"
            for file, member in members.items()
        )
        group.decide.insert(0, f"are these one variable: {columns}?")


def _call(group: Matched) -> None:
    """Call a variable what the files call it: a label, and a name that says the same as a label."""
    labels = [member.label for member in group.members.values()]
    titles = [label.title for label in labels if label.title]
    group.label = clean(titles[0]) if titles else group.label
    stems = {label.stem for label in labels} - {""}
    told = [member.name.stem for member in group.members.values() if member.name.stem in stems]
    group.key = told[0] if told else group.key


def _in_brackets(label: str) -> str:
    return f" ({quoted(clean(label))})" if label else ""


def _unit(group: Matched) -> None:
    units = {file: member.name.unit for file, member in group.members.items() if member.name.unit is not None}
    if not units:
        return
    group.unit = next(iter(units.values()))
    unlike_units = [file for file, unit in units.items() if conversion_fault(unit, group.unit) is not None]
    if unlike_units:
        said = ", ".join(f"{unit} in {file}" for file, unit in units.items())
        group.decide.append(f"which unit? The columns say {said}, which do not convert")
        group.unit = None
        for member in group.members.values():
            member.name = replace(member.name, unit=None)
        return
    silent = [file for file in group.members if file not in units]
    if silent:
        group.decide.append(
            f"is it {group.unit} in {', '.join(silent)} too? The name of the column does not say so"
        )
    if not all(member.name.sure for member in group.members.values()):
        others = {member.label.unit for member in group.members.values()} - {None, group.unit}
        told = "".join(f", or what a label says, {unit}" for unit in sorted(map(str, others)))
        group.decide.append(f"is the unit what the end of the name says, {group.unit}{told}?")


def _levels(group: Matched) -> None:
    """Say the levels of a variable that has codes in every file."""
    profiles = [member.profile for member in group.members.values()]
    whole = [found for found in profiles if found.whole_codes and found.codes]
    numbers = {int(code) for found in whole for code in found.codes}
    words_of = [found for found in profiles if not found.whole_codes]
    if max(len(found.codes) + found.rare for found in profiles) <= 2:
        group.type = "binary"
        return
    if not words_of and len(numbers) < 2:
        group.decide.append("a scale with levels, or a number? Too few patients have the same value to tell")
        return
    scale = range(min(numbers), max(numbers) + 1) if numbers else range(0)
    if (
        len(numbers) >= 2
        and len(scale) <= LONGEST_SCALE
        and scale[0] in DTYPE_RANGE
        and scale[-1] in DTYPE_RANGE
    ):
        longest = max([len(scale), *(len(found.codes) for found in words_of)])
        group.type = "ordinal"
        _name_levels(group, range(scale[0], scale[0] + longest))
        return
    group.type = "categorical"
    taken: set[str] = set()
    texts = dict.fromkeys(found.text_of(code) for found in profiles for code in found.codes)
    if len(texts) < 2:
        texts |= dict.fromkeys(("level a", "level b"))
    group.level_of = {text: identifier(text, instead="level", taken=taken) for text in texts}
    labels = unlike({level: clean(text) for text, level in group.level_of.items()})
    group.levels = {level: labels[level] for level in labels}
    group.decide.append(
        "what are the levels called? If they have an order, `type: ordinal` with whole numbers"
    )


def _name_levels(group: Matched, levels: Sequence[int]) -> None:
    """Call the levels of a scale what the files call them, and ask what they do not say."""
    called: dict[int, dict[str, str]] = {level: {} for level in levels}
    for file, member in group.members.items():
        for code, label in member.profile.labels.items():
            if isinstance(code, int) and code in called and code in member.profile.codes:
                called[code][file] = label
    labels = {level: next(iter(said.values()), f"Level {level}") for level, said in called.items()}
    group.levels = dict(unlike({level: clean(label) for level, label in labels.items()}))
    first = "does the order of the levels matter"
    if not all(called.values()):
        first = "what are the levels called, and does their order matter"
    group.decide.append(f"{first}? If not, `type: categorical`")
    for level, said in called.items():
        if len({plain(label) for label in said.values()}) > 1:
            files = ", ".join(f"{quoted(clean(label))} in {file}" for file, label in said.items())
            group.decide.append(f"is it one scale? Level {level} is {files}")
            return


def order_of(texts: Sequence[object], levels: Sequence[int | str]) -> dict[Any, int | str]:
    """Return a level for each code, one after another; the last level for those that are too many."""
    return {text: levels[min(place, len(levels) - 1)] for place, text in enumerate(texts)}

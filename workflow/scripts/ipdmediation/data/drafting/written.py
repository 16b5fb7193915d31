"""The drafted files of a study: what was found out as YAML, what was guessed as questions beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ipdmediation.data.disclosure import MINIMUM_COUNT
from ipdmediation.data.drafting.analysed import is_covariate
from ipdmediation.data.drafting.column_profile import CodeValue, Profile
from ipdmediation.data.drafting.drafted_variable import Matched, Member
from ipdmediation.data.drafting.file_source import Source
from ipdmediation.data.drafting.labels import clean, label_of, unlike
from ipdmediation.data.drafting.matched import Matches, order_of
from ipdmediation.data.drafting.roles import Roles
from ipdmediation.data.drafting.words import Words, identifier, plain
from ipdmediation.data.drafting.yaml_text import comment, entry, quoted, scalar


@dataclass(frozen=True, kw_only=True)
class TrialFile:
    """A file of the study.

    Attributes
    ----------
    key : the name under `trials`.
    label : of the trial, where the file is one trial's.
    path : where it lies, from the mapping.
    source, roles : what was found out about it.
    trials : code of the trial column to the id and label of the trial; empty where the file is one trial's.
    """

    key: str
    label: str
    path: str
    source: Source
    roles: Roles
    trials: Mapping[Any, tuple[str, str]]


def names_of_trials(
    files: Mapping[str, Roles], *, taken: set[str]
) -> tuple[dict[str, dict[Any, tuple[str, str]]], dict[str, str]]:
    """Return the id and label of each trial of the files that hold several, and the labels of the others.

    Parameters
    ----------
    files : mapping of str to Roles
    taken : set of str
        Ids that are taken; the new ones are added.
    """
    called = {
        file: {code: roles.profiles[str(roles.trial)].text_of(code) for code in roles.trial_codes}
        for file, roles in files.items()
    }
    made = {
        file: {code: identifier(text, instead="trial", taken=taken) for code, text in codes.items()}
        for file, codes in called.items()
    }
    wanted = {file: label_of(file) for file, codes in made.items() if not codes}
    wanted |= {
        trial: label_of(text)
        if (text := called[file][code]).strip() and not text.isdigit()
        else label_of(trial)
        for file, codes in made.items()
        for code, trial in codes.items()
    }
    labels = unlike(wanted)
    several = {
        file: {code: (trial, labels[trial]) for code, trial in codes.items()} for file, codes in made.items()
    }
    return several, {file: labels.get(file, "") for file in files}


def mapping_text(file: TrialFile, matches: Matches, *, words: Words) -> str:
    """Return the mapping of a file.

    Parameters
    ----------
    file : TrialFile
    matches : Matches
        The study's variables.
    words : Words
        Among them those for yes and no.
    """
    roles, source = file.roles, file.source
    asked = roles.decide
    lines = ["# A draft of the mapping: config/README.md explains every key.", ""]
    if not file.trials:
        lines += entry("label", file.label)
    lines += entry("source", source.stated(file.path), decide=source.decide)
    if file.trials:
        codes = {code: {"id": trial, "label": label} for code, (trial, label) in file.trials.items()}
        lines += entry("trial", {"column": roles.trial, "codes": codes}, decide=asked.get("trial", ()))
    if roles.repeated:
        visits = {"column": roles.visit, "day": roles.day}
        stated = {key: column for key, column in visits.items() if column is not None}
        lines += entry("visits", stated, decide=asked.get("visits", ()))
    patient = {"row_number": True} if roles.patient is None else {"column": roles.patient}
    lines += entry("patient", patient, decide=asked.get("patient", ()))
    arm = roles.arm or next(name for name in roles.profiles if name != source.key)
    lines += entry("treatment", {"column": arm, "codes": roles.arm_codes}, decide=asked.get("treatment", ()))
    lines += ["", "variables:"]
    for variable in matches.variables:
        lines += _variable(variable, file, words)
    lines += ["", *_listing(file, matches)]
    return "\n".join(lines) + "\n"


def _variable(variable: Matched, file: TrialFile, words: Words) -> list[str]:
    """Return the entry of a variable, and what is open about it."""
    member = variable.members.get(file.key)
    if member is None:
        other = variable.unlike.get(file.key)
        told = (
            f" Its column {scalar(other)} holds words, elsewhere it is a number" if other is not None else ""
        )
        question = f"which column is {variable.key}, or did the trial not record it?{told}"
        return entry(variable.key, {"absent": True}, indent=2, decide=[question])
    found = member.profile
    decide: list[str] = []
    said: dict[str, Any] = {"column": member.column}
    if member.name.unit is not None and variable.unit not in (None, member.name.unit):
        said["unit"] = member.name.unit
    codes = _codes(variable, member, words, decide)
    if codes:
        said["codes"] = codes
    missing = [code for code in found.missing_codes if codes or code not in _own_codes(variable)]
    if missing:
        said["missing"] = missing
        decide.append(f"what {', '.join(map(found.shown, missing))} stands for: missing?")
    if found.other_texts:
        decide.append(
            f'{found.other_texts} cells are no numbers; their meaning? (`codes: {{"<1": 0.5}}`, `missing`)'
        )
    more = found.beyond if variable.type == "ordinal" else found.rare
    if more and variable.type != "continuous":
        decide.append(f"{more} more codes that fewer than {MINIMUM_COUNT} patients have are not written here")
    if member.column in file.roles.varying:
        said["at"] = "last"
        decide.append("at which visit? A patient's rows do not agree")
    return entry(variable.key, said, indent=2, decide=decide)


def _codes(variable: Matched, member: Member, words: Words, decide: list[str]) -> dict[Any, Any]:
    """Return what the codes of a column become; empty where they are the common ones already."""
    found = member.profile
    codes = list(found.codes)
    if variable.type == "binary" and (said := _yes_or_no(found, words)):
        return {} if all(code == level for code, level in said.items()) else said
    common = {"binary": set(codes) <= {0, 1}, "ordinal": found.whole_codes, "continuous": True}
    if common.get(variable.type, False):
        # what is missing here may be a level in another file
        own = _own_codes(variable)
        absent = set(own) & set(found.missing_codes)
        return {level: level for level in own if level not in absent} if absent else {}
    if variable.type == "binary":
        shown = f" ({', '.join(map(found.shown, codes))})" if found.labels else ""
        decide.append(f"which code of {variable.key} is 1, which 0?{shown}")
        return order_of(codes, (0, 1))
    if variable.type == "categorical":
        return {code: variable.level_of[found.text_of(code)] for code in codes}
    called = {plain(label): level for level, label in variable.levels.items()}
    if all(plain(found.text_of(code)) in called for code in codes):
        return {code: called[plain(found.text_of(code))] for code in codes}
    decide.append("which level is each code?")
    return order_of(codes, list(variable.levels))


def _own_codes(variable: Matched) -> Sequence[CodeValue]:
    """Return the codes that are levels of a variable where a mapping names none."""
    return (0, 1) if variable.type == "binary" else list(variable.levels)


def _yes_or_no(found: Profile, words: Words) -> dict[CodeValue, int]:
    """Return what codes become that all say yes or no, or whose labels do; empty where they do not."""
    spoken = {
        code: [level for level, kind in ((1, "yes"), (0, "no")) if words.says(kind, found.text_of(code))]
        for code in found.codes
    }
    if any(len(levels) != 1 for levels in spoken.values()):
        return {}
    said = {code: levels[0] for code, levels in spoken.items()}
    return said if not found.whole_codes or len(set(said.values())) == len(said) else {}


def _listing(file: TrialFile, matches: Matches) -> list[str]:
    """Return comments that name every column and say what it holds."""
    roles = file.roles
    of_variable = {
        variable.members[file.key].column: variable.key
        for variable in matches.variables
        if file.key in variable.members
    }
    named = {
        "patient": roles.patient,
        "treatment": roles.arm,
        "trial": roles.trial,
        "visit": roles.visit,
        "day": roles.day,
    }
    of_role = {column: role for role, column in named.items() if column is not None}
    rows = next(iter(roles.profiles.values())).rows
    lines = [
        comment(
            f"The columns of the file, {rows} rows. Counts under {MINIMUM_COUNT} and extremes are left out."
        )
    ]
    for column, found in roles.profiles.items():
        use = of_role.get(column) or of_variable.get(column) or "not used"
        lines.append(comment(f"  {scalar(column)}: {_said(found, column, roles)} -> {use}"))
    if any(found.kind == "dates" for found in roles.profiles.values()):
        hint = (
            'A variable may be the time between two dates: {from: ONSET, to: RANDOMISED, format: "%d-%m-%Y"}'
        )
        lines.append(comment(hint))
    return lines


def _said(found: Profile, column: str, roles: Roles) -> str:
    label = f"{quoted(clean(found.label))}, " if found.label else ""
    if column == roles.patient:
        return f"{label}{found.different} different, {found.missing or 'none'} empty"
    formats = f" ({' or '.join(found.formats[:2])})" if found.formats else ""
    return f"{label}{found}{formats}"


def configuration_text(files: list[TrialFile], matches: Matches, *, words: Words) -> str:
    """Return the configuration of the study.

    Parameters
    ----------
    files : list of TrialFile
    matches : Matches
    words : Words
        Among them those for variables that are measured before randomisation.
    """
    trials = sum(max(1, len(file.trials)) for file in files)
    mediator, outcome = matches.mediator, matches.outcome
    lines = [
        "# A draft of the study, from what its files hold. Comments in capitals are decisions:",
        "# take each, and delete its comment. Every run, and `make check CONFIG=...`, lists what is left.",
        "# config/README.md explains every key; what is left out here has the default that it names.",
        "",
        "study:",
        *entry("title", "Untitled study", indent=2, decide=["what is the title of the report?"]),
        *entry(
            "question",
            "How much of the effect of the treatment on the outcome runs through the mediator?",
            indent=2,
            decide=["which question does the study answer?"],
        ),
        "",
        "seed: 1",
        "",
        "pathvars:",
        "  results: <study>/results # <study> is the folder of this file",
        "",
        "trials: # the mapping of each file",
        *(line for file in files for line in entry(file.key, f"{file.key}.yaml", indent=2)),
        "",
        "arms: # their names in tables and figures",
        "  control: {label: Control, short: Control}",
        "  treated: {label: Treated, short: Treated}",
        "",
        "variables: # what every trial is brought to; `minimum` and `maximum` refuse what is not plausible",
    ]
    for variable in matches.variables:
        said: dict[str, Any] = {"type": variable.type, "label": variable.label}
        if variable.unit is not None:
            said["unit"] = variable.unit
        if variable.levels:
            said["levels"] = variable.levels
        lines += entry(variable.key, said, indent=2, decide=variable.decide)
    left = {file: columns for file, columns in matches.left.items() if columns}
    if left:
        lines.append(
            comment(
                "Not among the variables, since one file alone has them, or they are text or dates:", indent=2
            )
        )
        lines += [
            comment(f"  {file}: {', '.join(map(scalar, columns))}", indent=2)
            for file, columns in left.items()
        ]
    before = [
        variable.key
        for variable in matches.variables
        if variable not in (mediator, outcome) and is_covariate(variable, words=words)
    ]
    lines += [
        "",
        "describe: # the rows of the baseline table",
        *entry("baseline", before, indent=2, decide=["which variables describe the patients at baseline?"]),
        "",
        "analyses: # another analysis states only what differs from the primary one",
        "  primary:",
        "    label: Primary analysis",
        *entry(
            "mediator",
            {"variable": mediator.key, "transform": "identity"},
            indent=4,
            decide=[
                f"is {mediator.key} the mediator, and on which scale? (`transform: log` needs a `minimum`)"
            ],
        ),
        *entry(
            "outcome",
            {"variable": outcome.key, "family": outcome.type, "better": "low"},
            indent=4,
            decide=[f"is {outcome.key} the outcome, and which end of it is better, `low` or `high`?"],
        ),
        *entry(
            "covariates",
            before,
            indent=4,
            decide=["which variables, measured before randomisation, to adjust for?"],
        ),
        *entry("trial_effects", "fixed" if trials > 1 else "none", indent=4),
    ]
    return "\n".join(lines) + "\n"

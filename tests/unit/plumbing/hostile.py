"""Hostile and clumsy studies: one edit each of the template, and what has to be said about it.

An edit is a file, a text in it, and what takes its place; then comes a part of what has to be said.
It has to be said of the first line that differs, unless a line is given.
"""

from __future__ import annotations

from typing import NamedTuple

CONFIG, NORTH, SOUTH, EAST = "config.yaml", "north.yaml", "south.yaml", "east.yaml"


class Slip(NamedTuple):
    file: str
    old: str
    new: str
    said: str
    line: int | None = None
    at: str | None = None  # the file that the problem is in, where that is another one


FIGURE = "where: {step: 0}, column: remaining}"
MEDIATOR = "mediator: {variable: lesion, transform: log, offset: 1}"
COVARIATES = "covariates: [age, female, delay]"
BOOTSTRAP = "{replicates: 200, chunk: 100}"
RULE = "between: [null, 24], reason: Randomised later than 24 hours after onset"
RESULTS = "results: <study>/results"
SOURCE = "source: {file: data/north.csv, format: csv}"

SLIPS = [
    # keys
    Slip(CONFIG, "seed: 1", "sed: 1", "sed: unknown key; allowed: 'study', 'seed'"),
    Slip(CONFIG, "seed: 1\n", "", "key 'seed' is missing", line=1),
    Slip(CONFIG, "  title: Three", "  titel: Three", "study.titel: unknown key; allowed: 'title'"),
    Slip(
        CONFIG, "replicates: 200", "replicate: 200", "bootstrap.replicate: unknown key; allowed: 'resampling'"
    ),
    Slip(
        CONFIG,
        "    label: Complete cases",
        "    label: Complete cases\n    offset: age",
        "analyses.complete_case.offset: unknown key; an offset of the outcome is not supported",
    ),
    Slip(
        CONFIG,
        "family: ordinal",
        "family: poisson",
        "outcome.family: found 'poisson'; counts have no model of their own; derive",
    ),
    Slip(
        CONFIG, "    label: Complete cases\n", "", "analyses.complete_case: key 'label' is missing", line=52
    ),
    Slip(
        CONFIG, "seed: 1", "seed: 1\nseed: 2", "the key 'seed' was given before, 'seed' in line 12", line=13
    ),
    Slip(CONFIG, "  primary:", "  first:", "analyses: key 'primary' is missing", line=43),
    Slip(
        CONFIG,
        "  north: north.yaml",
        "  North: north.yaml",
        "trials.North: as a key: found 'North'; allowed: lower",
    ),
    Slip(
        CONFIG,
        "  north: north.yaml",
        '  "north\\n": north.yaml',
        "as a key: found 'north\\n'; allowed: lower-case",
    ),
    Slip(
        CONFIG,
        "  north: north.yaml",
        f"  {'n' * 300}: north.yaml",
        "as a key: 300 letters; allowed: at most 60",
    ),
    Slip(
        CONFIG,
        "  north: north.yaml",
        "  all: north.yaml",
        "trials.all: the tables call all trials together 'all'",
    ),
    Slip(CONFIG, "  complete_case:", "  harmonised:", "analyses.harmonised: the name of a step or folder"),
    Slip(CONFIG, "  complete_case:", "  ipd:", "analyses.ipd: the name of a step or folder of the workflow"),
    Slip(
        CONFIG, "  complete_case:", "  logs:", "analyses.logs: the name of a step or folder of the workflow"
    ),
    Slip(CONFIG, "  complete_case:", "  fit_models:", "analyses.fit_models: the name of a step or folder"),
    Slip(CONFIG, "  complete_case:", "  all:", "analyses.all: the name of a step or folder of the workflow"),
    Slip(CONFIG, "  age: {type", "  trial: {type", "variables.trial: the tables use this name themselves"),
    # words of YAML
    Slip(CONFIG, "seed: 1", "seed: 010", "'010' is a number to YAML, and not the one that it looks like"),
    Slip(CONFIG, "seed: 1", "seed: 12:30:00", "'12:30:00' is a number to YAML"),
    Slip(CONFIG, "seed: 1", "seed: 1_000", "'1_000' is a number to YAML"),
    Slip(CONFIG, "seed: 1", "seed: 2024-01-01", "'2024-01-01' is a date to YAML"),
    Slip(CONFIG, "seed: 1", "seed: yes", "seed: YAML reads the bare word yes, on or true as a truth value"),
    Slip(CONFIG, "seed: 1", "seed: .nan", "seed: found nan, which is not finite; allowed: a whole number"),
    Slip(CONFIG, "seed: 1", "seed: 1.5", "seed: found 1.5; allowed: a whole number"),
    Slip(CONFIG, "seed: 1", "seed: -1", "seed: -1 is too small; allowed: 0 or more"),
    Slip(CONFIG, "seed: 1", "seed: 1e3", "seed: found the text '1e3'; allowed: a whole number"),
    Slip(CONFIG, "seed: 1", f"seed: {'9' * 20}", "allowed: a whole number of at most 19 digits"),
    Slip(CONFIG, "seed: 1", f"seed: {'9' * 9000}", "a number of 9000 digits; allowed: 25"),
    Slip(CONFIG, "seed: 1", "seed:", "seed: nothing, or the bare word null; allowed: a whole number"),
    Slip(CONFIG, "label: Age", "label: no", "variables.age.label: YAML reads the bare word no, off or false"),
    Slip(
        CONFIG,
        "label: Age",
        "label: 5",
        "variables.age.label: found the number 5; allowed: text; write it in",
    ),
    Slip(CONFIG, "label: Age", "label: ~", "variables.age.label: nothing, or the bare word null"),
    Slip(CONFIG, "maximum: 105", "maximum: .inf", "variables.age.maximum: found inf, which is not finite"),
    Slip(CONFIG, "maximum: 105", "maximum: 17", "variables.age.minimum: minimum 18 is not below maximum 17"),
    Slip(
        CONFIG,
        "{0: Well, 1: Mild",
        "{0: Well, on: Mild",
        "levels.true: as a key: YAML reads the bare word yes",
    ),
    # fonts
    Slip(
        CONFIG,
        "seed: 1",
        "seed: 1\nstyle: {font: Dejavu Sanz}",
        "style.font: no font 'Dejavu Sanz' is installed; nearest: DejaVu Sans, ",
    ),
    Slip(
        CONFIG,
        "seed: 1",
        "seed: 1\nstyle: {font: [DejaVu Sans, Nothing]}",
        "style.font[entry 2]: no font 'Nothing' is installed",
    ),
    # labels
    Slip(
        CONFIG,
        "label: Age",
        'label: "A\\nge"',
        "variables.age.label: 'A\\nge': a line break; allowed: one line",
    ),
    Slip(
        CONFIG, "label: Age", 'label: "A\\u202Ege"', "the invisible character U+202E (right-to-left override)"
    ),
    Slip(CONFIG, "label: Age", 'label: "A\\u0007ge"', "the invisible character U+0007 (a control character)"),
    Slip(CONFIG, "label: Age", 'label: "A\\eg"', "the invisible character U+001B (a control character)"),
    Slip(
        CONFIG,
        "label: Age",
        f"label: {'x' * 3000}",
        "variables.age.label: 3000 letters; allowed: at most 120",
    ),
    Slip(CONFIG, "label: Age", 'label: ""', "variables.age.label: an empty text"),
    Slip(CONFIG, "label: Age", 'label: "  "', "variables.age.label: '  ': nothing that can be seen"),
    Slip(
        CONFIG,
        "label: Age",
        "label: female sex",
        "variables.female.label: 'Female sex' is the label of variables.age",
        line=28,
    ),
    Slip(
        CONFIG,
        "1: Mild",
        "1: well",
        "levels.1: 'well' is the label of variables.recovery.levels.0.label"[:50],
    ),
    Slip(
        CONFIG,
        "label: New therapy",
        "label: usual  care",
        "arms.treated.label: 'usual  care' is the label of arms",
    ),
    Slip(
        CONFIG,
        "short: New}",
        "short: Usual}",
        "arms.treated.short: 'Usual' is the label of arms.control.short",
    ),
    Slip(
        CONFIG,
        "in_text: the recovery score",
        "in_text: the lesion volume",
        "variables.recovery.in_text: 'the lesion volume' is the label of variables.lesion.in_text",
    ),
    Slip(
        CONFIG,
        "label: Complete cases",
        "label: Primary Analysis",
        "is the label of analyses.primary.label too",
    ),
    Slip(
        SOUTH,
        "label: South",
        "label: north",
        "label: 'north' is the label of trials.north.label too; give it",
    ),
    Slip(NORTH, "label: North", f"label: {'N' * 200}", "label: 200 letters; allowed: at most 120"),
    Slip(CONFIG, "  question: How", "  question: |\n    How", "study.question: ", line=9),
    # counts
    Slip(
        CONFIG,
        BOOTSTRAP,
        "{replicates: 10000000, chunk: 100}",
        "replicates: 10000000 is too large; allowed: at",
    ),
    Slip(
        CONFIG,
        BOOTSTRAP,
        "{replicates: 100000, chunk: 10}",
        "chunk: 100000 replicates in chunks of 10 are 10000",
    ),
    Slip(CONFIG, BOOTSTRAP, "{replicates: 38, chunk: 38}", "38 are too few for an interval of level 0.95"),
    Slip(
        CONFIG,
        BOOTSTRAP,
        "{replicates: 100.0, chunk: 38}",
        "replicates: found 100.0; allowed: a whole number",
    ),
    Slip(
        CONFIG,
        BOOTSTRAP,
        "{replicates: 200, chunk: 0}",
        "bootstrap.chunk: 0 is too small; allowed: 1 or more",
    ),
    Slip(CONFIG, BOOTSTRAP, "{level: 95}", "bootstrap.level: 95 is too large; allowed: below 1"),
    Slip(
        CONFIG,
        "imputations: 3",
        "imputations: 100000",
        "imputations: 100000 is too large; allowed: at most 1000",
    ),
    Slip(
        CONFIG, "iterations: 5", "iterations: 99999", "iterations: 99999 is too large; allowed: at most 1000"
    ),
    Slip(CONFIG, "iterations: 5", "donors: 0", "donors: 0 is too small; allowed: 1 or more"),
    Slip(
        CONFIG,
        "offset: 1}",
        "offset: 1, spline_knots: 90}",
        "spline_knots: 90 is too large; allowed: at most 7",
    ),
    # units
    Slip(
        CONFIG,
        "unit: mL",
        "unit: 9**9**9**9*mg",
        "variables.lesion.unit: '9**9**9**9*mg': a power of a number",
    ),
    Slip(CONFIG, "unit: mL", "unit: grumpf", "variables.lesion.unit: unit 'grumpf' is not known to pint"),
    Slip(
        CONFIG, "unit: mL", f"unit: {'m*' * 500}m", "variables.lesion.unit: 1001 letters; allowed: at most 60"
    ),
    Slip(
        SOUTH,
        "unit: cL",
        "unit: minute",
        "lesion.unit: unit 'minute' (time) cannot be converted to 'mL' (volume)",
    ),
    Slip(
        SOUTH,
        "unit: cL",
        "unit: mL**999999999",
        "lesion.unit: 'mL**999999999': a power that is not a whole number",
    ),
    Slip(
        EAST,
        "{from: onset, to: randomised}",
        "{column: onset, unit: mL}",
        "delay.unit: unit 'mL' (volume) cannot",
    ),
    # folders
    Slip(CONFIG, RESULTS, "results: .", "pathvars.results: '.' is the directory of the run, or holds it"),
    Slip(CONFIG, RESULTS, "results: ../", "pathvars.results: '..' is the directory of the run, or holds it"),
    Slip(CONFIG, RESULTS, "results: ~/study", "pathvars.results: '~/study': Snakemake does not know ~"),
    Slip(CONFIG, RESULTS, "results: ~", "pathvars.results: nothing, or the bare word null"),
    Slip(
        CONFIG,
        RESULTS,
        "results: <study>",
        "pathvars.results: the configuration, study/config.yaml, lies in 'study'",
    ),
    Slip(
        CONFIG, RESULTS, "results: <study>/data", "a trial's file, study/data/north.csv, lies in 'study/data'"
    ),
    Slip(CONFIG, RESULTS, "results: study/config.yaml/x", "pathvars.results: 'study/config.yaml' is a file"),
    Slip(CONFIG, RESULTS, "results: out/{analysis}", "pathvars.results: 'out/{analysis}': curly braces"),
    Slip(
        CONFIG, RESULTS, "results: <logs>/x", "pathvars.results: <logs> stands for nothing; allowed: <study>"
    ),
    Slip(
        CONFIG,
        RESULTS,
        "results: a\n  logs: a",
        "pathvars.logs: 'a' holds the results; choose another folder",
        line=16,
    ),
    Slip(
        CONFIG,
        RESULTS,
        "results: a\n  logs: b\n  benchmarks: b",
        "pathvars.benchmarks: 'b' is the folder of",
        line=17,
    ),
    Slip(CONFIG, RESULTS, "results: [a]", "pathvars.results: found a list; allowed: text"),
    Slip(CONFIG, RESULTS, "results: 5", "pathvars.results: found the number 5; allowed: text"),
    Slip(
        CONFIG, RESULTS, "result: a", "pathvars.result: unknown key; allowed: 'results', 'logs', 'benchmarks'"
    ),
    # files
    Slip(CONFIG, "north: north.yaml", "north: nort.yaml", "trials.north: 'nort.yaml': there is no such file"),
    Slip(CONFIG, "north: north.yaml", "north: data", "trials.north: 'study/data': a folder, not a file"),
    Slip(
        CONFIG,
        "south: south.yaml",
        "south: north.yaml",
        "source: the file of 'north': its patients would",
        3,
        NORTH,
    ),
    *(
        Slip(NORTH, old, new, said)
        for old, new, said in [
            (
                "{column: hours}",
                "{derive: hours +}",
                "variables.delay.derive: 'hours +': the whole is not readable",
            ),
            (
                "{column: hours}",
                "{derive: hours.x}",
                "variables.delay.derive: 'hours.x': a point looks something",
            ),
            ("{column: hours}", "{derive: 'log10(hours)'}", "no function 'log10'; did you mean log?"),
            (
                "{column: hours}",
                "{derive: 'sum(hours)'}",
                "delay.derive: 'sum(hours)': sum() has 1 values; allowed",
            ),
            (
                "{column: hours}",
                "{derive: hours > 3}",
                "`hours > 3` is true or false; allowed there: a number",
            ),
            (
                "{column: hours}",
                "{derive: 'hours + \"x\"'}",
                '`"x"` is a text or code; allowed there: a number',
            ),
            ("{column: hours}", "{derive: 5}", "variables.delay.derive: found the number 5; allowed: text"),
            (
                "{column: hours}",
                "{derive: hours, column: hours}",
                "exactly one of 'column', 'from', 'derive'",
            ),
            (
                "{column: hours}",
                "{derive: hours, format: '%Y'}",
                "delay.format: the expression has no stamps",
            ),
            ("{column: hours}", "{derive: hours * 2, unit: mL}", "delay.unit: unit 'mL' (volume) cannot be"),
            (
                "{column: hours}",
                "{column: hours, format: '%Y'}",
                "format: it needs 'from' or 'derive' beside it",
            ),
            ("{column: hours}", "{constant: 3, unit: hour}", "unit: it needs 'column' or 'derive' beside it"),
            (
                "{column: hours}",
                "{derive: 'days_between(a, b)'}",
                "derive: days_between() counts days, found unit 'hour'; say `unit: day`",
            ),
            (
                "{column: hours}",
                "{derive: '1 if hours == \"x\" else 2', codes: {'<1': 0.5}}",
                "delay.codes: they say what stands in a column instead of a number, and no column is",
            ),
            (
                "{column: hours}",
                "{derive: hours, codes: {9: 0.5}, missing: [9]}",
                "delay.codes.9: 9 is mapped, and the same code, 9, means missing",
            ),
            (
                "{column: sex, codes: {F: 1, M: 0}}",
                "{derive: sex == 'F', codes: {F: 1, M: 0}}",
                "female.codes: it gives true or false, and no code is 'true'",
            ),
            (
                "{column: sex, codes: {F: 1, M: 0}}",
                "{derive: '2 if sex == \"F\" else 0'}",
                "female.derive: it gives 2, which is no code; allowed: 0, 1",
            ),
            (
                "{column: sex, codes: {F: 1, M: 0}}",
                '{derive: \'"F" if sex == 1 else "W"\', codes: {F: 1, M: 0}}',
                "female.derive: it gives 'W', which is no code; allowed: 'F', 'M'",
            ),
            (
                "{column: score}",
                "{derive: score > 1}",
                "recovery.derive: it gives true or false; say which level of 'recovery' each is: codes",
            ),
            (
                "{column: score}",
                "{derive: score, unit: mL}",
                "recovery.unit: `unit` is for continuous variables",
            ),
        ]
    ),
    Slip(NORTH, "data/north.csv", "data/nort.csv", "source.file: 'data/nort.csv': there is no such file"),
    Slip(NORTH, "data/north.csv", "data", "source.file: 'study/data': a folder, not a file"),
    Slip(
        NORTH,
        "data/north.csv",
        "<results>/ipd/raw/north.csv",
        "source.file: '<results>/ipd/raw/north.csv' is made",
    ),
    Slip(
        NORTH,
        SOURCE,
        "source: {package: nothing_at_all, path: a.csv, format: csv}",
        "package 'nothing_at_all' is",
    ),
    Slip(
        NORTH,
        SOURCE,
        "source: {package: os.path, path: a.csv, format: csv}",
        "source.package: found 'os.path'",
    ),
    Slip(
        NORTH,
        SOURCE,
        "source: {package: yaml, path: ../../etc/passwd, format: csv}",
        "ships no file '../../etc",
    ),
    Slip(
        NORTH,
        SOURCE,
        "source: {package: yaml, path: /etc/passwd, format: csv}",
        "ships no file '/etc/passwd'",
    ),
    Slip(
        NORTH,
        SOURCE,
        "source: {format: csv}",
        "source: exactly one of 'file', 'package', 'files' is needed, found none",
    ),
    Slip(
        NORTH,
        "data/north.csv",
        "https://example.org/a.csv",
        "source.file: 'https://example.org/a.csv': an address",
    ),
    Slip(
        CONFIG,
        "  title: Three",
        "  synthetic: nothing.yaml\n  title: Three",
        "synthetic: 'nothing.yaml': there is no",
    ),
    Slip(
        CONFIG,
        "  title: Three",
        "  synthetic: north.yaml\n  title: Three",
        "has no patients of north, south, east",
    ),
    # mappings
    Slip(NORTH, "label: North", "label: North\nlabel: South", "the key 'label' was given before", line=3),
    Slip(
        NORTH, "new: treated", "no: treated", "treatment.codes.false: as a key: YAML reads the bare word no"
    ),
    Slip(NORTH, "usual: control", "usual: treated", "treatment.codes: no code means 'control'"),
    Slip(
        NORTH, "usual: control", "usual: contrl", "codes.usual: found 'contrl'; allowed: 'treated', 'control'"
    ),
    Slip(
        SOUTH,
        "{1: treated, 2: control}",
        "{1: treated, '01': control}",
        "codes.01: 1 and '01' are the same code",
    ),
    Slip(NORTH, "  age: {column: age}\n", "", "variables: 'age' is not mapped", line=6),
    Slip(
        NORTH,
        "  age: {column: age}",
        "  agee: {column: age}",
        "variables.agee: no variable 'agee'; allowed: 'age'",
    ),
    Slip(
        NORTH,
        "{F: 1, M: 0}",
        "{F: 2, M: 0}",
        "variables.female.codes.F: 2 is no value of 'female'; allowed: 0, 1",
    ),
    Slip(NORTH, "{column: sex, codes", "{colum: sex, codes", "variables.female.colum: unknown key"),
    Slip(SOUTH, 'decimal: ","', 'decimal: ";"', "source.options.decimal: found ';'; allowed: '.', ','"),
    Slip(SOUTH, 'separator: ";"', 'separator: ","', "source.options.separator: ',' is the decimal mark too"),
    Slip(
        SOUTH,
        'separator: ";"',
        "encoding: utf-99",
        "source.options.encoding: Python knows no encoding of text",
    ),
    Slip(
        SOUTH,
        'separator: ";"',
        "encoding: zip",
        "source.options.encoding: Python knows no encoding of text 'zip'",
    ),
    Slip(SOUTH, "format: csv", "format: cvs", "source.format: found 'cvs'; allowed: 'csv', 'tsv', 'excel'"),
    Slip(
        EAST, "to: randomised", "to: randomised, format: '%H:%M'", "delay.format: '%H:%M': it names no year"
    ),
    # rules and analyses
    Slip(
        CONFIG,
        "{variable: delay, between",
        "{variable: dely, between",
        "eligibility[entry 1].variable: no variable",
    ),
    Slip(
        CONFIG,
        RULE,
        "between: [24, 1], reason: R",
        "eligibility[entry 1].between: between 24 and 1 nothing lies",
    ),
    Slip(
        CONFIG,
        RULE,
        "reason: R",
        "eligibility[entry 1]: exactly one of 'measured', 'between', 'one_of', 'none_of'",
    ),
    Slip(CONFIG, RULE, "measured: yes, between: [1, 2], reason: R", "is needed, found 'measured', 'between'"),
    Slip(
        CONFIG,
        "baseline: [age, female",
        "baseline: [agee, female",
        "describe.baseline[entry 1]: no variable 'agee'",
    ),
    Slip(
        CONFIG,
        MEDIATOR,
        "mediator: {variable: recovery}",
        "mediator.variable: 'recovery' is ordinal, it has to be",
    ),
    Slip(
        CONFIG,
        "transform: log, offset: 1",
        "transform: log",
        "mediator.transform: 'log' with offset 0 is not",
    ),
    Slip(
        CONFIG,
        "family: ordinal",
        "family: binary",
        "outcome.variable: 'recovery' is ordinal, it has to be binary",
    ),
    Slip(
        CONFIG,
        "family: ordinal",
        "family: ordnal",
        "outcome.family: found 'ordnal'; allowed: 'ordinal', 'binary'",
    ),
    Slip(
        CONFIG, "trial_effects: fixed", "trial_effects: 3", "trial_effects: found 3; allowed: 'none', 'fixed'"
    ),
    Slip(
        CONFIG,
        COVARIATES,
        "covariates: [age, age]",
        "primary.covariates: 'age' stands twice; allowed: each once",
    ),
    Slip(
        CONFIG,
        COVARIATES,
        "covariates: [age, treatment]",
        "'treatment' is in every model by itself; leave it out",
    ),
    Slip(
        CONFIG,
        COVARIATES,
        "covariates: age + treatment",
        "'treatment' is in every model by itself; leave it out",
    ),
    Slip(
        CONFIG, COVARIATES, "covariates: [age, sex]", "primary.covariates: no variable 'sex'; allowed: 'age'"
    ),
    Slip(
        CONFIG,
        COVARIATES,
        "covariates: [lesion]",
        "primary.covariates: 'lesion' is the mediator or the outcome",
    ),
    Slip(CONFIG, COVARIATES, "covariates: {mediator: [age]}", "primary.covariates: key 'outcome' is missing"),
    Slip(
        CONFIG,
        COVARIATES,
        "covariates: np.os.system('ls')",
        "primary.covariates: \"np.os.system('ls')\": not",
    ),
    Slip(
        CONFIG,
        COVARIATES,
        "covariates: I(age.__class__)",
        "primary.covariates: 'I(age.__class__)': a point looks",
    ),
    Slip(
        CONFIG,
        COVARIATES,
        "covariates: recovery ~ age",
        "'recovery ~ age': covariates are the right-hand side only",
    ),
    Slip(CONFIG, COVARIATES, "covariates: 'I(9 ** 9 ** 9)'", "'I(9 ** 9 ** 9)': a power of numbers alone"),
    # published figures
    Slip(
        CONFIG,
        "where: {step: 0}",
        "where: {step: 9}",
        "where.step: no row of table 'flow' has 9; allowed: '0', '1'",
    ),
    Slip(
        CONFIG,
        "where: {step: 0}",
        "where: {stp: 0}",
        "where.stp: no row is named by a column 'stp'; allowed: 'step'",
    ),
    Slip(
        CONFIG,
        "column: remaining",
        "column: remainng",
        "column: no column of numbers 'remainng'; allowed: 'excl",
    ),
    Slip(
        CONFIG,
        "table: flow",
        "table: flows",
        "published[entry 1].table: found 'flows'; allowed: 'flow', 'describe",
    ),
    Slip(
        CONFIG,
        FIGURE,
        "where: {step: 0}, column: remaining, analysis: x}",
        "analysis: no analysis 'x'; allowed:",
    ),
    Slip(
        CONFIG,
        "table: flow, " + FIGURE,
        "table: effects, where: {effect: te}, column: estimate}",
        "say also which scale",
    ),
    Slip(
        CONFIG,
        "table: flow, " + FIGURE,
        "table: effects, where: {effect: tee}, column: estimate}",
        "has 'tee'; allowed: ",
    ),
    Slip(CONFIG, "value: 240", "value: 240, low: 1", "published[entry 1].low: it needs 'high' beside it"),
    Slip(CONFIG, "value: 240", "value: .nan", "published[entry 1].value: found nan, which is not finite"),
    Slip(
        CONFIG,
        "value: 240",
        "value: 240, low: 300, high: 200",
        "published[entry 1].low: low 300 is above high 200",
    ),
    Slip(
        CONFIG,
        "trial_effects: fixed",
        "standardisation: {controlled_at: [-5]}",
        "standardisation.controlled_at[entry 1]: -5 is no value of 'lesion'; allowed: numbers from 0",
    ),
    Slip(
        CONFIG,
        "trial_effects: fixed",
        "standardisation: {controlled_at: [5, 5.0000001]}",
        "controlled_at[entry 2]: 5.0000001 and 5 have one name in the tables, 5; leave one of them out",
    ),
    # no configuration at all
    Slip(CONFIG, "study:\n", "study: [\n", "not readable as YAML: ", line=9),
    Slip(CONFIG, "seed: 1", "seed: 1\n\tx: 2", "a tab character that violates indentation", line=13),
    Slip(
        CONFIG,
        "seed: 1",
        "seed: !!python/object/apply:os.getcwd []",
        "not readable as YAML: could not determine",
    ),
    Slip(
        CONFIG,
        "seed: 1",
        "seed: 1\n__use_yte__: true",
        "'__use_yte__' makes a program of a configuration",
        line=13,
    ),
    Slip(CONFIG, "seed: 1", "seed: &a [*a]", "an anchor that holds itself", line=1),
    Slip(
        CONFIG,
        "seed: 1",
        f"seed: {'[' * 200}1{']' * 200}",
        "more than 40 lists or mappings inside one another",
    ),
    Slip(NORTH, "label: North", "label: [North", "not readable as YAML: ", line=3),
]

"""Rules of eligibility and choices of an analysis that do not fit."""

from __future__ import annotations

from tests.unit.plumbing.slips.slip import CONFIG, Slip

MEDIATOR = "mediator: {variable: lesion, transform: log, offset: 1}"
COVARIATES = "covariates: [age, female, delay]"
RULE = "between: [null, 24], reason: Randomised later than 24 hours after onset"

ANALYSES = [
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
]

"""Small studies that a page has to tell truly: made-up patients whose effects go where a test wants them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

LEVELS = {0: "Well", 1: "Mild", 2: "Moderate", 3: "Severe", 4: "Dead"}


@dataclass(frozen=True, kw_only=True)
class MadeUp:
    """What one study is made of.

    Attributes
    ----------
    trials, patients : number of trials, and of patients in each.
    on_mediator : effect of the treatment on the mediator, on its logarithm.
    direct : effect of the treatment on the latent outcome; below 0 is better.
    slope : effect of the mediator's logarithm on the latent outcome.
    analysis : what the analysis says beyond the defaults of `write`.
    change_score : whether the mediator is a change, with values of either sign, in place of a volume.
    missing : share of ages that nobody wrote down.
    one_file : whether all trials are in one file, with a column that tells them apart.
    style : house style of what is shown.
    """

    trials: int = 2
    patients: int = 160
    on_mediator: float = -0.5
    direct: float = -0.8
    slope: float = 0.7
    analysis: dict[str, Any] = field(default_factory=dict)
    change_score: bool = False
    missing: float = 0.0
    one_file: bool = False
    style: dict[str, str] = field(default_factory=dict)


STUDIES = {
    "interaction": MadeUp(analysis={"interaction": True}),
    "opposite": MadeUp(on_mediator=0.8, direct=-2.0, slope=0.9),
    "no_total_effect": MadeUp(on_mediator=0.0, direct=0.0),
    "complete_cases": MadeUp(
        missing=0.15,
        analysis={"missing": {"method": "complete_case"}},
        style={"journal": "lancet", "people": "participants"},
    ),
    "binary": MadeUp(analysis={"outcome": {"variable": "dead", "family": "binary", "better": "low"}}),
    "probit": MadeUp(
        analysis={
            "outcome": {"variable": "score", "family": "ordinal", "link": "probit", "better": "low"},
            "missing": {"method": "complete_case"},
            "bootstrap": {"replicates": 60, "chunk": 60},
        }
    ),
    "cloglog": MadeUp(
        analysis={
            "outcome": {"variable": "dead", "family": "binary", "link": "cloglog", "better": "low"},
            "interaction": True,
            "missing": {"method": "complete_case"},
            "bootstrap": {"replicates": 60, "chunk": 60},
        }
    ),
    "continuous": MadeUp(analysis={"outcome": {"variable": "days", "family": "continuous", "better": "low"}}),
    "small": MadeUp(trials=1, patients=40, direct=-1.5, analysis={"trial_effects": "none"}),
    "negative": MadeUp(
        change_score=True, analysis={"mediator": {"variable": "volume", "transform": "cube_root"}}
    ),
    "harm": MadeUp(
        on_mediator=0.6,
        direct=0.7,
        analysis={
            "mediator": {"variable": "volume", "transform": "log", "offset": 1, "spline_knots": 3},
            "missing": {"method": "complete_case"},
            "bootstrap": {"replicates": 60, "chunk": 60},
        },
    ),
    "many_trials": MadeUp(
        trials=200,
        patients=8,
        one_file=True,
        analysis={
            "trial_effects": "random_intercept",
            "missing": {"method": "complete_case"},
            "bootstrap": {"replicates": 60, "chunk": 60},
        },
    ),
}


def patients_of(study: MadeUp, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the patients of one trial."""
    n = study.patients
    arm = rng.permutation(np.arange(n) % 2)
    age = rng.normal(66, 9, n).round()
    log_volume = 3 + study.on_mediator * arm + 0.02 * (age - 66) + rng.normal(0, 1, n)
    latent = study.direct * arm + study.slope * (log_volume - 3) + 0.03 * (age - 66) + rng.logistic(size=n)
    volume = np.exp(log_volume) - (25 if study.change_score else 0)
    return pd.DataFrame(
        {
            "ID": [f"P{number:03d}" for number in range(n)],
            "ARM": np.where(arm == 1, "new", "usual"),
            "AGE": np.where(rng.random(n) < study.missing, np.nan, age),
            "VOL": volume.round(1),
            "SCORE": np.digitize(latent, [-1.5, -0.4, 0.6, 1.8]),
            "DEAD": np.where(latent > 0.8, "yes", "no"),
            "DAYS": (20 + 4 * latent).round(1),
        }
    )


def write(root: Path, name: str) -> Path:
    """Write a study below a folder; return its configuration, with paths relative to the folder."""
    study = STUDIES[name]
    folder = root / "made_up" / name
    folder.mkdir(parents=True)
    rng = np.random.default_rng(sum(map(ord, name)))
    drawn = {f"trial_{number}": patients_of(study, rng) for number in range(1, study.trials + 1)}
    labels = {trial: trial.replace("trial_", "Trial ") for trial in drawn}
    stated: dict[str, dict[str, Any]] = {trial: {"label": labels[trial]} for trial in drawn}
    if study.one_file:
        codes = {trial: {"id": trial, "label": label} for trial, label in labels.items()}
        stated = {"all": {"trial": {"column": "STUDY", "codes": codes}}}
        drawn = {"all": pd.concat([rows.assign(STUDY=trial) for trial, rows in drawn.items()])}
    trials = {}
    for file, rows in drawn.items():
        rows.to_csv(folder / f"{file}.csv", index=False)
        mapping = {
            **stated[file],
            "source": {"file": f"made_up/{name}/{file}.csv", "format": "csv"},
            "patient": {"column": "ID"},
            "treatment": {"column": "ARM", "codes": {"new": "treated", "usual": "control"}},
            "variables": {
                "age": {"column": "AGE"},
                "volume": {"column": "VOL"},
                "score": {"column": "SCORE"},
                "dead": {"column": "DEAD", "codes": {"yes": 1, "no": 0}},
                "days": {"column": "DAYS"},
            },
        }
        (folder / f"{file}.yaml").write_text(yaml.safe_dump(mapping, sort_keys=False))
        trials[file] = f"made_up/{name}/{file}.yaml"
    primary = {
        "label": "Main analysis",
        "mediator": {"variable": "volume", "transform": "log", "offset": 1},
        "outcome": {"variable": "score", "family": "ordinal", "better": "low"},
        "covariates": ["age"],
        "trial_effects": "fixed",
        "missing": {"method": "impute", "imputations": 2, "iterations": 2},
        "bootstrap": {"replicates": 200, "chunk": 200},
        **study.analysis,
    }
    config = {
        "study": {"title": f"Made up: {name}", "question": "How much of the effect runs through the volume?"},
        "seed": 20,
        "pathvars": {
            "results": f"results/{name}",
            "logs": f"logs/{name}",
            "benchmarks": f"benchmarks/{name}",
        },
        "trials": trials,
        "arms": {
            "control": {"label": "Usual care", "short": "Usual"},
            "treated": {"label": "New therapy", "short": "New"},
        },
        "variables": {
            "age": {"type": "continuous", "label": "Age", "unit": "year"},
            "volume": {"type": "continuous", "label": "Lesion volume", "unit": "mL"}
            | ({} if study.change_score else {"minimum": 0}),
            "score": {"type": "ordinal", "label": "Recovery score", "levels": LEVELS},
            "dead": {"type": "binary", "label": "Dead at one year"},
            "days": {"type": "continuous", "label": "Days in hospital", "unit": "day"},
        },
        "describe": {"baseline": ["age"]},
        "style": study.style,
        "analyses": {"primary": primary},
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(config, sort_keys=False))
    return path.relative_to(root)

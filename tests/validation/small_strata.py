"""How far off lie bootstrap replicates where each arm of a trial has few patients? Simulated small trials.

``python -m tests.validation.small_strata`` makes the numbers of docs/validation.md, which says what is shown.
"""

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.inference.bootstrap import cohort_effects, draw_replicates
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.streams import stream
from ipdmediation.models.specification import AnalysisSpecification

SEED, COHORTS, REPLICATES, PATIENTS = 20190211, 10, 100, 480
#: Patients in an arm of a trial, from least to most; 8 on average are 30 trials of 12 to 20.
RANGES = ((6, 10), (12, 20), (24, 36), (50, 70))
TRIAL_EFFECTS = ("fixed", "random_slope")
COLUMNS: Mapping[str, str] = {
    "total:coefficient": "total odds ratio",
    "direct:coefficient": "direct odds ratio",
    "mediator_effect:coefficient": "odds ratio of the mediator",
    "te:mean": "TE, mean",
    "pnde:mean": "PNDE, mean",
    "tnie:mean": "TNIE, mean",
}
CUTS = (-2.0, -1.0, 0.0, 1.0, 2.0)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs/validation.md"
START, END = "<!-- small strata: python -m tests.validation.small_strata -->", "<!-- end -->"


def small_trials(arm: tuple[int, int], rng: np.random.Generator) -> pd.DataFrame:
    """Draw trials of about `PATIENTS` in all, each arm with so many from least to most."""
    sizes = rng.integers(arm[0], arm[1] + 1, size=(2 * PATIENTS // (sum(arm) * 2), 2))
    trial = np.repeat(np.arange(len(sizes)), sizes.sum(axis=1))
    treatment = np.concatenate([np.repeat([0, 1], pair) for pair in sizes])
    level, age = rng.normal(scale=0.5, size=len(sizes))[trial], rng.normal(size=trial.size)
    mediator = 0.5 * level - 0.6 * treatment + 0.3 * age + rng.normal(size=trial.size)
    latent = level - 0.9 * treatment + 0.8 * mediator + 0.4 * age + rng.logistic(size=trial.size)
    names = np.array([f"t{number:03d}" for number in range(len(sizes))])
    return pd.DataFrame(
        {
            "trial": names[trial],
            "treatment": treatment,
            "age": age,
            "m": mediator,
            "y": np.digitize(latent, CUTS),
        }
    )


def shifts(cohort: int, *, arm: tuple[int, int], trial_effects: str, replicates: int) -> pd.Series:
    """Return how far the mean of the replicates lies from each estimate, in their standard deviations."""
    frame = small_trials(arm, stream(SEED, "small trials", *arm, cohort))
    specification = AnalysisSpecification(
        mediator="m", outcome="y", better="low", covariates=("age",), trial_effects=trial_effects
    )
    analysis = ImputedAnalysis(
        completed=frame.assign(imputation=0), specification=specification, options=StandardisationOptions()
    )
    (effects,) = analysis.effects()
    drawn = draw_replicates(
        analysis,
        replicates=range(replicates),
        stream=lambda replicate: stream(SEED, "bootstrap", *arm, cohort, replicate),
    )
    columns = list(COLUMNS)
    estimates = dict(zip((each.column for each in effects.effects), cohort_effects(effects), strict=True))
    values = drawn.loc[drawn["status"] != "failed", columns]
    found = (values.mean() - pd.Series(estimates)[columns]) / values.std()
    return found * np.sign(pd.Series(estimates)[columns])


def table(*, cohorts: int, replicates: int) -> pd.DataFrame:
    """Return the mean shift away from no effect, a row for each size of an arm and kind of trial effects."""
    rows = {}
    with ProcessPoolExecutor() as pool:
        for arm, trial_effects in product(RANGES, TRIAL_EFFECTS):
            one = partial(shifts, arm=arm, trial_effects=trial_effects, replicates=replicates)
            rows[f"{arm[0]} to {arm[1]}", trial_effects] = pd.concat(
                pool.map(one, range(cohorts)), axis=1
            ).mean(axis=1)
    return pd.DataFrame(rows).T


def written(found: pd.DataFrame, *, cohorts: int, replicates: int) -> str:
    """Write the result as it stands in the document."""
    head = ["patients in an arm of a trial", "`trial_effects`", *COLUMNS.values()]
    lines = [
        f"{cohorts} cohorts of about {PATIENTS} patients per row, {replicates} replicates each:",
        "",
        f"| {' | '.join(head)} |",
        "|---" * len(head) + "|",
    ]
    for (arm, trial_effects), row in found.iterrows():
        cells = " | ".join(f"{row[column]:+.1f}" for column in COLUMNS)
        lines.append(f"| {arm} | `{trial_effects}` | {cells} |")
    return "\n".join(lines)


def main() -> None:
    """Run the simulation and put its table into docs/validation.md."""
    size = {"cohorts": COHORTS, "replicates": REPLICATES}
    text = written(table(**size), **size)
    before, _, rest = DOCUMENT.read_text().partition(START)
    DOCUMENT.write_text(f"{before}{START}\n\n{text}\n\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()

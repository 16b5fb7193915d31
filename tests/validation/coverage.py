"""Do 95 % percentile intervals cover the truth? Simulated trials whose effects are known.

``python -m tests.validation.coverage`` makes the numbers of docs/validation.md, which says what is shown.
"""

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import binom

from ipdmediation.effects.standardisation_options import StandardisationOptions
from ipdmediation.inference.bootstrap import cohort_effects, draw_replicates
from ipdmediation.inference.imputed_analysis import ImputedAnalysis
from ipdmediation.inference.intervals import Draws, percentile_interval
from ipdmediation.inference.streams import stream
from ipdmediation.synthetic.truth import causal_truth
from tests.validation.generator import ANALYSIS, generating_model, simulate_cohort

SEED, LEVEL = 20190211, 0.95
COHORTS, REPLICATES = 1000, 999
SHIFT, SLOPE, DIRECT = -0.6, 0.8, -0.9
MODEL = generating_model(shift=SHIFT, slope=SLOPE, direct=DIRECT, patients_per_arm=100)
# The share of the effect on the log-odds scale at which the mediator enters, in closed form.
LATENT_SHARE = SHIFT * SLOPE / (SHIFT * SLOPE + DIRECT)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs/validation.md"
START, END = "<!-- coverage: python -m tests.validation.coverage -->", "<!-- end -->"


def true_effects() -> dict[str, float]:
    """Return the truth of each effect whose interval is looked at, by its column."""
    truth = causal_truth(MODEL, patients=4_000_000, rng=stream(SEED, "causal truth"))["effects"]
    return {
        "te:mean": truth["te"]["mean"],
        "tnie:mean": truth["tnie"]["mean"],
        "pm:mean": truth["pm"]["mean"],
        "khb:proportion": LATENT_SHARE,
        "log_or_difference:proportion": LATENT_SHARE,
    }


def cohort_intervals(cohort: int, *, columns: tuple[str, ...], replicates: int) -> pd.DataFrame:
    """Simulate and analyse one cohort.

    Returns
    -------
    DataFrame
        Indexed by effect: `estimate`, `low`, `high`.
    """
    frame = simulate_cohort(MODEL, stream(SEED, "cohort", cohort))
    analysis = ImputedAnalysis(
        completed=frame.assign(imputation=0), specification=ANALYSIS, options=StandardisationOptions()
    )
    (effects,) = analysis.effects()
    draws = draw_replicates(
        analysis,
        replicates=range(replicates),
        stream=lambda replicate: stream(SEED, "bootstrap", cohort, replicate),
    )
    if (draws["status"] == "failed").any():
        raise RuntimeError(f"cohort {cohort}: {draws['reason'].value_counts().to_dict()}")
    values = dict(zip((effect.column for effect in effects.effects), cohort_effects(effects), strict=True))
    drawn = [Draws(drawn=draws[column].to_numpy(), estimate=values[column]) for column in columns]
    rows = [[each.estimate, *percentile_interval(each, level=LEVEL)[:2]] for each in drawn]
    return pd.DataFrame(rows, index=list(columns), columns=["estimate", "low", "high"])


def coverage(*, cohorts: int, replicates: int) -> pd.DataFrame:
    """Analyse many cohorts and hold their intervals against the truth.

    Returns
    -------
    DataFrame
        Indexed by effect: `truth`, `mean`, `bias`, `bias_error` (Monte-Carlo standard error), `sd` of the
        estimates, `width` (mean of the intervals'), `covered` (cohorts), `coverage`, `coverage_error`.
    """
    truth = pd.Series(true_effects())
    one = partial(cohort_intervals, columns=tuple(truth.index), replicates=replicates)
    with ProcessPoolExecutor() as pool:
        found = pd.concat(pool.map(one, range(cohorts), chunksize=5), keys=range(cohorts))
    by_effect = found.groupby(level=1)
    table = pd.DataFrame({"truth": truth, "mean": by_effect["estimate"].mean()})
    table["bias"] = table["mean"] - truth
    table["sd"] = by_effect["estimate"].std()
    table["bias_error"] = table["sd"] / np.sqrt(cohorts)
    table["width"] = (found["high"] - found["low"]).groupby(level=1).mean()
    target = found.index.get_level_values(1).map(truth)
    table["covered"] = found["low"].le(target).mul(found["high"].ge(target)).groupby(level=1).sum()
    table["coverage"] = table["covered"] / cohorts
    table["coverage_error"] = np.sqrt(table["coverage"] * (1 - table["coverage"]) / cohorts)
    return table.loc[truth.index]


def limits(cohorts: int, *, probability: float) -> tuple[int, int]:
    """Return how many of the intervals cover, with this probability, where each does with `LEVEL`."""
    low, high = binom.interval(probability, cohorts, LEVEL)
    return int(low), int(high)


def written(table: pd.DataFrame, *, cohorts: int, replicates: int) -> str:
    """Write the result as it stands in the document."""
    names = {
        "te:mean": "TE, mean",
        "tnie:mean": "TNIE, mean",
        "pm:mean": "PM, mean",
        "khb:proportion": "`khb`",
        "log_or_difference:proportion": "`log_or_difference`",
    }
    lines = [
        f"{cohorts} cohorts, {replicates} bootstrap replicates each:",
        "",
        "| effect | truth | bias (MC error) | SD of the estimates | mean width | coverage, % (MC error) |",
        "|---|---|---|---|---|---|",
    ]
    for effect, row in table.iterrows():
        lines.append(
            f"| {names[str(effect)]} | {row['truth']:.4f} | {row['bias']:+.4f} ({row['bias_error']:.4f}) "
            f"| {row['sd']:.4f} | {row['width']:.4f} "
            f"| {100 * row['coverage']:.1f} ({100 * row['coverage_error']:.1f}) |"
        )
    low, high = (100 * limit / cohorts for limit in limits(cohorts, probability=0.95))
    lines += [
        "",
        f"Intervals that cover 95 % come out between {low:.1f} and {high:.1f} % in 95 of 100 simulations.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Run the simulation and put its table into docs/validation.md."""
    size = {"cohorts": COHORTS, "replicates": REPLICATES}
    table = written(coverage(**size), **size)
    before, _, rest = DOCUMENT.read_text().partition(START)
    DOCUMENT.write_text(f"{before}{START}\n\n{table}\n\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()

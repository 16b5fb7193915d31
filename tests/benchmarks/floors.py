"""The numbers that the engine has to reach, each beside what was measured."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tests.benchmarks.growth import ENGINE, LABELS, exponent
from tests.benchmarks.overhead import NO_RUN, evidence_seconds, seconds_of, share
from tests.benchmarks.registry import PATIENTS
from tests.benchmarks.study import SnakemakeRun

LARGEST_EXPONENT = 1.1
COLUMNS = ["what", "measured", "unit", "floor", "met"]


@dataclass(frozen=True)
class Floor:
    """One number to reach; `measured` is nan where it could not be measured.

    Attributes
    ----------
    at_least : whether more is better.
    """

    what: str
    measured: float
    unit: str
    bound: float
    at_least: bool = False

    @property
    def met(self) -> str:
        """`met`, `not met` or `not measured`."""
        if np.isnan(self.measured):
            return "not measured"
        met = self.measured >= self.bound if self.at_least else self.measured <= self.bound
        return "met" if met else "not met"

    @property
    def row(self) -> list[object]:
        """Row of the table."""
        return [
            self.what,
            self.measured,
            self.unit,
            f"at {'least' if self.at_least else 'most'} {self.bound:,g}",
            self.met,
        ]


def floors_table(
    *,
    comparison: pd.DataFrame,
    resamples: pd.DataFrame,
    sweeps: pd.DataFrame,
    run: SnakemakeRun,
    overhead: pd.DataFrame,
    registry: pd.DataFrame,
    free: pd.DataFrame,
) -> pd.DataFrame:
    """Hold the measurements against the floors.

    Parameters
    ----------
    comparison, resamples, sweeps : tables of `fits.comparison`, `fits.resample_statuses` and `growth`.
    run : the bootstrap inside Snakemake.
    overhead : table of `overhead.overhead`.
    registry : table of `registry.measure`.
    free : table of `free_treatment.free_treatment`.
    """
    warm = resamples.set_index(["trial_effects", "model"])["median_ms"]
    memory = sweeps[sweeps["sweep"] == "memory"].sort_values("x")
    added = memory["megabytes"].to_numpy()[1:] - memory["megabytes"].iloc[0]
    added_patients = memory["x"].to_numpy()[1:] - memory["x"].iloc[0]
    failed = resamples["failed"].sum()
    count = int(resamples["resamples"].iloc[0])
    complete = run.replicates == 10_000
    floors = [
        Floor("fixed: R clm / warm refit", _ratio(comparison, "R clm", "none"), "x", 80, at_least=True),
        Floor("fixed: warm refit", warm["none", "outcome"], "ms", 0.5),
        Floor(
            "fixed, trial indicators: R clm / warm refit",
            _ratio(comparison, "R clm", "fixed"),
            "x",
            80,
            at_least=True,
        ),
        Floor("fixed, trial indicators: warm refit", warm["fixed", "outcome"], "ms", 0.5),
        Floor(
            "random slope: R clmm / warm refit",
            _ratio(comparison, "R clmm", "random_slope"),
            "x",
            20_000,
            at_least=True,
        ),
        Floor("random slope: warm refit", warm["random_slope", "outcome"], "ms", 1),
        Floor("random slopes (three effects a trial): warm refit", warm["random_slopes", "outcome"], "ms", 3),
        Floor(
            "10,000 replicates of three models in Snakemake, 2 cores",
            run.seconds if complete else np.nan,
            "s",
            60,
        ),
        Floor(f"failures over {count:,} stratified resamples, all models", float(failed), "failures", 0),
        Floor("memory of one chunk in Snakemake", run.chunks["max_rss"].max(), "MB", 400),
        Floor(
            "growth of a chunk's memory with patients",
            exponent(added_patients, added),
            "exponent",
            LARGEST_EXPONENT,
        ),
        *(_growth(sweeps, effects) for effects in LABELS),
        Floor("nothing to be done", seconds_of(overhead, NO_RUN), "s of processor time", 3),
        Floor(
            "start of a chunk", seconds_of(overhead, "start of a chunk's process"), "s of processor time", 1.5
        ),
        *(
            Floor(f"{row.trial_effects}: refit with a free treatment / proportional", row.ratio, "x", 2)
            for row in free.itertuples()
        ),
        Floor("evidence of the default study", evidence_seconds(overhead), "s of processor time", 60),
        Floor(
            "the same / bootstrap of its primary analysis, 10,000 replicates",
            evidence_seconds(overhead) / run.chunks["cpu_time"].sum() if complete else np.nan,
            "x",
            1,
        ),
        *_registry(registry),
        Floor("first run: what is no computation", share(overhead), "of its processor time", 0.25),
    ]
    return pd.DataFrame([floor.row for floor in floors], columns=COLUMNS)


def _registry(registry: pd.DataFrame) -> list[Floor]:
    """How long one file of many trials takes to be harmonised, pooled and filtered, and what memory."""
    floors = []
    for row in registry.itertuples():
        whole = row.patients == PATIENTS
        what = f"{PATIENTS:,} patients in {row.trials} trials of one {row.format}"
        floors += [
            Floor(f"{what}: harmonised, pooled, filtered", row.seconds if whole else np.nan, "s", 60),
            Floor(f"{what}: memory", row.megabytes if whole else np.nan, "MB", 4_000),
        ]
    return floors


def _growth(sweeps: pd.DataFrame, effects: str) -> Floor:
    """How the time of a warm refit grows with patients, beyond what a start costs."""
    rows = sweeps[(sweeps["sweep"] == "patients") & (sweeps["series"] == f"{ENGINE}, {LABELS[effects]}")]
    rows = rows[rows["x"] >= 1e4]
    return Floor(
        f"{LABELS[effects]}: growth of time from 10,000 to {rows['x'].max():,} patients",
        exponent(rows["x"], rows["seconds"]),
        "exponent",
        LARGEST_EXPONENT,
    )


def _ratio(comparison: pd.DataFrame, tool: str, effects: str) -> float:
    """Smallest ratio of another program's fits of the outcome model."""
    rows = comparison[(comparison["tool"] == tool) & (comparison["model"] == f"outcome/{effects}")]
    return float(rows["ratio"].min()) if len(rows) else np.nan

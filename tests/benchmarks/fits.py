"""The same models on the same data by this engine, statsmodels and R."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.regression.mixed_linear_model import MixedLM

from ipdmediation.kernels.status import FitStatus
from ipdmediation.models.results import Model, Refit
from ipdmediation.models.specification import MODEL_NAMES, MediationModels
from tests.benchmarks.study import Study

ENGINE = "ipdmediation"
TRIAL_EFFECTS = ("none", "fixed", "random_intercept", "random_slope", "random_slopes")
# with random_slopes only the outcome model differs from random_slope
MODELS = [
    *(f"{name}/{effects}" for effects in TRIAL_EFFECTS[:-1] for name in MODEL_NAMES),
    "outcome/random_slopes",
]
SCRIPT = Path(__file__).with_name("fits.R")


@dataclass(frozen=True)
class Fit:
    """One model fitted by one program.

    Attributes
    ----------
    model : e.g. `outcome/random_slope`.
    resample : 0 is the cohort itself, r > 0 the weights of replicate r - 1.
    seconds : of every repetition.
    estimates : thresholds and coefficients, then the covariance of the random effects.
    """

    tool: str
    model: str
    resample: int
    seconds: tuple[float, ...]
    log_likelihood: float
    converged: bool
    estimates: NDArray[np.float64]

    @property
    def median(self) -> float:
        """Median seconds of a fit."""
        return float(np.median(self.seconds))


def model_of(models: dict[str, MediationModels], name: str) -> Model:
    """The model called e.g. `outcome/random_slope`."""
    part, effects = name.split("/")
    model: Model = getattr(models[effects], part)
    return model


def timed(function: Callable[[], object], repetitions: int) -> tuple[float, ...]:
    """Seconds of each call."""
    seconds = []
    for _ in range(repetitions):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return tuple(seconds)


def _fitted(fit: Callable[[], Any], repetitions: int) -> tuple[Any, tuple[float, ...]]:
    """Result of a fit, and the seconds of each repetition."""
    results: list[Any] = []
    seconds = timed(lambda: results.append(fit()), repetitions)
    return results[-1], seconds


def engine_fits(
    models: dict[str, MediationModels], weights: Sequence[NDArray[np.float64]], repetitions: int
) -> list[Fit]:
    """Cold fits without and with standard errors, and warm refits of the resamples that R fits too."""
    fits = []
    for name in MODELS:
        model = model_of(models, name)
        start = model.fit().start()

        def add(tool: str, resample: int, fit: Refit, seconds: tuple[float, ...], name: str = name) -> None:
            usable, found = FitStatus(fit.status).usable, _stacked(fit)
            fits.append(Fit(f"{ENGINE}, {tool}", name, resample, seconds, fit.log_likelihood, usable, found))

        add("cold, with standard errors", 0, start, timed(model.fit, repetitions))
        for resample, drawn in enumerate(weights):
            first = start if resample else None
            seconds = timed(lambda model=model, w=drawn, first=first: model.refit(w, first), repetitions)
            fit = model.refit(drawn, first)
            # a refit leaves the log-likelihood out
            fit = fit._replace(log_likelihood=model.fit(weights=drawn, start=fit).log_likelihood)
            add("warm" if resample else "cold", resample, fit, seconds)
    return fits


def statsmodels_fits(study: Study, models: dict[str, MediationModels], repetitions: int) -> list[Fit]:
    """OrderedModel for fixed trial effects and MixedLM for the mediator."""
    fits = []
    for effects in ("none", "fixed"):
        outcome, design = models[effects].outcome_values, models[effects].outcome_design
        ordered = OrderedModel(outcome, design.matrix, distr="logit")
        for method in ("bfgs", "newton"):
            result, seconds = _fitted(
                partial(ordered.fit, method=method, disp=False, maxiter=200), repetitions
            )
            thresholds = ordered.transform_threshold_params(result.params)[1:-1]
            estimates = np.concatenate([thresholds, result.params[: design.matrix.shape[1]]])
            converged = bool(result.mle_retvals["converged"])
            tool = f"statsmodels OrderedModel, {method}"
            fits.append(Fit(tool, f"outcome/{effects}", 0, seconds, float(result.llf), converged, estimates))
    for effects in ("random_intercept", "random_slope"):
        design = models[effects].mediator_design
        random = np.column_stack([np.ones(len(design.matrix)), design.matrix[:, 0]])
        mixed = MixedLM(
            models[effects].mediator_values,
            np.column_stack([np.ones(len(design.matrix)), design.matrix]),
            groups=design.trial_codes,
            exog_re=random if effects == "random_slope" else random[:, :1],
        )
        result, seconds = _fitted(partial(mixed.fit, reml=False), repetitions)
        estimates = np.concatenate([result.fe_params, np.ravel(result.cov_re)])
        tool, name = "statsmodels MixedLM", f"mediator/{effects}"
        fits.append(Fit(tool, name, 0, seconds, float(result.llf), bool(result.converged), estimates))
    return fits


def r_fits(
    models: dict[str, MediationModels], weights: Sequence[NDArray[np.float64]], jobs: Iterable[str]
) -> tuple[list[Fit], str]:
    """Fits of the cohort and its resamples by R, as `run_r`."""
    fixed = models["fixed"]
    columns = {"level": fixed.outcome_values, "trial": fixed.outcome_design.trial_codes}
    columns["m"] = fixed.mediator_values
    bare = models["none"].outcome_design.matrix
    indicators = fixed.outcome_design.matrix[:, bare.shape[1] :]
    columns |= {f"x{j + 1}": column for j, column in enumerate(bare.T)}
    columns |= {f"t{j + 1}": column for j, column in enumerate(indicators.T)}
    columns |= {f"w{resample}": drawn for resample, drawn in enumerate(weights)}
    fits, version = run_r(pd.DataFrame(columns), jobs)
    return [_with_exact_modes(fit, models, weights) if fit.tool == "R clmm" else fit for fit in fits], version


def run_r(data: pd.DataFrame, jobs: Iterable[str]) -> tuple[list[Fit], str]:
    """Fits by R, and its version; nothing where R or a package is not installed.

    Parameters
    ----------
    data : columns as fits.R lists them.
    jobs : `tool:model:resample:repetitions`.
    """
    if shutil.which("Rscript") is None:
        return [], ""
    with tempfile.TemporaryDirectory() as directory:
        frame, output = Path(directory) / "data.csv", Path(directory) / "fits.csv"
        data.to_csv(frame, index=False)
        subprocess.run(["Rscript", str(SCRIPT), str(frame), str(output), *jobs], check=True)
        table = pd.read_csv(output, keep_default_na=False, na_values=["NA"])
    version = table.loc[table["tool"] == "R", "quantity"].iloc[0]
    fits = []
    for (tool, model, resample), rows in table[table["tool"] != "R"].groupby(
        ["tool", "model", "resample"], sort=False
    ):
        value = rows.set_index("quantity")["value"].astype(float)
        fits.append(
            Fit(
                f"R {tool}",
                str(model),
                int(resample),
                tuple(value.loc[["seconds"]]),
                float(value["log_likelihood"]),
                bool(value["converged"]),
                value.loc[["estimate"]].to_numpy(),
            )
        )
    return fits, str(version)


def comparison(fits: Sequence[Fit], resamples: pd.DataFrame) -> pd.DataFrame:
    """Every fit against this engine's fit of the same model and data.

    Parameters
    ----------
    fits : of all programs.
    resamples : result of `resample_statuses`, for the time of a warm refit by this engine.

    Returns
    -------
    DataFrame, one row per fit. `ratio` is its time over this engine's median warm refit;
    `log_likelihood_below` is by how much its log-likelihood is below this engine's (negative: above).
    """
    names = resamples["model"] + "/" + resamples["trial_effects"]
    warm = dict(zip(names, resamples["median_ms"] / 1e3, strict=True))
    ours = {(fit.model, fit.resample): fit for fit in fits if fit.tool.startswith(ENGINE)}
    rows = []
    for fit in fits:
        own = ours[fit.model, fit.resample]
        if fit is own and fit.resample > 0:  # the warm refits of all resamples stand for it
            continue
        rows.append(
            {
                "model": fit.model,
                "tool": fit.tool,
                "resample": fit.resample,
                "repetitions": len(fit.seconds),
                "seconds": fit.median,
                "ratio": fit.median / warm[fit.model],
                "largest_difference": float(np.abs(fit.estimates - own.estimates).max()),
                "log_likelihood_below": own.log_likelihood - fit.log_likelihood,
                "converged": fit.converged,
            }
        )
    count = int(resamples["resamples"].iloc[0])
    for name, seconds in warm.items():
        own = {"model": name, "tool": f"{ENGINE}, warm", "repetitions": count, "converged": True}
        rows.append(own | {"resample": np.nan, "seconds": seconds, "ratio": 1.0})
    order = {name: position for position, name in enumerate(MODELS)}
    table = pd.DataFrame(rows).astype({"resample": "Int64"})
    return table.sort_values(["model", "seconds"], key=lambda c: c.map(order) if c.name == "model" else c)


def resampling_loop(table: pd.DataFrame, replicates: int) -> pd.DataFrame:
    """Hours that R would need for the three models of every replicate, from the resamples that it did fit.

    Parameters
    ----------
    table : result of `comparison`.
    replicates : to extrapolate to.
    """
    loop = {
        "mediator/random_slope": "R lmer",
        "total/random_slope": "R clmm",
        "outcome/random_slope": "R clmm",
    }
    parts = table[(table["resample"] > 0) & (table["tool"] == table["model"].map(loop))]
    columns = ["seconds_a_replicate", "replicates_fitted", "replicates_extrapolated_to", "hours"]
    if parts["model"].nunique() < len(loop):
        return pd.DataFrame(columns=columns)
    each = parts.groupby("model")["seconds"].mean().sum()
    return pd.DataFrame(
        [[each, parts["resample"].nunique(), replicates, each * replicates / 3600]], columns=columns
    )


def resample_statuses(
    study: Study, models: dict[str, MediationModels], resamples: int, compared: int
) -> pd.DataFrame:
    """Refit every model to stratified resamples of the cohort: how they end and how long they take.

    Parameters
    ----------
    resamples : replicates 0 to resamples - 1 of the study.
    compared : of these, also fitted from a cold start.

    Returns
    -------
    DataFrame, one row per model. `warm_cold_difference` is the largest difference of an estimate that the
    start makes, `other_optimum` how many of the resamples compared ended at another optimum (above 1e-4).
    """
    rows = []
    for name in MODELS:
        model = model_of(models, name)
        start = model.fit().start()
        seconds, fits, differences = np.empty(resamples), [], []
        for replicate in range(resamples):
            weights = study.weights(replicate)
            begin = time.perf_counter()
            fit = model.refit(weights, start)
            seconds[replicate] = time.perf_counter() - begin
            fits.append((fit.status, fit.iterations))
            if replicate < compared:
                cold = model.refit(weights)
                differences.append(np.abs(fit.estimates - cold.estimates).max())
        statuses = np.array([status for status, _ in fits])
        failed = {
            status.name.lower(): int((statuses == status).sum())
            for status in FitStatus
            if not status.usable and (statuses == status).any()
        }
        effects, part = name.split("/")[::-1]
        rows.append(
            {
                "trial_effects": effects,
                "model": part,
                "resamples": resamples,
                "converged": float((statuses == FitStatus.CONVERGED).mean()),
                "singular": float((statuses == FitStatus.SINGULAR).mean()),
                "failed": sum(failed.values()),
                "reasons": "; ".join(f"{reason} {count}" for reason, count in failed.items()),
                "median_ms": float(np.median(seconds)) * 1e3,
                "p99_ms": float(np.quantile(seconds, 0.99)) * 1e3,
                "slowest_ms": seconds.max() * 1e3,
                "iterations": float(np.mean([iterations for _, iterations in fits])),
                "compared": compared,
                "warm_cold_difference": max(differences),
                "other_optimum": int((np.array(differences) > 1e-4).sum()),
            }
        )
    return pd.DataFrame(rows)


def _with_exact_modes(
    fit: Fit, models: dict[str, MediationModels], weights: Sequence[NDArray[np.float64]]
) -> Fit:
    """Replace the log-likelihood of clmm, whose modes are found to 1e-4 only, by that at its estimates."""
    model = model_of(models, fit.model).model
    p, q = len(model.names), len(model.random_names)
    covariance, modes = fit.estimates[p:].reshape(q, q), np.zeros((model.n_trials, q))
    point = Refit(fit.estimates[:p], covariance, modes, np.nan, np.nan, 0, 0)
    return replace(fit, log_likelihood=model.log_likelihood(point, weights=weights[fit.resample]))


def _stacked(fit: Refit) -> NDArray[np.float64]:
    return np.concatenate([fit.estimates, fit.random_covariance.ravel()])

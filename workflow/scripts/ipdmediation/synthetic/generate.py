"""The generating model of the synthetic trials, a plain reading of its parameter file.

For patient i of trial t in arm A::

    covariates   Gaussian copula, marginal distributions by trial
    M            intercept[t] + shift[t] A + covariates + residual,  M = ln(mediator + offset)
    logit P(Y>k) slope[t] (M - centre) + covariates - threshold[t, A, k]

A higher level of the outcome Y is a worse one. Each arm has its own thresholds: the difference between the
two is the treatment's effect at a given mediator, free at every cut, so that odds need not be proportional.
Everything random comes from the generator passed in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit, ndtr, ndtri

from ipdmediation.data.arms import ARM_NAMES
from ipdmediation.data.errors import listing
from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.synthetic.errors import SyntheticDataError
from ipdmediation.synthetic.outcome import Parameters, draw_outcome, outcome_thresholds
from ipdmediation.synthetic.sampling import uniforms

UPPER_QUARTILE_Z = float(ndtri(0.75))
_PATIENT_ID = re.compile(r"([^{}]*)\{:((?:0[1-9])?)d?\}([^{}]*)")


def simulate_trial(parameters: Parameters, trial: str, *, rng: np.random.Generator) -> pd.DataFrame:
    """Draw one synthetic trial in the common variables.

    Parameters
    ----------
    parameters
        The generating model (the content of the file that ``study: synthetic:`` names).
    trial
        Trial id, a key of ``parameters["patients"]``.
    rng
        Source of every random number.

    Returns
    -------
    DataFrame
        One row per randomised patient: `trial`, `patient`, `treatment` (0 control, 1 treated), then the
        variables in the order of ``parameters["variables"]``, in the common units. Continuous variables are
        float64, binary and ordinal ones nullable Int8, categorical ones pandas categories.

    Raises
    ------
    SyntheticDataError
        If the trial is unknown, the correlations are not positive definite, an arm's thresholds do not
        increase, or a loss asks for more patients than there are.
    """
    if trial not in parameters["patients"]:
        known = listing(parameters["patients"])
        raise SyntheticDataError(f"trial {trial!r} has no synthetic parameters; known trials: {known}")
    thresholds = outcome_thresholds(parameters, trial)
    sizes = parameters["patients"][trial]
    treatment = rng.permutation(np.repeat([0, 1], [sizes[arm] for arm in ARM_NAMES]))
    width = len(parameters["covariates"])
    draws = uniforms(treatment, width + 4, sampling=parameters["sampling"], rng=rng)
    columns: dict[str, Any] = dict(_covariates(parameters, trial, draws[:, :width]))
    model, outcome = parameters["mediator"], parameters["outcome"]
    mediator = _mediator(parameters, trial, columns, treatment, draws[:, width])
    predictor = _outcome_predictor(parameters, trial, columns, mediator)
    levels = np.empty(treatment.size)
    for arm, cuts in enumerate(thresholds):
        rows = treatment == arm
        levels[rows] = draw_outcome(predictor[rows], cuts, sampling=parameters["sampling"], rng=rng)
    columns[outcome["variable"]] = levels
    columns[model["variable"]] = _to_resolution(np.exp(mediator) - model["offset"], model["per_unit"])
    columns |= _follow_up(parameters["follow_up"], trial, mediator, draws[:, width + 1 :])
    _lose_patients(parameters["losses"], trial, columns, treatment=treatment, severity=predictor, rng=rng)
    _remove_values(parameters["missing"], trial, columns, rng)

    keys = {
        "trial": trial,
        "patient": _patient_ids(str(parameters["patient_id"][trial]), treatment.size),
        "treatment": treatment.astype(np.int8),
    }
    return pd.DataFrame(
        keys | {name: _as_kind(columns[name], kind) for name, kind in parameters["variables"].items()}
    )


def _patient_ids(pattern: str, patients: int) -> list[str]:
    """Return ids that count patients; a pattern is text around one number, with nothing to look up."""
    parts = _PATIENT_ID.fullmatch(pattern)
    if parts is None:
        raise SyntheticDataError(f"patient_id {pattern!r}: allowed: text with one number, as in E{{:03d}}")
    before, digits, after = parts.groups()
    return [f"{before}{number:{digits}d}{after}" for number in range(1, patients + 1)]


def potential_predictors(
    parameters: Parameters, trial: str, *, patients: int, rng: np.random.Generator
) -> FloatArray:
    """Draw patients of a trial with both potential mediators, M(0) and M(1), made from one residual.

    Parameters
    ----------
    parameters
        The generating model.
    trial
        Trial id.
    patients
        Number of patients to draw.
    rng
        Source of every random number.

    Returns
    -------
    ndarray of shape (2, patients)
        Linear predictor of a worse outcome, without thresholds: at M(0), then at M(1).
    """
    width = len(parameters["covariates"])
    groups = np.zeros(patients, dtype=np.int64)
    draws = uniforms(groups, width + 1, sampling=parameters["sampling"], rng=rng)
    columns = _covariates(parameters, trial, draws[:, :width])
    mediators = [
        _mediator(parameters, trial, columns, np.full(patients, arm, dtype=np.int64), draws[:, width])
        for arm in range(len(ARM_NAMES))
    ]
    return np.array([_outcome_predictor(parameters, trial, columns, mediator) for mediator in mediators])


def _as_kind(values: npt.NDArray[Any], kind: str | Sequence[str]) -> Any:
    """Cast simulated values to the dtype of the common frame."""
    if kind == "continuous":
        return values.astype(float)
    if kind in ("binary", "ordinal"):
        return pd.array(values, dtype="Float64").astype("Int8")
    return pd.Categorical(values, categories=list(kind))


def _covariates(parameters: Parameters, trial: str, draws: FloatArray) -> dict[str, npt.NDArray[Any]]:
    """Correlated covariates: a Gaussian copula with the trial's own marginal distributions."""
    specifications = parameters["covariates"]
    names = list(specifications)
    correlation = np.eye(len(names))
    for pair in parameters["correlations"]:
        i, j = (names.index(name) for name in pair["between"])
        correlation[i, j] = correlation[j, i] = pair["value"]
    try:
        factor = np.linalg.cholesky(correlation)
    except np.linalg.LinAlgError as error:
        raise SyntheticDataError("the covariates' correlations are not positive definite") from error
    latent = ndtri(draws) @ factor.T
    return {name: _marginal(specifications[name], trial, latent[:, j]) for j, name in enumerate(names)}


def _marginal(specification: Mapping[str, Any], trial: str, z: FloatArray) -> npt.NDArray[Any]:
    """Turn standard normal scores into a covariate of the trial."""
    if "quartiles" in specification:
        return _two_piece(specification, specification["quartiles"][trial], z)
    if "percent" in specification:
        return np.asarray(ndtr(z) > 1 - specification["percent"][trial] / 100, dtype=float)
    levels = specification["level_percent"][trial]
    cuts = ndtri(np.cumsum(list(levels.values()))[:-1] / sum(levels.values()))
    return np.asarray(np.array(list(levels), dtype=object)[np.searchsorted(cuts, z)])


def _two_piece(specification: Mapping[str, Any], quartiles: Sequence[float], z: FloatArray) -> FloatArray:
    """Two-piece normal distribution through three quartiles, truncated, at the recorded resolution."""
    log_scale = specification["scale"] == "log"
    low, middle, high = np.log(quartiles) if log_scale else np.asarray(quartiles, dtype=float)
    below, above = (middle - low) / UPPER_QUARTILE_Z, (high - middle) / UPPER_QUARTILE_Z

    def score(value: float) -> float:
        distance = (np.log(value) if log_scale else value) - middle
        return float(distance / (below if distance < 0 else above))

    bottom, top = (float(ndtr(score(limit))) for limit in specification["limits"])
    z = ndtri(bottom + ndtr(z) * (top - bottom))
    value = middle + np.where(z < 0, below, above) * z
    return _to_resolution(np.exp(value) if log_scale else value, specification["per_unit"])


def _to_resolution(value: FloatArray, per_unit: float) -> FloatArray:
    """Round to the finest step that is recorded, `per_unit` steps in one unit."""
    return np.asarray(np.round(value * per_unit) / per_unit)


def _covariate_effect(
    specifications: Mapping[str, Any], effects: Mapping[str, Any], columns: Mapping[str, npt.NDArray[Any]]
) -> FloatArray:
    """Sum the covariates' contributions, each about the centre given with its distribution."""
    total = np.zeros(next(iter(columns.values())).size)
    for name, effect in effects.items():
        if isinstance(effect, Mapping):
            for level, value in effect.items():
                total += value * (columns[name] == level)
        else:
            total += effect * (columns[name] - specifications[name]["centre"])
    return total


def _mediator(
    parameters: Parameters,
    trial: str,
    columns: Mapping[str, npt.NDArray[Any]],
    treatment: IntArray,
    draw: FloatArray,
) -> FloatArray:
    """M = ln(mediator + offset) given covariates and treatment; `draw` is the residual as a probability."""
    model = parameters["mediator"]
    mean = (
        model["intercept"][trial]
        + model["treatment_shift"][trial] * treatment
        + _covariate_effect(parameters["covariates"], model["effects"], columns)
    )
    sd = np.where(treatment == 1, model["residual_sd"]["treated"], model["residual_sd"]["control"])
    floor, ceiling = (np.log(limit + model["offset"]) for limit in model["limits"])
    # The ceiling cuts the tail off without a heap of equal values; the floor holds those without a lesion.
    z = ndtri(draw * ndtr((ceiling - mean) / sd))
    return np.asarray(np.maximum(mean + sd * z, floor))


def _outcome_predictor(
    parameters: Parameters, trial: str, columns: Mapping[str, npt.NDArray[Any]], mediator: FloatArray
) -> FloatArray:
    """Compute the linear predictor of a worse outcome, without thresholds."""
    model = parameters["outcome"]
    return np.asarray(
        model["mediator_slope"][trial] * (mediator - model["mediator_centre"])
        + _covariate_effect(parameters["covariates"], model["effects"], columns)
    )


def _follow_up(
    model: Mapping[str, Any], trial: str, mediator: FloatArray, draws: FloatArray
) -> dict[str, npt.NDArray[Any]]:
    """When and how the mediator was measured, as if it had been in every patient; three draws for each."""
    time, modality = model["time"], model["modality"]
    late = draws[:, 0] < time["late_percent"][trial] / 100
    z = ndtri(draws[:, 1])
    hours = np.where(late, _two_piece(time, time["late"], z), _two_piece(time, time["early"], z))
    common, other = modality["levels"]
    share = modality["second_percent"][trial] / 100
    with np.errstate(divide="ignore"):
        log_odds = logit(share) + modality["mediator_slope"] * (mediator - modality["mediator_centre"])
    second = draws[:, 2] < expit(log_odds)
    return {
        time["variable"]: hours,
        modality["variable"]: np.where(second, other, common).astype(object),
        model["status"]["variable"]: np.full(mediator.size, model["status"]["measured"], dtype=object),
    }


def _lose_patients(
    losses: Sequence[Mapping[str, Any]],
    trial: str,
    columns: dict[str, Any],
    *,
    treatment: IntArray,
    severity: FloatArray,
    rng: np.random.Generator,
) -> None:
    """Draw the patients whom each reason takes out of the analysed cohort; change their values in place."""
    kept = np.ones(treatment.size, dtype=bool)
    for loss in losses:
        for arm, wanted in enumerate(loss["patients"].get(trial, ())):
            eligible = kept & (treatment == arm)
            for name, value in loss.get("only", {}).items():
                eligible &= columns[name] == value
            candidates = np.flatnonzero(eligible)
            if wanted > candidates.size:
                raise SyntheticDataError(
                    f"loss {loss['reason']!r}, trial {trial!r}, {ARM_NAMES[arm]}: {wanted} patients wanted, "
                    f"{candidates.size} there"
                )
            weight = np.exp(loss["severity"] * severity[candidates])
            chosen = rng.choice(candidates, size=wanted, replace=False, p=weight / weight.sum())
            kept[chosen] = False
            _change_values(loss, columns, chosen, rng)


def _change_values(
    loss: Mapping[str, Any], columns: dict[str, Any], chosen: IntArray, rng: np.random.Generator
) -> None:
    """Give the chosen patients the values that go with the reason, in place."""
    for name, value in loss.get("becomes", {}).items():
        columns[name][chosen] = value
    for name, ranges in loss.get("between", {}).items():
        low, high = np.asarray(ranges, dtype=float)[rng.integers(len(ranges), size=chosen.size)].T
        columns[name][chosen] = np.round(rng.uniform(low, high))
    for name in loss.get("blank", ()):
        _blank(columns[name], chosen)


def _blank(column: npt.NDArray[Any], rows: npt.NDArray[Any]) -> None:
    """Set values to missing, in place."""
    column[rows] = None if column.dtype == object else np.nan


def _remove_values(
    missing: Mapping[str, Any], trial: str, columns: dict[str, Any], rng: np.random.Generator
) -> None:
    """Remove covariate values at random given observed ones, in place."""
    for name, specification in missing.items():
        draw = rng.random(columns[name].size)
        share = specification["percent"].get(trial, 0) / 100
        if share == 0:
            continue
        log_odds = np.full(draw.size, logit(share))
        for driver, slope in specification["depends_on"].items():
            value = columns[driver]
            log_odds += slope * np.nan_to_num(value - np.nanmean(value))
        _blank(columns[name], draw < expit(log_odds))

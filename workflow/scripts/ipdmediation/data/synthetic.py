"""Synthetic trials: the generating model, its causal truth, and raw files as a centre would deliver them.

The model is a plain reading of its parameter file. For patient i of trial t in arm A::

    covariates   Gaussian copula, marginal distributions by trial
    M            intercept[t] + shift[t] A + covariates + residual,  M = ln(mediator + offset)
    logit P(Y>k) direct[t] A + slope[t] (M - centre) + covariates - threshold[t, k]

A higher level of the outcome Y is a worse one. Everything random comes from the generator passed in.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit, ndtr, ndtri

from ipdmediation.data.errors import DataError, listing
from ipdmediation.data.variables import ARMS as ARM_CODES
from ipdmediation.data.variables import Variable

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Parameters = Mapping[str, Any]

ARMS = tuple(ARM_CODES)
CELLS = ((0, 0), (0, 1), (1, 0), (1, 1))
EFFECTS: Mapping[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "te": ((1, 1), (0, 0)),
    "pnde": ((1, 0), (0, 0)),
    "tnie": ((1, 1), (1, 0)),
    "tnde": ((1, 1), (0, 1)),
    "pnie": ((0, 1), (0, 0)),
}
UPPER_QUARTILE_Z = float(ndtri(0.75))
STAMP = datetime(2000, 1, 1)


class SyntheticDataError(DataError):
    """The generating model or a raw file's layout cannot be carried out as written."""


# --- the generating model -----------------------------------------------------------------------------------


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
        One row a randomised patient: `trial`, `patient`, `treatment` (0 control, 1 treated), then the
        variables in the order of ``parameters["variables"]``, in the common units. Continuous variables are
        float64, binary and ordinal ones nullable Int8, categorical ones pandas categories.

    Raises
    ------
    SyntheticDataError
        If the trial is unknown, the correlations are not positive definite, or a loss asks for more patients
        than there are.
    """
    if trial not in parameters["patients"]:
        known = listing(parameters["patients"])
        raise SyntheticDataError(f"trial {trial!r} has no synthetic parameters; known trials: {known}")
    sizes = parameters["patients"][trial]
    treatment = rng.permutation(np.repeat([0, 1], [sizes[arm] for arm in ARMS]))
    width = len(parameters["covariates"])
    draws = _uniforms(treatment, width + 5, sampling=parameters["sampling"], rng=rng)
    columns: dict[str, Any] = dict(_covariates(parameters, trial, draws[:, :width]))
    model, outcome = parameters["mediator"], parameters["outcome"]
    mediator = _mediator(parameters, trial, columns, treatment, draws[:, width])
    predictor = _outcome_predictor(parameters, trial, columns, treatment, mediator)
    latent = predictor + logit(draws[:, width + 1])
    columns[outcome["variable"]] = _count_above(latent, outcome["thresholds"][trial]).astype(float)
    columns[model["variable"]] = _to_resolution(np.exp(mediator) - model["offset"], model["per_unit"])
    columns |= _follow_up(parameters["follow_up"], trial, mediator, draws[:, width + 2 :])
    _lose_patients(parameters["losses"], trial, columns, treatment=treatment, severity=predictor, rng=rng)
    _remove_values(parameters["missing"], trial, columns, rng)

    pattern = parameters["patient_id"][trial]
    keys = {
        "trial": trial,
        "patient": [pattern.format(number) for number in range(1, treatment.size + 1)],
        "treatment": treatment.astype(np.int8),
    }
    return pd.DataFrame(
        keys | {name: _as_kind(columns[name], kind) for name, kind in parameters["variables"].items()}
    )


def _as_kind(values: npt.NDArray[Any], kind: str | Sequence[str]) -> Any:
    """Cast simulated values to the dtype of the common frame."""
    if kind == "continuous":
        return values.astype(float)
    if kind in ("binary", "ordinal"):
        return pd.array(values, dtype="Float64").astype("Int8")
    return pd.Categorical(values, categories=list(kind))


def _uniforms(groups: IntArray, columns: int, *, sampling: str, rng: np.random.Generator) -> FloatArray:
    """Draw uniform numbers: independent, or stratified, one from each nth of (0, 1) in a group of n patients.

    Stratified draws (Latin hypercube; McKay, Beckman & Conover 1979) keep one cohort close to its calibration
    targets. Estimates then vary less than in independent patients, so coverage needs independent draws.
    """
    if sampling == "independent":
        return rng.random((groups.size, columns))
    if sampling != "stratified":
        raise SyntheticDataError(f"sampling is 'stratified' or 'independent', not {sampling!r}")
    draws = np.empty((groups.size, columns))
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        slices = rng.permuted(np.tile(np.arange(rows.size), (columns, 1)), axis=1).T
        draws[rows] = (slices + rng.random((rows.size, columns))) / rows.size
    return draws


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
    return np.asarray(np.array(list(levels), dtype=object)[_count_above(z, cuts)])


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


def _count_above(value: FloatArray, cuts: Sequence[float] | FloatArray) -> IntArray:
    """Count the cuts that lie below each value."""
    return np.asarray(np.searchsorted(np.asarray(cuts, dtype=float), value), dtype=np.int64)


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
    parameters: Parameters,
    trial: str,
    columns: Mapping[str, npt.NDArray[Any]],
    treatment: IntArray,
    mediator: FloatArray,
) -> FloatArray:
    """Compute the linear predictor of a worse outcome."""
    model = parameters["outcome"]
    return np.asarray(
        model["direct_effect"][trial] * treatment
        + model["mediator_slope"][trial] * (mediator - model["mediator_centre"])
        + _covariate_effect(parameters["covariates"], model["effects"], columns)
    )


def _follow_up(
    model: Mapping[str, Any], trial: str, mediator: FloatArray, draws: FloatArray
) -> dict[str, npt.NDArray[Any]]:
    """When and how the mediator was measured, as if it had been in every patient; three draws a patient."""
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
                    f"loss {loss['reason']!r}, trial {trial!r}, {ARMS[arm]}: {wanted} patients wanted, "
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


# --- the causal truth ---------------------------------------------------------------------------------------


def causal_truth(
    parameters: Parameters, *, patients: int, rng: np.random.Generator, batches: int = 50
) -> dict[str, Any]:
    """Natural effects that hold in the generating model, by simulation over its covariates and trials.

    Every simulated patient has both potential mediators M(0), M(1), made from one residual, and for each of
    the four cells (a, a') the outcome distribution P(Y | A = a, M = M(a'), C), which the model gives exactly.
    The cells' distributions are averaged over patients, the trials in their randomised proportions (mediation
    formula: Pearl 2001; VanderWeele & Vansteelandt 2009). A scale s compares a cell's distribution with the
    untreated one, s(0, 0) = 0, and on every scale::

        te = s(1, 1)    pnde = s(1, 0)            pnie = s(0, 1)
        pm = tnie / te  tnie = s(1, 1) - s(1, 0)  tnde = s(1, 1) - s(0, 1)

    so that te = pnde + tnie = tnde + pnie. `pm` is NaN where te is 0.

    Parameters
    ----------
    parameters
        The generating model; ``utility`` holds one weight for each outcome level.
    patients
        Size of the simulation, all trials and batches together.
    rng
        Source of every random number.
    batches
        Independent parts of the simulation, from which the Monte-Carlo standard errors are computed.

    Returns
    -------
    dict
        `effects` and `standard_errors`, each ``{effect: {scale: value}}``; `distributions`, the outcome's by
        cell; `patients` and `batches`. Scales: `mean`, `utility` (difference in mean level, in mean weight),
        `prob_le_k` (difference in P(Y <= k)), `win` (probability of a better outcome than an untreated
        patient's, ties half, minus one half), `log_win_odds`, `log_or` (common log odds ratio of a better
        outcome).

    Raises
    ------
    SyntheticDataError
        If a batch would hold fewer patients than trials.
    """
    sizes = {trial: sum(arms.values()) for trial, arms in parameters["patients"].items()}
    share = {trial: size / sum(sizes.values()) for trial, size in sizes.items()}
    per_batch = {trial: round(patients / batches * fraction) for trial, fraction in share.items()}
    if min(per_batch.values()) < 1:
        raise SyntheticDataError(f"{patients} patients in {batches} batches leave a trial empty")
    cells = np.array(
        [
            sum(
                share[trial] * _cell_distributions(parameters, trial, size, rng)
                for trial, size in per_batch.items()
            )
            for _ in range(batches)
        ]
    )
    utility = np.asarray(parameters["utility"], dtype=float)
    whole = _effects(cells.mean(axis=0), utility)
    parts = [_effects(batch, utility) for batch in cells]
    error = {
        effect: {
            scale: float(np.std([part[effect][scale] for part in parts], ddof=1) / np.sqrt(batches))
            for scale in scales
        }
        for effect, scales in whole.items()
    }
    return {
        "effects": whole,
        "standard_errors": error,
        "distributions": {
            f"treatment_{a}_mediator_{m}": [float(p) for p in cells.mean(axis=0)[row]]
            for row, (a, m) in enumerate(CELLS)
        },
        "patients": batches * sum(per_batch.values()),
        "batches": batches,
    }


def _cell_distributions(parameters: Parameters, trial: str, n: int, rng: np.random.Generator) -> FloatArray:
    """Average the outcome distributions over n patients of a trial; shape (cells, levels), as in CELLS."""
    width = len(parameters["covariates"])
    draws = _uniforms(np.zeros(n, dtype=np.int64), width + 1, sampling=parameters["sampling"], rng=rng)
    columns = _covariates(parameters, trial, draws[:, :width])
    arms = [np.full(n, arm, dtype=np.int64) for arm in (0, 1)]
    mediators = [_mediator(parameters, trial, columns, arm, draws[:, width]) for arm in arms]
    thresholds = np.asarray(parameters["outcome"]["thresholds"][trial])[:, None]
    distributions = []
    for a, m in CELLS:
        predictor = _outcome_predictor(parameters, trial, columns, arms[a], mediators[m])
        cumulative = expit(thresholds - predictor).mean(axis=1)
        distributions.append(np.diff(cumulative, prepend=0.0, append=1.0))
    return np.array(distributions)


def _effects(cells: FloatArray, utility: FloatArray) -> dict[str, dict[str, float]]:
    """Compute every effect on every scale from the four cells' outcome distributions."""
    scales = {
        cell: _scales(distribution, cells[0], utility)
        for cell, distribution in zip(CELLS, cells, strict=True)
    }
    effects = {
        effect: {scale: scales[to][scale] - scales[start][scale] for scale in scales[to]}
        for effect, (to, start) in EFFECTS.items()
    }
    effects["pm"] = {
        scale: effects["tnie"][scale] / te if te else float("nan") for scale, te in effects["te"].items()
    }
    return effects


def _scales(distribution: FloatArray, reference: FloatArray, utility: FloatArray) -> dict[str, float]:
    """Compare an outcome distribution with a reference one; a higher level is worse."""
    difference = distribution - reference
    win = float(distribution @ (1 - np.cumsum(reference) + reference / 2))
    probabilities = {f"prob_le_{k}": float(value) for k, value in enumerate(np.cumsum(difference)[:-1])}
    return {
        "mean": float(difference @ np.arange(difference.size)),
        "utility": float(difference @ utility),
        **probabilities,
        "win": win - 0.5,
        "log_win_odds": float(logit(win)),
        "log_or": _common_log_odds_ratio(distribution, reference),
    }


def _common_log_odds_ratio(
    distribution: FloatArray, reference: FloatArray, tolerance: float = 1e-12
) -> float:
    """Proportional-odds maximum likelihood for two equal groups; positive where `distribution` is better."""
    levels = reference.size
    thresholds, effect = logit(np.cumsum(reference + distribution)[:-1] / 2), 0.0
    for _ in range(100):
        score, information = np.zeros(levels), np.zeros((levels, levels))
        for weights, shift in ((reference, 0.0), (distribution, effect)):
            cumulative = np.concatenate([[0.0], expit(thresholds + shift), [1.0]])
            slope = cumulative * (1 - cumulative)
            # One row a level: the derivative of its probability by each threshold, then by the effect.
            derivative = np.zeros((levels, levels))
            rows = np.arange(levels - 1)
            derivative[rows, rows] = slope[1:-1]
            derivative[rows + 1, rows] = -slope[1:-1]
            derivative[:, -1] = np.diff(slope) * (weights is distribution)
            probability = np.diff(cumulative)
            score += derivative.T @ (weights / probability)
            information += derivative.T @ (derivative / probability[:, None])
        step = np.linalg.solve(information, score)
        thresholds, effect = thresholds + step[:-1], effect + float(step[-1])
        if np.abs(step).max() < tolerance:
            return effect
    raise SyntheticDataError("the common odds ratio of the standardised distributions did not converge")


# --- raw files ----------------------------------------------------------------------------------------------


def write_raw_trial(
    frame: pd.DataFrame,
    path: Path,
    *,
    mapping: Mapping[str, Any],
    variables: Mapping[str, Variable],
    layout: Mapping[str, Any],
    notice: str,
    rng: np.random.Generator,
) -> None:
    """Write a simulated trial as its own centre would deliver it: the trial's mapping, read backwards.

    The same frame, layout and generator state give the same bytes: no file carries the time of its making.

    Parameters
    ----------
    frame
        One trial as `simulate_trial` returns it.
    path
        File to write; the format is the mapping's.
    mapping
        The trial's mapping file: source format and options, columns, codes, units, missing codes.
    variables
        The study's common variables; gives the type and unit of each.
    layout
        What the mapping does not say, ``raw: <trial>:`` of the parameter file: `columns` (their order in the
        file), `decimals` by column (0 where not given), `extra` columns, `inclusion` (first and last day of
        onset), `labels` and `value_labels`.
    notice
        Label of the file: says that the patients are synthetic.
    rng
        Source of the onset stamps, the extra columns and the choice among several missing codes.

    Raises
    ------
    SyntheticDataError
        If the layout's columns are not those of the mapping, a value has no code, a value equals a missing
        code, a constant does not hold, or the format is unknown.
    """
    source = mapping["source"]
    if source["format"] not in WRITERS:
        raise SyntheticDataError(f"{path}: format {source['format']!r}; known: {listing(WRITERS)}")
    typed = source["format"] not in UNTYPED_FORMATS
    arms = [ARMS[arm] for arm in frame["treatment"]]
    cells = {
        mapping["patient"]["column"]: _identifiers(frame["patient"]),
        mapping["treatment"]["column"]: _coded(arms, mapping["treatment"]["codes"], "treatment"),
    }
    stamps = _stamps(frame, mapping, variables, layout, rng)
    missing: dict[str, Sequence[Any]] = {}
    for name, rule in mapping["variables"].items():
        if "from" in rule:
            for column in (rule["from"], rule["to"]):
                cells[column] = _stamp_cells(stamps[column], rule.get("format"))
        elif "column" in rule:
            column = rule["column"]
            missing[column] = rule.get("missing") or mapping.get("missing", [])
            values = _own_values(frame[name], variables[name], rule, layout)
            cells[column] = _with_missing_codes(values, missing[column], column, typed=typed, rng=rng)
        elif "constant" in rule and not frame[name].eq(rule["constant"]).all():
            raise SyntheticDataError(f"{path}: {name} is not {rule['constant']!r} in every patient")
    for column, rule in layout["extra"].items():
        cells[column] = _extra(rule, len(frame), stamps, rng)
    if sorted(cells) != sorted(layout["columns"]):
        odd = listing(sorted(set(cells) ^ set(layout["columns"])))
        raise SyntheticDataError(f"{path}: columns named in only one of the mapping and the layout: {odd}")
    WRITERS[source["format"]](
        _RawFile(
            path=path,
            table=pd.DataFrame({column: _column(cells[column], typed=typed) for column in layout["columns"]}),
            options=source.get("options", {}),
            layout=layout,
            missing=missing,
            notice=notice,
        )
    )


@dataclass(frozen=True)
class _RawFile:
    """What a writer of one format needs."""

    path: Path
    table: pd.DataFrame
    options: Mapping[str, Any]
    layout: Mapping[str, Any]
    missing: Mapping[str, Sequence[Any]]
    notice: str


def _identifiers(patients: pd.Series[Any]) -> list[Any]:
    """Patient ids, as numbers where all are."""
    values = [str(patient) for patient in patients]
    return [int(value) for value in values] if all(value.isdigit() for value in values) else values


def _coded(values: Sequence[Any], codes: Mapping[Any, Any] | None, name: str) -> list[Any]:
    """Replace common values by the trial's own codes."""
    plain = [value if value is None or isinstance(value, str) else int(value) for value in values]
    if codes is None:
        return plain
    back: dict[Any, Any] = {}
    for code, value in codes.items():
        back.setdefault(value, code)
    unknown = {value for value in plain if value is not None} - set(back)
    if unknown:
        raise SyntheticDataError(f"{name}: no code of the mapping stands for {listing(sorted(unknown))}")
    return [None if value is None else back[value] for value in plain]


def _own_values(
    values: pd.Series[Any], variable: Variable, rule: Mapping[str, Any], layout: Mapping[str, Any]
) -> list[Any]:
    """Put a common variable into the trial's own unit and precision, or its own codes."""
    if variable.type != "continuous":
        present = [None if pd.isna(value) else value for value in values]
        return _coded(present, rule.get("codes"), variable.name)
    own = _converted(values, variable.unit, rule.get("unit", variable.unit))
    decimals = layout.get("decimals", {}).get(rule["column"], 0)
    rounded = [None if pd.isna(value) else round(float(value), decimals) for value in own]
    return rounded if decimals else [None if value is None else int(value) for value in rounded]


def _converted(values: pd.Series[Any], unit: str | None, to: str | None) -> pd.Series[Any]:
    """Convert from the common unit to the file's."""
    if unit == to:
        return values
    from ipdmediation.data.units import convert  # the import of pint costs a third of a second

    return pd.Series(convert(values.to_numpy(), str(unit), str(to)), index=values.index)


def _stamps(
    frame: pd.DataFrame,
    mapping: Mapping[str, Any],
    variables: Mapping[str, Variable],
    layout: Mapping[str, Any],
    rng: np.random.Generator,
) -> dict[str, pd.Series[Any]]:
    """Stamps by column, to the minute: starts spread over the days of inclusion, ends by the durations."""
    stamps: dict[str, pd.Series[Any]] = {}
    for name, rule in mapping["variables"].items():
        if "from" not in rule:
            continue
        if rule["from"] not in stamps:
            first, last = (pd.Timestamp(day) for day in layout["inclusion"])
            minutes = rng.integers(int((last - first).total_seconds() // 60), size=len(frame))
            start = pd.Series(first + pd.to_timedelta(minutes, unit="min"), index=frame.index)
            stamps[rule["from"]] = start.astype("datetime64[ms]")
        elapsed = _converted(frame[name], variables[name].unit, "minute").round()
        stamps[rule["to"]] = stamps[rule["from"]] + pd.to_timedelta(elapsed, unit="min")
    return stamps


def _stamp_cells(stamps: pd.Series[Any], stamp_format: str | None) -> list[Any]:
    """Time stamps as text where the mapping gives a format, else as stamps."""
    if stamp_format is None:
        return [None if pd.isna(stamp) else stamp.to_pydatetime() for stamp in stamps]
    return [None if pd.isna(stamp) else stamp.strftime(stamp_format) for stamp in stamps]


def _with_missing_codes(
    cells: list[Any], codes: Sequence[Any], column: str, *, typed: bool, rng: np.random.Generator
) -> list[Any]:
    """Write missing values as one of the trial's codes, where the column can hold one of them."""
    clash = set(codes) & {cell for cell in cells if cell is not None}
    if clash:
        raise SyntheticDataError(f"{column}: {sorted(clash, key=str)[0]!r} is a value and a code for missing")
    text = any(isinstance(cell, str) for cell in cells)
    fitting = [code for code in codes if not typed or isinstance(code, str) == text]
    if not fitting:
        return cells
    return [fitting[rng.integers(len(fitting))] if cell is None else cell for cell in cells]


def _extra(
    rule: Mapping[str, Any], n: int, stamps: Mapping[str, pd.Series[Any]], rng: np.random.Generator
) -> list[Any]:
    """Fill a column that only the centre needs: a constant, one of several values, or a later day."""
    if "constant" in rule:
        return [rule["constant"]] * n
    if "choices" in rule:
        return [rule["choices"][i] for i in rng.integers(len(rule["choices"]), size=n)]
    days = pd.Series(rng.integers(rule["days"][0], rule["days"][1] + 1, size=n))
    later = stamps[rule["after"]].dt.normalize() + pd.to_timedelta(days, unit="D")
    return _stamp_cells(later, rule.get("format"))


def _column(cells: list[Any], *, typed: bool) -> pd.Series[Any]:
    """Make a column of cells: numbers, stamps or text in a typed file, the cells themselves elsewhere."""
    if not typed:
        return pd.Series(cells, dtype=object)
    present = [cell for cell in cells if cell is not None]
    if present and all(isinstance(cell, datetime) for cell in present):
        return pd.Series(pd.to_datetime(pd.Series(cells))).astype("datetime64[ms]")
    if any(isinstance(cell, str) for cell in present):
        return pd.Series(["" if cell is None else str(cell) for cell in cells], dtype=object)
    if len(present) == len(cells) and all(isinstance(cell, int) for cell in present):
        return pd.Series(cells, dtype="int32")
    return pd.Series(cells, dtype="float64")


def _write_text(file: _RawFile) -> None:
    """Write separated text; a column says that the patients are synthetic."""
    decimal = file.options.get("decimal", ".")
    text = file.table.map(lambda cell: str(cell).replace(".", decimal) if isinstance(cell, float) else cell)
    text.to_csv(
        file.path,
        sep=file.options["separator"],
        index=False,
        encoding=file.options.get("encoding", "utf-8"),
        lineterminator="\n",
    )


def _write_excel(file: _RawFile) -> None:
    """Write one sheet; the zip entries and the document's properties get a fixed time."""
    import openpyxl

    workbook = openpyxl.Workbook()
    sheet: Any = workbook.active
    sheet.title = file.options.get("sheet", "Sheet1")
    sheet.append(list(file.table.columns))
    for row in file.table.itertuples(index=False):
        sheet.append(list(row))
    workbook.properties.title = workbook.properties.description = file.notice
    workbook.properties.creator = "synthetic"
    buffer = io.BytesIO()
    workbook.save(buffer)
    fixed = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(file.path, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            content = made.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", fixed, content)
            entry = zipfile.ZipInfo(name, date_time=STAMP.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            kept.writestr(entry, content)


def _write_stata(file: _RawFile) -> None:
    """Write Stata 14 with value labels and a fixed time stamp."""
    stamps = [column for column in file.table if pd.api.types.is_datetime64_dtype(file.table[column])]
    file.table.to_stata(
        file.path,
        write_index=False,
        version=118,
        byteorder="little",
        time_stamp=STAMP,
        data_label=file.notice[:80],
        convert_dates=dict.fromkeys(stamps, "tc"),
        variable_labels=dict(file.layout.get("labels", {})),
        value_labels={column: dict(labels) for column, labels in file.layout.get("value_labels", {}).items()},
    )


def _write_spss(file: _RawFile) -> None:
    """Write SPSS with value labels and user-missing codes; the header's date and time are overwritten."""
    import pyreadstat

    pyreadstat.write_sav(
        file.table,
        str(file.path),
        file_label=file.notice[:64],
        column_labels=dict(file.layout.get("labels", {})),
        variable_value_labels={
            column: dict(labels) for column, labels in file.layout.get("value_labels", {}).items()
        },
        missing_ranges={column: list(codes) for column, codes in file.missing.items() if codes},
    )
    content = bytearray(file.path.read_bytes())
    # The fixed header of the format holds the date in bytes 92-100 and the time in bytes 101-108.
    content[92:109] = STAMP.strftime("%d %b %y%H:%M:%S").encode("ascii")
    file.path.write_bytes(bytes(content))


def _write_sas_xport(file: _RawFile) -> None:
    """Write SAS transport 5; every time stamp of its header records is overwritten."""
    import pyreadstat

    pyreadstat.write_xport(
        file.table,
        str(file.path),
        file_label=file.notice[:40],
        column_labels=dict(file.layout.get("labels", {})),
        table_name=file.layout["table"],
        file_format_version=5,
    )
    content = file.path.read_bytes()
    header = content.index(b"HEADER RECORD*******NAMESTR")
    fixed = STAMP.strftime("%d%b%y:%H:%M:%S").upper().encode("ascii")
    stamped = re.sub(rb"\d\d[A-Z]{3}\d\d:\d\d:\d\d:\d\d", fixed, content[:header])
    file.path.write_bytes(stamped + content[header:])


def _write_parquet(file: _RawFile) -> None:
    """Write Parquet; the notice stands in the file's metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow = pa.Table.from_pandas(file.table, preserve_index=False)
    pq.write_table(arrow.replace_schema_metadata({"notice": file.notice}), file.path)


UNTYPED_FORMATS = ("csv", "tsv", "excel")
WRITERS: Mapping[str, Callable[[_RawFile], None]] = {
    "csv": _write_text,
    "tsv": _write_text,
    "excel": _write_excel,
    "stata": _write_stata,
    "spss": _write_spss,
    "sas_xport": _write_sas_xport,
    "parquet": _write_parquet,
}

"""Uniform numbers behind the synthetic patients: independent, or stratified to stay close to targets."""

from __future__ import annotations

import numpy as np

from ipdmediation.kernels.arrays import FloatArray, IntArray
from ipdmediation.synthetic.errors import SyntheticDataError


def uniforms(groups: IntArray, columns: int, *, sampling: str, rng: np.random.Generator) -> FloatArray:
    """Draw uniform numbers: independent, or stratified, one from each nth of (0, 1) in a group of n patients.

    Stratified draws (Latin hypercube; McKay, Beckman & Conover 1979) keep one cohort close to its calibration
    targets. Estimates then vary less than in independent patients, so coverage needs independent draws.

    Parameters
    ----------
    groups : ndarray of shape (patients,)
        Group of each patient.
    columns
        How many numbers each patient gets.
    sampling
        `stratified` or `independent`.
    rng
        Source of every random number.

    Returns
    -------
    ndarray of shape (patients, columns)

    Raises
    ------
    SyntheticDataError
        If there is no such sampling.
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

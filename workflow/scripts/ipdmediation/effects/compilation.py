"""Compile the kernels of the effects, so that later processes find them in numba's cache."""

import numpy as np

from ipdmediation.kernels import standardisation as kernels
from ipdmediation.kernels.comparisons import compare_distributions
from ipdmediation.kernels.link_tables import link_table
from ipdmediation.kernels.links import LINKS


def compile_kernels(link: str | None) -> list[str]:
    """Call each kernel once, on arrays of the types that standardisation passes.

    Parameters
    ----------
    link : str or None
        A key of `vocabulary.links.LINKS`; None for the kernels that serve all links.

    Returns
    -------
    list of str
        Names of the kernels.
    """
    if link is not None:
        link_table(np.zeros(1), np.ones(1), 1.0, LINKS[link], -2.0, 1.0, 4)
        return ["link_table"]
    rows, arms, weights = np.zeros(3, dtype=np.int64), np.zeros((2, 3)), np.ones(3)
    thresholds, shares, spread = np.array([[0.0, 1.0]] * 2), np.array([[0.3, 0.3, 0.4]]), np.ones(2)
    kernels.linear_predictor(arms, spread, rows)
    kernels.group_sums(arms, rows, 1, weights)
    tables = np.zeros((2, 6, 4))
    added, table_of = np.zeros((2, 1, 1)), np.zeros((2, 1), dtype=np.int64)
    kernels.mean_cumulative(arms, 0.0, 0.0, added, table_of, rows, weights, thresholds, tables, -2.0, 1.0)
    nodes, contributions = np.array([-1.0, 1.0]), np.zeros((2, 1, 2))
    kernels.mean_cumulative_over_nodes(
        arms, arms, spread, nodes, spread, contributions, rows, weights, thresholds, tables, -2.0, 1.0
    )
    kernels.node_masses(arms, spread, nodes, spread, rows, 1, weights)
    compare_distributions(shares, shares, shares)
    return [
        "linear_predictor",
        "group_sums",
        "mean_cumulative",
        "mean_cumulative_over_nodes",
        "node_masses",
        "compare_distributions",
    ]

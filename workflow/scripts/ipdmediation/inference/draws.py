"""Bootstrap draws from several files as one table."""

from collections.abc import Iterable

import pandas as pd

from ipdmediation.data.errors import listing


class DrawsError(ValueError):
    """The draws are not those that were wanted."""


def join_draws(chunks: Iterable[pd.DataFrame], *, replicates: int) -> pd.DataFrame:
    """Return the draws of replicates 0 to `replicates` - 1, in their order.

    Parameters
    ----------
    chunks : iterable of DataFrame
        Tables of `bootstrap.draw_replicates`. Later replicates than those that are wanted do not count.
    replicates : int
        How many are wanted.

    Raises
    ------
    DrawsError
        Where one of them is not there, or more than once.
    """
    draws = pd.concat(chunks).sort_values("replicate", kind="stable")
    draws = draws[draws["replicate"] < replicates].reset_index(drop=True)
    times = draws["replicate"].value_counts().reindex(range(replicates), fill_value=0)
    for wrong, what in ((times[times == 0], "missing"), (times[times > 1], "there more than once")):
        if len(wrong):
            numbers = listing(wrong.index)
            raise DrawsError(f"bootstrap replicates {numbers} are {what}; delete their files and run again")
    return draws

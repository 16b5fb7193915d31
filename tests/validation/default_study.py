"""The default study beside the truth of its generating model: what the intervals hold and what not.

``python -m tests.validation.default_study`` puts the table of a finished run into docs/validation.md.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs/validation.md"
START, END = "<!-- default study: python -m tests.validation.default_study -->", "<!-- end -->"
EFFECTS = ("te", "pnde", "tnie")


def beside_truth(effects: pd.DataFrame, truth: Mapping[str, Any]) -> pd.DataFrame:
    """Hold an analysis's natural effects against the truth.

    Parameters
    ----------
    effects : an analysis's `effects.csv`.
    truth : content of `synthetic_truth.json`.

    Returns
    -------
    DataFrame
        Indexed by effect and scale, in the truth's order: the columns of `effects`, `truth`, and `inside`,
        whether the interval holds it.
    """
    flat = {
        (effect, scale): value
        for effect, scales in truth["effects"].items()
        for scale, value in scales.items()
    }
    table = effects.set_index(["effect", "scale"]).loc[list(flat)]
    return table.assign(
        truth=pd.Series(flat), inside=pd.Series(flat).between(table["ci_low"], table["ci_high"])
    )


def written(table: pd.DataFrame, truth: Mapping[str, Any]) -> str:
    """Write the result as it stands in the document; where the interval misses the truth, it is bold."""
    replicates = int(table["replicates"].iloc[0])
    lines = [
        f"Of the {len(table)} natural effects, {int(table['inside'].sum())} lie in their intervals "
        f"({replicates} replicates); the table shows three on each scale. "
        "In bold: the interval does not hold the truth.",
        "",
        "| scale | "
        + " | ".join(f"{effect.upper()}, truth | estimate (95 % CI)" for effect in EFFECTS)
        + " |",
        "|---|" + "---|---|" * len(EFFECTS),
    ]
    for scale in table.loc[EFFECTS[0]].index:
        cells = []
        for _, row in table.loc[[(effect, scale) for effect in EFFECTS]].iterrows():
            found = f"{row['estimate']:.3f} ({row['ci_low']:.3f}, {row['ci_high']:.3f})"
            cells += [f"{row['truth']:.3f}", found if row["inside"] else f"**{found}**"]
        lines.append(f"| `{scale}` | " + " | ".join(cells) + " |")
    by_cut = truth["log_or_by_cut"]["values"]
    lines += [
        "",
        "| true log odds ratio of mRS | " + " | ".join(f"≤ {cut[-1]}" for cut in by_cut["te"]) + " |",
        "|---|" + "---|" * len(by_cut["te"]),
        *(
            f"| {effect.upper()} | " + " | ".join(f"{value:.3f}" for value in by_cut[effect].values()) + " |"
            for effect in EFFECTS
        ),
    ]
    return "\n".join(lines)


def written_truth(document: str) -> dict[tuple[str, str], float]:
    """Read the truth back from the document, by effect and scale."""
    part = document.partition(START)[2].partition(END)[0]
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", part, re.MULTILINE)
    return {
        (effect, scale): float(cells.split("|")[2 * position])
        for scale, cells in rows
        for position, effect in enumerate(EFFECTS)
    }


def main() -> None:
    """Put the table of the run in `results` into docs/validation.md."""
    truth = json.loads((ROOT / "results/synthetic_truth.json").read_text())
    table = beside_truth(pd.read_csv(ROOT / "results/primary/effects.csv"), truth)
    before, _, rest = DOCUMENT.read_text().partition(START)
    DOCUMENT.write_text(f"{before}{START}\n\n{written(table, truth)}\n\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()

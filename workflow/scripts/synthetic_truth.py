"""Simulate the causal effects that hold in the generating model of the synthetic trials."""

from job import run, snakemake  # first: it makes the other imports faster

import json
from pathlib import Path
from typing import Any

from ipdmediation.inference.streams import stream
from ipdmediation.synthetic.truth import causal_truth


def main(*, truth: str, model: dict[str, Any], seed: int, patients: int) -> None:
    """Write the natural effects of the generating model on every scale."""
    effects = causal_truth(model, patients=patients, rng=stream(seed, "causal truth"))
    Path(truth).write_text(json.dumps(effects, indent=2) + "\n")


if __name__ == "__main__":
    run(main, snakemake)

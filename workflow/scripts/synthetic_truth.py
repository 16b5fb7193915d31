"""Simulate the causal effects that hold in the generating model of the synthetic trials."""

from job import run  # first: it makes the other imports faster

import json
from pathlib import Path

import yaml

from ipdmediation.inference.streams import stream
from ipdmediation.synthetic.truth import causal_truth


def main(*, parameters: str, truth: str, seed: int, patients: int) -> None:
    """Read the generating model; write its natural effects on every scale."""
    model = yaml.safe_load(Path(parameters).read_text())
    effects = causal_truth(model, patients=patients, rng=stream(seed, "causal truth"))
    Path(truth).write_text(json.dumps(effects, indent=2) + "\n")


if __name__ == "__main__":
    run(main, snakemake)

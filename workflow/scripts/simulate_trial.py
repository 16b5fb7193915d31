"""Write one synthetic trial as its coordinating centre would send it."""

from job import run, snakemake  # first: it makes the other imports faster

from pathlib import Path
from typing import Any

from ipdmediation.data.variables import variables_from_config
from ipdmediation.inference.streams import stream
from ipdmediation.synthetic.generate import simulate_trial
from ipdmediation.synthetic.raw_files import write_raw_trial


def main(
    *,
    raw: str,
    trial: str,
    model: dict[str, Any],
    mapping: dict[str, Any],
    seed: int,
    variables: dict[str, Any],
) -> None:
    """Write a trial's raw file as the generating model and the trial's mapping have it."""
    frame = simulate_trial(model, trial, rng=stream(seed, "simulate", trial))
    write_raw_trial(
        frame,
        Path(raw),
        mapping=mapping,
        variables=variables_from_config(variables),
        layout=model["raw"][trial],
        notice=model["notice"],
        rng=stream(seed, "raw file", trial),
    )


if __name__ == "__main__":
    run(main, snakemake)

"""CPU time of what the targets are about, of whichever commit's package is on the path.

Run as `python measured.py compiling` or `python measured.py replicates <cohort> <configuration>`, it writes
JSON. It calls only what the package has had since the commit that it is held against.
"""

import inspect
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

RESAMPLES = 40
REPETITIONS = 9
LINKS = ("logit", "probit")


def compiling() -> dict[str, float]:
    """CPU seconds of compiling the kernels of one link; nothing where all are on disk."""
    start = time.process_time()
    from ipdmediation.effects import compilation as effects
    from ipdmediation.models import compilation as models

    for module in (models, effects):
        wanted = inspect.signature(module.compile_kernels).parameters
        parts = (
            ["logit", None] if "None" in str(wanted) else ["logit"]
        )  # earlier, a link's were with all others
        for part in parts:
            module.compile_kernels(*[part][: len(wanted)])
    return {"compiling, s": time.process_time() - start}


def replicates(cohort: str, configuration: str) -> dict[str, float]:
    """CPU milliseconds of a warm refit of each model of the primary analysis, and of its effects."""
    from ipdmediation.data.schema import conform
    from ipdmediation.data.variables import variables_from_config
    from ipdmediation.effects.mediation import MediationEffects
    from ipdmediation.models.specification import MODEL_NAMES, AnalysisSpecification, mediation_models

    try:
        from ipdmediation.effects.standardisation_options import StandardisationOptions
    except ImportError:
        from ipdmediation.effects.standardisation import StandardisationOptions

    config = yaml.safe_load(Path(configuration).read_text())
    primary, variables = config["analyses"]["primary"], variables_from_config(config["variables"])
    completed = conform(pd.read_parquet(cohort), variables)
    frame = completed[completed["imputation"] == 0].reset_index(drop=True)
    rng = np.random.default_rng(1)
    weights = [rng.multinomial(len(frame), np.full(len(frame), 1 / len(frame))) for _ in range(RESAMPLES)]
    drawn = [each.astype(float) for each in weights]
    found: dict[str, float] = {}
    for link in LINKS:
        stated = {**primary, "outcome": {**primary["outcome"], "link": link}}
        models = mediation_models(
            frame, specification=AnalysisSpecification.from_config(stated), variables=variables
        )
        members = [getattr(models, name) for name in MODEL_NAMES]
        starts = [member.fit().start() for member in members]
        for name, member, start in zip(MODEL_NAMES, members, starts, strict=True):
            found[f"{link} {name} refit, ms"] = _milliseconds(
                lambda member=member, start=start: [member.refit(each, start) for each in drawn]
            )
        fits = [[m.refit(each, s) for m, s in zip(members, starts, strict=True)] for each in drawn]
        effects = MediationEffects.of(
            models,
            frame,
            options=StandardisationOptions.from_config(primary["standardisation"]),
            utility=primary["standardisation"]["utility"],
        )
        found[f"{link} effects, ms"] = _milliseconds(
            lambda effects=effects, fits=fits: [
                effects.evaluate(*each) for each in zip(fits, drawn, strict=True)
            ]
        )
    return found


def _milliseconds(run: Callable[[], Any]) -> float:
    """Smallest CPU time per resample: other processes only add to it."""
    run()
    spent = []
    for _ in range(REPETITIONS):
        start = time.process_time()
        run()
        spent.append(time.process_time() - start)
    return min(spent) / RESAMPLES * 1e3


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    print(json.dumps({"compiling": compiling, "replicates": replicates}[what](*arguments)))

"""What `compile_kernels` compiles is all that the later jobs of a study need, for the links that it uses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import importlib, json, pkgutil, sys, warnings
sys.path[:0] = sys.argv[1:3]
warnings.simplefilter("ignore")
import numpy as np
import ipdmediation.kernels as kernels
from ipdmediation.effects import compilation as effects
from ipdmediation.models import compilation as models
from ipdmediation.models.specification import MODEL_NAMES, mediation_models
from tests.unit.effects.conftest import effects_of, simulated_cohort, specified

found = {}
for module in pkgutil.walk_packages(kernels.__path__, "ipdmediation.kernels."):
    for name, value in vars(importlib.import_module(module.name)).items():
        if hasattr(value, "signatures") and type(value._cache).__name__ != "NullCache":
            found[f"{value.__module__}.{name}"] = value

def compiled():
    return {name: len(kernel.signatures) for name, kernel in found.items()}

link = sys.argv[3]
for compiled_for in (None, link):
    models.compile_kernels(compiled_for)
    effects.compile_kernels(compiled_for)
before = compiled()
frame = simulated_cohort(150, seed=4)
for family in ("ordinal", "binary"):
    data = frame if family == "ordinal" else frame.assign(y=(frame["y"] > 1).astype(int))
    for trial_effects in ("fixed", "random_slope"):
        chosen = specified(link=link, family=family, trial_effects=trial_effects)
        built = mediation_models(data, specification=chosen)
        named = [getattr(built, name) for name in MODEL_NAMES]
        fits = [model.refit(np.ones(len(data)), model.fit().start()) for model in named]
        effects_of(data, chosen, models=built, fits=fits)
print(json.dumps([before, compiled()]))
"""


@pytest.mark.parametrize("link", ["probit", "cloglog"])
def test_a_study_with_a_link_leaves_nothing_to_compile(link: str) -> None:
    arguments = [sys.executable, "-c", SCRIPT, str(ROOT / "workflow/scripts"), str(ROOT), link]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    before, after = json.loads(done.stdout.splitlines()[-1])
    assert sum(before.values()) > 10
    assert after == before

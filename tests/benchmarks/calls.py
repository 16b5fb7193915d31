"""Count the calls of kernels in a refit, with the kernels as plain Python.

Run as `python -m tests.benchmarks.calls`, with NUMBA_DISABLE_JIT=1. It reads a pickled model, resamples and a
start from the standard input, and writes the average calls of each kernel in a refit as JSON.
"""

import json
import pickle
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from ipdmediation.kernels import fixed, links, modes, search

COUNTED = {
    "evaluate": (search, "evaluate"),
    "pass": (modes, "_row_pass"),
    "information": (search, "mixed_information"),
    "step": (search, "mixed_step"),
    "rows": (links, "rows"),
    "predictor": (fixed, "linear_predictor"),
    "gradient": (fixed, "_gradient"),
    "fixed information": (fixed, "_information"),
}


def main() -> None:
    model, weights, start = pickle.load(sys.stdin.buffer)
    counts: Counter[str] = Counter()

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            counts[name] += 1
            return function(*arguments)

        return call

    for name, (module, attribute) in COUNTED.items():
        setattr(module, attribute, counted(name, getattr(module, attribute)))
    for drawn in weights:
        model.refit(drawn, start)
    print(json.dumps({name: counts[name] / len(weights) for name in COUNTED}))


if __name__ == "__main__":
    main()

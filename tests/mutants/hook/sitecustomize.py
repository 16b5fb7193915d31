"""Let every Python that is started read one file with a fault in it; the file itself stays as it is.

The environment variable `MUTANT` has the fault as JSON: `file` (absolute), `was` and `becomes`.
"""

import builtins
import io
import json
import os
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

FAULT = json.loads(os.environ.get("MUTANT", '{"file": ""}'))  # without one, nothing is mutated
FILE = FAULT["file"]


def mutated() -> str:
    """Return the file's text with the fault."""
    with read(FILE, encoding="utf-8") as file:
        return file.read().replace(FAULT["was"], FAULT["becomes"])


def get_code(self: SourceFileLoader, fullname: str) -> Any:
    """Compile a module; never take the mutated one from the byte code on the disk, nor leave it there."""
    path = self.get_filename(fullname)
    if os.path.realpath(path) == FILE:
        return self.source_to_code(mutated().encode(), path)
    return compiled(self, fullname)


def opened(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
    """Open a file; Snakemake reads its rules with this, no module."""
    if mode in ("r", "rt", "rb") and isinstance(file, (str, Path)) and os.path.realpath(file) == FILE:
        return io.StringIO(mutated()) if mode != "rb" else io.BytesIO(mutated().encode())
    return read(file, mode, *arguments, **options)


read, compiled = builtins.open, SourceFileLoader.get_code
if FILE.endswith(".py"):
    SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
elif FILE:
    builtins.open = opened

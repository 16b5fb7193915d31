# In: the place of this file. Out: `source`, where a file of the workflow lies; `plumbing`, a module of ipdmediation.plumbing;
# `code`, the hash of a script with all that it imports; and those parts of the plumbing that know no study.
import importlib
import os
import sys
from functools import cache
from pathlib import Path

from snakemake.exceptions import WorkflowError

RULES = workflow.current_basedir
IN_PLACE = Path(RULES.get_path_or_uri(secret_free=True)).is_dir()


@cache
def source(path):
    """Return where a file of this workflow lies, or None: in place, or Snakemake's copy from a repository.

    In place matters: a copy has a new name in every run, and compiled kernels are cached by name.
    """
    if IN_PLACE:
        local = os.path.relpath(RULES.join(path).get_path_or_uri(secret_free=True))
        return local if os.path.isfile(local) else None
    try:
        return str(workflow.source_path(path))
    except Exception:  # each hosting service has its own "not found"
        return None


def plumbing(name, needed=()):
    """Import a module of the package's plumbing; of a workflow in a repository, after fetching what it needs."""
    for path in needed or CODE.files(f"ipdmediation/plumbing/{name}.py"):
        source(f"../scripts/{path}")
    package = Path(source("../scripts/ipdmediation/__init__.py"))
    if package.suffix != ".py":
        raise WorkflowError("gitfile() renames files: give the path of a clone, or use github() or gitlab()")
    sys.path.insert(0, str(package.resolve().parents[1]))
    try:
        return importlib.import_module(f"ipdmediation.plumbing.{name}")
    finally:
        del sys.path[0]


FIRST = [f"ipdmediation/plumbing/{name}.py" for name in ("__init__", "code_hash")]
CODE = plumbing("code_hash", FIRST).CodeHash(lambda path: source(f"../scripts/{path}"))
code = CODE.of
inside = plumbing("snakemake_inside").Inside(workflow)
results = plumbing("result_files")
doubling = plumbing("attempts").doubling
handed = plumbing("expected_inputs")
ending = plumbing("ending")

"""One hash of a script and of everything that it imports from the package (itself imports nothing of it)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

#: Each import that a line begins with. To read all code as Python does would take a tenth of a start.
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<package>[\w.]+)[ \t]+import[ \t]*(?P<names>\([^)]*\)|(?:\\\n|[^\n])*)"
    r"|import[ \t]+(?P<modules>(?:\\\n|[^\n])*))",
    re.MULTILINE,
)
_COMMENT = re.compile(r"#[^\n]*")


class CodeHash:
    """Hashes of scripts with everything that they run.

    Snakemake tracks a rule's script but not what the script imports; as a parameter of the rule the hash
    makes an edit anywhere below it a reason to run the rule again.

    Parameters
    ----------
    source : callable
        Takes a path below the scripts' folder, such as ``"ipdmediation/data/cohort.py"``; returns where that
        file lies, or None where there is none.
    """

    def __init__(self, source: Callable[[str], str | None]) -> None:
        self._source = source
        self._hashes: dict[str, str] = {}
        self._imports: dict[str, set[str]] = {}

    def of(self, script: str) -> str:
        """Return the hash of a script, named without its suffix."""
        if script not in self._hashes:
            digest = hashlib.sha256()
            for path in self.files(f"{script}.py"):
                digest.update(path.encode())
                digest.update(self._content(path))
            self._hashes[script] = digest.hexdigest()
        return self._hashes[script]

    def files(self, path: str) -> list[str]:
        """Return a file below the scripts' folder and everything that it imports, directly or not."""
        found: set[str] = set()
        waiting = {path}
        while waiting:
            found |= waiting
            waiting = {file for known in waiting for file in self._imported_by(known)} - found
        return sorted(found)

    def _imported_by(self, path: str) -> set[str]:
        if path not in self._imports:
            imported = _imports(self._content(path).decode())
            names = [name for name in imported if name.split(".")[0] in ("ipdmediation", "job")]
            self._imports[path] = {file for name in names for file in self._run_by(name)}
        return self._imports[path]

    def _run_by(self, name: str) -> list[str]:
        """Return the files that importing a dotted name runs: its packages' and its module's."""
        files: list[str] = []
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            stem = "/".join(parts[:length])
            # First what is more often there: to ask a remote repository for what it has not is slow.
            if self._source(f"{stem}.py"):
                return [*files, f"{stem}.py"]
            if not self._source(f"{stem}/__init__.py"):
                break
            files.append(f"{stem}/__init__.py")
        return files

    def _content(self, path: str) -> bytes:
        where = self._source(path)
        if where is None:
            raise FileNotFoundError(f"the workflow has no file scripts/{path}")
        return Path(where).read_bytes()


def _imports(code: str) -> Iterator[str]:
    """Yield the dotted names that code imports, and what stands in its texts like an import of a line."""
    for found in _IMPORT.finditer(_COMMENT.sub("", code)):
        for name in re.findall(r"([\w.*]+)(?:\s+as\s+\w+)?", found["names"] or found["modules"] or ""):
            yield f"{found['package']}.{name}" if found["package"] else name

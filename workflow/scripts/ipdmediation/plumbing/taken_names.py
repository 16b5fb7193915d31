"""Names that no analysis may have, read from the rules themselves (light to import)."""

from __future__ import annotations

import re
from collections.abc import Iterable

_INCLUDE = re.compile(r'^ *include: "(rules/\w+\.smk)"$', re.MULTILINE)
_RULE = re.compile(r"^\s*(?:rule|checkpoint) (\w+):", re.MULTILINE)
# what stands first below the results, and below the folder of patients' rows, where analyses have folders too
_FOLDER = re.compile(r"<results>/(?:ipd/)?(\w+)(?=[/\"'])")
_WITHOUT_FILES_OF_THEIR_OWN = ("ipd", "logs", "benchmarks")
_ANALYSIS = "primary"  # which every study has, and the report shows


def included(snakefile: str) -> list[str]:
    """Return the rule files that a Snakefile includes.

    Examples
    --------
    >>> included('include: "rules/pool.smk"')
    ['rules/pool.smk']
    """
    return _INCLUDE.findall(snakefile)


def taken(texts: Iterable[str]) -> frozenset[str]:
    """Return the names of rules and of folders in the text of Snakefiles.

    Examples
    --------
    >>> text = 'rule pool:' + chr(10) + '    input: "<results>/ipd/harmonised/{trial}.parquet"'
    >>> sorted(taken([text]))
    ['benchmarks', 'harmonised', 'ipd', 'logs', 'pool']
    """
    names = set(_WITHOUT_FILES_OF_THEIR_OWN)
    for text in texts:
        names |= {*_RULE.findall(text), *_FOLDER.findall(text)}
    return frozenset(names - {_ANALYSIS})

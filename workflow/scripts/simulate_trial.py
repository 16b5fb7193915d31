"""Write one synthetic trial as its coordinating centre would send it."""

from typing import Any


def main(
    *, parameters: str, mapping: str, raw: str, trial: str, seed: int, variables: dict[str, Any]
) -> None:
    raise SystemExit

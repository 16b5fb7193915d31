"""Kernels that the tests of several workers use and one of them compiles."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ipdmediation.models.compilation import compile_kernels
from tests.conftest import made_once


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Wait until the kernels of the models with a link are compiled, by this worker or by another."""

    def compiled(link: str) -> Path:
        def compile_all(folder: Path) -> None:
            folder.mkdir()
            compile_kernels(link)

        return made_once(tmp_path_factory, f"kernels-{link}", compile_all)

    return compiled

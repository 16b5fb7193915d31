"""What of numba's inside is touched: code that only kernels call is optimised once, inside of them.

numba optimises each function with all that it calls, and again inside each of its callers: the deepest ones
as often as there are callers above them. That a compiler can be one's own is documented; that a library of
code can leave out its optimising is not, and was tested with numba 0.68: where the method that does it has
another name, all is optimised as numba does it.
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler


class _Unoptimised(JITCodeLibrary):
    """Code that waits for the kernels that call it to be optimised."""

    def _optimize_final_module(self) -> None:
        """Leave the module as it is lowered and linked."""


class InternalCompiler(Compiler):
    """Compiles a function that only kernels call."""

    def compile_extra(self, func: Any) -> Any:
        """Compile a Python function into a library of its own that is not optimised."""
        self.state.library = _Unoptimised(self.state.targetctx.codegen(), func.__qualname__)  # type: ignore[no-untyped-call]
        return super().compile_extra(func)  # type: ignore[no-untyped-call]

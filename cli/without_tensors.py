"""SymPy without its abstract tensors, in a process that runs one command.

The first sum that SymPy adds up loads `sympy.tensor.tensor`, to ask whether a summand is one of
these, and with it the whole of `sympy.combinatorics`: a tenth of a second, for nothing that we use.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

_NAME = "sympy.tensor.tensor"


class _Asked(ModuleType):
    """Answers that nothing is a tensor; whatever else is wanted loads the module itself."""

    class TensExpr:
        """What no expression is an instance of."""

    class TensAdd(TensExpr):
        """Nor of this."""

    def __getattr__(self, name: str) -> object:
        # The machinery of imports asks for these of every module, and has to do without.
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(_NAME) is self:
            del sys.modules[_NAME]
        return getattr(importlib.import_module(_NAME), name)


def without_tensors() -> None:
    """Keep the module from being loaded by sums, if it is not there yet."""
    if _NAME not in sys.modules:
        sys.modules[_NAME] = _Asked(_NAME)

"""Numba does not look twice for the same: what it does for any code, left out for kernels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType

from numba.core import compiler, types
from numba.core.types.functions import BaseFunction

_usual_passes: Callable = compiler.DefaultPassBuilder.define_nopython_pipeline
_usual_call: Callable = BaseFunction.get_call_type
#: What functions without inner functions can do without; it looks at every statement several times.
_FOR_INNER_FUNCTIONS = "InlineClosureLikes"
#: By operator and types of its operands, what Numba found: it tries dozens of rules, NumPy's too.
_found: dict[tuple, object] = {}


@contextmanager
def lean() -> Iterator[None]:
    """Compile in less time what is compiled here; the machine code is the same."""
    compiler.DefaultPassBuilder.define_nopython_pipeline = staticmethod(_passes)
    BaseFunction.get_call_type = _call
    try:
        yield
    finally:
        compiler.DefaultPassBuilder.define_nopython_pipeline = staticmethod(_usual_passes)
        BaseFunction.get_call_type = _usual_call


def _passes(state, *name):
    """The passes over a function, which are fewer if it defines no other function."""
    manager = _usual_passes(state, *name)
    identity = getattr(state, "func_id", None)
    loops = state.flags.auto_parallel.enabled
    if identity is not None and not loops and not _has_inner(identity.code):
        manager.passes = [p for p in manager.passes if p[0].__name__ != _FOR_INNER_FUNCTIONS]
    return manager


def _has_inner(code: CodeType) -> bool:
    return any(isinstance(constant, CodeType) for constant in code.co_consts)


def _call(self, context, args, kws):
    """The type of a call; that of an operator between numbers is found once."""
    numbers = all(isinstance(a, types.Number | types.Boolean) for a in args)
    if kws or not numbers or getattr(self.typing_key, "__module__", None) != "_operator":
        return _usual_call(self, context, args, kws)
    key = (self, context, args)
    if key not in _found or _found[key] is None:
        _found[key] = _usual_call(self, context, args, kws)
    return _found[key]

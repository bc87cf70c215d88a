"""Numba finds types in less time: rules for operators are tried once for the same operands.

Nobody reads warnings about a kernel's types, and lists of them beside its source.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from numba.core import base, errors, types
from numba.core.annotations.type_annotations import TypeAnnotation
from numba.core.types.functions import BaseFunction

#: By operator and types of its operands, what Numba found: it tries dozens of rules, NumPy's too.
_found: dict[tuple, object] = {}
#: Of types, whether they are those of numbers, or of tuples or arrays of them.
_plain: dict[types.Type, bool] = {}


def _call(self, context, args, kws):
    """The type of a call; that of an operator for numbers and arrays of them is found once."""
    operator = getattr(self.typing_key, "__module__", None) == "_operator"
    if kws or not operator or not all(map(_is_plain, args)):
        return _usual_call(self, context, args, kws)
    key = (self, context, args)
    found = _found.get(key)
    if found is None:
        found = _found[key] = _usual_call(self, context, args, kws)
    return found


def _is_plain(kind: types.Type) -> bool:
    """Whether a type is that of numbers, or of tuples or arrays of them."""
    if kind not in _plain:
        inner = kind.types if isinstance(kind, types.BaseTuple) else [kind]
        inner = [kind.dtype] if type(kind) is types.Array else inner
        _plain[kind] = all(isinstance(one, types.Number | types.Boolean) for one in inner)
    return _plain[kind]


def _has_loc(function: Callable) -> bool:
    """Whether what writes code for an operation wants to know the place in the source."""
    code = getattr(function, "__code__", None)
    if code is None or hasattr(function, "__wrapped__") or hasattr(function, "__signature__"):
        return _usual_has_loc(function)
    return "loc" in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def _as_they_come(_fixer, filename=None, lineno=None) -> AbstractContextManager:
    """Warnings, which are not gathered by the lines that they are about."""
    return nullcontext()


def _nothing(_annotation) -> str:
    return ""


REPLACED: list[tuple] = [
    (BaseFunction, "get_call_type", _call),
    (base, "_has_loc", _has_loc),
    (errors.WarningsFixer, "catch_warnings", _as_they_come),
    (TypeAnnotation, "__str__", _nothing),
]
_usual_call: Callable = BaseFunction.get_call_type
_usual_has_loc: Callable = base._has_loc

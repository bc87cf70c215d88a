"""What a companion gives, sorted by the arrays that it is the gradient by."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from deltarule.gradcheck.user_code.argument_trees import Argument
from deltarule.gradcheck.user_code.function import OwnFunction
from deltarule.spelling.counted import counted


class Fault(Exception):
    """Something that is wrong with a companion besides its numbers."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


def by_name(found, function: OwnFunction, arguments, left_out) -> dict[str, np.ndarray]:
    """The gradients by array. Raises Fault where they cannot be told apart, or one is missing."""
    of = [a for a in function.arguments if a.name in arguments]
    real = [n for n in function.real if n not in left_out]
    sorted_ = _sorted(found, of, real, function)
    for name in real:
        if sorted_.get(name) is None:
            raise Fault(f"{function.gradient} gives no gradient by {name}")
    return {name: _array(sorted_[name], name, function) for name in real}


def _sorted(found, of: list[Argument], real: list[str], function: OwnFunction) -> dict:
    if isinstance(found, Mapping):
        return _of_mapping(found, of)
    several = list(found) if isinstance(found, tuple | list) else [found]
    if len(real) == 1 and (len(several) != 1 or isinstance(found, list)):
        plain = [a.name for a in of]
        if isinstance(found, list) or len(several) != len(plain):
            return {real[0]: found if isinstance(found, list) else several[0]}
    with_real = [a for a in of if any(leaf in real for leaf in a.leaves)]
    for arguments in (with_real, of):
        if len(several) == len(arguments):
            return _of_arguments(several, arguments)
    flat = [leaf for part in several for leaf in _flat(part)]
    for names in (real, list(function.shapes)):
        if len(flat) == len(names):
            return dict(zip(names, flat, strict=True))
    raise Fault(
        f"{function.gradient} gives {counted(len(several), 'gradient')} "
        f"for {counted(len(real), 'argument')}"
    )


def _of_arguments(several: list, arguments: list[Argument]) -> dict:
    named: dict = {}
    for part, argument in zip(several, arguments, strict=True):
        if argument.kind == "array":
            named[argument.name] = part
        elif isinstance(part, Mapping):
            named |= _of_mapping(part, [argument])
        elif isinstance(part, tuple | list):
            named |= dict(zip(argument.leaves, part))
        elif len(argument.leaves) == 1:
            named[next(iter(argument.leaves))] = part
    return named


def _of_mapping(found: Mapping, of: list[Argument]) -> dict:
    """By name: W, dW, grad_W, params (a mapping within)."""
    named: dict = {}
    for argument in of:
        inner = _named(found, argument.name)
        for leaf, key in argument.leaves.items():
            direct = _named(found, str(leaf if key is None else key))
            if isinstance(inner, Mapping):
                direct = _named(inner, str(key))
            elif isinstance(inner, tuple | list) and argument.kind != "array":
                direct = dict(zip(argument.leaves, inner)).get(leaf)
            named[leaf] = direct
    return named


def _named(found: Mapping, name: str):
    spelt = (name, f"d{name}", f"d_{name}", f"grad_{name}", f"{name}_grad", f"g{name}")
    return next((found[s] for s in spelt if s in found), None)


def _flat(part) -> list:
    if isinstance(part, Mapping):
        return [leaf for inner in part.values() for leaf in _flat(inner)]
    if isinstance(part, tuple | list):
        return [leaf for inner in part for leaf in _flat(inner)]
    return [part]


def _array(part, name: str, function: OwnFunction) -> np.ndarray:
    try:
        array = np.asarray(part)
    except (ValueError, TypeError):
        array = np.asarray(None)
    if array.dtype.kind == "c" and not np.iscomplex(array).any():
        array = np.real(array)
    if array.dtype.kind not in "fiub":
        raise Fault(f"{function.gradient} gives no array of numbers by {name}, but {_short(part)}")
    return array


def _short(part) -> str:
    words = repr(part)
    return f"{type(part).__name__} {words if len(words) < 40 else words[:37] + '…'}"

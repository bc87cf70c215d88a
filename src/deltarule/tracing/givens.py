"""Givens: somebody's numbers, fitted to a network's tensors, and the sizes that follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Expr, Symbol

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.small_sizes import free_sizes, with_definitions
from deltarule.errors import DeltaruleError, did_you_mean, in_short
from deltarule.expressions.symbols import Attribute, Size
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import canonical, pretty


def fit(
    network: Network, givens: Mapping[str, object], sizes: Mapping[str, int] | None = None
) -> tuple[dict[str, np.ndarray], dict[Symbol, int]]:
    """The givens as arrays of exact fractions in the network's shapes, and all sizes.

    Axes of length 1 may be left out. `sizes` fixes sizes and attributes by name.
    Raises DeltaruleError for a missing or unknown given, a shape that fits no sizes, and an
    entry that is not a number.
    """
    named = {canonical(name): value for name, value in givens.items()}
    wanted = [t for t in network.tensors.values() if t.given]
    _refuse_unknown(network, named, wanted)
    arrays = {t.name: exact_array(named[t.name], t.name) for t in wanted}
    known = _fixed(network, sizes or {})
    by_rank = sorted(wanted, key=lambda t: len(t.axes) - arrays[t.name].ndim)
    for tensor in by_rank:
        arrays[tensor.name] = _fit_one(tensor, arrays[tensor.name], known)
    for symbol in free_sizes(network):
        if symbol not in known and isinstance(symbol, Attribute):
            known[symbol] = network.attributes.get(symbol, 1)
    filled = with_definitions(network, known)
    for tensor in wanted:
        _check(tensor, arrays[tensor.name], filled)
    return arrays, filled


def exact_array(value: object, name: str) -> np.ndarray:
    """Nested numbers as an object array of fractions. Floats count as their shortest decimals."""
    nested = value.tolist() if isinstance(value, np.ndarray) else value
    shape = value.shape if isinstance(value, np.ndarray) else _shape(nested, name)
    result = np.empty(shape, dtype=object)
    flat = result.reshape(-1)
    for k, entry in enumerate(_entries(nested)):
        flat[k] = _fraction(entry, name)
    return flat.reshape(shape)


def _shape(value, name: str) -> tuple[int, ...]:
    if not isinstance(value, (list, tuple)):
        return ()
    shapes = {_shape(v, name) for v in value}
    if len(shapes) > 1:
        raise DeltaruleError(
            f"the rows of {pretty(name)} differ in length", f"given {name}", "make them alike"
        )
    return (len(value), *(shapes.pop() if shapes else ()))


def _entries(value) -> Iterator[object]:
    if isinstance(value, (list, tuple)):
        for inner in value:
            yield from _entries(inner)
    else:
        yield value


def _fraction(entry: Any, name: str) -> Fraction:
    value = getattr(entry, "value", entry)
    try:
        return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        raise DeltaruleError(
            f"{in_short(entry)} is not a number",
            f"given {name}",
            "write digits, such as 0.5 or 1/3",
        ) from None


def _refuse_unknown(network: Network, named: Mapping, wanted: Iterable[Tensor]) -> None:
    names = [t.name for t in wanted]
    constants = [s.name for s in network.scalars]
    for name in named:
        if name not in names:
            computed = name in network.tensors
            raise DeltaruleError(
                f"{name} is computed, so it cannot be given"
                if computed
                else f"{network.name} has no given called {name}",
                f"givens of {network.name}",
                did_you_mean(name, (*names, *constants)) or _its_givens(names, constants),
            )
    for tensor in wanted:
        if tensor.name not in named:
            shape = ", ".join(str(a) for a in tensor.axes)
            raise DeltaruleError(
                f"{pretty(tensor.name)} is not given",
                f"givens of {network.name}",
                f"give {tensor.name} its numbers" + (f", in the shape [{shape}]" if shape else ""),
            )


def _its_givens(names: list[str], constants: list[str]) -> str:
    own = f"; its constants are {', '.join(constants)}" if constants else ""
    return "its givens are " + ", ".join(names) + own


def _fixed(network: Network, sizes: Mapping[str, int]) -> dict[Symbol, int]:
    known: dict[Symbol, int] = {}
    by_name = {s.name: s for s in free_sizes(network)}
    for name, value in sizes.items():
        if name not in by_name:
            raise DeltaruleError(
                f"{network.name} has no size called {name}",
                f"sizes of {network.name}",
                did_you_mean(name, by_name) or "its sizes are " + ", ".join(by_name),
            )
        known[by_name[name]] = value
    return known


def _fit_one(tensor: Tensor, array: np.ndarray, known: dict[Symbol, int]) -> np.ndarray:
    """The array with left-out axes put back; the sizes that it shows are added to `known`."""
    for shape in _placements(array.shape, len(tensor.axes)):
        trial = dict(known)
        if all(_agrees(a, n, trial) for a, n in zip(tensor.axes, shape, strict=True)):
            known.update(trial)
            return array.reshape(shape)
    raise _misfit(tensor, array, known)


def _placements(shape: tuple[int, ...], rank: int) -> Iterator[tuple[int, ...]]:
    """The shape with axes of length 1 put in, at the end first."""
    if len(shape) == rank:
        yield shape
    elif len(shape) < rank:
        for position in range(len(shape), -1, -1):
            longer = (*shape[:position], 1, *shape[position:])
            yield from _placements(longer, rank)


def _agrees(axis: Expr, length: int, known: dict[Symbol, int]) -> bool:
    if isinstance(axis, Size) and axis not in known:
        known[axis] = length
        return True
    if not axis.free_symbols <= known.keys():
        return True
    return Values({}, known, {}, {}).extent(axis) == length


def _check(tensor: Tensor, array: np.ndarray, sizes: dict[Symbol, int]) -> None:
    wanted = tuple(Values({}, sizes, {}, {}).extent(a) for a in tensor.axes)
    if array.shape != wanted:
        raise _misfit(tensor, array, sizes)


def _misfit(tensor: Tensor, array: np.ndarray, known: Mapping[Symbol, int]) -> DeltaruleError:
    def size_text(axis: Expr) -> str:
        if axis.free_symbols <= known.keys() and axis.free_symbols:
            return f"{axis} = {Values({}, dict(known), {}, {}).extent(axis)}"
        return str(axis)

    wanted = ", ".join(size_text(a) for a in tensor.axes) or "a single number"
    found = " × ".join(str(n) for n in array.shape) or "a single number"
    return DeltaruleError(
        f"{pretty(tensor.name)} is given as {found} but must be {wanted}",
        f"given {tensor.name}",
        "check its rows and columns, and the option orientation of the network",
    )

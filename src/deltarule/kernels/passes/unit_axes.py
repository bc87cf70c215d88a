"""Last axes that may turn out to have one entry: x[n, c, t] where T is 1.

A loop over such an axis goes round once, and nothing is left to make vectors of. Without it all
equations are the same, and loops run along the axis before: x[n, c] − μ[c]. `unit_axes` finds the
sizes for which that pays, `without` gives the program that has no such axes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from sympy import Basic, Expr, Integer

from deltarule.expressions.conditions import Condition, Positive
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.expressions.nodes import (
    Carried,
    FloorQuotient,
    LogSumExp,
    Max,
    Product,
    Read,
    Reduction,
    Remainder,
    Selection,
    Sum,
    free_symbols,
    read,
    reads,
    tensor_name,
    walk,
)
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, Size
from deltarule.kernels.passes.program import Pass, Program, known_sizes
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.networks.tensors import Tensor

#: What of one entry is that entry.
_PLAIN = (Sum, Max, Product, LogSumExp)
_ODD = (Selection, Carried, Inverse, LogDet, FloorQuotient, Remainder)


@dataclass(frozen=True)
class UnitAxis:
    """A size that an array's shape tells, and the sizes of the axes that stand behind its own.

    Loops go on without its axis where all these are 1. `axes` says on which axis of which tensor
    it stands; the first is given.
    """

    size: Size
    axes: dict[str, int]
    behind: frozenset[Size]


def unit_axes(
    program: Program, calls: Callable[[Equation], bool], collapsed: Callable[[Equation], Equation]
) -> tuple[UnitAxis, ...]:
    """The sizes without whose axes loops are longer, those first that have fewer axes behind.

    `calls` says which equations the prelude has functions for: these are left as they are.
    Others have loops over the indices of what they are `collapsed` to.
    """
    passes = program.forward, program.backward
    if any(isinstance(b, Recurrence) for one in passes for b in blocks(one.equations)):
        return ()
    if any(isinstance(n, LogDet) for e in _equations(program) for n in walk(e.rhs)):
        return ()  # who checks determinants knows where they lie
    found: dict[Size, UnitAxis] = {}
    for size, (tensor, axis, rest, coefficient) in known_sizes(program.network)[0].items():
        if isinstance(size, Size) and (rest, coefficient) == (0, 1) and _leaves(size, program):
            own = [e for e in _equations(program) if _extends(size, e)]
            if any(_repeats(size, collapsed(e)) for e in own) and not any(map(calls, own)):
                axes = {tensor: axis, **_positions(size, _tensors(program))}
                found[size] = UnitAxis(size, axes, _behind(size, program))
    whole = [u for u in found.values() if u.behind <= found.keys()]
    return tuple(sorted(whole, key=lambda u: len(u.behind)))


def without(program: Program, names: Collection[str]) -> Program:
    """The program for arrays that have no axes of the sizes of these names, which are all 1."""
    if not names:
        return program
    sizes = {s for s in known_sizes(program.network)[0] if s.name in names}
    network, tensors = program.network, _tensors(program)

    def squeezed(equations: tuple[Equation, ...]) -> tuple[Equation, ...]:
        return tuple(_squeezed(e, sizes, tensors) for e in equations)

    def of_pass(one: Pass) -> Pass:
        fewer = {n: _with_fewer(t, sizes) for n, t in one.tensors.items()}
        return replace(one, equations=squeezed(one.equations), tensors=fewer)

    network = replace(
        network,
        tensors={n: _with_fewer(t, sizes) for n, t in network.tensors.items()},
        equations=squeezed(network.equations),
    )
    forward, backward = of_pass(program.forward), of_pass(program.backward)
    return replace(program, network=network, forward=forward, backward=backward)


# ---- which sizes ------------------------------------------------------------------------------
def _equations(program: Program) -> Iterator[Equation]:
    yield from program.forward.equations
    yield from program.backward.equations


def _tensors(program: Program) -> dict[str, Tensor]:
    return {**program.network.tensors, **program.forward.tensors, **program.backward.tensors}


def _positions(size: Size, tensors: Mapping[str, Tensor]) -> dict[str, int]:
    """The axis of each tensor that is so long."""
    return {n: t.axes.index(size) for n, t in tensors.items() if size in t.axes}


def _leaves(size: Size, program: Program) -> bool:
    """Whether all equations can be written without the axes of a size."""
    every = (*program.network.equations, *_equations(program))
    if any(size in free_symbols(d) for d in program.network.definitions.values()):
        return False
    tensors = _tensors(program)
    return all(_has_one(size, t) for t in tensors.values()) and all(
        _plainly(size, e, tensors) for e in every
    )


def _has_one(size: Size, tensor: Tensor) -> bool:
    """Whether a size is one of a tensor's axes behind the first, or none, and nothing else."""
    below = tensor.integers_below
    if below is not None and size in free_symbols(below):
        return False
    if all(size not in free_symbols(a) for a in tensor.axes):
        return True
    declared = (tensor.outside, tensor.sums_to_one, tensor.points)
    plain = declared == (None, None, None) and not (tensor.symmetric or tensor.definite)
    rest = [a for a in tensor.axes if a != size]
    once = len(rest) == len(tensor.axes) - 1 and not any(size in free_symbols(a) for a in rest)
    return plain and once and tensor.axes[0] != size


def _plainly(size: Size, equation: Equation, tensors: Mapping[str, Tensor]) -> bool:
    """Whether the indices that run over a size do nothing but stand on axes of that size."""
    own, others = _indices(size, equation)
    nodes = list(walk(equation.rhs))
    if own & others:
        return False
    for access in (equation.lhs, *reads(equation.rhs)):
        axes = tensors[tensor_name(access)].axes
        if len(axes) != len(access.indices):
            return False  # a selection, which is kept as numbers
        if any((s in own) != (a == size) for s, a in zip(access.indices, axes, strict=True)):
            return False
        if any(s not in own and free_symbols(s) & own for s in access.indices):
            return False
    if not own:
        return True
    tests = [n for n in nodes if isinstance(n, Condition) and not isinstance(n, Positive)]
    tests += [n for n in nodes if isinstance(n, _ODD)]
    reduced = [n for n in nodes if isinstance(n, Reduction) and own & {*n.indices}]
    return not any(free_symbols(t) & {*own, size} for t in tests) and all(
        type(n) in _PLAIN for n in reduced
    )


def _indices(size: Size, equation: Equation) -> tuple[set[Index], set[Index]]:
    """The indices of an equation that run over a size, and all others."""
    ranges = (*equation.ranges, *equation.inner_ranges)
    own = {i for i, n in ranges if n == size}
    return own, {i for i, n in ranges if n != size}


def _extends(size: Size, equation: Equation) -> bool:
    return bool(_indices(size, equation)[0])


def _repeats(size: Size, equation: Equation) -> bool:
    """Whether a loop over a size is one of several: where all stand on the same axes, they are
    one anyway, and that is long.
    """
    lengths = [n for _, n in (*equation.ranges, *equation.inner_ranges)]
    along = [size in free_symbols(n) for n in lengths]
    return any(along) and not all(along)


def _behind(size: Size, program: Program) -> frozenset[Expr]:
    """The sizes of all axes that stand behind those of a size."""
    found: set[Expr] = set()
    for tensor in _tensors(program).values():
        if size in tensor.axes:
            found |= {*tensor.axes[tensor.axes.index(size) + 1 :]}
    return frozenset(found)


# ---- without their axes -----------------------------------------------------------------------
def _with_fewer(tensor: Tensor, sizes: Collection[Size]) -> Tensor:
    return replace(tensor, axes=tuple(a for a in tensor.axes if a not in sizes))


def _squeezed(
    equation: Equation, sizes: Collection[Size], tensors: Mapping[str, Tensor]
) -> Equation:
    """An equation between tensors without the axes of these sizes."""

    def access(node: Read) -> Read:
        axes = tensors[tensor_name(node)].axes
        kept = [s for s, a in zip(node.indices, axes, strict=True) if a not in sizes]
        return type(node)(read(tensor_name(node)).base, *kept)

    def change(node: Basic) -> Basic:
        if isinstance(node, Read):
            return access(node)
        if not isinstance(node, Reduction):
            return rebuild(node, change, conditions=True)
        ranges = [r for r in node.ranges if r[1] not in sizes]
        body = change(node.body)
        if not ranges and not node.conditions:
            return body
        return type(node)(body, ranges, tuple(map(change, node.conditions)))

    gone = {i: Integer(0) for s in sizes for i in _indices(s, equation)[0]}
    rhs = substitute(change(equation.rhs), {**gone, **dict.fromkeys(sizes, Integer(1))})
    lhs, ranges = access(equation.lhs), tuple(r for r in equation.ranges if r[1] not in sizes)
    return replace(equation, subscripts=lhs.indices, rhs=rhs, ranges=ranges)

"""Equations with indices among equations of matrices: p = softmax(W x); E = −Σ_k t[k] log p[k].

Among matrices a vector is a column or a row; where it is read with an index, it has one axis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sympy import Expr, Integer

from deltarule.calculus.rules.rename_indices import bound_apart
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Read, free_indices, read, reads, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.spelling.counted import counted
from deltarule.typed.equation_texts import TypedEquation, summed_letters
from deltarule.typed.grammars.equation_parser import EquationParser
from deltarule.typed.sizes.unified_sizes import Unequal, UnifiedSizes
from deltarule.typed.slips.slips_of_indices import alone_left

Ranges = tuple[tuple[Index, Expr], ...]


def join_letters(
    equation: TypedEquation, tensors: Mapping[str, Tensor], sizes: UnifiedSizes
) -> None:
    """An index runs along the axes where it stands. Raises Unequal for one of which that is new."""
    names = equation.reads()
    for name, uses in names.items():
        if name not in tensors:  # a state, which is read before it is given
            raise DeltaruleError(
                f"{name} is a state among matrices",
                equation.place,
                "write all equations with indices, or none",
            )
        axes = _own_axes(tensors[name])
        for use in uses:
            if use is None:
                continue
            if len(use) != len(axes):
                raise DeltaruleError(
                    f"{name} is read with {counted(len(use), 'index')} among matrices",
                    equation.place,
                    "write all equations with indices, or none",
                )
            for letter, extent in zip(use, axes, strict=True):
                if letter.isdigit():
                    continue
                label = letter.partition("[")[0]
                if label in names and (label != letter or None in names[label]):
                    sizes.label(label, extent)
                elif sizes.of(sizes.letter(letter)) != sizes.of(extent):
                    raise Unequal(sizes.letter(letter), extent)


def among_matrices(
    equation: TypedEquation, tensors: Mapping[str, Tensor], extents: Mapping[str, Expr], rows: bool
) -> tuple[Tensor, Expr, Ranges]:
    """The tensor that an equation with indices gives, as a matrix; its right side, its ranges.

    `rows`: a vector is a row. Raises DeltaruleError.
    """
    flat = {n: replace(t, axes=_own_axes(t)) for n, t in tensors.items()}
    rhs, ranges = parsed_right(equation, flat, extents)

    def as_matrix(access: Read) -> Expr:
        name = tensor_name(access)
        own = iter(access.indices)
        shape = tensors[name].axes
        return read(name, *(Integer(0) if n == 1 else next(own) for n in shape))

    axes = _as_matrix([n for _, n in ranges], rows)
    tensor = Tensor(equation.name, axes, "intermediate")
    return tensor, replace_reads(rhs, as_matrix), ranges


def parsed_right(
    equation: TypedEquation,
    tensors: Mapping[str, Tensor],
    extents: Mapping[str, Expr],
    before: Sequence[Equation] = (),
    symbols: Mapping[Size, Expr] | None = None,
) -> tuple[Expr, Ranges]:
    """The right side at the indices of the left one, and how far these run.

    `symbols` are the sizes that no tensor has, such as a stride. Raises DeltaruleError.
    """
    unknown = [i for i in equation.indices if i not in extents]
    if unknown:
        uses = equation.reads()
        raise alone_left(unknown[0], uses, equation.name, equation.place, equation.indices)
    ranges: Ranges = tuple((Index(i), extents[i]) for i in equation.indices)
    network = Network("", "", "", dict(tensors), tuple(before), dict(symbols or {}))
    rhs = EquationParser(equation.formula, network, equation.place, ranges, extents).parse()
    free = sorted(str(i) for i in free_indices(rhs) if i not in dict(ranges))
    free = free or sorted(_cancelled(equation, rhs) - set(equation.indices))
    if free:
        raise alone_right(equation, free)
    return bound_apart(rhs, {i.name for i, _ in ranges}), ranges


def _cancelled(equation: TypedEquation, rhs: Expr) -> set[str]:
    """The indices of what is typed and cancels: k of a[k]·b/(a[k]·c), if no sum is over it."""
    gone = {n: uses for n, uses in equation.reads().items() if not reads(rhs, n)}
    every = {i for uses in gone.values() for use in uses for i in use or ()}
    return {i for i in every if i.isalpha()} - summed_letters(equation) if every else set()


def alone_right(equation: TypedEquation, free: Sequence[str]) -> DeltaruleError:
    """What is said of indices that stand right of = and nowhere else."""
    return DeltaruleError(
        f"{free[0]} stands right of = alone",
        equation.place,
        f"sum over it: Σ_{free[0]} …, or put it on the left: {_left_with(equation, free)} = …",
    )


def _left_with(equation: TypedEquation, free: Sequence[str]) -> str:
    """The left side with more indices, as it is written."""
    name = "y" if equation.name == "E" and not equation.indices else equation.name
    return f"{name}[{', '.join((*equation.indices, *free))}]"


def _own_axes(tensor: Tensor) -> tuple[Expr, ...]:
    """The axes of a vector or matrix, without those of length 1."""
    return tuple(n for n in tensor.axes if n != 1)


def _as_matrix(axes: Sequence[Expr], rows: bool) -> tuple[Expr, ...]:
    one = Integer(1)
    if len(axes) == 1:
        return (one, axes[0]) if rows else (axes[0], one)
    return tuple(axes) or (one, one)

"""An optimiser as a network of its own: its equations for parameters of chosen names and sizes.

gradient_descent of W with the sizes (M, D) is the equation W after[m, d] = W[m, d] − γ·g_W[m, d]:
of inputs alone, the gradient g_W among them. Memories come one a parameter, as v_W; what has no
axes, as a power of β₁, comes once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Read, read, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import ANY_INDEX, ANY_SIZE, Index, Size, fresh
from deltarule.language.optimisers import optimiser
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor

#: What the name of a parameter's new value ends with.
AFTER = " after"


def update_network(name: str, parameters: Mapping[str, Sequence[str]]) -> Network:
    """The optimiser `name` for some parameters, each with the names of its sizes.

    Raises DeltaruleError for a file that holds no update, and where there is no parameter.
    """
    update = optimiser(name)
    if not parameters:
        raise DeltaruleError(
            f"the optimiser {name} is given no parameters", name, 'parameters = { W = ["M", "D"] }'
        )
    tensors: dict[str, Tensor] = {}
    equations: dict[str, Equation] = {}
    for parameter, sizes in parameters.items():
        axes, indices = tuple(map(Size, sizes)), _indices(sizes)
        for tensor in update.tensors.values():
            called = _called(update, tensor.name, parameter)
            own = axes if tensor.axes == (ANY_SIZE,) else tensor.axes
            tensors[called] = replace(tensor, name=called, axes=own)
        for equation in update.equations:
            written = _written(update, equation, parameter, indices, axes)
            equations.setdefault(written.name, written)
    return replace(update, tensors=tensors, equations=tuple(equations.values()))


def _indices(sizes: Sequence[str]) -> tuple[Index, ...]:
    found: list[Index] = []
    for size in sizes:
        found.append(fresh(size[0].lower(), {str(i) for i in found}))
    return tuple(found)


def _called(update: Network, name: str, parameter: str) -> str:
    """What a tensor of the update is called for a parameter."""
    core = name.removesuffix(AFTER)
    tensor = update.tensors[core]
    if tensor.role == "parameter":
        return parameter + name[len(core) :]
    return name if not tensor.axes else f"{core}_{parameter}{name[len(core) :]}"


def _written(
    update: Network,
    equation: Equation,
    parameter: str,
    indices: tuple[Index, ...],
    axes: tuple[Size, ...],
) -> Equation:
    """An equation of the update for one parameter."""

    def spread(subscripts: tuple) -> tuple:
        return indices if subscripts == (ANY_INDEX,) else subscripts

    def spelled(access: Read):
        return read(_called(update, tensor_name(access), parameter), *spread(access.indices))

    ranges = tuple(zip(indices, axes)) if equation.indices == (ANY_INDEX,) else equation.ranges
    return replace(
        equation,
        name=_called(update, equation.name, parameter),
        subscripts=spread(equation.subscripts),
        rhs=replace_reads(equation.rhs, spelled),
        ranges=ranges,
    )

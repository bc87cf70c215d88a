"""Optimisers: update files such as `gradient_descent`, written out for the tensors of a network.

theta after[…] = theta[…] − gamma·g[…]      for Theta2 with indices (d, m):
Theta2 after[d, m] = Theta2[d, m] − gamma·dE/dTheta2[d, m]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from sympy import Expr, Rational

from deltarule.errors import DeltaruleError
from deltarule.expressions.given_numbers import rational
from deltarule.expressions.gradient_names import gradient_name
from deltarule.expressions.nodes import Read, read, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import ANY_INDEX, ANY_SIZE, Index, Rate, Scalar
from deltarule.language.load import load
from deltarule.networks.equations import Equation
from deltarule.networks.gradient_indices import target_indices
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.spelling.counted import counted


@lru_cache(maxsize=32)
def optimiser(name: str) -> Network:
    """The update file of that name. Raises DeltaruleError for a file that holds no update."""
    network = load(name)
    gradients, parameters = network.with_role("gradient"), network.with_role("parameter")
    if len(gradients) != 1 or len(parameters) != 1:
        raise DeltaruleError(
            f"{network.name} is no optimiser: it declares "
            f"{counted(len(gradients), 'gradient')} and {counted(len(parameters), 'parameter')}",
            name,
            'an optimiser declares one parameter("theta", ...) and one gradient("g", ...)',
        )
    return network


def is_update(network: Network) -> bool:
    """Whether a network is an update, which uses a gradient and has none of its own."""
    return bool(network.with_role("gradient"))


def update_equations(
    name: str, network: Network, of: str, parameters: Sequence[str]
) -> tuple[Equation, ...]:
    """The updates of some parameters of a network, by the optimiser `name`.

    `Theta2 after[d, m] = …` reads `Theta2`, `dE/dTheta2` for `of` = E, and the constants that
    `rates` gives. Memories come one a parameter, `v_Theta2`, with `v_Theta2 after` to follow.
    Raises DeltaruleError for an unknown optimiser or parameter, and where constants clash.
    """
    update = optimiser(name)
    clash = {s.name for s in update.scalars} & {s.name for s in network.scalars}
    if clash:
        raise DeltaruleError(
            f"both {update.name} and {network.name} call a constant {min(clash)}",
            network.path,
            "give the network's constant another name",
        )
    return tuple(
        equation
        for parameter in parameters
        for equation in _written_out(update, network, of, network.tensor(parameter))
    )


def rates(name: str, rate: Fraction | None = None) -> dict[Scalar, Rational]:
    """The constants of an optimiser with their values; `rate` replaces the learning rate."""
    found = dict(optimiser(name).scalars)
    if rate is not None:
        own = next((s for s in found if isinstance(s, Rate)), None)
        if own is None:
            raise DeltaruleError(f"the optimiser {name} has no learning rate", name)
        found[own] = rational(rate)
    return found


def memories(name: str, network: Network, parameters: Sequence[str]) -> dict[str, Tensor]:
    """What the optimiser keeps from step to step: its tensors, each with what it holds at first."""
    kept = {}
    for tensor in optimiser(name).with_role("memory"):
        for parameter in parameters:
            called = f"{tensor.name}_{parameter}"
            axes = network.tensor(parameter).axes if tensor.axes == (ANY_SIZE,) else tensor.axes
            kept[called] = Tensor(called, axes, "memory", start=tensor.start, note=tensor.note)
    return kept


def _written_out(update: Network, network: Network, of: str, parameter: Tensor) -> list[Equation]:
    """The update's equations for one parameter."""
    readers = [e for e in network.equations if parameter.name in e.read_names()]
    indices = target_indices(parameter, readers, network.equation_of(parameter.name))
    spelling = _spelling(update, gradient_name(of, parameter.name), parameter.name)

    def spelled(access: Read) -> Expr:
        return read(spelling[tensor_name(access)], *_spread(access.indices, indices))

    return [
        Equation(
            spelling[equation.name],
            _spread(equation.subscripts, indices),
            replace_reads(equation.rhs, spelled),
            _ranges(equation, indices, parameter),
            f"{update.name} of {parameter.name}",
        )
        for equation in update.equations
    ]


def _spelling(update: Network, gradient: str, parameter: str) -> Mapping[str, str]:
    """What the update's tensors are called for one parameter."""
    table = {}
    for name in update.tensors:
        core = name.removesuffix(" after")
        after = name[len(core) :]
        role = update.tensors[core].role
        if role == "gradient":
            table[name] = gradient
        elif role == "parameter":
            table[name] = parameter + after
        else:
            table[name] = f"{core}_{parameter}{after}"
    return table


def _spread(subscripts: tuple, indices: tuple[Index, ...]) -> tuple:
    """The subscripts with the parameter's own indices for `…`."""
    return indices if subscripts == (ANY_INDEX,) else subscripts


def _ranges(equation: Equation, indices: tuple[Index, ...], parameter: Tensor) -> tuple:
    if equation.indices == (ANY_INDEX,):
        return tuple(zip(indices, parameter.axes, strict=True))
    return equation.ranges

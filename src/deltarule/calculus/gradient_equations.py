"""A gradient as equations among others: what a loss of ∂D/∂x reads, line by line.

The closed form of ∂S/∂x may read other gradients, ∂S/∂h; each is an equation too, so that a
gradient that goes through a recurrence stays one. The loss that reads them is then derived like any
other: double backpropagation (Drucker and Le Cun, Improving Generalization Performance Using Double
Backpropagation, 1992).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from deltarule.calculus.gradient_network import GradientNetwork, variables
from deltarule.calculus.reverse import derive
from deltarule.calculus.steps import Derivation, Gradient
from deltarule.errors import DeltaruleError
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.reachability import needed_for
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import pretty


def gradient_equations(
    network: Network, tensor: str, named: Callable[[str], str]
) -> tuple[list[Equation], dict[str, Tensor], dict[str, str]]:
    """The equations of the gradient of a network's loss by a tensor; their tensors; their names.

    `named` gives the name of the line that the gradient by a tensor becomes. Raises DeltaruleError
    where the loss does not depend on the tensor, and for one that holds integers.
    """
    derivation = derive_once(network)
    variables(derivation, [tensor])
    if derivation.gradients[tensor].expr == 0:
        raise DeltaruleError(
            f"the gradient by {pretty(tensor)} is 0 everywhere",
            network.name,
            "leave out what reads it, or take the gradient by another tensor",
        )
    whole = GradientNetwork(derivation, named)
    needed = needed_for(whole.equations, {whole.bars[tensor]})
    names = {n: bar for n, bar in whole.bars.items() if bar in needed}
    own = {*names.values()}
    lines = [e for e in whole.equations if e.name in own]
    return lines, {n: whole.tensors[n] for n in names.values()}, names


def derive_once(network: Network) -> Derivation:
    """Its derivation, made once however often the file is read."""
    return _derived(_Kept(network))


def inner_gradients(
    network: Network, seen: Callable[[Derivation], Derivation] = lambda found: found
) -> list[Gradient]:
    """The derivations of those lines of a network that are gradients: of u_x as ∂S_u/∂x.

    `seen` makes of each derivation the one that is shown, with proofs, say.
    """
    return [
        gradient
        for lines in network.derived
        for tensor, gradient in seen(derive_once(lines.network)).gradients.items()
        if tensor in lines.names
    ]


class _Kept:
    """A network by what it says."""

    def __init__(self, network: Network):
        self.network = network
        tensors = tuple(network.tensors.items())
        self._said = (network.equations, tensors, tuple(network.definitions.items()))

    def __hash__(self) -> int:
        return hash(self._said)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and self._said == other._said


@lru_cache(maxsize=64)
def _derived(kept: _Kept) -> Derivation:
    return derive(kept.network)

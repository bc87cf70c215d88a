"""Gradients by the chain rule alone: deltas eliminated, nothing simplified, nothing verified.

They are for equations that no network holds, such as a forward equation changed on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sympy import Add, Expr, Integer

from deltarule.calculus.backward_order import backwards, live_tensors, roots, varying
from deltarule.calculus.gradient_work import GradientWork
from deltarule.calculus.steps import Derivation, Gradient
from deltarule.expressions import nodes
from deltarule.expressions.substitution import plainly_named, substitute
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.gradient_indices import target_indices
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor


def plain_derivation(network: Network, alike: Network | None = None) -> Derivation:
    """All gradients of a network's loss, without steps: for their numbers alone.

    Those with the same consumers in another network, that is `alike` in all tensors, are known.
    """
    root, upstream = roots(network, None)
    names = tuple(t.name for t in upstream)
    live, moving = live_tensors(network, {root, *names}), varying(network)
    found = {
        t.name: _plainly(network, t, root, live, alike)
        for group in backwards(network)
        for t in group
        if t.name not in names and t.name in moving
    }
    return Derivation(network, root, found, names)


def _plainly(
    network: Network, tensor: Tensor, root: str, live: set[str], alike: Network | None
) -> Gradient:
    consumers = [
        e
        for e in network.equations
        if e.name in live
        and tensor.name in e.read_names()
        and not isinstance(e.rhs, nodes.Selection)
    ]
    indices = target_indices(tensor, consumers, network.equation_of(tensor.name))
    expression: Expr = Integer(int(tensor.name == root))
    if consumers and tensor.name != root:
        same = alike is not None and all(e in alike.equations for e in consumers)
        of = alike if alike is not None and same else network
        expression = plain_gradient(of, tensor.name, root, indices, consumers)
    return Gradient(root, tensor, indices, expression, ())


def plain_gradient(
    network: Network, tensor: str, of: str, indices: Sequence[Index], consumers: Sequence[Equation]
) -> Expr:
    """∂of/∂tensor at `indices` if these equations alone read the tensor.

    `consumers` may differ from the network's own equations of the same names.
    """
    return _known(_Same(network), tensor, of, tuple(indices), tuple(consumers))


class _Same:
    """A network that is equal to itself alone, as a key."""

    def __init__(self, network: Network):
        self.network = network

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.network is other.network

    def __hash__(self) -> int:
        return id(self.network)


@lru_cache(maxsize=2048)
def _known(
    same: _Same, tensor: str, of: str, indices: tuple[Index, ...], consumers: tuple[Equation, ...]
) -> Expr:
    found = _Plain(same.network, tensor, of, indices, consumers).expression()
    return plainly_named(found, frozenset(i.name for i in indices))


class _Unwritten:
    """A record in which nothing is written down."""

    verifier: Any = None

    def __init__(self) -> None:
        self.verifier = self

    def derivative(self, *_: object) -> str:
        return ""

    def state(self, *_: object) -> None: ...

    def move(self, *_: object) -> None: ...


class _Plain(GradientWork):
    """The work without its record."""

    def __init__(self, network, tensor, of, indices, consumers):
        live = {e.name for e in consumers}
        super().__init__(network, network.tensors[tensor], of, {}, None, live)
        self.consumers, self.indices = list(consumers), indices
        self.ranges = tuple(zip(indices, self.tensor.axes, strict=True))
        self.known.update(dict(self.ranges))
        self.record = _Unwritten()

    def expression(self) -> Expr:
        terms = self._chain()
        self._eliminate(terms)
        return Add(*(t.expression() for t in terms))

    def _selected(self, original: Equation, primed: Equation) -> Expr | None:
        """The selection of the network's own maximum, at the indices of the changed one."""
        if not isinstance(original.rhs, nodes.Max):
            return super()._selected(original, primed)
        own = next(e for e in self.network.equations if e.name == original.name)
        table = dict(zip(own.indices, primed.indices, strict=True))
        found = super()._selected(own, own)
        return None if found is None else substitute(found, table)

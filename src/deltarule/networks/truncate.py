"""Truncated backpropagation through time, as networks whose gradient is the truncated one.

`truncated` lets every error go back k times and no further: a path from a state to an error
carries a state over at most k − 1 times. Each tensor of the recurrence gets an axis j: h[j, t] is
the state at t whose own past is known j carries deep, and frozen before that; outside, the
deepest one is read. `in_chunks` cuts the sequence into chunks of k times: states are carried from
chunk to chunk, errors are not. In both the values stay what they are, and the calculus does the
rest.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from sympy import Basic, Expr

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import (
    AtLeastZero,
    Carried,
    Condition,
    Frozen,
    Read,
    Remainder,
    free_symbols,
    index_names,
    read,
    tensor_name,
)
from deltarule.expressions.rebuild import outermost
from deltarule.expressions.symbols import Attribute, Index, fresh
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network, ordered
from deltarule.networks.recurrences import Block, Recurrence, blocks, equations_of


def truncated(network: Network, k: int) -> Network:
    """The network with errors that go back k times. Raises DeltaruleError without a recurrence."""
    depth = _depth(network, k, "truncate")
    inside = {name for b in _recurrences(network) for name in b.names}
    age = fresh("j", _names(network))
    tensors = {
        name: replace(t, axes=(depth, *t.axes)) if name in inside else t
        for name, t in network.tensors.items()
    }
    equations = []
    for block in blocks(network.equations):
        group = block.names if isinstance(block, Recurrence) else frozenset()
        for equation in equations_of(block):
            aged = _Aged(age, depth, group, inside)
            rhs = outermost(equation.rhs, aged)
            if group:
                equation = replace(
                    equation,
                    subscripts=(age, *equation.subscripts),
                    ranges=((age, depth), *equation.ranges),
                )
            equations.append(replace(equation, rhs=rhs))
    return _changed(network, tensors, equations, depth, k)


def in_chunks(network: Network, k: int) -> Network:
    """The network with errors that stop at every k-th time."""
    depth = _depth(network, k, "chunks")
    equations = []
    for block in blocks(network.equations):
        group = block.names if isinstance(block, Recurrence) else frozenset()
        for equation in equations_of(block):
            time = _time_of(block, equation)
            cut = AtLeastZero(Remainder(time, depth) - 1) if time is not None else None

            def change(node: Basic, group=group, cut=cut) -> Expr | None:
                found = _carry(node, group)
                if found is None or cut is None:
                    return None
                condition, state, first = found
                return Carried(condition, Carried(cut, state, Frozen(state)), first)

            equations.append(replace(equation, rhs=outermost(equation.rhs, change)))
    return _changed(network, network.tensors, equations, depth, k)


class _Aged:
    """Reads inside a recurrence and of its results, with the axis of the carries."""

    def __init__(self, age: Index, depth: Expr, group: Set[str], inside: Set[str]):
        self.age, self.depth, self.group, self.inside = age, depth, group, inside

    def __call__(self, node: Basic) -> Expr | None:
        """What a node becomes; None for one that the axis does not concern."""
        if isinstance(node, Read) and tensor_name(node) in self.inside:
            inner = tensor_name(node) in self.group
            return self._at(node, self.age if inner else self.depth - 1)
        found = _carry(node, self.group)
        if found is None:
            return None
        condition, state, first = found
        known = self._at(state, self.age - 1)
        deeper = Frozen(self._at(state, self.depth - 1))
        return Carried(condition, Carried(AtLeastZero(self.age - 1), known, deeper), first)

    @staticmethod
    def _at(access: Read, age: Expr) -> Expr:
        return read(tensor_name(access), age, *access.indices)


def _carry(node: Basic, group: Set[str]) -> tuple[Condition, Read, Expr] | None:
    """Condition, state and first value, where a node carries one of the states of a group."""
    if not isinstance(node, Carried):
        return None
    condition, state, first = node.args
    if not isinstance(state, Read) or tensor_name(state) not in group:
        return None
    return condition, state, first


def _recurrences(network: Network) -> list[Recurrence]:
    found = [b for b in blocks(network.equations) if isinstance(b, Recurrence)]
    if any(isinstance(part, Recurrence) for b in found for part in b.parts):
        raise DeltaruleError(
            f"{network.name} has a recurrence inside another, which cannot be truncated",
            network.name,
            "leave the truncation out",
        )
    return found


def _time_of(block: Block, equation: Equation) -> Expr | None:
    """The position in time that an equation of a recurrence writes."""
    for e, index, offset in block.times if isinstance(block, Recurrence) else ():
        if e is equation:
            return offset if index is None else index + offset
    return None


def _depth(network: Network, k: int, word: str) -> Attribute:
    if not _recurrences(network):
        raise DeltaruleError(
            f"{network.name} has no recurrence, so there is nothing to {word}",
            network.name,
            f"leave {word} out",
        )
    if int(k) < 1:
        raise DeltaruleError(f"{word} = {k} is too small", network.name, f"{word} is at least 1")
    sizes = {s.name for t in network.tensors.values() for a in t.axes for s in free_symbols(a)}
    return Attribute("K" if "K" not in sizes | _names(network) else "K_t")


def _names(network: Network) -> set[str]:
    return set().union(*(index_names(e.rhs, *e.subscripts) for e in network.equations))


def _changed(network: Network, tensors: dict, equations: list, depth, k: int) -> Network:
    return replace(
        network,
        tensors=dict(tensors),
        equations=ordered(equations, tensors),
        attributes={**network.attributes, depth: int(k)},
    )

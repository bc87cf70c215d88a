"""Where a gradient is looked at on its way through a network that has no numbered layers."""

from __future__ import annotations

from deltarule.expressions.nodes import Selection
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network


def along_depth(network: Network, end: str) -> list[str]:
    """The tensors that a layer with weights reads and all ways from the input to the `end` go
    through, and the end itself: one for each layer of a chain, for each block with branches.
    """
    equations = [e for e in network.equations if not isinstance(e.rhs, Selection)]
    data = [t.name for t in network.with_role("input") if not t.integral]
    if not data:
        return []
    place = {data[0]: 0}
    for number, equation in enumerate(equations, 1):
        if equation.read_names() & place.keys():
            place[equation.name] = number
    edges = [(n, e.name) for e in equations for n in e.read_names() if n in place]
    after = _behind(edges, end)
    furthest, found = 0, []
    reach: dict[str, int] = {}
    for name, reader in edges:
        if reader in after:
            reach[name] = max(reach.get(name, 0), place[reader])
    read = _read_by_weights(network, equations)
    for name in sorted(place, key=place.__getitem__):
        if name in after:
            if place[name] >= furthest and (name in read or name == end):
                found.append(name)
            furthest = max(furthest, reach.get(name, 0))
    return found


def _behind(edges: list[tuple[str, str]], end: str) -> set[str]:
    """The tensors from which a way leads to the end, and the end; edges are in order."""
    found = {end}
    for name, reader in reversed(edges):
        if reader in found:
            found.add(name)
    return found


def _read_by_weights(network: Network, equations: list[Equation]) -> set[str]:
    """The tensors that stand in an equation with a matrix or more of parameters."""
    return {
        name
        for equation in equations
        for name in equation.read_names()
        if any(
            t.role == "parameter" and len(t.axes) > 1
            for t in (network.tensors[n] for n in equation.read_names())
        )
    }

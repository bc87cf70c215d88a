"""How a parameter takes part in its equations: what training starts it from depends on that."""

from __future__ import annotations

from sympy import Add, Mul

from deltarule.expressions.nodes import Read, Reduction, free_indices, tensor_name, walk
from deltarule.networks.network import Network


def added_up(network: Network, name: str) -> list[int]:
    """The axes along which products with a parameter are added up where it is first read: d of
    W[d, m], and c, k and l of w[f, c, k, l].
    """
    for equation in network.equations:
        for node in walk(equation.rhs):
            if isinstance(node, Read) and tensor_name(node) == name:
                inner = [set(free_indices(s)) - set(equation.indices) for s in node.indices]
                return [k for k, summed in enumerate(inner) if summed]
    return []


def scales(network: Network, name: str) -> bool:
    """Whether a parameter multiplies other entries one by one, as the slope γ of a norm."""
    return not added_up(network, name) and any(
        isinstance(factor, Read) and tensor_name(factor) == name
        for equation in network.equations
        if not isinstance(equation.rhs, Reduction)
        for term in Add.make_args(equation.rhs)
        if isinstance(term, Mul)
        for factor in term.args
    )

"""Tensors that a network declares and does not use: most often a slip of the name."""

from __future__ import annotations

from deltarule.errors import did_you_mean
from deltarule.expressions.matrices import Inverse
from deltarule.expressions.nodes import Selection, free_symbols
from deltarule.networks.network import Network


def unused(network: Network) -> list[str]:
    """A sentence for each tensor that is given and never read, or that has no equation, or has one
    and is read by no other; what is selected by a maximum is left out, and inverses, of which
    gradients of log-determinants are made.
    """
    read = {name for equation in network.equations for name in equation.read_names()}
    written = {equation.name for equation in network.equations}
    made = {e.name for e in network.equations if isinstance(e.rhs, Selection | Inverse)}
    # Of D, whose gradient alone is read, nothing else need read it.
    made |= {lines.value for lines in network.derived}
    made |= {name for name, tensor in network.tensors.items() if tensor.piece}
    # y is shown beside its tangent v_y, which need not read it.
    made |= {name for name in network.tensors if f"v_{name}" in written}
    found = []
    for name, tensor in network.tensors.items():
        if tensor.given and name not in read | written:
            fact = f"{name} is declared as {tensor.role}, but no equation reads it"
        elif tensor.role != "intermediate" or name in (read & written) | made:
            continue
        elif name not in written:
            fact = f"{name} is declared as intermediate, but no equation gives it"
        else:
            fact = f"{name} has an equation, but no other equation reads it"
        near = did_you_mean(name, sorted((read | written) - {name}))
        found.append(f"{fact}{f': {near}' if near else ''}")
    return found + _unused_attributes(network)


def _unused_attributes(network: Network) -> list[str]:
    parts = [*(a for t in network.tensors.values() for a in t.axes), *network.definitions.values()]
    for equation in network.equations:
        parts += [equation.rhs, *equation.subscripts, *(n for _, n in equation.ranges)]
    used = frozenset().union(*map(free_symbols, parts))
    return [
        f"{attribute} is declared as an attribute, but nothing depends on it"
        for attribute in network.attributes
        if attribute not in used
    ]

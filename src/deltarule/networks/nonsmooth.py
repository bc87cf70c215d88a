"""Kinks and ties of a network: where a derivative is a matter of convention."""

from __future__ import annotations

from deltarule.expressions.functions import Elementwise
from deltarule.expressions.nodes import Choose, Max, MaxAll, Positive, walk
from deltarule.networks.network import Network


def kinked(network: Network) -> bool:
    """Whether there are kinks or ties at which a derivative is a matter of convention."""
    return any(_has_kink(e.rhs) for e in network.equations)


def everyone(network: Network) -> bool:
    """Whether every one of several largest entries is declared to get the whole gradient."""
    return any(isinstance(n, MaxAll) for e in network.equations for n in walk(e.rhs))


def _has_kink(expression) -> bool:
    for node in walk(expression):
        if isinstance(node, Max) or (isinstance(node, Choose) and node.has(Positive)):
            return True
        if isinstance(node, Elementwise) and node.row.kink:
            return True
    return False

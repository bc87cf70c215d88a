"""The σ of N(x; μ, σ²) is a standard deviation, and above 0: √(σ²) is σ there, and not |σ|.

What a text itself has in bars, |σ|, stays so.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sympy import Basic, Expr

from deltarule.expressions.functions import absolute
from deltarule.expressions.nodes import Read, tensor_name, walk
from deltarule.expressions.rebuild import outermost
from deltarule.networks.network import Network
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text as text_of

#: What is said of it.
ABOVE_ZERO = "{} is a standard deviation here, and above 0."
_SIGMA = re.compile(r"sigma(?:_?\w+)?")
_IN_BARS = re.compile(r"\|\s*(?:σ|\\?sigma)|\babs\w*\(\s*(?:σ|\\?sigma)")


def with_deviations_known(network: Network, text: str) -> tuple[Network, str]:
    """The network with σ for |σ| where that came of a root, and what is said of it."""
    if _IN_BARS.search(text):
        return network, ""
    nodes = (n for e in network.equations for n in walk(e.rhs))
    found = {name for n in nodes if (name := _deviation(n)) and network.tensors[name].given}
    if not found:
        return network, ""

    def plain(node: Basic) -> Expr | None:
        return node.args[0] if isinstance(node, absolute) and _deviation(node) in found else None

    tensors = {
        n: replace(t, within=(0, None)) if n in found and t.within is None else t
        for n, t in network.tensors.items()
    }
    equations = tuple(replace(e, rhs=outermost(e.rhs, plain)) for e in network.equations)
    title = network.title
    for node in {n for e in network.equations for n in walk(e.rhs) if _deviation(n) in found}:
        title = title.replace(text_of(node), text_of(node.args[0]))
    said = " ".join(ABOVE_ZERO.format(pretty(n)) for n in sorted(found))
    return replace(network, tensors=tensors, equations=equations, title=title), said


def _deviation(node: Basic) -> str:
    """The σ that a node is the size of; "" for another node."""
    if not isinstance(node, absolute) or not isinstance(node.args[0], Read):
        return ""
    name = tensor_name(node.args[0])
    return name if _SIGMA.fullmatch(name) else ""

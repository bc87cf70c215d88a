"""The shares of a sum of exponentials whose logarithm is taken: what all its gradients are made of.

L = −Σ_n log Σ_k π[k]·exp(s[n, k])       γ_L[n, k] = π[k]·exp(s[n, k])/Σ_j π[j]·exp(s[n, j])
J = −Σ_n log Σ_k exp(s[n, k])/β          p_J[n, k] = exp(s[n, k])/Σ_j exp(s[n, j])

The first are the responsibilities of a mixture, the second a softmax: ∂L/∂s is −γ_L. No line reads
them; where one tensor alone is behind the sum, its gradient is the only one, and they get no name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Expr, Mul

from deltarule.expressions.functions import exp, log
from deltarule.expressions.nodes import (
    LogSumExp,
    Reduction,
    Sum,
    free_indices,
    free_symbols,
    index_names,
    reads,
    tensor_name,
    walk,
)
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import fresh
from deltarule.language.alike_pieces import Ranges, own_ranges
from deltarule.language.piece_words import RESPONSIBILITY, SHARE, WORDS, is_closed
from deltarule.language.pieces_made import PiecesMade
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network, ordered
from deltarule.networks.tensors import Tensor

#: So many tensors behind a sum have gradients that repeat its shares.
_SEVERAL = 2


def with_shares_named(network: Network) -> Network:
    """The network with lines for such shares; itself if it has none."""
    work, equations = PiecesMade(network), []
    for equation in network.equations:
        totals = dict.fromkeys(_totals(equation.rhs, equation.ranges))
        for total, ranges in totals if network.tensors[equation.name].role == "loss" else ():
            if len(_behind(total, network) & work.moving) >= _SEVERAL:
                equations.append(_share(work, equation, total, ranges))
        equations.append(equation)
    if len(equations) == len(network.equations):
        return network
    return replace(network, tensors=work.tensors(), equations=ordered(equations, work.tensors()))


def _totals(node: Expr, ranges: Ranges) -> Iterator[tuple[Sum, Ranges]]:
    """The sums of exponentials that logarithms are taken of, with the ranges around each."""
    if isinstance(node, Reduction):
        if isinstance(node, LogSumExp) and not node.conditions:
            yield from _plain(Sum(exp(node.body), node.ranges), ranges)
        ranges = (*ranges, *node.ranges)
    if isinstance(node, log):
        for total in (f for f in Mul.make_args(node.args[0]) if isinstance(f, Sum)):
            yield from _plain(total, ranges)
    for part in (node.body,) if isinstance(node, Reduction) else node.args:
        if isinstance(part, Expr) and not is_closed(part):
            yield from _totals(part, ranges)


def _plain(total: Expr, ranges: Ranges) -> Iterator[tuple[Sum, Ranges]]:
    """A sum over one index, of products of which exponentials are factors."""
    if not isinstance(total, Sum) or total.conditions or len(total.ranges) != 1:
        return
    factors = Mul.make_args(total.body)
    others = (f for f in factors if not isinstance(f, exp))
    plain = not any(is_closed(n) or isinstance(n, Reduction) for f in others for n in walk(f))
    inner = free_indices(total) <= {i for i, _ in ranges}
    if plain and inner and any(isinstance(f, exp) for f in factors):
        yield total, ranges


def _behind(total: Sum, network: Network) -> set[str]:
    """The tensors that a sum is made of, those behind its pieces, too."""
    found = {tensor_name(r) for r in reads(total)}
    for equation in reversed(network.equations):
        if equation.name in found and network.tensors[equation.name].piece:
            found = found - {equation.name} | equation.read_names()
    return found


def _share(work: PiecesMade, equation: Equation, total: Sum, ranges: Ranges) -> Equation:
    """The line of what each term is of the sum."""
    ((index, extent),) = total.ranges
    body = Mul(*(f for f in Mul.make_args(total.body) if index in free_symbols(f)))
    over = fresh(index.name, index_names(total) | {i.name for i, _ in ranges})
    share = body / Sum(substitute(body, {index: over}), [(over, extent)])
    own = (*own_ranges(total, ranges), (index, extent))
    word = SHARE if isinstance(body, exp) else RESPONSIBILITY
    name, axes = work.name(word, equation.name), tuple(n for _, n in own)
    note = f"{WORDS[word]} in {equation.name}"
    work.made[name] = Tensor(name, axes, "intermediate", note=note, piece=True), equation.name
    return Equation(name, tuple(i for i, _ in own), share, own, equation.place, equation.layer)

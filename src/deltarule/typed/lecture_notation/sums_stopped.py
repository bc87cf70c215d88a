"""Sums that stop early for one of their terms: Σ_i (|x_{i+1} − x_i| + x_i²), without the last x².

Of |u_{i+1,j} − u_{i,j}| + |u_{i,j+1} − u_{i,j}| either loses a row or a column: an index has one
range in all of a sum.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Mul

from deltarule.expressions.nodes import Read, Reduction, reads, tensor_name, walk
from deltarule.expressions.symbols import Index
from deltarule.networks.network import Network
from deltarule.spelling.text import text as spelled
from deltarule.typed.lecture_notation.ends_in_texts import ends_of


def note_of_stops(text: str, network: Network) -> str:
    """What is said of such sums, whose ends the text does not say."""
    said = {index for _, index, _, _ in ends_of(text, numbers=True)}
    found: dict[Index, Read] = {}
    for equation in network.equations:
        for node in walk(equation.rhs):
            if isinstance(node, Reduction):
                for index, ahead in _stopped(node, network):
                    if index.name not in said:
                        found.setdefault(index, ahead)
    if not found:
        return ""
    indices = " and ".join(i.name for i in found)
    entries = " and ".join(spelled(r) for r in dict.fromkeys(found.values()))
    runs, there = ("runs", "is") if len(found) == 1 else ("run", "are")
    return (
        f"{indices} {runs} as far as {entries} {there} there, in all terms of the sum; of sums of "
        "their own each runs to its own end."
    )


def _stopped(node: Reduction, network: Network) -> Iterator[tuple[Index, Read]]:
    """The indices of a sum that stop before an axis ends, though some term could go on."""
    own = [i for i, _ in node.ranges]
    extents = dict(node.ranges)
    for index in own:
        ahead = [r for r in reads(node.args[0]) if _is_ahead(r, index, extents[index], network)]
        others = {*own} - {index}
        if ahead and any(_goes_on(part, ahead, index, others) for part in _sums(node.args[0])):
            yield index, ahead[0]


def _is_ahead(access: Read, index: Index, extent: Expr, network: Network) -> bool:
    """Whether it is an entry ahead, x[i + 1], for which the index stops."""
    axes = network.tensors[tensor_name(access)].axes
    return any(
        (at - index).is_positive and (at - index).is_Integer and extent == size - (at - index)
        for at, size in zip(access.indices, axes, strict=True)
    )


def _sums(body: Expr) -> Iterator[tuple[tuple[Expr, ...], bool]]:
    """The terms of each sum in an expression, and whether they are those of the whole."""
    whole = next((a for a in Mul.make_args(body) if isinstance(a, Add)), body)
    yield Add.make_args(whole), True
    for node in walk(body):
        if isinstance(node, Add) and node != whole:
            yield node.args, False


def _goes_on(
    part: tuple[tuple[Expr, ...], bool], ahead: list[Read], index: Index, others: set[Index]
) -> bool:
    """Whether one term is ahead and another is not, which is a term of the whole or is ahead along
    another index."""
    terms, whole = part
    with_it = [t for t in terms if any(r in ahead for r in reads(t))]
    rest = [t for t in terms if t not in with_it and t.has(index)]
    if not with_it:
        return False
    return bool(whole and rest and with_it != list(terms)) or any(
        any((at - j).is_positive for r in reads(t) for at in r.indices for j in others)
        for t in rest
    )

"""What every time contributes to a gradient that is a sum over time.

∂E/∂W[k, m] = Σ_{t,n} ∂E/∂s[t, n, m]·h[t − 1, n, k] becomes, for each t, Σ_n ∂E/∂s[t, n, m]·h[t − 1,
n, k]; added up they are the gradient.
"""

from __future__ import annotations

from sympy import Add, Expr, Mul

from deltarule.calculus.steps import Gradient
from deltarule.expressions.nodes import Sum, index_names
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, fresh
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.recurrences import sequence_lengths


def over_time(gradient: Gradient, network: Network) -> Equation | None:
    """The gradient's part at each time, an equation with time as its first index.

    None where the gradient is no sum over one time (a state's, or one that is read at a single
    time, such as that of an initial state).
    """
    times = sequence_lengths(network.equations)
    if len(times) != 1 or times[0] in gradient.tensor.axes:
        return None
    extent = times[0]
    terms = Add.make_args(gradient.expr)
    taken = {i.name for i in gradient.indices} | index_names(gradient.expr)
    names = [i.name for term in terms for i in _times_of(term, extent)]
    if not names:
        return None
    time = fresh(names[0].rstrip("′"), taken - set(names))
    parts = [part for term in terms if (part := _at(term, extent, time)) is not None]
    if len(parts) < len(terms):
        return None
    ranges = ((time, extent), *zip(gradient.indices, gradient.tensor.axes, strict=True))
    name = f"{gradient.name} over time"
    return Equation(name, (time, *gradient.indices), Add(*parts), ranges, gradient.name)


def _sum_over(term: Expr, extent: Expr) -> Sum | None:
    """The factor of a term that is a sum over time."""
    found = [
        f
        for f in Mul.make_args(term)
        if isinstance(f, Sum) and any(n == extent for _, n in f.ranges)
    ]
    return found[0] if len(found) == 1 else None


def _times_of(term: Expr, extent: Expr) -> list[Index]:
    node = _sum_over(term, extent)
    return [] if node is None else [i for i, n in node.ranges if n == extent]


def _at(term: Expr, extent: Expr, time: Index) -> Expr | None:
    """The term at one time; None where it is no sum over time."""
    node = _sum_over(term, extent)
    if node is None:
        return None
    bound = _times_of(term, extent)[0]
    table = {bound: time}
    inner = Sum(
        substitute(node.body, table),
        [(i, n) for i, n in node.ranges if i != bound],
        [substitute(c, table) for c in node.conditions],
    )
    return Mul(*(f for f in Mul.make_args(term) if f is not node)) * inner

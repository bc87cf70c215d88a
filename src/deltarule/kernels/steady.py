"""Shares of exponentials in the form that neither overflows nor loses a logarithm.

    exp(a)/Σ exp(b) = exp(a − m)/Σ exp(b − m)                with m = max b, a tensor of its own
    log p = a − m − log Σ exp(b − m)                        where p is such a share

The formula stays the lecture's; only its numbers are computed so. The largest exponential is then
1, and a share that is too small for a floating-point number still has its logarithm.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sympy import Expr, Mul, Pow

from deltarule.kernels.lift import Lifted
from deltarule.notation import nodes
from deltarule.notation.equations import Equation
from deltarule.notation.functions import exp, log
from deltarule.notation.nodes import Read, Reduction, Sum, free_indices, read, tensor_name
from deltarule.notation.substitution import substitute
from deltarule.notation.symbols import Index


@dataclass(frozen=True)
class Share:
    """exp(power)/total of one tensor at `indices`: `power` is a − m, `total` is Σ exp(b − m)."""

    indices: tuple[Index, ...]
    power: Expr
    total: Sum


class Steady:
    """Rewrites equations in their order; the maxima go into `made`, before what reads them."""

    def __init__(self, made: Lifted):
        self._made = made
        self._shares: dict[str, Share] = {}

    def equation(self, equation: Equation) -> Equation:
        """The same equation, in the form that does not overflow."""
        rhs = self._rewritten(equation.rhs, equation)
        share = _share_of(rhs)
        if share and len(Mul.make_args(rhs)) == 2 and equation.subscripts == equation.indices:
            self._shares[equation.name] = Share(equation.indices, *share)
        return equation if rhs == equation.rhs else replace(equation, rhs=rhs)

    def _rewritten(self, node: Expr, equation: Equation) -> Expr:
        if isinstance(node, Read) or not node.args:
            return node
        if isinstance(node, log) and isinstance(node.args[0], Read):
            return self._logarithm(node)
        if isinstance(node, Mul) and (share := _share_of(node)):
            return self._shifted(node, share[1], equation)
        if isinstance(node, Reduction):
            body = self._rewritten(node.body, equation)
            return node if body == node.body else node.func(body, node.ranges, node.conditions)
        args = tuple(self._rewritten(a, equation) for a in node.args)
        return node if args == node.args else node.func(*args)

    def _logarithm(self, node: Expr) -> Expr:
        share = self._shares.get(tensor_name(node.args[0]))
        if share is None:
            return node
        here = dict(zip(share.indices, node.args[0].indices, strict=True))
        return substitute(share.power - log(share.total), here)

    def _shifted(self, node: Expr, total: Sum, equation: Equation) -> Expr:
        """exp(a)/Σ exp(b) with the maximum of b, over the loops that b depends on, taken out."""
        free = free_indices(total)
        loops = tuple(r for r in equation.ranges if r[0] in free)
        if free - {i for i, _ in loops}:
            return node
        most = self._made.tensor(tuple(n for _, n in loops))
        indices = tuple(i for i, _ in loops)
        largest = nodes.Max(total.body.args[0], total.ranges, total.conditions)
        self._made.equations.append(
            Equation(most.name, indices, largest, loops, equation.place)
        )
        shift = read(most.name, *indices)
        powers, rest = _parts(node, total)
        below = Sum(exp(total.body.args[0] - shift), total.ranges, total.conditions)
        return Mul(exp(powers[0] - shift), *map(exp, powers[1:]), *rest) / below


def _parts(node: Expr, total: Sum) -> tuple[list[Expr], list[Expr]]:
    """The powers of the exponentials of a share, and its other factors but 1/total."""
    factors = [f for f in Mul.make_args(node) if f != Pow(total, -1)]
    powers = [f.args[0] for f in factors if isinstance(f, exp)]
    return powers, [f for f in factors if not isinstance(f, exp)]


def _share_of(node: Expr) -> tuple[Expr, Sum] | None:
    """(a, Σ exp(b)) of exp(a)/Σ exp(b), perhaps with other factors."""
    factors = Mul.make_args(node)
    above = [f.args[0] for f in factors if isinstance(f, exp)]
    below = [f.base for f in factors if isinstance(f, Pow) and f.exp == -1
             and isinstance(f.base, Sum) and isinstance(f.base.body, exp)]
    return (above[0], below[0]) if above and len(below) == 1 else None
